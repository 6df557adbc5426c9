package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// ManualView is a manual task with its steps, for who may do it, and auditors.
type ManualView struct {
	access.Manual
	ResourceName string
	AccountName  string
	Because      string
	Steps        []string
	SaidByName   string
	Does         bool // the actor may say that it is done
	GivesUp      bool // the actor may give it up
	// Of one that was given up: by whom, why (erased with who wrote it), and whether
	// Slack shows the access still.
	GivenUpByName string
	Words         string
	WordsErased   bool
	Stands        bool
}

// ReadManuals lists the manual tasks that exist for the actor, the newest first;
// waiting: only those that are not over.
func (h *House) ReadManuals(ctx context.Context, by access.Actor, waiting bool) ([]ManualView, error) {
	out, err := h.manualViews(ctx, by, func(ctx context.Context, conn string) ([]access.Manual, error) {
		return h.Memory.Manuals(ctx, conn, waiting, 0)
	})
	return out, fault.Wrap("flow.ReadManuals", err)
}

// manualViews are those of a list of each connector that exist for the actor.
func (h *House) manualViews(ctx context.Context, by access.Actor, list func(context.Context, string) ([]access.Manual, error)) ([]ManualView, error) {
	s, err := h.sight(by)
	if err != nil {
		return nil, err
	}
	conns, err := h.Memory.Connectors(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(conns, byID(func(c connector.Connector) string { return c.ID }))
	out := []ManualView{}
	for _, c := range conns {
		r, err := s.manualRealm(ctx, c.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all, err := list(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			v, err := r.manual(ctx, m)
			if err != nil {
				return nil, err
			}
			if v != nil {
				out = append(out, *v)
			}
		}
	}
	return out, nil
}

// ReadManual reads one.
func (h *House) ReadManual(ctx context.Context, by access.Actor, id string) (ManualView, error) {
	const op = "flow.ReadManual"
	m, r, err := h.manualFor(ctx, by, id)
	if err != nil {
		return ManualView{}, fault.Wrap(op, err)
	}
	v, err := r.manual(ctx, m)
	if err == nil && v == nil {
		err = fault.New(op, fault.NotFound, "there is no manual task %s", id)
	}
	if err != nil {
		return ManualView{}, fault.Wrap(op, err)
	}
	return *v, nil
}

// manual is a manual task as the actor sees it; nil: not at all.
func (r *realm) manual(ctx context.Context, m access.Manual) (*ManualView, error) {
	if known, err := r.knowsManual(ctx, m); err != nil || !known {
		return nil, err
	}
	x, err := r.look(ctx, m.Resource)
	if err != nil {
		return nil, err
	}
	v := &ManualView{Manual: m, Does: !r.s.by.Service && m.Waits() && r.does(m, x)}
	if !x.known {
		x.Resource = directory.Resource{ID: m.Resource, Connector: m.Connector, Kind: m.Kind, Name: m.Resource}
	}
	a, err := r.s.h.Memory.Account(ctx, m.Connector, m.Account)
	if fault.Is(err, fault.NotFound) {
		a, err = directory.Account{ID: m.Account}, nil
	}
	if err != nil {
		return nil, err
	}
	v.ResourceName, v.AccountName = access.Name(x.Resource), a.Label()
	if v.Because = m.Because(); m.Waits() && (!m.Ebb || m.Refused != "") {
		v.Steps = m.Steps(x.Resource, a, r.conn.SignIn.GroupsBy)
	}
	if v.SaidByName, err = r.s.h.doerName(ctx, m.SaidBy); err != nil {
		return nil, err
	}
	if m.State == access.ManualGivenUp {
		err = r.givenUp(ctx, v)
	} else if m.Waits() && !r.s.by.Service {
		var no error
		no, err = r.keepsUp(ctx, m)
		v.GivesUp = err == nil && no == nil
	}
	return v, err
}

// givenUp adds who gave a task up and why, and whether the access stands.
func (r *realm) givenUp(ctx context.Context, v *ManualView) error {
	h := r.s.h
	var err error
	if v.GivenUpByName, err = h.doerName(ctx, v.GivenUpBy); err != nil {
		return err
	}
	if v.Words, v.WordsErased, err = h.saidOf(ctx, access.ManualText(v.ID)); err != nil {
		return err
	}
	v.Stands, err = h.standsYet(ctx, v.Manual)
	return err
}

// saidOf reads a free text, and whether it was erased.
func (h *House) saidOf(ctx context.Context, about string) (body string, erased bool, err error) {
	t, err := h.Memory.Text(ctx, about)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", false, err
	}
	return t.Body, t.Body == "", nil
}

// doerName is what a user is called, or Ebb itself; "" for who is not known any more.
func (h *House) doerName(ctx context.Context, id string) (string, error) {
	if id == ebb {
		return "Ebb", nil
	}
	return h.userName(ctx, id)
}

// does reports whether the actor is one of those who do a manual task. Private names
// are for the owners of the resource alone, and those of the connector.
func (r *realm) does(m access.Manual, x seenResource) bool {
	return r.owns || r.owner(x.Resource) || !x.Private && r.s.by.Is(access.IntegrationAdministrator) || r.standsIn(m, x)
}

// standsIn reports whether an owner has named the actor to act in their place: as far
// as the actor may know of the resource, and about others alone.
func (r *realm) standsIn(m access.Manual, x seenResource) bool {
	if may, _ := access.MayStandIn(r.me, access.Ask{Subject: directory.Account{ID: m.Account}}); !may || x.Private && !x.seen {
		return false
	}
	return slices.ContainsFunc(r.placeOf, func(p access.Person) bool {
		return p.Account.Live() && !p.Ended && (slices.Contains(x.Owners, p.Account.ID) || slices.Contains(r.conn.Owners, p.User))
	})
}

// manualTasks are those that wait for the actor.
func manualTasks(ctx context.Context, realms []*realm) ([]Task, error) {
	var out []Task
	for _, r := range realms {
		if r.s.by.Service {
			return nil, nil
		}
		all, err := r.s.h.Memory.Manuals(ctx, r.conn.ID, true, 0)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			v, err := r.manual(ctx, m)
			if err != nil {
				return nil, err
			}
			if v != nil && v.Does && m.Asks() {
				out = append(out, Task{Kind: TaskByHand, Since: m.Created, Manual: v})
			}
		}
	}
	return out, nil
}

// listTasks are the access reviews in which lines wait for the actor.
func (s *sight) listTasks(ctx context.Context) ([]Task, error) {
	all, err := s.reviewTasks(ctx)
	var out []Task
	for i := range all {
		out = append(out, Task{Kind: TaskReview, Since: all[i].Since, Review: &all[i]})
	}
	return out, err
}
