package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// groups reads a workspace's user groups with all members, in one call.
func (s *syncing) groups(ctx context.Context) error {
	if !s.run.Wants("usergroups") {
		return s.next(ctx, connector.StepChannels)
	}
	if until, ok := s.pace("usergroups.list"); !ok {
		return s.rest(ctx, until)
	}
	team := s.c.Workspaces[s.run.Team]
	s.read = s.h.Now()
	listed, err := s.h.Slack.Groups(ctx, s.link())
	s.run.Calls++
	if err != nil {
		return s.refused(ctx, "user groups", err, connector.StepChannels)
	}
	if s.c.Plan == connector.PlanUnknown || s.c.Plan == connector.PlanFree {
		s.c.Plan = connector.PlanPaid
	}
	resources := make([]directory.Resource, len(listed))
	for i, g := range listed {
		resources[i] = g.Resource
		resources[i].Count = len(g.Members)
	}
	if err := s.resources(ctx, directory.UserGroup, team, resources); err != nil {
		return err
	}
	gone, known, err := s.takeGroups(ctx, listed)
	if err != nil {
		return err
	}
	if !s.waits("user group memberships", namesOf(gone), known) {
		if err := s.forget(ctx, gone); err != nil {
			return err
		}
	}
	s.run.Count("usergroups", len(listed))
	if err := s.probe(ctx, resources); err != nil {
		return err
	}
	s.scim(ctx)
	if err := s.keepLearned(ctx); err != nil {
		return err
	}
	return s.nextTeam(ctx, connector.StepChannels)
}

// manyMemberships are written together: an account's rows lie side by side, and
// so each page of the file is written once for several groups.
const manyMemberships = 50_000

// takeGroups writes who is new in any of the groups; it gives who is known and
// in none of the lists, and how many were known.
func (s *syncing) takeGroups(ctx context.Context, listed []directory.GroupListing) (gone []directory.Membership, known int, err error) {
	var fresh directory.Batch
	for i, g := range listed {
		came, lost, had, err := s.compareMembers(ctx, g.Resource, g.Members)
		if err != nil {
			return nil, 0, err
		}
		fresh.Memberships = append(fresh.Memberships, came...)
		gone, known = append(gone, lost...), known+had
		s.run.Count("memberships", len(g.Members))
		if fresh.Len() < manyMemberships && i < len(listed)-1 {
			continue
		}
		if err := s.put(ctx, fresh); err != nil {
			return nil, 0, err
		}
		fresh.Memberships = fresh.Memberships[:0]
	}
	return gone, known, nil
}

// probe finds out once a sync whether everybody may edit user groups: if a bot
// token can, anybody can.
func (s *syncing) probe(ctx context.Context, groups []directory.Resource) error {
	if s.run.Team > 0 || !slices.Contains(s.c.BotScopes, "usergroups:write") {
		return nil
	}
	for _, g := range groups {
		if g.Managed || g.Locked || g.Disabled {
			continue
		}
		l := s.link()
		l.AsBot = true
		open, err := s.h.Slack.Probe(ctx, l, g)
		s.run.Calls++
		if err != nil {
			return err
		}
		if err := s.openGroups(ctx, open); err != nil {
			return err
		}
		if open {
			s.say("everybody can edit user groups in this workspace (a bot token could); their members do not count as approvers until this is set to admins in Slack")
		}
		s.c.OpenGroups = open
		return nil
	}
	return nil
}

// scim finds out once a sync whether SCIM takes the user token: no other call
// tells Business+ from Pro. What fails for now leaves what is known.
func (s *syncing) scim(ctx context.Context) {
	if s.run.Team > 0 {
		return
	}
	if !s.c.TriesSCIM() {
		s.c.SCIM = false
		return
	}
	can, err := s.h.Slack.CanShrink(ctx, s.link())
	s.run.Calls++
	if err != nil {
		s.h.log().Warn("scim", "connector", s.c.ID, "error", err)
		return
	}
	s.c.SCIM = can
}

