package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// trip notes on the grants what stands in the way and when to look again. What
// only a person can mend makes them stuck; what was refused for good while
// nothing is held makes a grant fail, elsewhere (failures).
func (p *pass) trip(ctx context.Context, gs []access.Grant, cause error) error {
	if fault.Is(cause, fault.Conflict) {
		return cause
	}
	p.h.note(ctx, p.conn, cause)
	now := p.h.Now()
	for part := range slices.Chunk(gs, grantsPerSave) {
		var step access.Step
		var events []audit.Event
		for _, g := range part {
			next, more, err := p.h.stumble(g, cause, now)
			if err != nil {
				return err
			}
			step.Grants, events = append(step.Grants, next), append(events, more...)
		}
		if err := p.save(ctx, step, events...); err != nil {
			return err
		}
	}
	if err := p.wakeLater(ctx, cause, now); err != nil {
		return err
	}
	return p.load(ctx)
}

// wakeLater moves the resource's own due row, which stands for an unclear write,
// for members who were left out, or for edits to be done again: what is in the way of the grants is in its
// way too, and a row that stayed due would ask Slack every few seconds.
func (p *pass) wakeLater(ctx context.Context, cause error, now time.Time) error {
	w := p.st.Writing
	if w == nil && len(p.st.Left)+len(p.st.Mends) == 0 {
		return nil
	}
	next := now.Add(lookAgain)
	if len(p.st.Mends) > 0 {
		next = now.Add(lookForMends)
	}
	if w != nil {
		next = later(w.Due(), now.Add(max(time.Second, min(now.Sub(w.SentAt), 10*time.Minute))))
	}
	if until := fault.UntilOf(cause); until.After(now) {
		next = until
	}
	return p.save(ctx, access.Step{Wake: next})
}

// stumble is what a cause does to one grant. What stays stuck for as long as
// nobody mends it writes no event at each try.
func (h *House) stumble(g access.Grant, cause error, now time.Time) (access.Grant, []audit.Event, error) {
	var events []audit.Event
	needsPerson := fault.Is(cause, fault.Reauthorize, fault.Misconfigured, fault.Permanent)
	was := g
	var turn access.Turn
	switch {
	case needsPerson && (g.State == access.Granting || g.State == access.Revoking):
		turn = access.Stick
	case !needsPerson && g.State == access.Stuck && g.Taking:
		turn = access.End // a person need not look any more: it sleeps, or it waits
	}
	if turn != "" {
		next, err := g.Turn(turn, now, "")
		if err != nil {
			return g, nil, err
		}
		next.Tries, next.Trouble = was.Tries, was.Trouble
		g = next
	}
	tries := g.Tries
	g = g.Trip(troubleOf(cause), now, nextTry(g, cause, now))
	if fault.Is(cause, fault.Wait) {
		g.Tries = tries // whoever waited for turns has failed at nothing
	}
	if g.State != was.State {
		events = append(events, h.grantEvent(g, ""))
	}
	return g, events, nil
}

// nextTry is when a grant is looked at again after a cause.
func nextTry(g access.Grant, cause error, now time.Time) time.Time {
	if until := fault.UntilOf(cause); !until.IsZero() {
		return later(until, now.Add(time.Second)) // what had to be waited for may be over by now
	}
	next := now.Add(access.Backoff(g.Tries))
	if dormant := fault.Is(cause, fault.NotFound); dormant && next.After(now.Add(time.Minute)) && now.Sub(g.End) < dormantFor {
		next = now.Add(time.Minute) // it may show again any moment, and then it is overdue
	}
	if !g.Takes() && g.End.Before(next) && g.End.After(now) {
		next = g.End // never sleep past the end
	}
	return next
}

// codes of access that sleeps: whoever had it has no use of it, and nobody can
// take it, until Slack shows it again. A channel out of Ebb's sight is none
// of them: its members go on reading it, and a person has to let Ebb in.
const (
	codeHidden      = "hidden"      // the group is disabled, the channel archived
	codeDeactivated = "deactivated" // the account is
)

// dormantFor is how long past its end hidden access is looked at each minute.
const dormantFor = 6 * time.Hour

