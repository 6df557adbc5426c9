package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// ConnectorView is a connector as the actor sees it. Without Whole only id,
// application, name and label are there.
type ConnectorView struct {
	connector.Connector
	Whole bool
}

func (r *realm) view() ConnectorView {
	if r.manages() {
		return ConnectorView{Connector: r.conn, Whole: true}
	}
	c := r.conn
	return ConnectorView{Connector: connector.Connector{ID: c.ID, Application: c.Application, Name: c.Name, Label: c.Label}}
}

// ReadConnectors lists the connectors that the actor sees, by id.
func (h *House) ReadConnectors(ctx context.Context, by access.Actor) ([]ConnectorView, error) {
	const op = "flow.ReadConnectors"
	realms, err := h.realms(ctx, by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := make([]ConnectorView, 0, len(realms))
	for _, r := range realms {
		out = append(out, r.view())
	}
	return out, nil
}

// realms gathers every connector that the actor sees, by id.
func (h *House) realms(ctx context.Context, by access.Actor) ([]*realm, error) {
	s, err := h.sight(by)
	if err != nil {
		return nil, err
	}
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, byID(func(c connector.Connector) string { return c.ID }))
	var out []*realm
	for _, c := range all {
		r, err := s.realm(ctx, c.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// ReadConnector reads one connector.
func (h *House) ReadConnector(ctx context.Context, by access.Actor, id string) (ConnectorView, error) {
	r, err := h.realm(ctx, by, id)
	if err != nil {
		return ConnectorView{}, fault.Wrap("flow.ReadConnector", err)
	}
	return r.view(), nil
}

// realm gathers one connector for one call.
func (h *House) realm(ctx context.Context, by access.Actor, conn string) (*realm, error) {
	s, err := h.sight(by)
	if err != nil {
		return nil, err
	}
	return s.realm(ctx, conn)
}

// managed is realm for owners, auditors and administrators.
func (h *House) managed(ctx context.Context, by access.Actor, conn string) error {
	r, err := h.realm(ctx, by, conn)
	if err == nil && !r.manages() {
		err = fault.New("flow.managed", fault.Forbidden, "only owners of this connector, auditors and administrators see its runs and its log")
	}
	return err
}

// ReadRuns lists the sync runs of a connector, newest first.
func (h *House) ReadRuns(ctx context.Context, by access.Actor, conn string, s Slice) (Page[connector.Run], error) {
	const op = "flow.ReadRuns"
	if err := h.managed(ctx, by, conn); err != nil {
		return Page[connector.Run]{}, fault.Wrap(op, err)
	}
	p, err := newest(s,
		func(n int) ([]connector.Run, error) { return h.Memory.Runs(ctx, conn, n) },
		func(r connector.Run) place { return place{at: r.Started, id: r.ID} },
		func(r connector.Run) (connector.Run, bool, error) { return r, true, nil })
	return p, fault.Wrap(op, err)
}

// ReadRun reads one sync run.
func (h *House) ReadRun(ctx context.Context, by access.Actor, id string) (connector.Run, error) {
	const op = "flow.ReadRun"
	s, err := h.sight(by)
	if err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	run, err := h.Memory.Run(ctx, id)
	if err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	r, err := s.realm(ctx, run.Connector)
	if err == nil && r.manages() {
		return run, nil
	}
	if err == nil || fault.Is(err, fault.NotFound) {
		err = fault.New(op, fault.NotFound, "there is no sync run %s", id)
	}
	return connector.Run{}, fault.Wrap(op, err)
}

// ReadLog lists what happened to a connector, newest first.
func (h *House) ReadLog(ctx context.Context, by access.Actor, conn string, s Slice) (Page[audit.Event], error) {
	const op = "flow.ReadLog"
	if err := h.managed(ctx, by, conn); err != nil {
		return Page[audit.Event]{}, fault.Wrap(op, err)
	}
	p, err := h.events(ctx, "connector/"+conn, s)
	return p, fault.Wrap(op, err)
}

// ReadEvents lists the events of one aggregate, newest first. For auditors.
func (h *House) ReadEvents(ctx context.Context, by access.Actor, aggregate string, s Slice) (Page[audit.Event], error) {
	const op = "flow.ReadEvents"
	if err := mayAudit(by); err != nil {
		return Page[audit.Event]{}, fault.Wrap(op, err)
	}
	p, err := h.events(ctx, aggregate, s)
	return p, fault.Wrap(op, err)
}

func (h *House) events(ctx context.Context, aggregate string, s Slice) (Page[audit.Event], error) {
	all, err := h.Memory.EventsOf(ctx, aggregate)
	if err != nil {
		return Page[audit.Event]{}, err
	}
	return walk(s, func(f func(audit.Event) error) error {
		for _, e := range slices.Backward(all) {
			if err := f(e); err != nil {
				return err
			}
		}
		return nil
	}, func(e audit.Event) string { return falling(e.Seq) }, func(e audit.Event) (audit.Event, bool, error) { return e, true, nil })
}
