package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Pressed is what became of a press. Waits: it is not done yet, and sweep does it.
type Pressed struct {
	Waits   bool
	Request *access.Request
	Grant   *access.Grant
	Manual  *access.Manual
}

// pressRest is how long a press is left to whoever took it before sweep looks.
const pressRest = 20 * time.Second

// markWithin is how long storing what became of a press may take after its time
// was over.
const markWithin = 400 * time.Millisecond

// Press takes an act of a person in Slack: it is stored first, and then done if
// ctx lasts. What fails for now, or is not done in time, stays due, and sweep does
// it: Waits. The same act again is fault.Already, and nothing happens. What the
// person may not, or cannot now, is the verb's error, and over.
func (h *House) Press(ctx context.Context, p access.Press) (Pressed, error) {
	const op = "flow.Press"
	if p.ID == "" || p.Account == "" || p.Connector == "" {
		return Pressed{}, fault.New(op, fault.Invalid, "a press needs an id and somebody who pressed")
	}
	now := h.Now()
	p.Taken, p.Next, p.Tries, p.Served, p.Rev = now, now.Add(pressRest), 0, time.Time{}, 0
	err := h.Memory.SavePress(ctx, p)
	if fault.Is(err, fault.Conflict) {
		return Pressed{}, fault.New(op, fault.Already, "this was taken already")
	}
	if err != nil {
		return Pressed{}, fault.Wrap(op, err)
	}
	p.Rev = 1
	out, err := h.serve1(ctx, p, false)
	return out, fault.Wrap(op, err)
}

// servePress is sweep's part.
func (h *House) servePress(ctx context.Context, id string) error {
	const op = "flow.servePress"
	p, err := h.Memory.Press(ctx, id)
	if err != nil || !p.Served.IsZero() || p.Next.After(h.Now()) {
		return fault.Wrap(op, err)
	}
	_, err = h.serve1(ctx, p, true)
	if fault.Is(err, fault.Internal) {
		return fault.Wrap(op, err)
	}
	return nil // what is refused is told to who pressed
}

// serve1 does the act and stores that it was done, or when it is tried again. tell:
// its person looks at something else by now, and is written to first. Who dies in
// between does it again, which changes nothing, and writes again.
func (h *House) serve1(ctx context.Context, p access.Press, tell bool) (Pressed, error) {
	out, err := h.doPress(ctx, p)
	now := h.Now()
	later := err != nil && fault.Is(err, fault.Wait, fault.Backoff, fault.Unclear, fault.Pause, fault.Conflict, fault.Internal)
	if later && fault.Is(err, fault.Internal) {
		h.log().Error("press", "press", p.ID, "act", p.Act, "error", err)
	}
	over := now.Sub(p.Taken) >= access.PressTime
	if later && over {
		later, err = false, fault.New("flow.press", fault.Invalid, "this could not be done within half an hour, and is not tried any more: %s", fault.TextOf(err))
	}
	wait := err
	if !later && tell {
		wait = h.tellPress(ctx, p, err)
		later = fault.Is(wait, fault.Wait, fault.Backoff, fault.Pause) && !over
	}
	if later {
		p.Tries++
		if p.Next = fault.UntilOf(wait); !p.Next.After(now) {
			p.Next = now.Add(access.Backoff(p.Tries))
		}
		out, err = Pressed{Waits: true}, nil
	} else {
		p.Served = now
	}
	mark, cancel := context.WithTimeout(context.WithoutCancel(ctx), markWithin)
	defer cancel()
	if merr := h.Memory.SavePress(mark, p); merr != nil && !fault.Is(merr, fault.Conflict) {
		h.log().Warn("press", "press", p.ID, "error", merr) // still due: done once more, which changes nothing
	}
	return out, err
}

// tellPress writes to who pressed what became of it: where nobody can write, it is
// logged and done.
func (h *House) tellPress(ctx context.Context, p access.Press, cause error) error {
	l := connector.Link{Connector: p.Connector, AsBot: true}
	channel, err := h.Slack.Direct(ctx, l, p.Account)
	if err == nil {
		_, err = h.Slack.Post(ctx, l, channel, "", message.Pressed(string(p.Act), p.Target, fault.TextOf(cause), cause == nil))
	}
	if err != nil {
		h.log().Warn("not told", "press", p.ID, "act", p.Act, "error", err)
	}
	return err
}

