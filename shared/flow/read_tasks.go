package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// TaskKind says what a person is waited for to do.
type TaskKind string

// The kinds, the most urgent first.
const (
	TaskReconnect     TaskKind = "reconnect"      // a connector in Error: nothing can be given or taken
	TaskConfirm       TaskKind = "confirm"        // removals of a sync wait
	TaskFix           TaskKind = "fix"            // a grant needs attention
	TaskByHand        TaskKind = "by_hand"        // something that no API does
	TaskConfirmAccess TaskKind = "confirm_access" // an emergency waits for its confirmation
	TaskVeto          TaskKind = "veto"           // a request approves itself unless somebody vetoes it
	TaskDecide        TaskKind = "decide"         // a request waits
	TaskReview        TaskKind = "review"         // lines of an access review wait
)

// Task is something that waits for the actor; one of the five is there.
type Task struct {
	Kind      TaskKind
	Since     time.Time
	Connector *ConnectorView
	Grant     *GrantView
	Request   *RequestView
	Manual    *ManualView
	Review    *ReviewTask
}

// MostTasks is how many tasks are read at once.
const MostTasks = 200

// ReadTasks lists what waits for the actor, the most urgent and then the oldest
// first; cut says that there are more. What broke waits for the owners of the
// connector or the resource, and for Super Administrators.
func (h *House) ReadTasks(ctx context.Context, by access.Actor) (tasks []Task, cut bool, err error) {
	const op = "flow.ReadTasks"
	realms, err := h.realms(ctx, by)
	if err != nil {
		return nil, false, fault.Wrap(op, err)
	}
	tasks = []Task{}
	if len(realms) == 0 {
		return tasks, false, nil
	}
	eye := realms[0].s // one and the same for all of them
	for _, read := range []func(context.Context) ([]Task, error){
		func(context.Context) ([]Task, error) { return connectorTasks(realms), nil },
		eye.grantTasks,
		func(ctx context.Context) ([]Task, error) { return manualTasks(ctx, realms) },
		eye.confirmTasks, eye.requestTasks, eye.listTasks,
	} {
		more, err := read(ctx)
		if err != nil {
			return nil, false, fault.Wrap(op, err)
		}
		slices.SortStableFunc(more, func(a, b Task) int { return a.Since.Compare(b.Since) })
		tasks = append(tasks, more...)
	}
	if cut = len(tasks) > MostTasks; cut {
		tasks = tasks[:MostTasks]
	}
	return tasks, cut, nil
}

// repairs reports whether what breaks in a connector waits for the actor.
func (r *realm) repairs() bool {
	return !r.s.by.Service && (r.owns || r.s.by.Is(access.SuperAdministrator))
}

func connectorTasks(realms []*realm) []Task {
	var out []Task
	for _, r := range realms {
		t := Task{Since: r.conn.Trouble.Since}
		switch {
		case !r.repairs():
			continue
		case r.conn.Label == connector.Error:
			t.Kind = TaskReconnect
		case r.conn.Label == connector.NeedsConfirmation:
			t.Kind, t.Since = TaskConfirm, r.conn.LastGood // the sync whose removals wait
		default:
			continue
		}
		v := r.view()
		t.Connector = &v
		out = append(out, t)
	}
	return out
}

// grantTasks are the grants that need attention, among the newest thousand.
func (s *sight) grantTasks(ctx context.Context) ([]Task, error) {
	if s.by.Service {
		return nil, nil
	}
	live, err := s.h.Memory.Grants(ctx, true, 0)
	if err != nil {
		return nil, err
	}
	var out []Task
	for _, g := range live {
		if !g.NeedsAttention(s.h.Now()) {
			continue
		}
		v, err := s.grant(ctx, g)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		in, err := s.realm(ctx, g.Connector)
		if err != nil {
			return nil, err
		}
		if x, err := in.look(ctx, g.Resource); err != nil {
			return nil, err
		} else if in.repairs() || slices.ContainsFunc(x.Owners, in.is) {
			out = append(out, Task{Kind: TaskFix, Since: g.Trouble.Since, Grant: v})
		}
	}
	return out, nil
}

// confirmTasks are the emergencies that the actor may confirm.
func (s *sight) confirmTasks(ctx context.Context) ([]Task, error) {
	if s.by.Service {
		return nil, nil
	}
	waiting, err := s.h.Memory.Unconfirmed(ctx, 0)
	if err != nil {
		return nil, err
	}
	var out []Task
	for _, r := range waiting {
		v, err := s.request(ctx, r)
		if err != nil {
			return nil, err
		}
		if v != nil && v.MayConfirm {
			out = append(out, Task{Kind: TaskConfirmAccess, Since: r.Created, Request: v})
		}
	}
	return out, nil
}

// requestTasks are the requests that the actor may decide or veto, among the newest
// thousand that wait.
func (s *sight) requestTasks(ctx context.Context) ([]Task, error) {
	if s.by.Service {
		return nil, nil
	}
	open, err := s.h.Memory.Requests(ctx, true, 0)
	if err != nil {
		return nil, err
	}
	var out []Task
	for _, r := range open {
		v, err := s.request(ctx, r)
		if err != nil {
			return nil, err
		}
		switch {
		case v == nil:
		case v.MayDecide:
			out = append(out, Task{Kind: TaskDecide, Since: r.Created, Request: v})
		case v.MayVeto:
			out = append(out, Task{Kind: TaskVeto, Since: r.Created, Request: v})
		}
	}
	return out, nil
}
