package flow

import (
	"context"
	"maps"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// compares reports whether who is new on a resource has changed anything: the first
// sync of a connector, and the first look at a resource, only learn what is there.
func (s *syncing) compares(r directory.Resource) bool {
	if s.c.LastGood.IsZero() || slices.Contains(s.fresh, r.ID) {
		return false
	}
	// A channel's count is written once its members were read.
	return r.Kind != directory.Channel || r.Count > 0
}

// drift makes findings of those among the unknown members of a resource that others
// added, and leaves only those in seen that may go into the directory.
func (s *syncing) drift(ctx context.Context, r directory.Resource, seen map[string]bool) error {
	st, err := s.h.Memory.Standing(ctx, s.c.ID, r.ID)
	if err != nil {
		return err
	}
	by := shownBy{access.Look{From: s.read, Now: s.h.Now()}, s.run.ID, ""}
	known, err := s.h.drift(ctx, s.c, r, st, slices.Collect(maps.Keys(seen)), by)
	if err != nil {
		return err
	}
	clear(seen)
	for _, a := range known {
		seen[a] = true
	}
	return nil
}

// forget takes memberships that are not there any more out of the directory, and
// closes the findings about them.
func (s *syncing) forget(ctx context.Context, gone []directory.Membership) error {
	of := map[string][]string{}
	for _, m := range gone {
		of[m.Resource] = append(of[m.Resource], m.Account)
	}
	for _, r := range slices.Sorted(maps.Keys(of)) {
		if err := s.h.lost(ctx, s.c.ID, r, of[r], s.read); err != nil {
			return err
		}
	}
	return s.put(ctx, directory.Batch{GoneMemberships: gone})
}

// openGroups makes a finding of it when everybody may edit user groups, and closes
// it when that is over.
func (s *syncing) openGroups(ctx context.Context, open bool) error {
	if open == s.c.OpenGroups {
		return nil
	}
	f := directory.Finding{
		Connector: s.c.ID, Resource: s.c.Workspaces[s.run.Team], Kind: directory.OpenGroups, Seen: s.h.Now(), Run: s.run.ID,
	}
	if !open {
		return s.h.unfound(ctx, f.FindingID())
	}
	return s.h.found(ctx, f)
}

// risen makes findings of accounts that are more than they were.
func (s *syncing) risen(ctx context.Context, was, next directory.Account, team string) error {
	if s.c.LastGood.IsZero() {
		return nil
	}
	all, err := s.h.ungranted(ctx, directory.Risen(was, next, team))
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Seen, all[i].Run = s.h.Now(), s.run.ID
	}
	return s.h.found(ctx, all...)
}
