package slacktest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// admin.conversations.search looks through all channels of the organization,
// private ones for the primary owner (docs: others need the role of a channel
// manager). Its cursor is at the top level, and a page has at most 20.
// assumed: the caller without that right gets not_allowed for everything but
// total_count_only; sort member_count and name; no relevance.
func (r *request) adminConversationsSearch() (reply, error) {
	limit, err := r.limit(10, 20)
	if err != nil {
		return nil, err
	}
	if err := r.searchArguments(); err != nil {
		return nil, err
	}
	found := r.searchChannels()
	if r.flag("total_count_only") {
		return reply{"total_count": len(found)}, nil
	}
	if !r.user.OrgPrimaryOwn && !slices.Contains(r.org.rolesOf(r.user.ID), "Rl0A") {
		return nil, refuse("not_allowed")
	}
	from, err := r.searchOffset(len(found))
	if err != nil {
		return nil, err
	}
	to, next := min(len(found), from+limit), ""
	if to < len(found) {
		next = r.cursorAfter(strconv.Itoa(to))
	}
	out := []reply{}
	for _, c := range found[from:to] {
		out = append(out, searchView(c))
	}
	return reply{"conversations": out, "next_cursor": next, "total_count": len(found)}, nil
}

func (r *request) searchArguments() error {
	for _, id := range r.list("team_ids") {
		if r.org.team(id) == nil {
			return refuse("team_not_found")
		}
	}
	if !slices.Contains([]string{"", "relevant", "name", "member_count", "created"}, r.str("sort")) {
		return refuse("invalid_sort")
	}
	if !slices.Contains([]string{"", "asc", "desc"}, r.str("sort_dir")) {
		return refuse("invalid_sort_dir")
	}
	for _, kind := range r.list("search_channel_types") {
		if !slices.Contains(searchTypes, kind) {
			return refuse("invalid_search_channel_type")
		}
	}
	return nil
}

var searchTypes = []string{"private", "private_exclude", "archived", "exclude_archived", "multi_workspace", "org_wide", "external_shared", "external_shared_exclude"}

func (r *request) searchOffset(total int) (int, error) {
	last, err := r.cursor()
	if err != nil || last == "" {
		return 0, err
	}
	from, err := strconv.Atoi(last)
	if err != nil || from > total {
		return 0, refuse("invalid_cursor")
	}
	return from, nil
}

func (r *request) searchChannels() []*channel {
	var found []*channel
	for _, c := range r.org.channels {
		if !c.isDirect() && r.matches(c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, r.searchOrder())
	return found
}

func (r *request) matches(c *channel) bool {
	if teams := r.list("team_ids"); len(teams) > 0 && !slices.ContainsFunc(teams, c.seenIn) {
		return false
	}
	if ext := r.list("connected_team_ids"); len(ext) > 0 && !slices.ContainsFunc(ext, func(t string) bool { return slices.Contains(c.ExtTeams, t) }) {
		return false
	}
	for _, kind := range r.list("search_channel_types") {
		if !c.isOf(kind) {
			return false
		}
	}
	return strings.Contains(c.Name, strings.ToLower(r.str("query")))
}

func (c *channel) isOf(kind string) bool {
	switch kind {
	case "private":
		return c.Private
	case "private_exclude":
		return !c.Private
	case "archived":
		return c.Archived
	case "exclude_archived":
		return !c.Archived
	case "multi_workspace":
		return len(c.Teams) > 1
	case "org_wide":
		return c.OrgDefault || c.OrgMandatory
	case "external_shared":
		return len(c.ExtTeams) > 0
	}
	return len(c.ExtTeams) == 0
}

func (r *request) searchOrder() func(a, b *channel) int {
	sign := -1
	if r.str("sort_dir") == "asc" {
		sign = 1
	}
	return func(a, b *channel) int {
		by := cmp.Compare(a.members.len(), b.members.len())
		switch r.str("sort") {
		case "name":
			by = cmp.Compare(a.Name, b.Name)
		case "created":
			by = cmp.Compare(a.Created, b.Created)
		}
		return cmp.Or(sign*by, cmp.Compare(a.ID, b.ID))
	}
}

func searchView(c *channel) reply {
	count := c.members.len()
	if c.Archived {
		count = -1 // as Slack's example has it
	}
	return reply{
		"id": c.ID, "name": c.Name, "purpose": c.Purpose, "member_count": count, "created": c.Created, "creator_id": c.Creator,
		"is_private": c.Private, "is_archived": c.Archived, "is_general": c.General, "last_activity_ts": c.Updated * 1000,
		"is_ext_shared": len(c.ExtTeams) > 0, "is_global_shared": c.OrgDefault || c.OrgMandatory, "is_org_default": c.OrgDefault,
		"is_org_mandatory": c.OrgMandatory, "is_org_shared": len(c.Teams) > 1, "is_frozen": false,
		"connected_team_ids": notNil(c.ExtTeams), "internal_team_ids_count": len(c.Teams), "internal_team_ids_sample_team": c.Team,
		"pending_connected_team_ids": []string{}, "is_pending_ext_shared": false,
	}
}
