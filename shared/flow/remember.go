package flow

import (
	"context"
	"maps"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// findings adds to a step what it shows of others: that they took away what Ebb had
// given; and that what a person said of a finding is done. It gives the events.
func (p *pass) findings(ctx context.Context, s *access.Step) ([]audit.Event, error) {
	events, err := p.h.carriedOut(ctx, s, directory.TookFinding)
	if err != nil {
		return nil, err
	}
	for _, g := range s.Grants {
		if g.State != access.EndedOutside {
			continue
		}
		f, news, err := p.h.see(ctx, directory.Finding{
			Connector: g.Connector, Resource: g.Resource, Slug: g.Slug, Account: g.Account, Kind: directory.EndedOutside,
			Seen: p.h.Now(), Request: g.Request,
		})
		if err != nil {
			return nil, err
		}
		if known := slices.ContainsFunc(s.Findings, func(x directory.Finding) bool { return x.ID == f.ID }); news && !known {
			s.Findings, events = append(s.Findings, f), append(events, p.h.findingEvent(f, string(f.Kind), ebb, nil))
		}
	}
	return events, nil
}

// carriedOut turns the findings whose grant comes to its end with a step.
func (h *House) carriedOut(ctx context.Context, s *access.Step, t directory.FindingTurn) ([]audit.Event, error) {
	var events []audit.Event
	for _, g := range s.Grants {
		if g.Finding() == "" || !g.State.Final() {
			continue
		}
		f, err := h.Memory.Finding(ctx, g.Finding())
		if fault.Is(err, fault.NotFound) || err == nil && (f.State != directory.FindingRemoving || f.Grant != g.ID) {
			continue
		}
		if err == nil {
			f, err = f.Turn(t, h.Now())
		}
		if err != nil {
			return nil, err
		}
		s.Findings = append(s.Findings, f)
		events = append(events, h.findingEvent(f, string(f.State), ebb, map[string]string{"grant": g.ID, "note": g.Outcome}))
	}
	return events, nil
}

// remember brings the directory up to date with what was just read, so that pages
// need no sync to show it. Whom others added is a finding of this step, and goes into
// the directory, which it gives, behind the step: who has lost the lock saves neither.
// Who is not there any more goes before the step: whom the directory knew still as a
// member after Ebb's access had gone could come back unseen.
func (p *pass) remember(ctx context.Context, s *access.Step) (directory.Batch, []audit.Event, error) {
	st := p.st
	st.Holds = maps.Clone(st.Holds)
	for _, h := range s.Holds {
		st.Holds[h.Account] = h
	}
	var accounts []string
	for _, g := range s.Grants {
		accounts = append(accounts, g.Account)
	}
	came, gone, err := p.learnt(ctx, accounts)
	if err != nil {
		return directory.Batch{}, nil, err
	}
	by := shownBy{Look: access.Look{From: p.read, Now: p.h.Now()}}
	known, found := outside(p.conn, p.view.Resource, st, came, by)
	var events []audit.Event
	for _, f := range found {
		next, news, err := p.h.see(ctx, f)
		if err != nil {
			return directory.Batch{}, nil, err
		}
		if news {
			s.Findings, events = append(s.Findings, next), append(events, p.h.findingEvent(next, string(next.Kind), ebb, nil))
		}
	}
	ids, err := p.h.openOf(ctx, p.conn.ID, p.res.ID, gone, by.Now)
	for _, id := range ids {
		f, is, oerr := p.h.overFinding(ctx, id)
		if err = oerr; err != nil {
			break
		}
		if is {
			s.Findings, events = append(s.Findings, f), append(events, p.h.findingEvent(f, "gone", ebb, nil))
		}
	}
	if err == nil && len(gone) > 0 {
		err = p.h.Memory.Put(ctx, directory.Batch{GoneMemberships: p.rows(gone)})
	}
	return directory.Batch{Memberships: p.rows(known)}, events, err
}

// own brings into the directory what a write did for which no grant stands (members
// who were left out, edits that were done again, a keeper), before it is forgotten
// that Ebb did it: a look that is later would take it for somebody else's doing.
func (p *pass) own(ctx context.Context, w *access.Writing) error {
	if !p.view.Resource.Visible() {
		return nil // nothing in it is gone
	}
	accounts := slices.Concat(w.Add, w.Remove)
	for _, l := range p.st.Left {
		accounts = append(accounts, l.Account)
	}
	accounts = slices.DeleteFunc(accounts, func(a string) bool {
		unseen := slices.ContainsFunc(p.st.Left, func(l access.Left) bool { return l.Account == a && l.Unseen })
		return unseen || slices.ContainsFunc(p.st.Grants, func(g access.Grant) bool { return g.Account == a })
	})
	return p.learn(ctx, accounts)
}

// learn writes what the view shows of accounts, by Ebb's doing, into the directory.
func (p *pass) learn(ctx context.Context, accounts []string) error {
	came, gone, err := p.learnt(ctx, accounts)
	if err != nil || len(came)+len(gone) == 0 {
		return err
	}
	return p.h.Memory.Put(ctx, directory.Batch{Memberships: p.rows(came), GoneMemberships: p.rows(gone)})
}

// learnt are the accounts of which the view shows something else than the directory
// knows.
func (p *pass) learnt(ctx context.Context, accounts []string) (came, gone []string, err error) {
	in := p.view.Set()
	slices.Sort(accounts)
	for _, a := range slices.Compact(accounts) {
		held, err := p.h.Memory.Holds(ctx, p.rows([]string{a})[0])
		switch {
		case err != nil:
			return nil, nil, err
		case held == in[a]:
		case held:
			gone = append(gone, a)
		default:
			came = append(came, a)
		}
	}
	return came, gone, nil
}

func (p *pass) rows(accounts []string) []directory.Membership {
	var out []directory.Membership
	for _, a := range accounts {
		out = append(out, directory.Membership{Connector: p.conn.ID, Resource: p.res.ID, Slug: "member", Account: a, Since: p.h.Now(), Kind: p.res.Kind, Date: p.view.Date})
	}
	return out
}
