package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// An admin's role in a workspace, which most plans' API neither gives nor takes,
// converges like all else: the grants say what is wanted, a read says what is held,
// and the same judgment follows. Only the write is another one: a manual task, for a
// person, or for Ebb itself (byapi.go).

// byHand is run for a resource that people change for Ebb.
func (p *pass) byHand(ctx context.Context) error {
	p.read = p.h.Now()
	var err error
	if p.view, err = p.admins(ctx); err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	j, err := p.record(ctx)
	if err != nil {
		return err
	}
	if err := p.seenByHand(ctx); err != nil {
		return err
	}
	ready, err := p.prepare(ctx, j.Add)
	if err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	if j = j.Only(ready); len(j.Add)+len(j.Remove) == 0 {
		if p.frozen != nil {
			return p.held(ctx)
		}
		return p.rest(ctx)
	}
	for holds := range slices.Chunk(j.Baselines, 20) {
		if err := p.save(ctx, access.Step{Holds: holds}); err != nil {
			return err
		}
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	return p.askPeople(ctx, j)
}

// admins asks Slack about the accounts of the grants, one by one: who else is admin
// is nothing to Ebb.
func (p *pass) admins(ctx context.Context) (access.View, error) {
	v := access.View{Resource: p.res}
	for _, g := range p.st.Grants {
		if p.life[g.Account] != access.Unasked {
			continue
		}
		a, err := p.h.Slack.Account(ctx, p.link, g.Account)
		switch {
		case fault.Is(err, fault.NotFound) || err == nil && a.State == directory.Deactivated:
			p.life[g.Account] = access.Dead
			continue
		case err != nil:
			return v, err
		}
		if p.life[g.Account] = access.Living; a.Administers(p.res.ID) {
			v.Members = append(v.Members, g.Account)
		}
	}
	return v, nil
}

// askPeople makes a manual task of each addition and each removal.
func (p *pass) askPeople(ctx context.Context, j access.Judgment) error {
	var theirs, ours []access.Grant
	for _, g := range p.moving() {
		give := g.Gives(p.h.Now()) && slices.Contains(j.Add, g.Account)
		take := g.Takes() && slices.Contains(j.Remove, g.Account)
		if !give && !take {
			continue
		}
		m, err := p.task(ctx, g, give)
		switch {
		case err != nil:
			return err
		case m.Ebb && m.Refused == "":
			ours = append(ours, g)
		default:
			theirs = append(theirs, g)
		}
	}
	if err := p.trip(ctx, ours, &fault.Error{
		Op: "flow.byHand", Kind: fault.Wait, Code: codeLooking, Until: p.h.Now().Add(lookByAPI), Text: "Slack was told, and Ebb looks whether it shows",
	}); err != nil {
		return err
	}
	return p.trip(ctx, theirs, &fault.Error{
		Op: "flow.byHand", Kind: fault.Wait, Code: access.CodeByHand, Until: p.h.Now().Add(lookByHand),
		Text: "Ebb cannot do this through Slack's API here: the owners have a task that says how, and Ebb looks every minute whether it is done",
	})
}

// lookByHand is how often Slack is asked about one account whose role somebody is to
// change.
const lookByHand = time.Minute

// task makes a grant's manual task once, and again where somebody undid what was
// seen done; Ebb carries it out where it can.
func (p *pass) task(ctx context.Context, g access.Grant, give bool) (access.Manual, error) {
	m := access.Manual{
		Connector: g.Connector, Workspace: g.Workspace, Resource: g.Resource, Kind: g.Kind, Slug: g.Slug, Account: g.Account,
		Give: give, Origin: "grant/" + g.ID, Why: access.ManualRole, State: access.ManualWaits, Created: p.h.Now(), Next: p.h.Now().Add(manualLook),
	}
	m.ID, m.Ebb = m.ManualID(), byAPI(p.conn, m.Why)
	have, err := p.h.Memory.Manual(ctx, m.ID)
	switch {
	case err == nil && have.Waits():
		m = have
	case err == nil:
		m.Rev = have.Rev
	case !fault.Is(err, fault.NotFound):
		return m, err
	}
	if m.Rev == 0 || !have.Waits() {
		if m, err = p.h.Memory.SaveManual(ctx, m, p.h.manualMade(m, ebb)); err != nil {
			return m, err
		}
	}
	return p.carryOut(ctx, m)
}

// seenByHand closes the manual tasks of grants that the view shows done.
func (p *pass) seenByHand(ctx context.Context) error {
	waiting, err := p.h.Memory.ManualsOf(ctx, p.conn.ID, p.res.ID)
	if err != nil {
		return err
	}
	in := p.view.Set()
	for _, m := range waiting {
		// Of a task about another role than an admin's the view says nothing.
		if m.Slug != string(directory.Admin) || p.life[m.Account] != access.Living || in[m.Account] != m.Give {
			continue
		}
		if m, err = m.Turn(access.SeeManual, p.h.Now()); err != nil {
			return err
		}
		if _, err = p.h.Memory.SaveManual(ctx, m, p.h.manualEvent(m, "manual.seen-done", ebb)); err != nil {
			return err
		}
	}
	return nil
}

// ungranted leaves out what a live grant of Ebb's gives: an admin's role that a
// person gave because Ebb asked for it is no finding.
func (h *House) ungranted(ctx context.Context, fs []directory.Finding) ([]directory.Finding, error) {
	var out []directory.Finding
	for _, f := range fs {
		grants, err := h.Memory.GrantsOn(ctx, f.Connector, f.Resource)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(grants, func(g access.Grant) bool { return g.Account == f.Account && g.Slug == f.Slug && !g.State.Final() }) {
			out = append(out, f)
		}
	}
	return out, nil
}
