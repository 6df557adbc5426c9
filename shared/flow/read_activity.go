package flow

import (
	"context"
	"errors"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// ActivityView is when an account was last active: Last, a day, or zero where it
// was not seen since the source's From. A source that is not Shown says nothing
// of the account, and Why.
type ActivityView struct {
	directory.ActivitySource
	Last time.Time
}

// What is known of an account's activity.
const (
	ActivitySeen    = "seen"
	ActivityUnseen  = "not seen"
	ActivityUnknown = "not known"
)

// State is one of the three.
func (v ActivityView) State() string {
	switch {
	case !v.Shown:
		return ActivityUnknown
	case v.Last.IsZero():
		return ActivityUnseen
	}
	return ActivitySeen
}

// Says is it in words: Last is stored to a week.
func (v ActivityView) Says() string {
	switch v.State() {
	case ActivitySeen:
		return v.Last.Format(time.DateOnly) + ", or up to six days later"
	case ActivityUnseen:
		return "no activity seen, in logs that reach back to " + v.From.UTC().Format(time.DateOnly)
	}
	return "not known: " + v.Why
}

// LeastInactive and MostInactive bound the days that can be asked for: days are
// stored to a week, and no read goes back further.
const (
	LeastInactive = int(directory.ActivityPrecision / (24 * time.Hour))
	MostInactive  = int(directory.ActivityReach / (24 * time.Hour))
)

// ReadActivity reads what is known of the activity of a connector's accounts as a
// whole.
func (h *House) ReadActivity(ctx context.Context, by access.Actor, conn string) (directory.ActivitySource, error) {
	const op = "flow.ReadActivity"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return directory.ActivitySource{}, fault.Wrap(op, err)
	}
	if !r.s.oversees() && !r.owns {
		return directory.ActivitySource{}, fault.New(op, fault.Forbidden, "who is active is shown to auditors, administrators and the connector's owners")
	}
	s, err := r.activity(ctx)
	return s, fault.Wrap(op, err)
}

// activity is the source as it counts now; one that was never tried says why not.
func (r *realm) activity(ctx context.Context) (directory.ActivitySource, error) {
	s, err := r.s.h.Memory.ActivitySource(ctx, r.conn.ID)
	if err != nil {
		return s, err
	}
	if s = s.At(r.s.h.Now()); !s.Shown && s.Why == "" {
		if s.Why = r.conn.NoActivity(); s.Why == "" {
			s.Why = "the first read of Slack's access logs is not done yet"
		}
	}
	return s, nil
}

// activities gives the activity of one account after the other. In is in the order
// of ids: it reads ahead then.
type activities struct {
	r      *realm
	source directory.ActivitySource
	cut    time.Time // zero: not asked for
	in     bool
	ahead  map[string]time.Time
	until  string // the id up to which ahead is all that there is
}

// aheadRows are read at a time.
const aheadRows = 1000

// of is one account's; nothing is read where nothing is shown.
func (w *activities) of(ctx context.Context, a directory.Account) (ActivityView, error) {
	v := ActivityView{ActivitySource: w.source.For(a.Kind)}
	if !v.Shown {
		return v, nil
	}
	last, err := w.last(ctx, a.ID)
	v.Last = last
	return v, err
}

func (w *activities) last(ctx context.Context, id string) (time.Time, error) {
	if w.in && w.ahead != nil && id <= w.until {
		return w.ahead[id], nil
	}
	m := w.r.s.h.Memory
	last, err := m.LastActive(ctx, w.r.conn.ID, id)
	if err != nil || !w.in {
		return last, err
	}
	w.ahead, w.until = map[string]time.Time{id: last}, "\U0010ffff"
	err = m.EachActive(ctx, w.r.conn.ID, id, func(a directory.Activity) error {
		if len(w.ahead) == aheadRows {
			return errEnough
		}
		w.ahead[a.Account], w.until = a.Last, a.Account
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		return last, nil
	case err == nil:
		w.until = "\U0010ffff" // these were all
	}
	return last, err
}

// fits reports whether an account was surely not active since what was asked for.
// Who was invited and did not come yet is not inactive.
func (w *activities) fits(v ActivityView, a directory.Account) bool {
	if w.cut.IsZero() {
		return true
	}
	inactive, sure := v.InactiveSince(v.Last, !v.Last.IsZero(), w.cut)
	return inactive && sure && a.State != directory.Invited
}

// inactive checks that what is asked for can be known.
func (w *activities) inactive(days int) error {
	const op = "flow.ReadAccounts"
	if days == 0 {
		return nil
	}
	now := w.r.s.h.Now()
	w.cut = directory.Day(now).AddDate(0, 0, -days)
	switch {
	case days < LeastInactive || days > MostInactive:
		return fault.At(op, "inactive", "ask for %d to %d days: activity is known to a week, and not for longer", LeastInactive, MostInactive)
	case !w.source.Shown:
		return fault.At(op, "inactive", "who is inactive is not known here: %s", w.source.Why)
	case w.source.From.After(w.cut):
		return fault.At(op, "inactive", "Slack's access logs are known since %s alone: ask for fewer days", w.source.From.UTC().Format(time.DateOnly))
	}
	return nil
}

// activities begins to give them; days is what is asked for.
func (r *realm) activities(ctx context.Context, days int) (*activities, error) {
	s, err := r.activity(ctx)
	w := &activities{r: r, source: s}
	if err == nil {
		err = w.inactive(days)
	}
	return w, err
}

// inOrder says that accounts come in the order of their ids from here on.
func (w *accountWalk) inOrder() {
	if w.active != nil {
		w.active.in, w.active.ahead = true, nil
	}
}
