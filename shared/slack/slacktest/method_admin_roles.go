package slacktest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// roleAssignment is one role of the organization, held by a user on an entity:
// the organization, a workspace or a channel.
type roleAssignment struct {
	Role, Entity, User string
	Created            int64 // Unix seconds
	number             int   // order of creation, so that a cursor is unique
}

// RoleAssignment tells who holds a role of the organization, and where.
type RoleAssignment struct {
	Role, Entity, User string
	Created            int64 // Unix seconds
}

// systemRoles is Slack's published table (admin.roles.addAssignments). Custom
// roles exist and no method lists them: AddRole gives one to a test.
var systemRoles = []string{
	"Rl01", "Rl02", "Rl03", "Rl04", "Rl05", "Rl09", "Rl0A", "Rl0B", "Rl0C", "Rl0D", "Rl0E", "Rl0F", "Rl0G", "Rl0J", "Rl0K", "Rl0L",
}

// HandAssignRole gives a role, custom ones too, in the organization's dashboard.
func (o *Org) HandAssignRole(role, entity, user string) {
	defer o.lock()()
	o.assign(role, entity, user)
}

// HandRemoveRole takes a role away.
func (o *Org) HandRemoveRole(role, entity, user string) {
	defer o.lock()()
	o.unassign(role, entity, user)
}

// Roles are all role assignments, oldest first.
func (o *Org) Roles() []RoleAssignment {
	defer o.lock()()
	out := make([]RoleAssignment, len(o.roles))
	for i, a := range o.roles {
		out[i] = RoleAssignment{a.Role, a.Entity, a.User, a.Created}
	}
	return out
}

// assign keeps an assignment that is there already (assumed; undocumented).
func (o *Org) assign(role, entity, user string) {
	same := func(a roleAssignment) bool { return a.Role == role && a.Entity == entity && a.User == user }
	if slices.ContainsFunc(o.roles, same) {
		return
	}
	number := 1
	if n := len(o.roles); n > 0 {
		number = o.roles[n-1].number + 1
	}
	o.roles = append(o.roles, roleAssignment{role, entity, user, o.now().Unix(), number})
}

func (o *Org) unassign(role, entity, user string) {
	o.roles = slices.DeleteFunc(o.roles, func(a roleAssignment) bool { return a.Role == role && a.Entity == entity && a.User == user })
}

func (o *Org) rolesOf(user string) []string {
	out := []string{}
	for _, a := range o.roles {
		if a.User == user && !slices.Contains(out, a.Role) {
			out = append(out, a.Role)
		}
	}
	return out
}

func (r *request) adminRolesListAssignments() (reply, error) {
	limit, err := r.limit(200, 200)
	if err != nil {
		return nil, err
	}
	ascending := strings.EqualFold(r.str("sort_dir"), "asc")
	if dir := r.str("sort_dir"); dir != "" && !ascending && !strings.EqualFold(dir, "desc") {
		return nil, refuse("invalid_sort")
	}
	found := r.assignments(ascending)
	last, err := r.cursor()
	if err != nil {
		return nil, err
	}
	if last != "" {
		number, _ := strconv.Atoi(last)
		found = slices.DeleteFunc(found, func(a roleAssignment) bool { return a.number == number || (a.number < number) == ascending })
	}
	next := ""
	if len(found) > limit {
		found = found[:limit]
		next = r.cursorAfter(strconv.Itoa(found[limit-1].number))
	}
	out := []reply{}
	for _, a := range found {
		out = append(out, reply{"role_id": a.Role, "entity_id": a.Entity, "user_id": a.User, "date_create": a.Created})
	}
	return reply{"role_assignments": out, "response_metadata": nextCursor(next)}, nil
}

func (r *request) assignments(ascending bool) []roleAssignment {
	roles, entities := r.list("role_ids"), r.list("entity_ids")
	found := slices.DeleteFunc(slices.Clone(r.org.roles), func(a roleAssignment) bool {
		return len(roles) > 0 && !slices.Contains(roles, a.Role) || len(entities) > 0 && !slices.Contains(entities, a.Entity)
	})
	slices.SortFunc(found, func(a, b roleAssignment) int {
		if ascending {
			return cmp.Compare(a.number, b.number)
		}
		return cmp.Compare(b.number, a.number)
	})
	return found
}

func (r *request) adminRolesAddAssignments() (reply, error) { return r.changeRoles(r.org.assign) }

func (r *request) adminRolesRemoveAssignments() (reply, error) { return r.changeRoles(r.org.unassign) }

// changeRoles applies to the valid users and entities and reports the others.
// assumed: what is valid is done although the answer is failed_for_some_*, and
// the code of a rejected id is invalid_user or invalid_entity.
func (r *request) changeRoles(change func(role, entity, user string)) (reply, error) {
	role, entities, users := r.str("role_id"), r.set("entity_ids"), r.set("user_ids")
	switch {
	case !slices.Contains(systemRoles, role) && !r.org.knowsRole(role):
		return nil, refuse("invalid_role_id")
	case len(users) > 10:
		return nil, refuse("too_many_users")
	case len(entities) > 10:
		return nil, refuse("too_many_entities")
	}
	goodUsers, badUsers := sift(users, "invalid_user", r.assignable)
	goodEntities, badEntities := sift(entities, "invalid_entity", r.entity)
	switch {
	case len(goodUsers) == 0:
		return nil, refuse("no_valid_users")
	case len(goodEntities) == 0:
		return nil, refuse("no_valid_entities")
	}
	for _, e := range goodEntities {
		for _, u := range goodUsers {
			change(role, e, u)
		}
	}
	return rejected(badUsers, badEntities)
}

func rejected(users, entities []reply) (reply, error) {
	switch {
	case len(users) > 0 && len(entities) > 0:
		return nil, refuseWith("failed_for_some_users_and_entities", reply{"rejected_users": users, "rejected_entities": entities})
	case len(users) > 0:
		return nil, refuseWith("failed_for_some_users", reply{"rejected_users": users})
	case len(entities) > 0:
		return nil, refuseWith("failed_for_some_entities", reply{"rejected_entities": entities})
	}
	return reply{}, nil
}

func sift(ids []string, code string, valid func(string) bool) (good []string, bad []reply) {
	for _, id := range ids {
		if valid(id) {
			good = append(good, id)
		} else {
			bad = append(bad, reply{"id": id, "error": code})
		}
	}
	return good, bad
}

func (o *Org) knowsRole(role string) bool {
	return slices.ContainsFunc(o.roles, func(a roleAssignment) bool { return a.Role == role })
}

func (r *request) assignable(id string) bool {
	u := r.org.users[id]
	return u != nil && !u.Deleted && !u.Bot && !u.External && !u.isGuest() && id != USLACKBOT
}

func (r *request) entity(id string) bool {
	return r.org.isOrg(id) || r.org.team(id) != nil || r.org.channels[id] != nil
}