// keepLearned stores what the step found out about this Slack: the steps that
// follow, in another process perhaps, read the connector anew.
func (s *syncing) keepLearned(ctx context.Context) error {
	return again(func() error {
		c, err := s.h.Memory.Connector(ctx, s.c.ID)
		if err != nil || c.OpenGroups == s.c.OpenGroups && c.Plan == s.c.Plan && c.SCIM == s.c.SCIM {
			return err
		}
		c.OpenGroups, c.Plan, c.SCIM = s.c.OpenGroups, s.c.Plan, s.c.SCIM
		c, err = s.h.Memory.SaveConnector(ctx, c, s.h.event("connector/"+c.ID, "connector.learned", ebb, map[string]string{
			"plan": string(c.Plan), "open_groups": fmt.Sprint(c.OpenGroups), "scim": fmt.Sprint(c.SCIM),
		}))
		if err == nil {
			s.c = c
		}
		return err
	})
}

// resources writes the changed ones of a kind and removes what a complete
// listing does not have. A private channel out of sight is hidden, not gone.
func (s *syncing) resources(ctx context.Context, kind directory.Kind, team string, seen []directory.Resource) error {
	have := map[string]directory.Resource{}
	err := s.h.Memory.EachResource(ctx, s.c.ID, kind, func(r directory.Resource) error {
		if team == "" || r.Workspace == team {
			have[r.ID] = r
		}
		return nil
	})
	if err != nil {
		return err
	}
	var b directory.Batch
	known := len(have)
	for _, r := range seen {
		was, ok := have[r.ID]
		delete(have, r.ID)
		if !ok {
			s.fresh = append(s.fresh, r.ID)
		}
		if kind == directory.Workspace {
			r.Count = was.Count // no listing tells it: tally counts
		}
		if ok && r.Same(was) && r.Count == was.Count {
			continue
		}
		r.Owners = was.Owners
		b.Resources = append(b.Resources, r)
	}
	if !s.waits(string(kind)+"s", slices.Collect(maps.Keys(have)), known) {
		for _, r := range have {
			if err := s.goneResource(ctx, &b, r); err != nil {
				return err
			}
		}
	}
	return s.put(ctx, b)
}

func (s *syncing) goneResource(ctx context.Context, b *directory.Batch, r directory.Resource) error {
	if r.Kind == directory.Channel && r.Private {
		if r.Reached {
			r.Reached = false
			b.Resources = append(b.Resources, r)
		}
		return nil
	}
	b.GoneResources = append(b.GoneResources, r)
	var gone []string
	err := s.h.Memory.EachHolder(ctx, s.c.ID, r.ID, func(m directory.Membership) error {
		b.GoneMemberships = append(b.GoneMemberships, m)
		gone = append(gone, m.Account)
		return nil
	})
	if err != nil {
		return err
	}
	return s.h.lost(ctx, s.c.ID, r.ID, gone, s.h.Now())
}

// takeMembers writes who is new on a resource whose complete members are
// given, and gives who is known and not among them, for the caller to believe
// or not, and how many were known.
func (s *syncing) takeMembers(ctx context.Context, r directory.Resource, members []string) (gone []directory.Membership, known int, err error) {
	fresh, gone, known, err := s.compareMembers(ctx, r, members)
	if err != nil {
		return nil, 0, err
	}
	return gone, known, s.put(ctx, directory.Batch{Memberships: fresh})
}

// compareMembers holds the complete members of a resource against the known
// ones: who is new, who is gone, and how many were known.
func (s *syncing) compareMembers(ctx context.Context, r directory.Resource, members []string) (fresh, gone []directory.Membership, known int, err error) {
	seen := make(map[string]bool, len(members))
	for _, m := range members {
		seen[m] = true
	}
	err = s.h.Memory.EachHolder(ctx, s.c.ID, r.ID, func(m directory.Membership) error {
		known++
		if seen[m.Account] {
			delete(seen, m.Account)
		} else if m.Since.Before(s.run.Started) {
			gone = append(gone, m)
		}
		return nil
	})
	if err == nil && len(seen) > 0 && s.compares(r) {
		err = s.drift(ctx, r, seen)
	}
	for id := range seen {
		fresh = append(fresh, directory.Membership{Connector: s.c.ID, Resource: r.ID, Slug: "member", Account: id, Since: s.since(), Kind: r.Kind})
	}
	return fresh, gone, known, err
}
