package slacktest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// scimSees: on Enterprise the groups of the identity provider, else all that are
// not made by Slack itself.
func (o *Org) scimSees(g *group) bool {
	if o.enterprise != nil {
		return g.IDPManaged
	}
	return g.AutoType == ""
}

func (o *Org) scimGroups(c scimCall) answer {
	groups := []*group{}
	for _, t := range o.teams {
		for _, e := range t.groups.list {
			if g := o.groups[e.id]; o.scimSees(g) {
				groups = append(groups, g)
			}
		}
	}
	return scimPage(c, groups, o.scimGroupView)
}

func (o *Org) scimGroup(c scimCall) answer {
	g := o.groups[c.id]
	if g == nil || !o.scimSees(g) {
		return scimError(http.StatusNotFound, "group_not_found")
	}
	if c.verb == http.MethodGet {
		return jsonAnswer(http.StatusOK, true, "", o.scimGroupView(g))
	}
	ops, code := patchOf(c.body)
	if code != "" {
		return scimError(http.StatusBadRequest, code)
	}
	ids := g.members.ids()
	for _, op := range ops {
		if ids, code = o.scimMembers(g, ids, op); code != "" {
			return scimError(http.StatusBadRequest, code)
		}
	}
	if len(ids) > maxGroupMembers && !g.IDPManaged {
		return scimError(http.StatusBadRequest, "group_member_max_exceeded")
	}
	o.setMembers(g, ids, c.actor.ID)
	return answer{status: http.StatusNoContent, header: http.Header{}, ok: true} // assumed: PATCH of a group has no body
}

// scimMembers applies one operation to a list. Unlike the Web API it may empty
// the list, and who is dead already does not stop others from being added.
func (o *Org) scimMembers(g *group, have []string, op patchOp) ([]string, string) {
	ids, all, known := op.members()
	switch {
	case !known:
		return have, "unsupported_operation: the simulation patches members alone"
	case strings.EqualFold(op.Op, "remove") && all:
		return nil, ""
	case strings.EqualFold(op.Op, "remove"):
		return slices.DeleteFunc(have, func(id string) bool { return slices.Contains(ids, id) }), ""
	case !strings.EqualFold(op.Op, "add"):
		return have, "unsupported_operation: the simulation adds and removes members"
	}
	for _, id := range ids {
		u := o.users[id]
		switch {
		case u == nil || u.External || u.Bot || !u.in(g.Team):
			return have, "unknown_user"
		case u.Deleted || u.isGuest():
			return have, "unable_to_add_deleted_or_guest_to_group"
		}
	}
	return union(have, ids), ""
}

func (o *Org) scimGroupView(g *group) reply {
	members := []reply{}
	for _, id := range o.shownMembers(g) {
		members = append(members, reply{"value": id, "display": o.users[id].RealName})
	}
	return reply{
		"schemas": []string{scimGroupSchema}, "id": g.ID, "displayName": g.Name, "members": members,
		"meta": reply{"created": time.Unix(g.DateCreate, 0).UTC().Format(time.RFC3339)},
	}
}
