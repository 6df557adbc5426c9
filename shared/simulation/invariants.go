package simulation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
)

// The bounds of promise 1, and what a disturbance adds: the longest back-off
// (10 min), two re-reads (2 min) and a turn at the lock.
const (
	boundWithLease = time.Minute
	boundSweep     = 150 * time.Second
	afterTrouble   = 15 * time.Minute
)

// watched is the table as the invariants see it: each commit, after it was made.
type watched struct {
	store.Table
	c *container
}

func (t watched) Commit(ctx context.Context, writes []store.Write) error {
	err := t.Table.Commit(ctx, writes)
	if err == nil && t.c.w.truth.members != nil {
		t.c.w.committed(t.c.task, writes)
	}
	return err
}

func (t watched) Batch(ctx context.Context, writes []store.Write) error {
	return t.Table.Batch(ctx, writes)
}

// committed looks at the grants in a commit.
func (w *World) committed(t *task, writes []store.Write) {
	w.Counts.Commits++
	w.reviewed(t, writes)
	for _, x := range writes {
		if strings.HasPrefix(x.Row.Part, "lock#") {
			w.spins(x.Row.Part)
		}
		if x.Row.Part == "policy" {
			w.published(must(w.store.Policy(context.Background(), 0)).Source)
		}
		w.controlled(x)
		id, ok := strings.CutPrefix(x.Row.Part, "grant#")
		if !ok || x.Row.Sort != "grant" || x.Action != store.Put {
			continue
		}
		g, err := w.store.Grant(context.Background(), id)
		if err != nil {
			w.violate("the table holds what was written", "grant %s: %v", id, err)
			continue
		}
		was := w.grants[id]
		w.grants[id] = g
		if was.State == "" && g.Origin != "" {
			w.decreed(g)
			w.bySaying(g)
		}
		if was.State != g.State {
			w.tell("grant %s of %s on %s: %s -> %s, until %s (%s%s)", id, g.Account, g.Resource, was.State, g.State, g.End.Sub(w.begin), g.Outcome, g.Trouble.Code)
			w.turned(t, was, g, writes)
		}
		if g.End.Sub(w.now()) > 0 && g.End != was.End {
			w.plan(g.End.Add(boundWithLease+time.Second), w.truth.overdue)
			w.plan(g.End.Add(boundSweep+time.Second), w.truth.overdue)
		}
	}
}

// mostTurns is how often a resource may be locked and unlocked within two minutes:
// whoever finds nothing to do must not look again at once.
const mostTurns = 200

// spins judges that nobody looks at a resource over and over.
func (w *World) spins(part string) {
	since := w.now().Add(-2 * time.Minute)
	w.turns[part] = append(slices.DeleteFunc(w.turns[part], func(t time.Time) bool { return t.Before(since) }), w.now())
	if n := len(w.turns[part]); n > mostTurns && !w.foreign {
		w.violate("nothing spins", "%s: %d locks and unlocks in two minutes", part, n)
	}
}

// turned judges a grant that came to another state.
func (w *World) turned(t *task, was, g access.Grant, writes []store.Write) {
	p := pair{g.Resource, g.Account}
	if !slices.ContainsFunc(writes, func(x store.Write) bool { return x.Row.Part == "ev#grant/"+g.ID }) {
		w.violate("4 (every change has its event in the same commit)", "grant %s became %s without one", g.ID, g.State)
	}
	since := w.now().Add(-3 * time.Minute)
	if t != nil {
		since = t.began
	}
	switch g.State {
	case access.Granting:
		w.Counts.Grants++
		if was.State == access.Scheduled && !w.foreign {
			w.justified(g, since)
			w.begunFrozen(g, since)
		}
	case access.Active:
		w.Counts.Given++
		if g.Parent == "" && g.Origin == "" && !w.truth.wasIn(p, since) {
			w.violate("granted means seen held", "%s is called active for %s, who is not in %s", g.ID, p.account, p.resource)
		}
	case access.Revoked:
		w.Counts.Revoked++
		switch closed := strings.Contains(g.Outcome, "disabled"); {
		case closed:
			w.truth.at(p).closed = true
		case !w.truth.wasOut(p, since):
			w.violate("revoked means seen gone", "%s is called revoked, and %s is in %s", g.ID, p.account, p.resource)
		}
	}
	w.truth.stands(p)
}

