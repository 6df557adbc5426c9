package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// knowledge is what the directory knows of one workspace's accounts, small
// enough for 100,000 of them: a digest each.
type knowledge struct {
	team    string
	digests map[string]uint64 // accounts in the workspace
	others  map[string]bool   // known accounts of the connector that are not in it
}

func accounts(a ...directory.Account) directory.Batch { return directory.Batch{Accounts: a} }

// workspaces lists what an organization-wide token was granted; a connector of
// one workspace knows it already.
func (s *syncing) workspaces(ctx context.Context) error {
	var seen []directory.Resource
	if s.c.Enterprise == "" {
		seen = []directory.Resource{{ID: s.c.Team, Connector: s.c.ID, Workspace: s.c.Team, Kind: directory.Workspace, Name: s.c.Name}}
	}
	for cursor := ""; s.c.Enterprise != ""; {
		if until, ok := s.pace("auth.teams.list"); !ok {
			return s.rest(ctx, until)
		}
		page, err := s.h.Slack.Workspaces(ctx, connector.Link{Connector: s.c.ID}, cursor)
		if err != nil {
			return err
		}
		seen = append(seen, page.Items...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	s.c.Workspaces = nil
	for _, w := range seen {
		s.c.Workspaces = append(s.c.Workspaces, w.ID)
	}
	if len(s.c.Workspaces) == 0 {
		return fault.New("flow.sync", fault.Misconfigured, "the installation sees no workspace yet; add the app to workspaces in Slack's organization settings")
	}
	if s.run.Wants("workspaces") || s.run.Wants("accounts") { // what accounts have roles in is there
		if err := s.resources(ctx, directory.Workspace, "", seen); err != nil {
			return err
		}
		s.run.Count("workspaces", len(seen))
	}
	if err := s.keepWorkspaces(ctx); err != nil {
		return err
	}
	return s.next(ctx, connector.StepAccounts)
}

// keepWorkspaces stores which workspaces the run goes through, so that each of
// its steps counts through the same list.
func (s *syncing) keepWorkspaces(ctx context.Context) error {
	return again(func() error {
		c, err := s.h.Memory.Connector(ctx, s.c.ID)
		if err != nil {
			return err
		}
		want := s.c.Workspaces
		if fmt.Sprint(c.Workspaces) != fmt.Sprint(want) {
			c.Workspaces = want
			c, err = s.h.Memory.SaveConnector(ctx, c, s.h.event("connector/"+c.ID, "connector.workspaces", ebb, map[string]string{"count": fmt.Sprint(len(want))}))
		}
		if err == nil {
			s.c = c
		}
		return err
	})
}

// accounts lists one workspace after the other, 999 a page.
func (s *syncing) accounts(ctx context.Context) error {
	if !s.run.Wants("accounts") {
		return s.next(ctx, connector.StepGroups)
	}
	team := s.c.Workspaces[s.run.Team]
	listing := "accounts/" + team
	if until, ok := s.pace("users.list"); !ok {
		return s.rest(ctx, until)
	}
	page, err := s.h.Slack.Accounts(ctx, s.link(), s.run.Cursor)
	s.run.Calls++
	if err != nil {
		return s.refused(ctx, "accounts", err, connector.StepGroups)
	}
	if err := s.takeAccounts(ctx, team, page.Items); err != nil {
		return err
	}
	ids := make([]string, len(page.Items))
	for i, a := range page.Items {
		ids[i] = a.ID
	}
	if err := s.h.Memory.Saw(ctx, s.run.ID, listing, s.run.Page, ids); err != nil {
		return err
	}
	s.run.Count("accounts", len(ids))
	s.run.Tries = 0
	if s.run.Cursor = page.Next; page.Next != "" {
		s.run.Page++
		return s.save(ctx)
	}
	if err := s.absentAccounts(ctx, team, listing); err != nil {
		return err
	}
	s.known = nil // 10 MB of 100,000 accounts
	return s.nextTeam(ctx, connector.StepGroups)
}

// know reads what the directory knows of the workspace, once a step.
func (s *syncing) know(ctx context.Context, team string) (*knowledge, error) {
	if s.known != nil && s.known.team == team {
		return s.known, nil
	}
	k := &knowledge{team: team, digests: map[string]uint64{}, others: map[string]bool{}}
	err := s.h.Memory.EachAccount(ctx, s.c.ID, func(a directory.Account) error {
		if a.In(team) {
			k.digests[a.ID] = a.Digest(team)
		} else {
			k.others[a.ID] = true
		}
		return nil
	})
	s.known = k
	return k, err
}

// takeAccounts writes what changed of one page. What is unchanged is not
// written.
func (s *syncing) takeAccounts(ctx context.Context, team string, page []directory.Account) error {
	k, err := s.know(ctx, team)
	if err != nil {
		return err
	}
	var b directory.Batch
	var left []string
	for _, a := range page {
		digest, known := k.digests[a.ID]
		if known && digest == a.Digest(team) {
			continue
		}
		was := directory.Account{}
		if known || k.others[a.ID] {
			if was, err = s.h.Memory.Account(ctx, s.c.ID, a.ID); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		next := a.Over(was, team)
		k.digests[a.ID] = a.Digest(team)
		if !next.Same(was) {
			b.Accounts = append(b.Accounts, next)
			if was.ID != "" {
				b.Before = append(b.Before, was)
			}
		}
		s.roleChange(&b, was, next, team)
		if was.Live() && next.State == directory.Deactivated {
			left = append(left, next.ID)
		}
		if err := s.risen(ctx, was, next, team); err != nil {
			return err
		}
	}
	// Before the rows: a step that dies in between finds the change again.
	for _, id := range left {
		if err := s.h.left(ctx, s.c.ID, id); err != nil {
			return err
		}
	}
	// The accounts last: an account that is known is compared, not its roles'
	// rows, so these must be there already.
	if err := s.put(ctx, directory.Batch{Memberships: b.Memberships, GoneMemberships: b.GoneMemberships}); err != nil {
		return err
	}
	return s.put(ctx, directory.Batch{Accounts: b.Accounts, Before: b.Before})
}

// roleChange writes the role in the workspace as a membership too, so that
// "who holds this" has one answer for every kind.
func (s *syncing) roleChange(b *directory.Batch, was, next directory.Account, team string) {
	roleRows(b, was, next, team, s.since())
}

func roleRows(b *directory.Batch, was, next directory.Account, team string, since time.Time) {
	old, had := was.Roles[team]
	now, has := next.Roles[team]
	if had && (!has || old != now) {
		b.GoneMemberships = append(b.GoneMemberships, directory.Membership{Connector: was.Connector, Resource: team, Slug: string(old), Account: was.ID})
	}
	if has && (!had || old != now) {
		b.Memberships = append(b.Memberships, directory.Membership{Connector: next.Connector, Resource: team, Slug: string(now), Account: next.ID, Since: since, Kind: directory.Workspace})
	}
}

// since dates what a later sync than the first one finds.
func (s *syncing) since() time.Time {
	if s.c.LastGood.IsZero() {
		return time.Time{}
	}
	return s.run.Started
}

// absentAccounts believes that an account left the workspace only after the
// listing was read to its end and users.info agrees.
func (s *syncing) absentAccounts(ctx context.Context, team, listing string) error {
	k, err := s.know(ctx, team)
	if err != nil {
		return err
	}
	seen, err := s.h.Memory.Seen(ctx, s.run.ID, listing)
	if err != nil {
		return err
	}
	var gone []string
	for id := range k.digests {
		if !seen[id] {
			gone = append(gone, id)
		}
	}
	if s.waits("accounts", slices.Clone(gone), len(k.digests)) {
		return nil
	}
	slices.Sort(gone)
	var b directory.Batch
	for i, id := range gone {
		now, err := s.h.Slack.Account(ctx, s.link(), id)
		s.run.Calls++
		if fault.Is(err, fault.Misconfigured, fault.Permanent, fault.Internal) { // asking for the others would be refused too
			s.say("%d accounts that %s lists no more are kept, because users.info does not say that they left (%s)", len(gone)-i, team, fault.CodeOf(err))
			break
		}
		if err == nil || fault.Is(err, fault.NotFound) {
			err = s.absentAccount(ctx, &b, id, team, now)
		}
		if err != nil {
			// What was agreed to is kept: after a pause only the rest is asked.
			return errors.Join(err, s.put(ctx, b))
		}
		delete(k.digests, id)
	}
	return s.put(ctx, b)
}

// absentAccount takes an account out of a workspace that lists it no more,
// unless users.info (now; zero when Slack does not know it) has it there.
func (s *syncing) absentAccount(ctx context.Context, b *directory.Batch, id, team string, now directory.Account) error {
	was, err := s.h.Memory.Account(ctx, s.c.ID, id)
	if err != nil {
		return err
	}
	next := was.Leave(team)
	if now.In(team) {
		next = now.Over(was, team)
	}
	if next.Same(was) {
		return nil
	}
	s.roleChange(b, was, next, team)
	if was.Live() && (len(next.Roles) == 0 || next.State == directory.Deactivated) {
		if err := s.h.left(ctx, s.c.ID, id); err != nil {
			return err
		}
	}
	if len(next.Roles) == 0 {
		b.GoneAccounts = append(b.GoneAccounts, was)
		return nil
	}
	b.Accounts, b.Before = append(b.Accounts, next), append(b.Before, was)
	return nil
}

// put writes a batch and counts its rows.
func (s *syncing) put(ctx context.Context, b directory.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	s.run.Wrote += b.Len()
	return s.h.Memory.Put(ctx, b)
}

// waits reports whether so much of a kind would go that an owner has to
// confirm it first; everything else of the sync goes on.
//
// going are their names.
func (s *syncing) waits(kind string, going []string, known int) bool {
	if !directory.Suspicious(len(going), known) || s.c.Confirmed != "" {
		return false
	}
	slices.Sort(going)
	s.run.Hold(kind, going)
	return true
}

// namesOf names memberships.
func namesOf(gone []directory.Membership) []string {
	out := make([]string, len(gone))
	for i, m := range gone {
		out[i] = m.Account + " in " + m.Resource
	}
	return out
}

// idsOf names resources.
func idsOf(gone []directory.Resource) []string {
	out := make([]string, len(gone))
	for i, r := range gone {
		out[i] = r.ID
	}
	return out
}

// refused goes past what one workspace refuses, with a note; the others go on.
// Only lost authorization and passing trouble stop the run.
func (s *syncing) refused(ctx context.Context, kind string, cause error, step connector.Step) error {
	if !fault.Is(cause, fault.Misconfigured, fault.Permanent, fault.NotFound) && fault.CodeOf(cause) != "unknown_method" {
		return cause
	}
	team := s.c.Workspaces[s.run.Team]
	text := fault.TextOf(cause)
	if slices.Contains([]string{"plan_upgrade_required", "paid_teams_only", "paid_only"}, fault.CodeOf(cause)) {
		text = "this Slack plan has no user groups; everything else was synced"
		if s.c.Enterprise == "" {
			s.c.Plan = connector.PlanFree
		}
	}
	s.say("%s of %s: %s", kind, team, text)
	return s.nextTeam(ctx, step)
}

// pace says whether the sync may call the method now: at most half of Slack's
// tier within a minute, so that grants have the other half.
func (s *syncing) pace(method string) (time.Time, bool) {
	now := s.h.Now()
	if s.h.Pace == nil {
		return now, true
	}
	if s.paced == nil {
		s.paced = map[string]paced{}
	}
	p := s.paced[method]
	if p.first.IsZero() || now.Sub(p.first) >= time.Minute {
		p = paced{first: now}
	}
	if p.calls >= max(1, s.h.Pace(method)/2) {
		return p.first.Add(time.Minute), false
	}
	p.calls++
	s.paced[method] = p
	return now, true
}

// paced counts a method's calls since the first of this minute.
type paced struct {
	first time.Time
	calls int
}

// rest lets go of the run until a time.
func (s *syncing) rest(ctx context.Context, until time.Time) error {
	s.run.Resume = until
	if err := s.save(ctx); err != nil {
		return err
	}
	return errRest
}

// errRest ends a step that has to wait; nothing is wrong.
var errRest = &fault.Error{Op: "flow.sync", Kind: fault.Wait, Code: "pace"}
