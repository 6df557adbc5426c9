package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// outcome is what became of one write pass. unclear: nobody knows. Otherwise
// failed holds what did not happen, account by account; all else did.
type outcome struct {
	unclear error
	failed  map[string]error
	closed  bool // the user group was disabled because it would have become empty
}

func (o *outcome) fail(err error, accounts ...string) {
	if o.failed == nil {
		o.failed = map[string]error{}
	}
	for _, a := range accounts {
		o.failed[a] = err
	}
}

// change stores the intent, writes, reads back and records.
func (p *pass) change(ctx context.Context, j access.Judgment) error {
	ready, err := p.prepare(ctx, j.Add)
	if err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	j = j.Only(ready)
	switch {
	case len(j.Add)+len(j.Remove) > 0:
	case p.frozen != nil:
		return p.held(ctx)
	default:
		return p.trip(ctx, p.moving(), errChannelFirst)
	}
	if !p.lock.MayWrite(p.h.Now()) {
		return p.soon(ctx)
	}
	if p.last, err = p.wayOut(ctx, j); err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	j = p.allButOne(j)
	first := p.st.Writing
	if err := p.intend(ctx, j); err != nil {
		return err
	}
	out := p.write(ctx, j)
	if out.unclear != nil {
		return p.unclear(ctx, out.unclear)
	}
	switch {
	case out.closed && first == nil:
		return p.closeGroup(ctx, j)
	case out.closed:
		return p.rest(ctx) // an older write may still land; hidden goes on
	}
	if out.nothing(j) {
		return p.undo(ctx, first, out)
	}
	p.tookOut(j, out)
	if err := p.added(ctx, j, out); err != nil {
		return err
	}
	p.read = p.h.Now()
	back, err := p.h.Slack.ReadBack(ctx, p.link, p.view.Resource)
	if err != nil {
		return p.unclear(ctx, err)
	}
	p.view = back
	if err := p.confirm(ctx, j, out, first); err != nil {
		return err
	}
	if _, err := p.record(ctx); err != nil {
		return err
	}
	if err := p.failures(ctx, out); err != nil {
		return err
	}
	p.prove(ctx, j, out)
	return p.rest(ctx)
}

// prove remembers that a removal from such a resource worked here, once: until
// then policy has to accept that it may not. Lost, the next removal proves it.
func (p *pass) prove(ctx context.Context, j access.Judgment, out outcome) {
	r := p.view.Resource
	worked := slices.ContainsFunc(j.Remove, func(a string) bool { return out.failed[a] == nil && !p.view.Set()[a] })
	if !worked || p.conn.Proven(r.Workspace, string(r.Kind)) {
		return
	}
	err := again(func() error {
		c, err := p.h.Memory.Connector(ctx, p.conn.ID)
		if err != nil || !c.Prove(r.Workspace, string(r.Kind)) {
			return err
		}
		_, err = p.h.Memory.SaveConnector(ctx, c, p.h.event("connector/"+c.ID, "connector.removal-proven", ebb, map[string]string{"workspace": r.Workspace, "kind": string(r.Kind)}))
		return err
	})
	if err != nil {
		p.h.log().Warn("prove", "connector", p.conn.ID, "error", err)
	}
}

// rest ends a pass. While a write is unclear, whoever waits for it is looked at
// when its re-read is due, and not before.
func (p *pass) rest(ctx context.Context) error {
	if w := p.st.Writing; w != nil {
		now := p.h.Now()
		var waiting []access.Grant
		for _, g := range p.moving() {
			if !g.NextTry.After(now) {
				waiting = append(waiting, g)
			}
		}
		return p.trip(ctx, waiting, &fault.Error{Kind: fault.Wait, Until: later(w.Due(), now.Add(time.Second)), Code: "unclear", Text: unclearText})
	}
	if err := p.putBack(ctx); err != nil {
		return err
	}
	return p.restMends(ctx)
}

// held leaves what is to be given waiting for a freeze to be lifted. What is to
// be taken waits for nothing.
func (p *pass) held(ctx context.Context) error {
	giving := slices.DeleteFunc(p.moving(), access.Grant.Takes)
	if err := p.trip(ctx, giving, p.frozen); err != nil {
		return err
	}
	return p.rest(ctx)
}