func troubleOf(cause error) access.Trouble {
	t := access.Trouble{Code: fault.CodeOf(cause), Text: fault.TextOf(cause)}
	t.Dormant = t.Code == codeHidden || t.Code == codeDeactivated
	if t.Code == "" {
		t.Code = string(fault.KindOf(cause))
	}
	if t.Text == "" {
		t.Text = "Slack cannot be reached as it should; Ebb tries again by itself"
	}
	return t
}

// note remembers what an error says beyond the grant: that a method rests, or
// that the connector has lost its authorization.
func (h *House) note(ctx context.Context, c connector.Connector, cause error) {
	if fault.Is(cause, fault.Wait) && fault.CodeOf(cause) == "ratelimited" {
		if m := fault.MethodOf(cause); m != "" {
			if err := h.Memory.Pause(ctx, c.ID, m, fault.UntilOf(cause)); err != nil {
				h.log().Warn("pause", "method", m, "error", err)
			}
		}
	}
	if fault.Is(cause, fault.Reauthorize) && c.Label != connector.Error {
		if err := h.loseConnector(ctx, c.ID, cause); err != nil {
			h.log().Warn("connector", "id", c.ID, "error", err)
		}
	}
}

// loseConnector moves the connector to Error; revokes go on being tried.
func (h *House) loseConnector(ctx context.Context, id string, cause error) error {
	return again(func() error {
		c, err := h.Memory.Connector(ctx, id)
		if err != nil {
			return err
		}
		if !c.Linked() {
			return nil // disconnected meanwhile
		}
		c.Label = connector.Error
		c.Trouble = connector.Trouble{Code: fault.CodeOf(cause), Text: fault.TextOf(cause), Since: h.Now()}
		_, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.error", ebb, map[string]string{"code": c.Trouble.Code, "note": c.Trouble.Text}))
		return err
	})
}

// failures tells the grants whose part of a write did not happen.
func (p *pass) failures(ctx context.Context, out outcome) error {
	if len(out.failed) == 0 {
		return nil
	}
	now := p.h.Now()
	in := p.view.Set()
	noted := map[error]bool{}
	var step access.Step
	var events []audit.Event
	for _, g := range slices.Clone(p.st.Grants) {
		cause := out.failed[g.Account]
		if cause == nil || g.State == access.Active || g.State.Final() || g.State == access.Scheduled {
			continue
		}
		next, more, err := p.failing(g, cause, in[g.Account])
		if err != nil {
			return err
		}
		if !noted[cause] {
			noted[cause] = true
			p.h.note(ctx, p.conn, cause)
		}
		step.Grants, events = append(step.Grants, next), append(events, more...)
		if next.State == access.Failed {
			step.Holds = append(step.Holds, p.closeHold(g.Account, now)...)
		}
		if len(step.Grants) == grantsPerSave {
			if err := p.save(ctx, step, events...); err != nil {
				return err
			}
			step, events = access.Step{}, nil
		}
	}
	if len(step.Grants) > 0 {
		if err := p.save(ctx, step, events...); err != nil {
			return err
		}
	}
	return p.load(ctx)
}

// failing is what the refusal of its part of a write does to a grant: refused
// for good while nothing is held, it is over.
func (p *pass) failing(g access.Grant, cause error, held bool) (access.Grant, []audit.Event, error) {
	now := p.h.Now()
	if !fault.Is(cause, fault.Permanent) || g.Takes() || held || p.st.Writing != nil {
		return p.h.stumble(g, cause, now)
	}
	next, err := g.Turn(access.Fail, now, fault.TextOf(cause))
	next.Trouble = troubleOf(cause)
	return next, []audit.Event{p.h.grantEvent(next, fault.TextOf(cause))}, err
}

// closeHold ends the hold of an account that no other grant covers.
func (p *pass) closeHold(account string, now time.Time) []access.Hold {
	live := 0
	for _, g := range p.st.Grants {
		if g.Account == account {
			live++
		}
	}
	h, ok := p.st.Holds[account]
	if !ok || live > 1 || !h.Open() {
		return nil
	}
	h.GoneAt = now
	return []access.Hold{h}
}
