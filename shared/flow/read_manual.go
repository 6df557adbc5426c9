package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
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
}

// ReadManuals lists the manual tasks that exist for the actor, the newest first;
// waiting: only those that are not over.
func (h *House) ReadManuals(ctx context.Context, by access.Actor, waiting bool) ([]ManualView, error) {
	const op = "flow.ReadManuals"
	realms, err := h.realms(ctx, by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := []ManualView{}
	for _, r := range realms {
		all, err := h.Memory.Manuals(ctx, r.conn.ID, waiting, 0)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		for _, m := range all {
			v, err := r.manual(ctx, m)
			if err != nil {
				return nil, fault.Wrap(op, err)
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
	missing := fault.New(op, fault.NotFound, "there is no manual task %s", id)
	m, err := h.Memory.Manual(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return ManualView{}, missing
	}
	if err != nil {
		return ManualView{}, fault.Wrap(op, err)
	}
	r, err := h.realm(ctx, by, m.Connector)
	if fault.Is(err, fault.NotFound) {
		return ManualView{}, missing
	}
	if err != nil {
		return ManualView{}, fault.Wrap(op, err)
	}
	v, err := r.manual(ctx, m)
	if err == nil && v == nil {
		return ManualView{}, missing
	}
	if err != nil {
		return ManualView{}, fault.Wrap(op, err)
	}
	return *v, nil
}

// manual is a manual task as the actor sees it; nil: not at all.
func (r *realm) manual(ctx context.Context, m access.Manual) (*ManualView, error) {
	x, err := r.look(ctx, m.Resource)
	if err != nil {
		return nil, err
	}
	v := &ManualView{Manual: m, Does: !r.s.by.Service && m.Waits() && r.does(x.Resource)}
	if !v.Does && !r.does(x.Resource) && !r.s.by.Is(access.Auditor) {
		return nil, nil
	}
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
	if v.Because = m.Because(); !m.Ebb || m.Refused != "" {
		v.Steps = m.Steps(x.Resource, a, r.conn.SignIn.GroupsBy)
	}
	if m.SaidBy == ebb {
		v.SaidByName = "Ebb"
	} else if m.SaidBy != "" {
		u, err := r.s.h.Memory.User(ctx, m.SaidBy)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		v.SaidByName = u.Name
	}
	return v, nil
}

// does reports whether the actor is one of those who do by hand what a resource
// needs. Private names are for its owners alone, and those of the connector.
func (r *realm) does(res directory.Resource) bool {
	return r.owns || r.owner(res) || !res.Private && r.s.by.Is(access.IntegrationAdministrator)
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
