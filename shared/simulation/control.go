package simulation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
)

func init() {
	verbs["freeze"], verbs["thaw"], verbs["kill"], verbs["reassign"] = (*World).freeze, (*World).thaw, (*World).kill, (*World).reassign
}

// freeze: [house]. New access stops, of the house or of the connector.
func (w *World) freeze(a Act) {
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.Freeze(ctx, w.root, w.scope(a), "a drill")
		return err
	})
}

// thaw: [house].
func (w *World) thaw(a Act) {
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.Thaw(ctx, w.root, w.scope(a))
		return err
	})
}

func (w *World) scope(a Act) string {
	if a.arg(0) == "house" {
		return ""
	}
	return w.conn
}

// kill: WHO|RESOURCE. Everything of it ends. A person who gets no answer looks and
// presses again.
func (w *World) kill(a Act) {
	t := access.Target{Connector: w.conn, Account: w.ids[a.arg(0)]}
	if _, person := w.people[a.arg(0)]; !person {
		t = access.Target{Connector: w.conn, Resource: w.ids[a.arg(0)]}
	}
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.Kill(ctx, w.root, flow.Killing{Target: t, Reason: "a drill", Confirmed: 1000})
		return err
	})
}

// reassign: #N WHO. What waits is handed on, where policy knows them.
func (w *World) reassign(a Act) {
	id := w.requestOf(a.number(0))
	if id == "" {
		return
	}
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.Reassign(ctx, w.root, id, flow.Handing{Item: flow.Every, To: w.ids[a.arg(1)]})
		return err
	})
}

// control is what the judge knows of freezes and kills.
type control struct {
	frozen map[string]time.Time // since when, by scope
}

// controlled looks at a commit for freezes, and for kills that say that they are
// done.
func (w *World) controlled(x store.Write) {
	ctx := context.Background()
	switch id, kill := strings.CutPrefix(x.Row.Part, "kill#"); {
	case x.Row.Part == "freeze":
		was := w.control.frozen
		w.control.frozen = map[string]time.Time{}
		for _, f := range must(w.store.Freezes(ctx)) {
			if !f.On() {
				continue
			}
			w.control.frozen[f.ID] = w.now()
			if at, known := was[f.ID]; known {
				w.control.frozen[f.ID] = at
			}
		}
	case kill:
		k := must(w.store.Kill(ctx, id))
		if k.Done.IsZero() {
			return
		}
		w.Counts.Killed++
		for _, gid := range sorted(w.grants) {
			g := w.grants[gid]
			// Clocks differ by seconds; what was asked for about then may be later.
			if live(g) && !g.Takes() && k.Target.Holds(g, nil) && g.Created.Before(k.At.Add(-time.Minute)) {
				w.violate("what was killed is turned to its end", "%s is %s, and %s says that it is done", g.ID, g.State, k.ID)
			}
		}
	}
}

// begunFrozen judges that nothing begins while new access is frozen: by whoever
// began to look after that.
func (w *World) begunFrozen(g access.Grant, since time.Time) {
	for id, at := range w.control.frozen {
		if since.After(at) {
			w.violate("frozen, nothing begins", "%s of %s on %s begins, and %s is on since %s", g.ID, g.Account, g.Resource, id, at.Sub(w.begin))
		}
	}
}

// controls makes a story of freezing, killing and handing on, in some afternoons.
func (g *generator) controls() {
	if g.maybe(60) {
		scope := g.one("house", "connector")
		at := g.when()
		g.act(at, "freeze", scope)
		if g.maybe(80) {
			g.act(at+g.between(time.Minute, 2*time.Hour), "thaw", scope)
		}
	}
	for range g.r.IntN(3) {
		g.act(g.when(), "kill", g.one(append(append([]string{}, peopleNames...), "oncall", "incident")...))
	}
	for range g.r.IntN(3) {
		if g.n > 0 {
			g.act(g.when(), "reassign", fmt.Sprintf("#%d", 1+g.r.IntN(g.n)), g.one(peopleNames...))
		}
	}
}
