package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// In an Enterprise organization Slack has an API for what is done by hand elsewhere:
// roles and membership of a workspace. The manual task is then the stored intent, Ebb
// is who carries it out, and all else stays: it is over only when a look into Slack
// shows it, and what Slack refuses is a person's.

// byAPI reports whether the connector's token does what the task asks for.
func byAPI(c connector.Connector, why access.ManualWhy) bool {
	return c.Administers() && (why == access.ManualRole || why == access.ManualMember)
}

// The codes of what Ebb does not do although Slack would.
const (
	codeRoleChanged = "role_changed" // not what was reviewed or granted any more
	codeGrantedAnew = "granted_anew" // a grant gives meanwhile what is to go
	codeLooking     = "looking"      // Slack was told, and does not show it yet
)

// manualMade is the event of a new task. Of what Ebb does itself nobody is told.
func (h *House) manualMade(m access.Manual, actor string) audit.Event {
	if m.Ebb {
		return h.manualEvent(m, "manual.begun", actor)
	}
	return h.manualEvent(m, "manual.made", actor)
}

// lookByAPI is how soon Slack is asked whether it shows what Ebb told it.
const lookByAPI = 5 * time.Second

// administer carries out a manual task, under the resource's lock, and gives it as it
// is to be saved, with its event. The account is read first: each of Slack's calls sets
// a role whatever it was, and would promote a guest or demote an owner whom somebody
// made meanwhile.
func (h *House) administer(ctx context.Context, c connector.Connector, m access.Manual) (access.Manual, []audit.Event, error) {
	link := connector.Link{Connector: c.ID, Team: m.Resource}
	a, err := h.Slack.Account(ctx, link, m.Account)
	if fault.Is(err, fault.NotFound) || err == nil && a.State == directory.Deactivated {
		return m, nil, nil // the next sync shows it
	}
	if err == nil {
		err = h.setRole(ctx, link, m, a)
	}
	now := h.Now()
	switch {
	case err == nil:
		if m, err = m.Turn(access.SayManual, now); err != nil {
			return m, nil, err
		}
		m.SaidBy, m.Said, m.Next, m.Refused = ebb, now, now.Add(manualLook), ""
		return m, []audit.Event{h.manualEvent(m, "manual.said-done", ebb)}, nil
	case fault.Is(err, fault.Permanent, fault.Misconfigured, fault.Reauthorize):
		m.Next = now.Add(manualLook)
		if m.Refused == fault.CodeOf(err) {
			return m, nil, nil
		}
		m.Refused = fault.CodeOf(err)
		e := h.manualEvent(m, "manual.refused", ebb)
		e.Data["refused"] = m.Refused
		return m, []audit.Event{e}, nil
	}
	// It waits for Slack, or nobody knows whether it happened: the look tells.
	if m.Next = fault.UntilOf(err); !m.Next.After(now) {
		m.Next = now.Add(lookByHand)
	}
	return m, nil, nil
}

// setRole makes the one call that the task asks for, where it still fits what the
// account is; nothing where Slack shows it done.
func (h *House) setRole(ctx context.Context, l connector.Link, m access.Manual, a directory.Account) error {
	const op = "flow.setRole"
	is, asked := a.Roles[m.Resource], directory.WorkspaceRole(m.Slug)
	changed := &fault.Error{Op: op, Kind: fault.Permanent, Code: codeRoleChanged, Text: "the role of this account is another one by now"}
	switch {
	case m.Give && a.Administers(m.Resource), !m.Give && !is.AtLeast(asked):
		return nil
	case m.Give && asked == directory.Admin && is == directory.Member:
		return h.Slack.SetAdmin(ctx, l, m.Account)
	case m.Give, is != asked:
		return changed
	case is == directory.Member:
		if err := h.Slack.Expel(ctx, l, m.Account); !fault.Is(err, fault.Already) {
			return err
		}
		return nil
	case is == directory.Admin, is == directory.Owner:
		return h.Slack.SetRegular(ctx, l, m.Account)
	}
	return changed
}

// carriesOut has Ebb do a manual task of a review, where Slack has an API for it. A
// grant's is done by its converge.
func (h *House) carriesOut(ctx context.Context, c connector.Connector, m access.Manual) (access.Manual, []audit.Event, error) {
	var events []audit.Event
	err := h.locked(ctx, c.ID, m.Resource, func(_ access.Lock, st access.Standing) (err error) {
		if slices.ContainsFunc(st.Grants, func(g access.Grant) bool {
			return g.Account == m.Account && g.Slug == m.Slug && g.Gives(h.Now())
		}) {
			m.Refused, m.Next = codeGrantedAnew, h.Now().Add(manualLook)
			return nil
		}
		m, events, err = h.administer(ctx, c, m)
		return err
	})
	return m, events, err
}

// carryOut has Ebb do a grant's task. What was said done and is not seen soon is done
// again: a call may be lost in Slack, too.
func (p *pass) carryOut(ctx context.Context, m access.Manual) (access.Manual, error) {
	if m.Ebb = byAPI(p.conn, m.Why); !m.Ebb {
		return m, nil
	}
	now, state := p.h.Now(), m.State
	switch {
	case m.State == access.ManualSaid && (m.SaidBy != ebb || now.Sub(m.Said) < lookByHand):
		return m, nil
	case m.State == access.ManualSaid:
		var err error
		if m, err = m.Turn(access.MissManual, now); err != nil {
			return m, err
		}
	case m.Refused != "" && m.Next.After(now):
		return m, nil
	case !p.lock.MayWrite(now):
		return m, nil
	}
	m, events, err := p.h.administer(ctx, p.conn, m)
	if err != nil {
		return m, err
	}
	if state == access.ManualSaid && m.State == access.ManualWaits && len(events) == 0 {
		events = append(events, p.h.manualEvent(m, "manual.not-done", ebb))
	}
	return p.h.Memory.SaveManual(ctx, m, events...)
}
