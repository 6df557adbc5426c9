package simulation

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// heals reports whether every edit that a write of ours overwrote is certain to be
// done again: each event arrived, and each write of ours was answered.
func (w *World) heals() bool { return w.story.hears() && w.eventsLost == 0 && w.Weather.Rate == 0 }

// restOf judges one resource at rest.
func (w *World) restOf(ctx context.Context, r string) {
	if l, err := w.store.Lock(ctx, w.conn, r, "probe", w.now()); err != nil && w.running == 0 { // nobody is at it
		w.violate("every lock is freed", "%s: %v", r, err)
	} else if err == nil {
		check(w.store.Unlock(ctx, l))
	}
	if st := must(w.store.Standing(ctx, w.conn, r)); st.Writing != nil && w.truth.blocked(pair{r, w.ids["ada"]}) == "" {
		w.violate("no write stays unclear", "%s: %+v", r, *st.Writing)
	}
	for _, name := range peopleNames {
		p := pair{r, w.ids[name]}
		h := w.truth.at(p)
		w.truth.stands(p)
		if closed := isGroup(r) && w.org.Group(r).Disabled; closed {
			continue // who is in a disabled group has nothing of it, and nobody can change it
		}
		if h.theirs && !h.in && !(h.lost && !w.heals()) && !h.unclear && !w.org.User(p.account).Deleted {
			w.violate("2 (standing access is never removed)", "%s stood in %s and is out at rest", name, r)
		}
	}
}

// overruled judges at rest that whoever denied what somebody gave up heard of it. Of
// private channels they may not have to.
func (w *World) overruled(l review.Line, m access.Manual) {
	d := l.Decided[len(l.Decided)-1]
	if d.Account == "" || l.Private || !w.authorized() || w.did("revoke-tokens") || w.did("deactivate", w.names[d.Account]) {
		return
	}
	room := w.org.DirectWithApp(d.Account)
	if !slices.ContainsFunc(w.org.Messages(), func(x slacktest.Message) bool {
		return x.Channel == room && strings.Contains(x.Text, "You denied this") && strings.Contains(string(x.Blocks), m.ID)
	}) {
		w.violate("people are told", "%s was given up, and %s, who denied it, never heard of it", m.ID, w.names[d.Account])
	}
}

// heard judges at rest that whoever had access, or was to have it, heard what
// became of it: in their direct message with the app stands a message that names
// the grant, and one that says that it was given only where it was.
func (w *World) heard() {
	const promise = "people are told"
	if !w.authorized() || w.did("revoke-tokens") {
		return // nobody could be told, or only by whom Slack knew again a day later
	}
	said := map[string][]slacktest.Message{}
	for _, m := range w.org.Messages() {
		said[m.Channel] = append(said[m.Channel], m)
	}
	for _, id := range sorted(w.grants) {
		g := w.grants[id]
		if g.Parent != "" || !g.State.Final() || w.did("deactivate", w.names[g.Account]) {
			continue
		}
		heard := slices.ContainsFunc(said[w.org.DirectWithApp(g.Account)], func(m slacktest.Message) bool {
			return strings.Contains(string(m.Blocks), id)
		})
		if !heard {
			w.violate(promise, "%s is %s, and %s never heard of it", id, g.State, w.names[g.Account])
		}
	}
}

// did reports whether an act of the story has these words.
func (w *World) did(do string, args ...string) bool {
	return slices.ContainsFunc(w.story.Acts, func(a Act) bool {
		return a.Do == do && (len(args) == 0 || slices.Equal(a.Args, args))
	})
}
