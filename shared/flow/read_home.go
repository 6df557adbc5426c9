package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Home is what concerns one person in one Slack: what they have (the first to end
// first), what they asked for or somebody asked for them and waits (the newest
// first), and what waits for them to decide, veto or confirm (the oldest first).
type Home struct {
	Has    []GrantView
	Asked  []RequestView
	Decide []RequestView
	// Reviews are those in which lines wait for them, the earliest deadline first;
	// ByHand is what they can do by hand and nobody did, the oldest first.
	Reviews []ReviewTask
	ByHand  []ManualView
}

// ReadHome reads it.
func (h *House) ReadHome(ctx context.Context, by access.Actor, conn string) (Home, error) {
	const op = "flow.ReadHome"
	var out Home
	in, err := h.realm(ctx, by, conn)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	for _, read := range []func() error{
		func() (err error) { out.Has, err = in.has(ctx); return err },
		func() (err error) { out.Asked, err = in.asked(ctx); return err },
		func() (err error) { out.Decide, err = in.decides(ctx); return err },
		func() (err error) { out.Reviews, err = in.reviews(ctx); return err },
		func() (err error) { out.ByHand, err = in.byHand(ctx); return err },
	} {
		if err := read(); err != nil {
			return out, fault.Wrap(op, err)
		}
	}
	return out, nil
}

// has are the live grants of the actor's own account, without what came with
// another one.
func (r *realm) has(ctx context.Context) ([]GrantView, error) {
	if r.me.Account.ID == "" {
		return nil, nil
	}
	live, err := r.s.h.Memory.GrantsOf(ctx, r.conn.ID, r.me.Account.ID)
	if err != nil {
		return nil, err
	}
	var out []GrantView
	for _, g := range live {
		if g.Parent != "" {
			continue
		}
		v, err := r.s.grant(ctx, g)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, *v)
		}
	}
	slices.SortStableFunc(out, func(a, b GrantView) int { return a.End.Compare(b.End) })
	return out, nil
}

// asked are the requests that wait and are the actor's.
func (r *realm) asked(ctx context.Context) ([]RequestView, error) {
	if r.me.Account.ID == "" {
		return nil, nil
	}
	all, err := r.s.h.Memory.RequestsOf(ctx, r.conn.ID, r.me.Account.ID, 2*mostAsked)
	if err != nil {
		return nil, err
	}
	var out []RequestView
	for _, q := range all {
		if !q.Open() || !r.is(q.By) && !r.is(q.Subject) {
			continue
		}
		v, err := r.s.request(ctx, q)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out = append(out, *v)
		}
	}
	return out, nil
}

func (r *realm) decides(ctx context.Context) ([]RequestView, error) {
	tasks, err := r.s.requestTasks(ctx)
	if err != nil {
		return nil, err
	}
	confirm, err := r.s.confirmTasks(ctx)
	if err != nil {
		return nil, err
	}
	tasks = append(tasks, confirm...)
	slices.SortStableFunc(tasks, func(a, b Task) int { return a.Since.Compare(b.Since) })
	var out []RequestView
	for _, t := range tasks {
		if t.Request.Connector == r.conn.ID {
			out = append(out, *t.Request)
		}
	}
	return out, nil
}

// reviews are the reviews of this Slack in which lines wait for the actor.
func (r *realm) reviews(ctx context.Context) ([]ReviewTask, error) {
	all, err := r.s.reviewTasks(ctx)
	return slices.DeleteFunc(all, func(t ReviewTask) bool { return t.Campaign.Connector != r.conn.ID }), err
}

func (r *realm) byHand(ctx context.Context) ([]ManualView, error) {
	tasks, err := manualTasks(ctx, []*realm{r})
	var out []ManualView
	for _, t := range slices.Backward(tasks) {
		out = append(out, *t.Manual)
	}
	return out, err
}
