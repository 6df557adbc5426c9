package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// begin says what the token's scopes leave out, before the first call: nothing
// is skipped in silence.
func (s *syncing) begin(ctx context.Context) error {
	s.run.Notes = nil
	have := slices.Concat(s.c.UserScopes, s.c.BotScopes)
	lacks := func(scope string) bool { return len(have) > 0 && !slices.Contains(have, scope) }
	if s.run.Wants("accounts") && lacks("users:read.email") {
		s.say("e-mail addresses are left out: the token lacks the scope users:read.email")
	}
	if s.run.Wants("channels") && lacks("groups:read") {
		s.say("private channels are left out: the token lacks the scope groups:read")
	}
	if err := s.indexNothing(ctx); err != nil {
		return err
	}
	return s.next(ctx, connector.StepWorkspaces)
}

// indexNothing notes of a directory that is still empty that words lead to all of
// it: what comes brings its own.
func (s *syncing) indexNothing(ctx context.Context) error {
	if !s.c.LastGood.IsZero() {
		return nil
	}
	err := s.h.Memory.EachAccount(ctx, s.c.ID, func(directory.Account) error { return errEnough })
	if errors.Is(err, errEnough) {
		return nil
	}
	if err == nil {
		_, err = s.h.Memory.Index(ctx, s.c.ID, "")
	}
	return err
}

// index lets words lead to the accounts of a directory from before there were
// any, once, some thousand at a time; more: there are some left. run.Cursor is
// the last account.
func (s *syncing) index(ctx context.Context) (more bool, err error) {
	if done, err := s.h.Memory.Indexed(ctx, s.c.ID); err != nil || done {
		return false, err
	}
	last, err := s.h.Memory.Index(ctx, s.c.ID, s.run.Cursor)
	if err != nil || last == "" {
		return false, err
	}
	s.run.Cursor = last
	return true, s.save(ctx)
}

// mostNotes keeps a run's row small where each of thousands of channels is refused.
const mostNotes = 50

// say adds a note for people to the run, once.
func (s *syncing) say(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if len(s.run.Notes) == mostNotes {
		note = "there is more of this kind, left out here"
	}
	if len(s.run.Notes) <= mostNotes && !slices.Contains(s.run.Notes, note) {
		s.run.Notes = append(s.run.Notes, note)
	}
}

// plural names the kinds of resources as a sync is asked for them.
var plural = map[directory.Kind]string{directory.Workspace: "workspaces", directory.UserGroup: "usergroups", directory.Channel: "channels", directory.Role: "orgroles"}

// tally counts what the directory now holds of the kinds that were asked for,
// each thing once: a person in two workspaces was listed by both. The number of
// a workspace's people is kept with it.
func (s *syncing) tally(ctx context.Context) error {
	counts := map[string]int{}
	for _, kind := range Kinds {
		if s.run.Wants(kind) && (kind != "orgroles" || s.c.Enterprise != "") {
			counts[kind] = 0
		}
	}
	people, err := s.people(ctx, counts)
	if err != nil {
		return err
	}
	var b directory.Batch
	err = s.h.Memory.EachResource(ctx, s.c.ID, "", func(r directory.Resource) error {
		if s.run.Wants(plural[r.Kind]) {
			counts[plural[r.Kind]]++
		}
		from := plural[r.Kind]
		if r.Kind == directory.Workspace {
			from = "accounts"
			if people != nil && r.Count != people[r.ID] {
				r.Count = people[r.ID]
				b.Resources = append(b.Resources, r)
			}
		}
		if s.run.Wants(from) {
			counts["memberships"] += r.Count
			counts[string(r.Kind)+" memberships"] += r.Count
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.run.Counts = counts
	return s.put(ctx, b)
}

// people counts accounts, and how many belong to each workspace; nil when the
// sync was not about accounts.
func (s *syncing) people(ctx context.Context, counts map[string]int) (map[string]int, error) {
	if !s.run.Wants("accounts") {
		return nil, nil
	}
	in := map[string]int{}
	err := s.h.Memory.EachAccount(ctx, s.c.ID, func(a directory.Account) error {
		counts["accounts"]++
		for team := range a.Roles {
			in[team]++
		}
		return nil
	})
	return in, err
}
