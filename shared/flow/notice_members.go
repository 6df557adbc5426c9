package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// hearMembers takes a change of a user group's members: into the directory,
// against what our own writes meant, and to the grants that it concerns.
func (h *House) hearMembers(ctx context.Context, c connector.Connector, n connector.Notice) error {
	r, err := h.Memory.Resource(ctx, c.ID, n.Resource)
	if fault.Is(err, fault.NotFound) {
		return nil // a sync, or its own event, brings it first
	}
	if err != nil {
		return err
	}
	if err := h.weighOwn(ctx, c, r, n); err != nil {
		return err
	}
	return h.cameAndWent(ctx, c, r, n, n.Added, n.Removed)
}

// weighOwn holds the change against what Ebb's writes meant. While a write is on
// its way nothing can be said: its date is stored with its end.
//
// No lock is taken where Ebb has written nothing lately: the intent is stored
// before a write and what it meant in the commit that clears the intent, so that
// a change which Ebb made always finds one of the two.
func (h *House) weighOwn(ctx context.Context, c connector.Connector, r directory.Resource, n connector.Notice) error {
	st, err := h.Memory.Standing(ctx, c.ID, r.ID)
	switch {
	case err != nil:
		return err
	case st.Writing != nil:
		return onItsWay(*st.Writing, h)
	case len(st.Meant) == 0 || n.Cut:
		return nil
	}
	p := &pass{h: h, conn: c, res: r, life: map[string]access.Life{}}
	if p.lock, err = h.Memory.Lock(ctx, c.ID, r.ID, h.NewID("lock"), h.Now()); err != nil {
		return err
	}
	lost, err := p.weigh(ctx, n)
	if uerr := h.Memory.Unlock(ctx, p.lock); uerr != nil {
		h.log().Warn("unlock", "resource", r.ID, "error", uerr)
	}
	if err != nil || !lost {
		return err
	}
	if err := h.converge(ctx, c.ID, r.ID); err != nil && !fault.Is(err, fault.Conflict) {
		h.log().Warn("mend", "resource", r.ID, "error", err) // its row is due
	}
	return nil
}

// onItsWay waits until a write of ours has come to its end.
func onItsWay(w access.Writing, h *House) error {
	until := h.Now().Add(busyFor)
	if due := w.Due(); until.Before(due) && h.Now().Sub(w.SentAt) > access.CallTime {
		until = due
	}
	return &fault.Error{Op: "flow.weighOwn", Kind: fault.Wait, Until: until, Code: "writing", Text: "a change of Ebb's is on its way"}
}

// weigh remembers the change and stores, under the lock, which edits of others
// it shows that a write of ours overwrote. It reports whether any is to be done
// again.
func (p *pass) weigh(ctx context.Context, n connector.Notice) (bool, error) {
	if err := p.load(ctx); err != nil {
		return false, err
	}
	if p.st.Writing != nil {
		return false, onItsWay(*p.st.Writing, p.h)
	}
	if slices.ContainsFunc(p.st.Told, func(t access.Told) bool { return t.Notice == n.ID }) {
		return len(p.st.Mends) > 0, nil // we died after this
	}
	t := access.Told{Notice: n.ID, Before: n.Before, Date: n.Date, Added: n.Added, Removed: n.Removed, At: p.h.Now()}
	lost, sure := p.st.Lost(t)
	if len(lost) > mostMends {
		lost, sure = lost[:mostMends], false // no race looks like that: a person has to
	}
	step := access.Step{Told: &t}
	for i, m := range lost {
		if j := slices.IndexFunc(p.st.Mends, func(x access.Mend) bool { return x.Account == m.Account }); j >= 0 {
			lost[i].Rev = p.st.Mends[j].Rev
		}
	}
	if sure && len(lost) > 0 {
		step.Mend, step.Wake = lost, p.h.Now()
	}
	return len(step.Mend) > 0, p.saveLost(ctx, step, lost, sure)
}

// mostMends is how many edits one write can be believed to have overwritten.
const mostMends = 20

