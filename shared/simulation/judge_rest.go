package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// restOfReviews judges at rest.
func (w *World) restOfReviews(ctx context.Context) {
	for _, c := range must(w.store.Campaigns(ctx, 0)) {
		w.rests(c)
		if w.reviews.staged[c.ID] == nil {
			continue
		}
		w.snapshot(c, audit.Event{Data: map[string]string{"digest": c.Snapshot.Digest}})
		lines := w.eachLine(c)
		w.counted(c, lines)
		for _, id := range sorted(lines) {
			w.restOfLine(ctx, c, lines[id])
		}
	}
	for _, m := range must(w.store.Manuals(ctx, w.conn, true, 0)) {
		w.waitsRightly(ctx, m)
	}
	w.adminsAtRest(ctx)
}

// rests judges that nothing of a campaign is half-way for long.
func (w *World) rests(c review.Campaign) {
	over := w.now().Add(-time.Hour)
	switch {
	case c.State == review.Staging || c.State == review.Ending,
		c.State == review.Running && c.Ends && c.Deadline.Before(over),
		c.State == review.Completed && c.Settled.IsZero() && len(w.unsettled(c)) == 0 && c.Next.Before(over):
		w.violate(promiseRests, "%s is %s at rest, due %s", c.ID, c.State, c.Next.Sub(w.begin))
	case !c.Settled.IsZero() && len(w.unsettled(c)) > 0:
		w.violate(promiseRests, "%s is settled, and something that was denied is not over", c.ID)
	}
}

// counted judges the counts of lists.
func (w *World) counted(c review.Campaign, lines map[string]review.Line) {
	sum := map[string]review.Assignment{}
	for _, l := range lines {
		a := sum[l.Assignment]
		a.Lines++
		if l.Draft.Verdict != "" {
			a.Noted++
		}
		switch l.State {
		case review.LineOpen:
			a.Closed--
		case review.LineCertified:
			a.Certified++
		case review.LineDenied, review.LineRemoved, review.LineKept, review.LineStands:
			a.Denied++
		case review.LineGone:
			a.Gone++
		case review.LineSkipped:
			a.Skips++
		}
		a.Closed++
		sum[l.Assignment] = a
	}
	passed := 0
	for _, a := range w.assignments(c.ID) {
		want := sum[a.ID]
		passed += a.Passed
		text := func(x review.Assignment, passed int) string {
			return fmt.Sprint(x.Lines+passed, x.Noted, x.Closed+passed, x.Certified, x.Denied, x.Gone, x.Skips)
		}
		if got, want := text(a, 0), text(want, a.Passed); got != want {
			w.violate(promiseCounts, "%s of %s counts %s, and in it are %s (lines, noted, closed, certified, denied, gone, skipped)", a.ID, c.ID, got, want)
		}
	}
	for _, l := range lines {
		passed -= l.Level
	}
	if passed != 0 {
		w.violate(promiseCounts, "%s: %d more lines were counted as passed on than are at a next level", c.ID, passed)
	}
}

// restOfLine judges one line: what the audit said was decided stands in it, and what
// was denied is gone, or says why not.
func (w *World) restOfLine(ctx context.Context, c review.Campaign, l review.Line) {
	said := w.reviews.said[c.ID+"/"+l.ID]
	if len(said) != len(l.Decided) {
		w.violate(promiseDecided, "%s of %s has %d decisions, and %d were said", l.ID, c.ID, len(l.Decided), len(said))
	}
	for n, d := range l.Decided {
		if v := said[n]; v.Verdict != d.Verdict || v.account != d.Account {
			w.violate(promiseDecided, "%s of %s: %+v stands, and %+v was said", l.ID, c.ID, d, v)
		}
	}
	if l.Verdict() == review.Deny {
		w.deniedAtRest(ctx, c, l)
	}
}

func (w *World) deniedAtRest(ctx context.Context, c review.Campaign, l review.Line) {
	at := l.Decided[len(l.Decided)-1].At
	g := w.grants[l.Grant]
	var m access.Manual
	if l.Manual != "" {
		m = must(w.store.Manual(ctx, l.Manual))
	}
	if (g.ID == "") == (m.ID == "") {
		w.violate(promiseDenied, "%s of %s is carried out by %q and %q", l.ID, c.ID, l.Grant, l.Manual)
	}
	if long := w.now().Sub(m.Closed) > settlesIn; long && (m.State == access.ManualGivenUp) != (l.State == review.LineStands) {
		w.violate(promiseDenied, "%s of %s is %s, and its task is %s", l.ID, c.ID, l.State, m.State)
	} else if long && m.State == access.ManualGivenUp {
		w.overruled(l, m)
	}
	if !w.inSlack(l) || m.Waits() || m.State == access.ManualGivenUp || w.now().Sub(at) < afterTrouble {
		return
	}
	p := pair{l.Resource, l.Account}
	h := w.truth.at(p)
	switch {
	case h.since.After(at.Add(-10 * time.Second)): // given anew
	case w.coveredSince(p, at):
	case live(g) && (w.truth.blocked(p) != "" || w.loud(g)): // it says why
	case g.ID != "" && (h.closed || w.did("enable", w.names[l.Resource]) || w.org.User(l.Account).Deleted || w.truth.revived[l.Account].After(at)):
		// it ended with its group, or as a deactivated account's
	case isTeam(l.Resource) && w.truth.revived[l.Account].After(at):
	default:
		w.violate(promiseDenied, "%s of %s is denied since %s and %s, and held; %s (%s) %s", l.ID, c.ID, at.Sub(w.begin), l.State, g.State, g.Outcome, m.State)
	}
}