const unclearText = "Slack's answer to a change was lost; Ebb reads again before it calls anything done"

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// nothing reports whether Slack definitely refused all of it.
func (o outcome) nothing(j access.Judgment) bool {
	for _, a := range slices.Concat(j.Add, j.Remove) {
		if o.failed[a] == nil {
			return false
		}
	}
	return true
}

// undo takes the intent back: nothing was written. What an older write left
// unclear stays so.
func (p *pass) undo(ctx context.Context, first *access.Writing, out outcome) error {
	step := access.Step{Clear: p.st.Writing, Sleep: true}
	if first != nil {
		w := *first
		w.Rev = p.st.Writing.Rev
		step = access.Step{Writing: &w, Wake: w.Due()}
	}
	if err := p.save(ctx, step); err != nil {
		return err
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	if err := p.failures(ctx, out); err != nil {
		return err
	}
	return p.rest(ctx)
}

// intend stores holds and the write on its way, before anything is sent.
func (p *pass) intend(ctx context.Context, j access.Judgment) error {
	now := p.h.Now()
	w := access.Writing{Owner: p.lock.Owner, Add: j.Add, Remove: j.Remove, SentAt: now}
	if p.st.Writing != nil {
		w = p.st.Writing.Follow(w)
	}
	for holds := range slices.Chunk(j.Baselines, 20) {
		if err := p.save(ctx, access.Step{Holds: holds}); err != nil {
			return err
		}
	}
	e := p.h.event(p.aggregate(), "resource.writing", ebb, map[string]string{
		"connector": p.conn.ID, "resource": p.res.ID,
		"add": strings.Join(j.Add, " "), "remove": strings.Join(j.Remove, " "),
	})
	// Should we die now, somebody finds the write when our lease has ended.
	if err := p.save(ctx, access.Step{Writing: &w, Wake: now.Add(access.LeaseTime)}, e); err != nil {
		return err
	}
	return p.load(ctx)
}

// unclear leaves everything as it stands until the re-reads.
func (p *pass) unclear(ctx context.Context, cause error) error {
	w := *p.st.Writing
	e := p.h.event(p.aggregate(), "resource.unclear", ebb, map[string]string{
		"connector": p.conn.ID, "resource": p.res.ID, "code": fault.CodeOf(cause),
	})
	if err := p.save(ctx, access.Step{Writing: &w, Wake: w.Due(), Meant: p.meant}, e); err != nil {
		return err
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	next := &fault.Error{Kind: fault.Wait, Until: w.Due(), Code: "unclear", Text: unclearText}
	return p.trip(ctx, p.moving(), next)
}

// tookOut: whoever was listed before our write and whom Slack definitely took
// out is gone for good, whatever becomes of the account; nobody need be asked.
func (p *pass) tookOut(j access.Judgment, out outcome) {
	for _, a := range j.Remove {
		if out.failed[a] == nil {
			p.life[a] = access.Living
		}
	}
}

// confirm clears the write when the read-back shows what was meant. Where it
// does not, or an older write is still unclear, the re-reads go on.
func (p *pass) confirm(ctx context.Context, j access.Judgment, out outcome, first *access.Writing) error {
	w := *p.st.Writing
	in := p.view.Set()
	meant := true
	for _, a := range j.Add {
		meant = meant && (in[a] || out.failed[a] != nil)
	}
	for _, a := range j.Remove {
		meant = meant && (!in[a] || out.failed[a] != nil)
	}
	switch {
	case meant && first == nil:
		if err := p.own(ctx, &w); err != nil {
			return err
		}
		if err := p.save(ctx, access.Step{Clear: &w, Sleep: true, Meant: p.meant}, p.proved(j, out)...); err != nil {
			return err
		}
	default:
		if meant {
			w = w.Confirmed(*first, p.view)
		}
		if err := p.save(ctx, access.Step{Writing: &w, Wake: w.Due(), Meant: p.meant}); err != nil {
			return err
		}
	}
	return p.load(ctx)
}

// proved is the event of a write that Slack took and a read confirmed.
func (p *pass) proved(j access.Judgment, out outcome) []audit.Event {
	left := func(ids []string) string {
		var ok []string
		for _, a := range ids {
			if out.failed[a] == nil {
				ok = append(ok, a)
			}
		}
		return strings.Join(ok, " ")
	}
	return []audit.Event{p.h.event(p.aggregate(), "resource.written", ebb, map[string]string{
		"connector": p.conn.ID, "resource": p.res.ID, "added": left(j.Add), "removed": left(j.Remove),
	})}
}

// write sends the change with the fewest calls that Slack offers.
func (p *pass) write(ctx context.Context, j access.Judgment) outcome {
	if !p.lock.MayWrite(p.h.Now()) { // storing the intent took too long
		var out outcome
		out.fail(p.turnOver(), slices.Concat(j.Add, j.Remove)...)
		return out
	}
	if p.view.Resource.Kind == directory.Channel {
		return p.writeChannel(ctx, j)
	}
	return p.writeGroup(ctx, j)
}

// writeChannel removes one by one, then invites up to 100 in one call. Removals first:
// an end is more urgent than a start.
func (p *pass) writeChannel(ctx context.Context, j access.Judgment) outcome {
	var out outcome
	for i, a := range j.Remove {
		if !p.lock.MayWrite(p.h.Now()) {
			out.fail(p.turnOver(), slices.Concat(j.Remove[i:], j.Add)...)
			return out
		}
		if p.most > 0 && i == p.most {
			out.fail(p.turnOver(), slices.Concat(j.Remove[i:], j.Add)...)
			return out
		}
		err := p.kick(ctx, a)
		switch fault.KindOf(err) {
		case "", fault.Already:
		case fault.Unclear:
			return outcome{unclear: err}
		default:
			out.fail(err, a)
			if fault.Is(err, fault.Wait, fault.Reauthorize, fault.Backoff, fault.Pause) {
				out.fail(err, slices.Concat(j.Remove[i:], j.Add)...)
				return out
			}
		}
	}
	for part := range slices.Chunk(j.Add, 100) {
		if !p.lock.MayWrite(p.h.Now()) {
			out.fail(p.turnOver(), part...)
			continue
		}
		refused, err := p.h.Slack.Invite(ctx, p.link, p.res.ID, part)
		if fault.Is(err, fault.Unclear) {
			return outcome{unclear: err}
		}
		if err != nil && !fault.Is(err, fault.Already) {
			out.fail(err, part...)
		}
		for _, r := range refused {
			out.fail(&fault.Error{Op: "flow.write", Kind: fault.Permanent, Code: r.Code, Text: r.Text}, r.Account)
		}
	}
	return out
}

// kick removes one account. Slack kicks nobody who is deactivated: such
// access sleeps, like one that Slack does not list.
func (p *pass) kick(ctx context.Context, account string) error {
	err := p.h.Slack.Kick(ctx, p.link, p.res.ID, account)
	if !fault.Is(err, fault.Permanent) {
		return err
	}
	life, lerr := p.h.lifeOf(ctx, p.link, account)
	if lerr != nil || life != access.Dead {
		return err
	}
	return errDeactivated
}

var errDeactivated = &fault.Error{Op: "flow.write", Kind: fault.NotFound, Code: codeDeactivated, Text: "the account is deactivated in Slack; what it holds shows again when it is reactivated"}

// turnOver: the turn held no more, or its lease no more time; the next pass goes
// on at once. It is a matter of waiting and no failure: nothing backs off for it.
func (p *pass) turnOver() error {
	return &fault.Error{Op: "flow.write", Kind: fault.Wait, Until: p.h.Now().Add(time.Second), Code: "lease", Text: errNotSent.Text}
}

// errChannelFirst: a default channel is not read yet. Somebody may be at it,
// which is a matter of seconds, or Ebb may not be in it, which is not.
var errChannelFirst = &fault.Error{
	Op: "flow.change", Kind: fault.Backoff, Code: "default_channel",
	Text: "waits until Ebb has seen who is in the group's private default channels: invite Ebb's app into them",
}

// errNotSent: asking Slack about members took the whole lease. Asked anew at once,
// it would again.
var errNotSent = &fault.Error{Op: "flow.write", Kind: fault.Backoff, Code: "lease", Text: "the turn was over; Ebb goes on at once"}

func notSent(j access.Judgment) outcome {
	var out outcome
	out.fail(errNotSent, slices.Concat(j.Add, j.Remove)...)
	return out
}

// soon comes back at once: the lease was too old to begin a write.
func (p *pass) soon(ctx context.Context) error {
	return p.trip(ctx, p.moving(), &fault.Error{Kind: fault.Wait, Until: p.h.Now().Add(time.Second), Code: "lease", Text: errNotSent.Text})
}