// saveLost saves the step with an event for each edit: nothing of somebody
// else's is lost silently.
func (p *pass) saveLost(ctx context.Context, step access.Step, lost []access.Mend, sure bool) error {
	if len(lost) == 0 {
		return p.save(ctx, step)
	}
	note := "done again"
	if !sure {
		note = "perhaps: which change was Ebb's is not certain, so a person has to look"
	}
	var back, out []string
	for _, m := range lost {
		if m.Back {
			back = append(back, m.Account)
		} else {
			out = append(out, m.Account)
		}
	}
	for _, m := range lost {
		f, news, err := p.h.see(ctx, p.overwritten(m, step.Told.Notice))
		if err != nil {
			return err
		}
		if news {
			step.Findings = append(step.Findings, f)
		}
	}
	return p.save(ctx, step, p.h.event(p.aggregate(), "finding.edit-overwritten", ebb, map[string]string{
		"connector": p.conn.ID, "resource": p.res.ID, "added": strings.Join(back, " "), "removed": strings.Join(out, " "), "notice": step.Told.Notice, "note": note,
	}))
}

// overwritten is the finding of an edit that a write of ours undid.
func (p *pass) overwritten(m access.Mend, notice string) directory.Finding {
	return directory.Finding{
		Connector: p.conn.ID, Resource: p.res.ID, Slug: "member", Account: m.Account, Kind: directory.EditOverwritten,
		Code: editOf(m), Seen: p.h.Now(), Notice: notice,
	}
}

// hearChannel takes one account's coming or going. Where it is Ebb's own app, a
// channel has come into sight.
func (h *House) hearChannel(ctx context.Context, c connector.Connector, n connector.Notice) error {
	joined := n.Kind == connector.ChannelJoined
	r, err := h.Memory.Resource(ctx, c.ID, n.Resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	switch known := err == nil; {
	case joined && n.Account == c.BotUser && (!known || !r.Reached):
		return h.cameIntoSight(ctx, c, n, r, directory.Channel)
	case !known:
		return nil
	case joined:
		return h.cameAndWent(ctx, c, r, n, []string{n.Account}, nil)
	}
	return h.cameAndWent(ctx, c, r, n, nil, []string{n.Account})
}

// cameAndWent writes who came and who went into the directory, a cache, and looks at
// the grants that it says something about: an end by somebody else's hand, or
// what slept and shows again. What Ebb did not do becomes a finding.
func (h *House) cameAndWent(ctx context.Context, c connector.Connector, r directory.Resource, n connector.Notice, came, went []string) error {
	var b directory.Batch
	row := func(a string) directory.Membership {
		return directory.Membership{Connector: r.Connector, Resource: r.ID, Slug: "member", Account: a, Since: h.Now(), Kind: r.Kind, Date: n.Date}
	}
	var fresh []string
	for _, a := range came {
		held, err := h.Memory.Holds(ctx, row(a))
		if err != nil {
			return err
		}
		if !held {
			fresh = append(fresh, a)
		}
	}
	st, err := h.Memory.Standing(ctx, r.Connector, r.ID)
	if err != nil {
		return err
	}
	var gone []string
	for _, a := range went {
		asOf, err := h.Memory.HeldAsOf(ctx, row(a))
		if err != nil {
			return err
		}
		if n.Date > 0 && asOf >= n.Date || st.Outlived(a, n.Date) {
			continue // they have come since
		}
		gone, b.GoneMemberships = append(gone, a), append(b.GoneMemberships, row(a))
	}
	ours, perhaps := st.Wrote(access.Told{Notice: n.ID, Before: n.Before, Date: n.Date, Added: n.Added, Removed: n.Removed})
	if ours {
		fresh = nil // the pass that wrote has told the directory, and what it gave may be over by now
	}
	fresh = without(fresh, perhaps) // the next sync tells
	if fresh, err = h.drift(ctx, c, r, st, fresh, h.told(n)); err != nil {
		return err
	}
	for _, a := range fresh {
		b.Memberships = append(b.Memberships, row(a))
	}
	if err := h.lost(ctx, r.Connector, r.ID, gone, n.Told.Add(clocksApart)); err != nil {
		return err
	}
	if err := h.Memory.Put(ctx, b); err != nil {
		return err
	}
	concerned := func(g access.Grant) bool {
		return g.Takes() && slices.Contains(came, g.Account) || g.State == access.Active && slices.Contains(went, g.Account)
	}
	if !slices.ContainsFunc(st.Grants, concerned) {
		return nil
	}
	return h.converge(ctx, r.Connector, r.ID)
}