// settlesIn is how long after its task a denied line may be closed, at the latest.
const settlesIn = time.Hour + afterTrouble

// inSlack reports whether the access of a line is held now.
func (w *World) inSlack(l review.Line) bool {
	if isTeam(l.Resource) && l.Slug != string(directory.Admin) {
		return !w.org.User(l.Account).Deleted // nobody hands a workspace over
	}
	return w.holds(l.Resource, l.Account)
}

// coveredSince reports whether a grant that was made about then or later gave the
// same; also one that a person made of a finding, until when the access may stay.
func (w *World) coveredSince(p pair, at time.Time) bool {
	return slices.ContainsFunc(w.truth.grantsOn(p), func(x access.Grant) bool {
		word := x.Origin == "" || strings.HasPrefix(x.Origin, "finding/")
		return word && x.Created.After(at.Add(-time.Minute))
	})
}

// manual judges a manual task that changes: it is done only when Slack showed it since
// it was made.
func (w *World) manual(m access.Manual) {
	w.tell("by hand %s: %s of %s on %s, give %v (%s): %s", m.ID, m.Slug, m.Account, m.Resource, m.Give, m.Why, m.State)
	switch m.State {
	case access.ManualWaits:
		if m.Rev == 1 {
			w.Counts.ByHand++
		}
	case access.ManualGivenUp:
		w.Counts.GivenUp++
		if _, is := m.OfReview(); !is || m.GivenUpBy == "" || m.Reason == "" {
			w.violate(promiseByHand, "%s of %s was given up by %q", m.ID, m.Origin, m.GivenUpBy)
		}
	case access.ManualDone:
		p, since := pair{m.Resource, m.Account}, m.Created.Add(-5*time.Second)
		done := w.truth.wasOut(p, since)
		switch {
		case m.Give:
			done = w.truth.wasIn(p, since)
		case isTeam(m.Resource) && m.Slug != string(directory.Admin):
			done = w.org.User(m.Account).Deleted || w.truth.revived[m.Account].After(since)
		}
		if !done {
			w.violate(promiseByHand, "%s is called done (%s, give %v), and Slack never showed it", m.ID, m.Why, m.Give)
		}
	}
}

// waitsRightly judges a task that waits at rest: no sync has shown it done.
func (w *World) waitsRightly(ctx context.Context, m access.Manual) {
	conn := must(w.store.Connector(ctx, w.conn))
	run, err := w.store.Run(ctx, conn.LastRun)
	l := review.Line{Fact: review.Fact{Resource: m.Resource, Slug: m.Slug, Account: m.Account}}
	if err != nil || run.State != connector.Done || !run.Started.After(m.Created) || w.now().Before(run.Ended.Add(30*time.Minute)) || w.inSlack(l) != m.Give {
		return
	}
	if isGroup(m.Resource) && w.org.Group(m.Resource).Disabled { // which shows nobody gone
		return
	}
	h := w.truth.at(pair{m.Resource, m.Account})
	if isTeam(m.Resource) && m.Slug != string(directory.Admin) || h.in0.Before(run.Started) && h.since.Before(run.Started) {
		w.violate(promiseByHand, "%s waits (%s), and the sync of %s showed it done", m.ID, m.Why, run.Started.Sub(w.begin))
	}
}

// adminsAtRest judges that an admin's role which stands past its end has a task that
// waits, and somebody to look.
func (w *World) adminsAtRest(ctx context.Context) {
	for _, id := range sorted(w.grants) {
		g := w.grants[id]
		if !isTeam(g.Resource) || !live(g) || !w.now().After(g.End.Add(afterTrouble)) || w.org.User(g.Account).Deleted || !w.authorized() {
			continue
		}
		m := access.Manual{Origin: "grant/" + g.ID, Connector: g.Connector, Resource: g.Resource, Slug: g.Slug, Account: g.Account}
		if have, err := w.store.Manual(ctx, m.ManualID()); err != nil || !have.Waits() || !g.NeedsAttention(w.now()) {
			w.violate(promiseByHand, "%s is %s past its end, attention %v, and its task %s %v", g.ID, g.State, g.NeedsAttention(w.now()), have.State, err)
		}
	}
}