// doPress is the verb behind an act, for who the account is now. Each may run
// twice.
func (h *House) doPress(ctx context.Context, p access.Press) (Pressed, error) {
	by, err := h.colleague(ctx, p.Connector, p.Account)
	if err != nil {
		return Pressed{}, err
	}
	var r access.Request
	switch p.Act {
	case access.ActAsk:
		r, err = h.Request(ctx, by, Asking{
			Connector: p.Connector, Subject: p.Subject, Resources: p.Resources, Start: p.Start, Length: p.Length, Reason: p.Words, Key: p.ID,
			Emergency: p.Emergency, Profile: p.Profile,
		})
	case access.ActApprove, access.ActDeny:
		r, err = h.decidePress(ctx, by, p)
	case access.ActVeto:
		if r, err = h.Memory.Request(ctx, p.Target); err == nil && !settledBy(r, p, access.Denied) {
			r, err = h.Veto(ctx, by, p.Target, p.Words)
		}
	case access.ActConfirm, access.ActRefute:
		if r, err = h.Memory.Request(ctx, p.Target); err == nil && !confirmedBy(r, p) {
			r, err = h.ConfirmAccess(ctx, by, p.Target, p.Act == access.ActConfirm, p.Words)
		}
	case access.ActComment:
		r, err = h.Comment(ctx, by, p.Target, p.ID, p.Words)
	case access.ActCancel:
		if r, err = h.Memory.Request(ctx, p.Target); err == nil && !settledBy(r, p, access.Canceled) {
			r, err = h.Cancel(ctx, by, p.Target)
		}
	case access.ActExtend:
		x, err := h.ExtendTo(ctx, by, p.Target, p.Until)
		return Pressed{Grant: &x.Grant, Request: x.Request}, err
	case access.ActEnd:
		g, err := h.Memory.Grant(ctx, p.Target)
		if err == nil && g.EndedBy != by.User.ID {
			g, err = h.EndAccess(ctx, by, p.Target)
		}
		return Pressed{Grant: &g}, err
	case access.ActDone:
		m, err := h.SayDone(ctx, by, p.Target)
		return Pressed{Manual: &m}, err
	default:
		return Pressed{}, fault.New("flow.press", fault.Invalid, "there is nothing behind this button any more")
	}
	return Pressed{Request: &r}, err
}

// decidePress keeps what is of high risk to where one sees more than a message:
// the code is then "high_risk".
func (h *House) decidePress(ctx context.Context, by access.Actor, p access.Press) (access.Request, error) {
	r, err := h.Memory.Request(ctx, p.Target)
	if err != nil {
		return r, err
	}
	to := access.Approved
	if p.Act == access.ActDeny {
		to = access.Denied
	}
	if settledBy(r, p, to) {
		return r, nil
	}
	if slices.ContainsFunc(r.Items, func(it access.Item) bool { return it.State == access.Pending && it.Risk == access.High }) {
		return r, &fault.Error{
			Op: "flow.press", Kind: fault.Forbidden, Code: "high_risk",
			Text: "policy calls this access high-risk, so a click does not decide it. Look at all of it and decide in the console: " + h.pageOf(r.ID),
		}
	}
	if to == access.Denied {
		return h.Deny(ctx, by, p.Target, p.Words)
	}
	return h.Approve(ctx, by, p.Target, p.Words)
}

// settledBy reports whether the press itself, done before, has settled the
// request: what it did was stored, and that it did was not.
func settledBy(r access.Request, p access.Press, to access.ItemState) bool {
	return !r.Open() && slices.ContainsFunc(r.Items, func(it access.Item) bool {
		own := it.DecidedBy == p.Account || to == access.Canceled
		return own && it.State == to && !it.DecidedAt.Before(p.Taken)
	})
}

// confirmedBy is settledBy for what an emergency left to confirm.
func confirmedBy(r access.Request, p access.Press) bool {
	return !r.Unconfirmed() && slices.ContainsFunc(r.Items, func(it access.Item) bool {
		return it.Confirm.By == p.Account && it.Confirm.Denied == (p.Act == access.ActRefute) && !it.Confirm.At.Before(p.Taken)
	})
}
