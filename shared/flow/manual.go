package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Manual tasks are what no API does. A person does it in Slack, with the steps that
// the task names, and may say so; over is the task only when a sync that began
// after it has shown it.

// manualLook is how often a manual task is held against what syncs showed.
const manualLook = 15 * time.Minute

// manualEager is for how long the house looks every minute after somebody said that
// a task is done: who says so presses Sync now, and waits for the task to close.
const manualEager = 2 * time.Hour

// manualNag is how often its owners are reminded.
const manualNag = 24 * time.Hour

func (h *House) manualEvent(m access.Manual, action, actor string) audit.Event {
	return h.event("manual/"+m.ID, action, actor, map[string]string{
		"connector": m.Connector, "resource": m.Resource, "entitlement": directory.Word(m.Kind, m.Slug), "account": m.Account,
		"for": m.Origin, "why": string(m.Why), "state": string(m.State),
	})
}

// SayDone notes that somebody did a manual task. By who owns the resource or the
// connector, whom they delegate to, and administrators. Slack has to show it before the task is over.
func (h *House) SayDone(ctx context.Context, by access.Actor, id string) (access.Manual, error) {
	const op = "flow.SayDone"
	var out access.Manual
	err := again(func() error {
		m, r, err := h.manualFor(ctx, by, id)
		if err != nil {
			return err
		}
		if err := r.mayDo(ctx, m); err != nil {
			return err
		}
		if out = m; m.State != access.ManualWaits {
			return nil
		}
		if m, err = m.Turn(access.SayManual, h.Now()); err != nil {
			return err
		}
		m.SaidBy, m.Said, m.Next = by.User.ID, h.Now(), h.Now()
		out, err = h.Memory.SaveManual(ctx, m, h.manualEvent(m, "manual.said-done", who(by)))
		return err
	})
	return out, fault.Wrap(op, err)
}

// mayDo refuses who knows of a manual task and cannot do it.
func (r *realm) mayDo(ctx context.Context, m access.Manual) error {
	const op = "flow.mayDo"
	x, err := r.look(ctx, m.Resource)
	switch {
	case err != nil:
		return err
	case r.s.by.Service:
		return fault.New(op, fault.Forbidden, "a service's key does nothing by hand; a person has to")
	case !r.does(m, x):
		return fault.New(op, fault.Forbidden, "you look on; who owns the resource or the connector does it, or whom they named to act in their place")
	}
	return nil
}

// owner reports whether the actor owns a resource.
func (r *realm) owner(res directory.Resource) bool {
	for _, a := range res.Owners {
		if r.is(a) {
			return true
		}
	}
	return false
}

// serveManual holds a manual task against the last sync.
func (h *House) serveManual(ctx context.Context, id string) error {
	m, err := h.Memory.Manual(ctx, id)
	if err != nil || !m.Waits() || m.Next.After(h.Now()) {
		return err
	}
	conn, err := h.Memory.Connector(ctx, m.Connector)
	if err != nil {
		return err
	}
	held, err := h.standsYet(ctx, m)
	if err != nil {
		return err
	}
	over, err := h.overGrant(ctx, m, held)
	if err != nil {
		return err
	}
	run, err := h.syncedSince(ctx, conn.LastRun, m.Created)
	if err != nil {
		return err
	}
	now := h.Now()
	m.Ebb = byAPI(conn, m.Why)
	if m.Ebb && m.State == access.ManualWaits && !over && held != m.Give && !strings.HasPrefix(m.Origin, "grant/") {
		m, events, err := h.carriesOut(ctx, conn, m)
		if err != nil {
			return err
		}
		if m.Asks() && len(events) == 0 && h.nag(&m) {
			events = append(events, h.manualEvent(m, "manual.reminded", ebb))
		}
		_, err = h.Memory.SaveManual(ctx, m, events...)
		return err
	}
	var e audit.Event
	switch {
	case over:
		if m, err = m.Turn(access.DropManual, now); err != nil {
			return err
		}
		e = h.manualEvent(m, "manual.dropped", ebb)
	case run && held == m.Give && !h.hides(ctx, m):
		if m, err = m.Turn(access.SeeManual, now); err != nil {
			return err
		}
		e = h.manualEvent(m, "manual.seen-done", ebb)
	case m.State == access.ManualSaid && run && conn.LastGood.After(m.Said):
		if m, err = m.Turn(access.MissManual, now); err != nil {
			return err
		}
		e = h.manualEvent(m, "manual.not-done", ebb)
	case (m.Asks() || m.State == access.ManualSaid && !m.Ebb) && h.nag(&m):
		e = h.manualEvent(m, "manual.reminded", ebb)
	}
	if m.Waits() {
		m.Next = now.Add(manualLook)
	}
	if m.State == access.ManualSaid && now.Sub(m.Said) < manualEager {
		m.Next = now.Add(lookByHand)
	}
	if e.Action == "" {
		_, err = h.Memory.SaveManual(ctx, m)
	} else {
		_, err = h.Memory.SaveManual(ctx, m, e)
	}
	return err
}

// nag counts a day that the task waits, once.
func (h *House) nag(m *access.Manual) bool {
	days := int(h.Now().Sub(m.Created) / manualNag)
	more := days > m.Nagged
	m.Nagged = max(days, m.Nagged)
	return more
}

// holdsYet reports whether an account holds what it held, or more: who is made an
// admin is a member all the same. In a workspace a deactivated account holds nothing.
func (h *House) holdsYet(ctx context.Context, m directory.Membership) (bool, error) {
	if m.Kind != directory.Workspace {
		return h.Memory.Holds(ctx, m)
	}
	a, err := h.Memory.Account(ctx, m.Connector, m.Account)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && a.State != directory.Deactivated && a.Roles[m.Resource].AtLeast(directory.WorkspaceRole(m.Slug)), err
}

// overGrant looks whether nobody wants any more what a manual task does for a grant,
// and has the grant looked at, which may be waiting for it.
func (h *House) overGrant(ctx context.Context, m access.Manual, held bool) (bool, error) {
	id, is := strings.CutPrefix(m.Origin, "grant/")
	if !is {
		return false, nil
	}
	err := h.converge(ctx, m.Connector, m.Resource)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return false, err
	}
	g, err := h.Memory.Grant(ctx, id)
	if err != nil {
		return false, err
	}
	if m.Give {
		return !g.Gives(h.Now()), nil
	}
	return g.State.Final() && held, nil
}

// hides reports whether what a task takes away is out of sight: a user group that was
// disabled is hidden, not gone.
func (h *House) hides(ctx context.Context, m access.Manual) bool {
	r, err := h.Memory.Resource(ctx, m.Connector, m.Resource)
	return m.Why == access.ManualLastMember && (err != nil || !r.Visible())
}

// syncedSince reports whether the connector's last sync began after a time and
// ended well.
func (h *House) syncedSince(ctx context.Context, run string, t time.Time) (bool, error) {
	if run == "" {
		return false, nil
	}
	r, err := h.Memory.Run(ctx, run)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return r.Started.After(t) && (r.State == "done" || r.State == "needs confirmation"), err
}