// justified judges promise 3 when a grant begins: somebody asked, and policy, as
// it stood and as it stands, allows it.
func (w *World) justified(g access.Grant, since time.Time) {
	const promise = "3 (nothing is given without a request that policy allows)"
	r, err := w.store.Request(context.Background(), g.Request)
	if err != nil {
		w.violate(promise, "%s begins and has no request: %v", g.ID, err)
		return
	}
	name := w.names[g.Resource]
	if g.Parent != "" {
		return // a default channel of a group whose grant was judged
	}
	then, now := w.rules(name, r.Created.Add(-time.Minute), w.now()), w.rules(name, since.Add(-time.Second), w.now())
	length := g.End.Sub(g.Start)
	fits := func(f rule) bool { return f.speaks(length) && (!r.Emergency || length <= f.fire) }
	switch {
	case !slices.ContainsFunc(then, fits):
		w.violate(promise, "%s begins (%s for %s), and no policy since it was asked allowed that", g.ID, name, length)
	case !slices.ContainsFunc(now, fits):
		w.violate(promise, "%s begins (%s for %s), and the policy of now does not allow that", g.ID, name, length)
	case !slices.ContainsFunc(now, func(f rule) bool { return fits(f) && w.approvedBy(f, g, r, since) }):
		w.violate(promise, "%s begins (%s), and not all of those approved it whom the policy of now wants", g.ID, name)
	}
}

// rules are those on a resource that were in force at some time in a span.
func (w *World) rules(name string, from, to time.Time) []rule {
	var out []rule
	for i, f := range w.policies {
		over := slices.ContainsFunc(w.policies[i+1:], func(next inForce) bool { return next.from.Before(from) })
		if r, ok := policies[f.letter][name]; ok && !f.from.After(to) && !over {
			out = append(out, r)
		}
	}
	return out
}

// approvedBy reports whether everybody whom a rule wants said yes, and is who
// they were to be at some moment of the decision. Groups are read at most five
// seconds before. Neither requester nor subject counts.
func (w *World) approvedBy(f rule, g access.Grant, r access.Request, since time.Time) bool {
	led := func(id string) bool {
		return w.truth.wasIn(pair{w.ids["leads"], id}, since.Add(-10*time.Second))
	}
	if r.Emergency {
		return f.fire > 0 // who was skipped is told, and confirms afterwards
	}
	if f.sole != "" {
		alone := r.By == w.ids[f.sole] && r.Subject == r.By && !w.now().Before(r.Created.Add(time.Hour-10*time.Second)) // clocks differ
		return alone || slices.ContainsFunc(w.approvals, func(a approval) bool {
			return a.request == g.Request && a.who == f.sole && r.By != w.ids[f.sole] && r.Subject != w.ids[f.sole]
		})
	}
	leads, last := map[string]bool{}, f.then == ""
	for _, a := range w.approvals {
		id := w.ids[a.who]
		if a.request != g.Request || id == r.By || id == r.Subject {
			continue
		}
		if led(id) {
			leads[id] = true
		}
		for _, x := range w.reviews.lent { // who stands in for a lead says yes as that lead
			if x.to == id && led(x.from) && x.from != r.By && x.from != r.Subject && since.Before(x.until.Add(10*time.Second)) {
				leads[x.from] = true
			}
		}
		last = last || a.who == f.then
	}
	if f.then != "" && len(leads) > 1 {
		delete(leads, w.ids[f.then]) // nobody says yes at two steps
	}
	enough := !f.leads || len(leads) >= max(1, f.need)
	return enough && last && (!f.only || led(r.By))
}

// stands judges that what our calls gave is covered by a grant that is not over.
func (l *ledger) stands(p pair) {
	h := l.at(p)
	if !h.in || !h.ours || h.theirs || h.unclear || h.closed || l.covered(p) {
		return
	}
	l.w.violate("1 (no access that Ebb gave stands past its end)", "%s is in %s because of Ebb, and every grant on it is over: %s", p.account, p.resource, outcomes(l.grantsOn(p)))
}

func outcomes(gs []access.Grant) string {
	var out []string
	for _, g := range gs {
		out = append(out, g.ID+" "+string(g.State)+" ("+g.Outcome+")")
	}
	return strings.Join(out, ", ")
}

// overdue judges the bounds of promise 1 for everything that our calls gave.
func (l *ledger) overdue() {
	if l.w.foreign {
		return // what ends together takes what Slack's tiers need; the test judges that
	}
	for p, h := range l.pairs {
		if !h.in || !h.ours || h.theirs || h.unclear || h.closed {
			continue
		}
		end := l.endOf(p)
		now := l.w.now()
		if end.IsZero() || !now.After(end) {
			continue
		}
		if l.blocked(p) != "" {
			h.blocked = now
			continue
		}
		if limit := l.limit(p, h, end); now.After(limit) {
			l.w.violate("1 (no access that Ebb gave stands past its end)", "%s is in %s %s after the end; %s", p.account, p.resource, now.Sub(end).Round(time.Second), troubles(l.grantsOn(p)))
		}
	}
}

