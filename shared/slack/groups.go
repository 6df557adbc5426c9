package slack

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// settleAtMost bounds the extra calls of one Groups: half a minute's worth of
// usergroups.users.list.
const settleAtMost = 10

// Groups is usergroups.list, one call for all user groups of the workspace with
// their members, disabled ones too. Where Slack's count disagrees with the
// members that it sent, usergroups.users.list is asked.
func (c *Client) Groups(ctx context.Context, l connector.Link) ([]directory.GroupListing, error) {
	v, err := c.voice(ctx, l)
	if err != nil {
		return nil, err
	}
	groups, err := c.groups(ctx, l, v)
	if err != nil {
		return nil, err
	}
	if err := c.settle(ctx, l, v, groups); err != nil {
		return nil, err
	}
	out := make([]directory.GroupListing, 0, len(groups))
	for _, g := range groups {
		g.Users = unique(g.Users)
		out = append(out, directory.GroupListing{Resource: g.resource(l), Members: g.Users})
	}
	return out, nil
}

// groups is usergroups.list, which has no pages.
func (c *Client) groups(ctx context.Context, l connector.Link, v credential) ([]group, error) {
	var a groupsAnswer
	q := query{method: "usergroups.list", link: l, as: v, args: url.Values{
		"include_users": {"true"}, "include_disabled": {"true"}, "include_count": {"true"},
	}}
	if _, err := c.call(ctx, q, &a); err != nil {
		return nil, err
	}
	if a.Groups == nil {
		return nil, short(q.method, "no user groups")
	}
	for _, g := range a.Groups {
		if err := cmp.Or(named(q.method, g.ID), named(q.method, g.Users...)); err != nil {
			return nil, err
		}
	}
	return a.Groups, nil
}

// settle reads again the members of groups that did not come whole, the largest
// gaps first. Members without a count are believed where the answer counts
// nothing at all: only the look before a write (View) asks twice then. When more disagree than it may ask for, and every one that it
// asked for turned out complete, then Slack counts otherwise (hidden accounts)
// and the rest is believed; if one was not complete, nothing is.
func (c *Client) settle(ctx context.Context, l connector.Link, v credential, groups []group) error {
	var odd []int
	counted := slices.ContainsFunc(groups, func(g group) bool { return g.Count != nil })
	for i, g := range groups {
		if !g.whole() && (counted || g.Users == nil) {
			odd = append(odd, i)
		}
	}
	slices.SortStableFunc(odd, func(a, b int) int { return cmp.Compare(groups[b].gap(), groups[a].gap()) })
	cut := false
	for n, i := range odd {
		if n == settleAtMost {
			if cut {
				return short("usergroups.list", "members are missing in many user groups")
			}
			break
		}
		users, err := c.groupMembers(ctx, l, v, groups[i].ID)
		if err != nil {
			return err
		}
		cut = cut || !sameMembers(users, groups[i].Users)
		groups[i].Users = users
	}
	return nil
}

// gap is by how many members the count and the list differ; a missing count is
// the largest.
func (g group) gap() int {
	if g.Count == nil {
		return 1 << 30
	}
	return max(int(*g.Count)-len(g.Users), len(g.Users)-int(*g.Count))
}

func sameMembers(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// groupMembers is usergroups.users.list, of disabled groups too.
func (c *Client) groupMembers(ctx context.Context, l connector.Link, v credential, id string) ([]string, error) {
	var a idsAnswer
	q := query{method: "usergroups.users.list", link: l, as: v, args: url.Values{"usergroup": {id}, "include_disabled": {"true"}}}
	if _, err := c.call(ctx, q, &a); err != nil {
		return nil, err
	}
	if a.Users == nil {
		return nil, short(q.method, "no users")
	}
	return unique(a.Users), named(q.method, a.Users...)
}

// findGroup is one user group as usergroups.list tells it, with all members.
func (c *Client) findGroup(ctx context.Context, l connector.Link, v credential, id string) (group, error) {
	groups, err := c.groups(ctx, l, v)
	if err != nil {
		return group{}, err
	}
	i := slices.IndexFunc(groups, func(g group) bool { return g.ID == id })
	if i < 0 {
		return group{}, &fault.Error{Op: "usergroups.list", Kind: fault.NotFound, Code: "no_such_subteam", Text: general["no_such_subteam"].text}
	}
	return groups[i], nil
}

// unique keeps the first of each, in order.
func unique(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
