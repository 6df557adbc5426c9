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

// remember brings the directory up to date with what was just read, so that
// pages need no sync to show it, and before the grants are: whom the directory
// still knew as a member after Ebb's access had gone could come back unseen.
func (p *pass) remember(ctx context.Context, s access.Step) error {
	st := p.st
	st.Holds = maps.Clone(st.Holds)
	for _, h := range s.Holds {
		st.Holds[h.Account] = h
	}
	var accounts []string
	for _, g := range s.Grants {
		accounts = append(accounts, g.Account)
	}
	return p.learn(ctx, st, accounts, false)
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
		return slices.ContainsFunc(p.st.Grants, func(g access.Grant) bool { return g.Account == a })
	})
	return p.learn(ctx, p.st, accounts, true)
}

// learn writes what the view shows of accounts and the directory does not know.
// ours: it is Ebb's doing.
func (p *pass) learn(ctx context.Context, st access.Standing, accounts []string, ours bool) error {
	var b directory.Batch
	in := p.view.Set()
	slices.Sort(accounts)
	for _, a := range slices.Compact(accounts) {
		m := directory.Membership{Connector: p.conn.ID, Resource: p.res.ID, Slug: "member", Account: a, Since: p.h.Now(), Kind: p.res.Kind}
		held, err := p.h.Memory.Holds(ctx, m)
		switch {
		case err != nil:
			return err
		case held == in[a]:
		case held:
			b.GoneMemberships = append(b.GoneMemberships, m)
		default:
			b.Memberships = append(b.Memberships, m)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	if !ours {
		if err := p.h.driftOf(ctx, p.conn, p.view.Resource, st, &b, shownBy{Look: access.Look{From: p.read, Now: p.h.Now()}}); err != nil {
			return err
		}
	}
	err := p.h.Memory.Put(ctx, b)
	return fault.Wrap("flow.learn", err)
}