func troubles(gs []access.Grant) string {
	var out []string
	for _, g := range gs {
		if live(g) {
			out = append(out, g.ID+" "+string(g.State)+" "+g.Trouble.Code+" next "+g.NextTry.Format(time.TimeOnly))
		}
	}
	return strings.Join(out, ", ")
}

// endOf is when the last begun grant on the pair ends.
func (l *ledger) endOf(p pair) time.Time {
	var end time.Time
	for _, g := range l.grantsOn(p) {
		if live(g) && g.State != access.Scheduled && g.End.After(end) {
			end = g.End
		}
	}
	return end
}

func (l *ledger) limit(p pair, h *held, end time.Time) time.Time {
	trouble := l.w.last
	if h.blocked.After(trouble) {
		trouble = h.blocked
	}
	if trouble.After(end.Add(-afterTrouble)) {
		return later(trouble, end).Add(afterTrouble)
	}
	for _, g := range l.grantsOn(p) {
		if x := l.w.leases[g.ID]; live(g) && (x == nil || x.lost) {
			return end.Add(boundSweep)
		}
	}
	return end.Add(boundWithLease)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// intended is asked before every write to Slack: its intent must be stored, and
// its writer be in its turn.
func (w *World) intended(c slacktest.Call) error {
	about := c.Args.Get("usergroup") + c.Args.Get("channel")
	if !writes[c.Method] || !slices.Contains(w.resources, about) || w.writer == nil || w.without.Name != "" {
		return nil // without a guard, what follows has to show
	}
	const promise = "intent before act"
	st, err := w.store.Standing(context.Background(), w.conn, about)
	if err != nil || st.Writing == nil {
		w.violate(promise, "%s of %s by %s, and no write is stored as intended", c.Method, about, w.writer.name)
		return nil
	}
	if w.writer.slept {
		return nil // who was frozen cannot know that its turn is over
	}
	_, err = w.store.Lock(context.Background(), w.conn, about, "probe", w.now())
	lease := access.Lock{Until: fault.UntilOf(err)}
	if !fault.Is(err, fault.Conflict) || !lease.MayWrite(w.now().Add(-10*time.Second)) {
		w.violate(promise, "%s of %s by %s outside its turn", c.Method, about, w.writer.name)
	}
	return nil
}

// rest judges what has to hold when nothing goes on any more.
func (w *World) rest() {
	ctx := context.Background()
	for _, id := range sorted(w.grants) {
		g := w.grants[id]
		p := pair{g.Resource, g.Account}
		if why := w.truth.blocked(p); live(g) && why == "" && w.now().After(g.End.Add(afterTrouble)) {
			w.violate("every grant comes to its end", "%s is %s at rest (%s), and nothing is in the way", id, g.State, g.Trouble.Code)
		} else if live(g) && why != "" && !w.loud(g) && g.State != access.Scheduled && w.now().After(g.End.Add(afterTrouble)) {
			w.violate("needs attention is loud", "%s is %s at rest without saying what is in the way: %s", id, g.State, why)
		}
	}
	open := must(w.store.Requests(ctx, true, 0))
	for _, r := range open {
		if w.now().After(r.Expires.Add(5 * time.Minute)) {
			w.violate("every request comes to its end", "%s is open at rest", r.ID)
		}
	}
	due := must(w.store.Due(ctx, flow.LaneAct, w.now().Add(-2*time.Minute), 10))
	due = append(due, must(w.store.Due(ctx, flow.LaneHear, w.now().Add(-2*time.Minute), 10))...)
	due = append(due, must(w.store.Due(ctx, flow.LaneTell, w.now().Add(-10*time.Minute), 10))...)
	due = append(due, must(w.store.Due(ctx, flow.LaneReview, w.now().Add(-10*time.Minute), 10))...)
	for _, d := range due {
		w.violate("every due row is served", "%s %s is due since %s", d.Kind, d.ID, d.At.Sub(w.begin))
	}
	for _, r := range w.resources {
		w.restOf(ctx, r)
	}
	w.restOfReviews(ctx)
	w.heard()
	if v := must(w.quiet().Verify(ctx, w.root)); !v.Whole() || v.Unsealed > 0 {
		w.violate("4 (a changed, missing or reordered event is found)", "the audit is not whole: %+v", v)
	}
	w.judgeFindings() // the last, because its sync writes events of its own
}
