package simulation

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

// accept: RESOURCE WHO LENGTH. What a hand gave ends by itself then.
func (w *World) acceptFinding(a Act) {
	until := w.now().Add(a.duration(2))
	w.decideFinding(a, func(ctx context.Context, h *flow.House, id string) error {
		_, err := h.AcceptFinding(ctx, w.root, id, until, "for now")
		return err
	})
}

// remove: RESOURCE WHO. What a hand gave goes.
func (w *World) removeFinding(a Act) {
	w.decideFinding(a, func(ctx context.Context, h *flow.House, id string) error {
		_, err := h.RemoveFinding(ctx, w.root, id, "not theirs")
		return err
	})
}

// keep: RESOURCE WHO. What a hand gave is right.
func (w *World) keepFinding(a Act) {
	w.decideFinding(a, func(ctx context.Context, h *flow.House, id string) error {
		_, err := h.KeepFinding(ctx, w.root, id, "")
		return err
	})
}

// decideFinding does something about the open finding of somebody's access, where
// there is one.
func (w *World) decideFinding(a Act, do func(context.Context, *flow.House, string) error) {
	for _, kind := range []directory.FindingKind{directory.Came, directory.CameBack} {
		f := directory.Finding{Connector: w.conn, Resource: w.ids[a.arg(0)], Slug: "member", Account: w.ids[a.arg(1)], Kind: kind}
		have, err := w.store.Finding(context.Background(), f.FindingID())
		if err != nil || have.State != directory.FindingOpen {
			continue
		}
		w.person(a, func(ctx context.Context, h *flow.House) error { return do(ctx, h, have.ID) })
		return
	}
}

// decreed notes that a person said that access which others gave is to end: from
// then on it is Ebb's to end, like what Ebb gave, and nobody else's is. Who was left
// out of a list then comes back by that word, for a time, or not at all.
func (w *World) decreed(g access.Grant) {
	w.Counts.Decreed++
	h := w.truth.at(pair{g.Resource, g.Account})
	switch {
	case h.left && !h.in:
		h.theirs, h.left = false, false
		return
	case !h.in:
		return
	}
	h.theirs, h.ours, h.unclear, h.stood, h.lost, h.owed = false, true, false, false, false, false
}

// carriedOut judges at rest that what was said about findings was done.
func (w *World) carriedOut(f directory.Finding) {
	const promise = "what a person says of a finding is done"
	g := w.grants[f.Grant]
	switch f.State {
	case directory.FindingRemoving:
		if !live(g) {
			w.violate(promise, "%s is being removed, and its grant is %s", f.ID, g.State)
		}
	case directory.FindingRemoved:
		if live(g) || g.State != access.Revoked && g.Outcome != access.OutcomeCovered {
			w.violate(promise, "%s is removed, and its grant is %s (%s)", f.ID, g.State, g.Outcome)
		}
	case directory.FindingAccepted:
		if g.ID == "" || g.End.After(f.Until) {
			w.violate(promise, "%s ends %s, and its grant %+v", f.ID, f.Until, g)
		}
	}
}

// judgeFindings judges at rest, after one more sync has read everything: what hands
// added stands among the findings, and nothing that Ebb did.
func (w *World) judgeFindings() {
	ctx := context.Background()
	if !w.authorized() || w.foreign || !w.lastSync(ctx) {
		return
	}
	found := map[pair][]directory.Finding{}
	for _, f := range must(w.store.Findings(ctx, w.conn, false, 0)) {
		p := pair{f.Resource, f.Account}
		found[p] = append(found[p], f)
		w.Counts.Findings++
		w.byHand(p, f)
		w.carriedOut(f)
	}
	for _, r := range w.resources {
		if isGroup(r) && w.org.Group(r).Disabled || !isGroup(r) && !w.holds(r, w.bot()) {
			continue // nobody shows it
		}
		for _, name := range peopleNames {
			w.isFound(pair{r, w.ids[name]}, found)
		}
	}
}

// lastSync reads everything once more, without mishaps.
func (w *World) lastSync(ctx context.Context) bool {
	h := w.quiet()
	if !must(w.store.Connector(ctx, w.conn)).Usable() {
		return false
	}
	run := must(h.StartSync(ctx, w.root, w.conn, nil))
	for n := 0; run.State == connector.Running; n++ {
		if run = must(h.SyncStep(ctx, run.ID)); n > 100 {
			return false
		}
	}
	return run.State == connector.Done
}

// isFound judges that access which stands by a hand's doing is a finding, or was
// decided as one. What stood at the beginning, and what a hand gave where a grant
// was open, looks like nothing new.
func (w *World) isFound(p pair, found map[pair][]directory.Finding) {
	h := w.truth.at(p)
	if w.truth.keeper(p) {
		return // Ebb's own list adds them, too, and Slack does not say who was first
	}
	if !h.in || !h.theirs || h.stood || h.unclear || h.undone || h.left || w.org.User(p.account).Deleted {
		return
	}
	stands := func(f directory.Finding) bool {
		return f.Stands() && f.State != directory.FindingGone && f.State != directory.FindingRemoved
	}
	if !slices.ContainsFunc(found[p], stands) {
		w.violate("what hands do is found", "%s is in %s by hand, and among the findings is only %+v", w.names[p.account], w.names[p.resource], found[p])
	}
}

// byHand judges that what was found is somebody's doing.
func (w *World) byHand(p pair, f directory.Finding) {
	var add bool
	switch f.Kind {
	case directory.Came, directory.CameBack:
		add = true
	case directory.EndedOutside:
	default:
		return
	}
	hands := slices.ContainsFunc(w.truth.edits, func(e edit) bool {
		group := w.names[p.resource] == "war" && w.names[e.resource] == "ops"                                                           // brings its members
		return e.account == p.account && e.add == add && (e.resource == p.resource || group) && !e.at.After(f.Seen.Add(10*time.Second)) // clocks differ
	})
	enabled := f.Kind == directory.CameBack && w.did("enable", w.names[p.resource])
	if h := w.truth.at(p); !hands && !enabled && !h.undone {
		w.violate("nothing that Ebb does is a finding", "%s in %s: %+v", w.names[p.account], w.names[p.resource], f)
	}
}
