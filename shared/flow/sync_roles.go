package flow

import (
	"context"
	"maps"
	"slices"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostRolePages ends a read: 20,000 assignments.
const mostRolePages = 100

// roles reads who holds which role of an Enterprise organization: its admins and
// owners, whom the accounts name, and its system roles, where the token may list them.
// They are few, and read whole within one step; a step that dies reads them again.
func (s *syncing) roles(ctx context.Context) error {
	if s.c.Enterprise == "" || !s.run.Wants("orgroles") {
		return s.next(ctx, connector.StepManagers)
	}
	s.read = s.h.Now()
	held, whole, err := s.systemRoles(ctx)
	if err != nil {
		return err
	}
	err = s.h.Memory.EachAccount(ctx, s.c.ID, func(a directory.Account) error {
		role := directory.OrgAdminRole
		if a.OrgOwner {
			role = directory.OrgOwnerRole
		}
		if a.Live() && (a.OrgAdmin || a.OrgOwner) {
			held = append(held, directory.RoleHeld{Role: role, Entity: s.c.Enterprise, Account: a.ID})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.takeRoles(ctx, held, whole); err != nil {
		return err
	}
	return s.next(ctx, connector.StepManagers)
}

// systemRoles are all assignments of system roles; whole: they were read, and what is
// not among them is gone.
func (s *syncing) systemRoles(ctx context.Context) (held []directory.RoleHeld, whole bool, err error) {
	if !slices.Contains(s.c.UserScopes, connector.RolesScope) {
		s.say("of the organization's roles its admins and owners are read; who holds its system roles needs the user scope %s", connector.RolesScope)
		return nil, false, nil
	}
	cursor := ""
	for range mostRolePages {
		until, ok := s.pace("admin.roles.listAssignments")
		if !ok {
			return nil, false, s.rest(ctx, until)
		}
		page, err := s.h.Slack.Roles(ctx, connector.Link{Connector: s.c.ID}, cursor)
		s.run.Calls++
		if fault.Is(err, fault.Misconfigured, fault.Permanent) {
			s.say("the organization's system roles were not read: %s", fault.TextOf(err))
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		held = append(held, page.Items...)
		if cursor = page.Next; cursor == "" {
			return held, true, nil
		}
	}
	s.say("the organization has more than %d assignments of system roles, and they are not read", len(held))
	return nil, false, nil
}

// takeRoles brings the directory to what is held. Without a whole read of the system
// roles, what is known of them stays.
func (s *syncing) takeRoles(ctx context.Context, held []directory.RoleHeld, whole bool) error {
	holders := map[string]map[string]bool{} // by resource, its accounts
	all := map[string]directory.Resource{}
	for _, h := range held {
		id := h.Resource()
		if holders[id] == nil {
			r, err := s.roleResource(ctx, h)
			if err != nil {
				return err
			}
			all[id], holders[id] = r, map[string]bool{}
		}
		holders[id][h.Account] = true
	}
	seen := make([]directory.Resource, 0, len(all))
	for _, id := range slices.Sorted(maps.Keys(all)) {
		r := all[id]
		r.Count = len(holders[id])
		seen = append(seen, r)
	}
	err := s.h.Memory.EachResource(ctx, s.c.ID, directory.Role, func(r directory.Resource) error {
		if _, listed := all[r.ID]; !listed && !whole && !directory.OrgWide(r.ID) {
			seen = append(seen, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.resources(ctx, directory.Role, "", seen); err != nil {
		return err
	}
	var gone []directory.Membership
	known := 0
	for _, id := range slices.Sorted(maps.Keys(all)) {
		went, had, err := s.takeHolders(ctx, all[id], holders[id])
		if err != nil {
			return err
		}
		gone, known = append(gone, went...), known+had
	}
	s.run.Count("orgroles", len(all))
	if s.waits("organization roles held", namesOf(gone), known) {
		return nil
	}
	return s.forget(ctx, gone)
}

// takeHolders writes who is new in a role, and gives who is known in it and not any
// more. Whoever was given a system role since the last sync is a finding; who became an
// admin or owner is one by their account already.
func (s *syncing) takeHolders(ctx context.Context, r directory.Resource, holders map[string]bool) (gone []directory.Membership, known int, err error) {
	err = s.h.Memory.EachHolder(ctx, s.c.ID, r.ID, func(m directory.Membership) error {
		known++
		if holders[m.Account] {
			delete(holders, m.Account)
		} else {
			gone = append(gone, m)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	slug := directory.RoleOf(r.ID)
	var b directory.Batch
	var news []directory.Finding
	for _, a := range slices.Sorted(maps.Keys(holders)) {
		b.Memberships = append(b.Memberships, directory.Membership{Connector: s.c.ID, Resource: r.ID, Slug: slug, Account: a, Since: s.since(), Kind: directory.Role})
		if !s.c.LastGood.IsZero() && !directory.OrgWide(r.ID) {
			news = append(news, directory.Finding{Connector: s.c.ID, Resource: r.ID, Slug: slug, Account: a, Kind: directory.Came, Seen: s.h.Now(), Run: s.run.ID})
		}
	}
	if err := s.h.found(ctx, news...); err != nil {
		return nil, 0, err
	}
	return gone, known, s.put(ctx, b)
}

// roleResource is a role on an entity, as a resource. A private channel's name is no
// part of it: who may know of the role may not know of the channel.
func (s *syncing) roleResource(ctx context.Context, h directory.RoleHeld) (directory.Resource, error) {
	r := directory.Resource{ID: h.Resource(), Connector: s.c.ID, Kind: directory.Role, Name: directory.RoleName(h.Role)}
	if h.Entity == s.c.Enterprise {
		return r, nil
	}
	e, err := s.h.Memory.Resource(ctx, s.c.ID, h.Entity)
	switch {
	case fault.Is(err, fault.NotFound):
		r.Name, r.Private = r.Name+" of "+h.Entity, true // a private channel out of sight
	case err != nil:
		return r, err
	case e.Kind == directory.Channel && e.Private:
		r.Name, r.Workspace, r.Private = r.Name+" of the private channel "+e.ID, e.Workspace, true
	case e.Kind == directory.Channel:
		r.Name, r.Workspace = r.Name+" of #"+e.Name, e.Workspace
	default:
		r.Name, r.Workspace = r.Name+" of "+e.Name, e.ID
	}
	return r, nil
}
