package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Overview is the house at a glance: who is in which user group, whose access
// ends when, and what needs attention. Private channels are counted, not named.
type Overview struct {
	Now        time.Time
	Connectors []connector.Connector
	Groups     []GroupCard
	Grants     []GrantLine // live and lately ended, those that need attention first
	Waiting    []RequestLine
}

// GroupCard is one user group with its members.
type GroupCard struct {
	Resource directory.Resource
	Members  []MemberLine
}

// MemberLine is a member; Until is zero for standing access.
type MemberLine struct {
	Name  string
	Until time.Time
}

// GrantLine is one grant in words.
type GrantLine struct {
	Grant    access.Grant
	Who      string
	What     string
	Attend   bool // needs attention
	Finished bool
}

// RequestLine is a request that waits for a decision.
type RequestLine struct {
	Request access.Request
	Who     string
	What    string
}

// Most of what an overview shows of each kind.
const (
	mostGroups  = 60
	mostMembers = 200
	mostGrants  = 50
)

// Overview reads the house as it stands, from the directory and the grants.
func (h *House) Overview(ctx context.Context) (Overview, error) {
	const op = "flow.Overview"
	o := Overview{Now: h.Now()}
	var err error
	if o.Connectors, err = h.Memory.Connectors(ctx); err != nil {
		return o, fault.Wrap(op, err)
	}
	grants, err := h.Memory.Grants(ctx, false, mostGrants)
	if err != nil {
		return o, fault.Wrap(op, err)
	}
	until := map[access.Ref]time.Time{} // resource+account -> end
	for _, g := range grants {
		line, err := h.grantLine(ctx, g, o.Now)
		if err != nil {
			return o, fault.Wrap(op, err)
		}
		o.Grants = append(o.Grants, line)
		if g.State == access.Active {
			until[access.Ref{Connector: g.Resource, Account: g.Account}] = g.End
		}
	}
	slices.SortStableFunc(o.Grants, func(a, b GrantLine) int { return rank(a) - rank(b) })
	if err := h.overviewGroups(ctx, &o, until); err != nil {
		return o, fault.Wrap(op, err)
	}
	requests, err := h.Memory.Requests(ctx, true, mostGrants)
	for _, r := range requests {
		o.Waiting = append(o.Waiting, RequestLine{Request: r, Who: h.nameOf(ctx, r.Connector, r.Subject), What: h.itemsOf(ctx, r)})
	}
	return o, fault.Wrap(op, err)
}

func rank(l GrantLine) int {
	switch {
	case l.Attend:
		return 0
	case !l.Finished:
		return 1
	}
	return 2
}

func (h *House) overviewGroups(ctx context.Context, o *Overview, until map[access.Ref]time.Time) error {
	for _, c := range o.Connectors {
		err := h.Memory.EachResource(ctx, c.ID, directory.UserGroup, func(r directory.Resource) error {
			if len(o.Groups) >= mostGroups {
				return nil
			}
			card := GroupCard{Resource: r}
			err := h.Memory.EachHolder(ctx, c.ID, r.ID, func(m directory.Membership) error {
				if len(card.Members) < mostMembers {
					card.Members = append(card.Members, MemberLine{Name: h.nameOf(ctx, c.ID, m.Account), Until: until[access.Ref{Connector: r.ID, Account: m.Account}]})
				}
				return nil
			})
			o.Groups = append(o.Groups, card)
			return err
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(o.Groups, func(a, b GroupCard) int { return strings.Compare(a.Resource.Name, b.Resource.Name) })
	return nil
}

func (h *House) grantLine(ctx context.Context, g access.Grant, now time.Time) (GrantLine, error) {
	if r, err := h.Memory.Resource(ctx, g.Connector, g.Resource); err != nil || r.Private {
		// Both may name the channel, and the page asks nobody who they are.
		g.Outcome, g.Trouble.Text = "", ""
	}
	return GrantLine{
		Grant: g, Who: h.nameOf(ctx, g.Connector, g.Account), What: h.resourceName(ctx, g.Connector, g.Resource),
		Attend: g.NeedsAttention(now), Finished: g.State.Final(),
	}, nil
}

func (h *House) nameOf(ctx context.Context, conn, account string) string {
	a, err := h.Memory.Account(ctx, conn, account)
	if err != nil {
		return account
	}
	return a.Label()
}

// resourceName names a resource to somebody who may not know private ones.
func (h *House) resourceName(ctx context.Context, conn, id string) string {
	r, err := h.Memory.Resource(ctx, conn, id)
	if err != nil {
		return id
	}
	if r.Private {
		return "a private channel"
	}
	return access.Name(r)
}

func (h *House) itemsOf(ctx context.Context, r access.Request) string {
	var names []string
	for _, it := range r.Items {
		names = append(names, h.resourceName(ctx, r.Connector, it.Resource))
	}
	return strings.Join(names, ", ")
}
