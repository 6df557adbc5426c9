package simulation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/store"
)

// reviews is what the judge knows of access reviews: what people were about to say,
// and what the audit said was decided.
type reviews struct {
	words  []word
	handed []handing
	lent   []lending
	owners []pair
	staged map[string]map[string]review.Fact // lines by campaign, as they were staged
	said   map[string]map[int]verdict        // by campaign and line, and level
	heard  map[string]int                    // events by aggregate
}

// verdict is what an event said of a line.
type verdict struct {
	review.Verdict
	by, account string
}

func newReviews() reviews {
	return reviews{staged: map[string]map[string]review.Fact{}, said: map[string]map[int]verdict{}, heard: map[string]int{}}
}

const (
	promiseStaged  = "a review's snapshot is whole and stays"
	promiseDecided = "a line is decided once a level, by who may"
	promiseCounts  = "a list's counts are what is in it"
	promiseDenied  = "what is denied goes, or says why"
	promiseByHand  = "done by hand is what Slack shows"
	promiseRests   = "reviews come to rest"
)

// reviewed looks at a commit for what it says of reviews and manual tasks, before its
// grants are looked at.
func (w *World) reviewed(t *task, writes []store.Write) {
	var denied []pair
	decides := false
	for _, x := range writes {
		if about, ok := strings.CutPrefix(x.Row.Part, "ev#"); ok {
			kind, id, _ := strings.Cut(about, "/")
			switch kind {
			case "campaign":
				for _, e := range w.fresh(about) {
					w.campaigned(id, e)
				}
			case "review":
				decides = true
				campaign, list, _ := strings.Cut(id, "/")
				for _, e := range w.fresh(about) {
					denied = append(denied, w.said(t, campaign, list, e)...)
				}
			}
		}
		if id, ok := strings.CutPrefix(x.Row.Part, "snapshot#"); ok && w.reviews.staged[id] != nil {
			w.violate(promiseStaged, "a page of %s is written after it was staged", id)
		}
		if id, ok := strings.CutPrefix(x.Row.Part, "manual#"); ok && x.Action == store.Put {
			w.manual(must(w.store.Manual(context.Background(), id)))
		}
	}
	if decides {
		w.endsOnly(denied, writes)
	}
}

// fresh are the events of an aggregate since it was looked at.
func (w *World) fresh(aggregate string) []audit.Event {
	all := must(w.store.EventsOf(context.Background(), aggregate))
	n := w.reviews.heard[aggregate]
	w.reviews.heard[aggregate] = len(all)
	return all[n:]
}

// endsOnly judges that what a decision ends is what was denied, and nothing beside.
func (w *World) endsOnly(denied []pair, writes []store.Write) {
	for _, x := range writes {
		id, ok := strings.CutPrefix(x.Row.Part, "grant#")
		if !ok || x.Row.Sort != "grant" {
			continue
		}
		if g := must(w.store.Grant(context.Background(), id)); !slices.Contains(denied, pair{g.Resource, g.Account}) {
			w.violate("what nobody denied stays", "%s of %s on %s became %s with a decision about others", id, g.Account, g.Resource, g.State)
		}
	}
}

// campaigned judges an event of a campaign.
func (w *World) campaigned(id string, e audit.Event) {
	c := must(w.store.Campaign(context.Background(), id))
	w.tell("review %s: %s", id, e.Action)
	late := func(since time.Time) {
		if x := later(w.last, since).Add(afterTrouble); w.now().After(x) {
			w.violate(promiseRests, "%s after %s", e.Action, w.now().Sub(since).Round(time.Second))
		}
	}
	switch e.Action {
	case "campaign.staged":
		w.Counts.Staged++
		late(c.Snapshot.Begun)
		w.reviews.staged[id] = w.snapshot(c, e)
		w.eachLine(c)
		w.isTrue(c)
	case "campaign.completed":
		w.Counts.Completed++
		late(c.Ended)
		for _, l := range w.eachLine(c) {
			if l.State == review.LineOpen {
				w.violate(promiseDecided, "%s is completed, and %s is open", id, l.ID)
			}
		}
	}
}

// snapshot reads the stored pages of a campaign and judges what was said of them.
func (w *World) snapshot(c review.Campaign, e audit.Event) map[string]review.Fact {
	facts, digest := map[string]review.Fact{}, ""
	for n := range c.Snapshot.Pages {
		p := must(w.store.Page(context.Background(), c.ID, n))
		digest = p.Link(digest)
		for _, f := range p.Facts {
			if _, twice := facts[f.ID]; twice {
				w.violate(promiseStaged, "%s was staged twice in %s", f.ID, c.ID)
			}
			facts[f.ID] = f
		}
	}
	if digest != e.Data["digest"] || digest != c.Snapshot.Digest || len(facts) != c.Snapshot.Lines {
		w.violate(promiseStaged, "%s: %d lines are stored and %d counted, or their digest is another one", c.ID, len(facts), c.Snapshot.Lines)
	}
	return facts
}

// eachLine reads all lines of a campaign, and judges that each of its snapshot is in
// one list, as it was staged, and no other.
func (w *World) eachLine(c review.Campaign) map[string]review.Line {
	ctx := context.Background()
	out := map[string]review.Line{}
	facts := w.reviews.staged[c.ID]
	for _, a := range w.assignments(c.ID) {
		check(w.store.LinesAfter(ctx, c.ID, a.ID, "", func(l review.Line) error {
			f, staged := facts[l.ID]
			if _, twice := out[l.ID]; twice || !staged || l.Digest() != f.Digest() || l.Assignment != a.ID {
				w.violate(promiseStaged, "%s in %s of %s: twice %v, staged %v", l.ID, a.ID, c.ID, twice, staged)
			}
			out[l.ID] = l
			return nil
		}))
	}
	if len(out) < len(facts) {
		w.violate(promiseStaged, "of %d lines of %s %d are left", len(facts), c.ID, len(out))
	}
	return out
}

func (w *World) assignments(campaign string) (out []review.Assignment) {
	check(w.store.EachAssignment(context.Background(), campaign, func(a review.Assignment) error { out = append(out, a); return nil }))
	return out
}

// isTrue holds a snapshot against Slack: nobody is in it who never was where it says,
// and, where the scope is whole groups and private channels, everybody is who was
// there before the last sync and since.
func (w *World) isTrue(c review.Campaign) {
	facts := w.reviews.staged[c.ID]
	for id, f := range facts {
		if h := w.truth.at(pair{f.Resource, f.Account}); !isTeam(f.Resource) && w.names[f.Resource] != "" && !h.in && h.in0.IsZero() {
			w.violate(promiseStaged, "%s was staged and never was", id)
		}
	}
	s := c.Scope
	plain := len(s.Resources)+len(s.Accounts) == 0 && s.Held == "" && !s.New && !s.Findings
	run, err := w.store.Run(context.Background(), c.Snapshot.Run)
	if !plain || err != nil || w.circumstances() {
		return
	}
	for _, r := range w.resources {
		kind := directory.Channel
		if isGroup(r) {
			kind = directory.UserGroup
		}
		if isGroup(r) && w.org.Group(r).Disabled {
			continue // by policy, with its last member
		}
		for _, name := range peopleNames {
			p := pair{r, w.ids[name]}
			if h := w.truth.at(p); slices.Contains(s.StagedKinds(), kind) && h.in && h.since.Before(run.Started) {
				if _, there := facts[review.LineID(r, "member", p.account)]; !there {
					w.violate(promiseStaged, "%s is in %s and not in the snapshot %s", name, r, c.ID)
				}
			}
		}
	}
}

// circumstances reports whether the story keeps Ebb from seeing who holds what.
func (w *World) circumstances() bool {
	return slices.ContainsFunc(w.story.Acts, func(a Act) bool {
		return slices.Contains([]string{"deactivate", "disable", "drop-bot", "revoke-tokens", "pause"}, a.Do)
	})
}

// said judges an event about lines of a list, and gives what it denied.
func (w *World) said(t *task, campaign, list string, e audit.Event) (denied []pair) {
	if e.Action == "review.told" || e.Action == "review.not-told" { // about a person, not a list
		return nil
	}
	ctx := context.Background()
	c := must(w.store.Campaign(ctx, campaign))
	a := must(w.store.Assignment(ctx, campaign, list))
	switch e.Action {
	case "review.submitted":
		if c.State != review.Running {
			w.violate(promiseDecided, "%s submits in %s, which is %s", e.Actor, campaign, c.State)
		}
	case "review.revoked", "review.skipped":
		if c.State != review.Ending || (e.Action == "review.revoked") != (c.AtEnd == review.RevokeOpen) {
			w.violate(promiseDecided, "%s in %s, which is %s and says %s", e.Action, campaign, c.State, c.AtEnd)
		}
	case "review.reassigned":
		if c.State != review.Running && c.State != review.Staged {
			w.violate(promiseDecided, "lines of %s are reassigned, and it is %s", campaign, c.State)
		}
	}
	for _, text := range strings.Fields(e.Data["lines"]) {
		id, what, _ := strings.Cut(text, "=")
		what, _, _ = strings.Cut(what, "+")
		switch v := review.Verdict(what); {
		case v == review.Certify || v == review.Deny:
			w.decided(t, c, a, e, id, v)
			if v == review.Deny {
				r, _, account, _ := review.SplitLineID(id)
				denied = append(denied, pair{r, account})
			}
		case what == "gone" || e.Action == "review.gone":
			w.isGone(c, id)
		}
	}
	return denied
}

// decided judges one decision.
func (w *World) decided(t *task, c review.Campaign, a review.Assignment, e audit.Event, id string, v review.Verdict) {
	w.Counts.Decided++
	key := c.ID + "/" + id
	w.tell("review %s: %s at level %d by %s: %s (%s)", c.ID, id, a.Level, e.Data["account"], v, e.Action)
	if before, twice := w.reviews.said[key][a.Level]; twice {
		w.violate(promiseDecided, "%s of %s at level %d: %s by %s, and before %+v", id, c.ID, a.Level, v, e.Actor, before)
	}
	if w.reviews.said[key] == nil {
		w.reviews.said[key] = map[int]verdict{}
	}
	w.reviews.said[key][a.Level] = verdict{v, e.Actor, e.Data["account"]}
	if e.Action == "review.revoked" {
		return
	}
	account, place := e.Data["account"], e.Data["for"]
	_, _, held, _ := review.SplitLineID(id)
	switch {
	case !c.Self && (held == account || held == place):
		w.violate(promiseDecided, "%s decides about %s, which is their own (for %q)", account, id, place)
	case !w.noted(c.ID, id, account, v):
		w.violate(promiseDecided, "%s is said to %s %s of %s, and never noted that", account, v, id, c.ID)
	case !w.entitled(t, c, a.Level, id, account, place):
		w.violate(promiseDecided, "%s decides about %s of %s (for %q), and may not", account, id, c.ID, place)
	}
}

// noted reports whether a person was about to say so.
func (w *World) noted(campaign, line, account string, v review.Verdict) bool {
	return slices.ContainsFunc(w.reviews.words, func(x word) bool {
		return x.campaign == campaign && w.ids[x.who] == account && x.verdict == v && (x.line == line || x.line == "")
	})
}

// entitled reports whether somebody could decide at a level at some moment of a task:
// who reviews there, or to whom lines were given, or who stands in for one of these.
func (w *World) entitled(t *task, c review.Campaign, level int, line, account, place string) bool {
	began := w.now().Add(-3 * time.Minute)
	if t != nil {
		began = t.began
	}
	whose := account
	if place != "" {
		whose = place
		if !slices.ContainsFunc(w.reviews.lent, func(x lending) bool {
			return x.from == place && x.to == account && began.Before(x.until.Add(10*time.Second))
		}) {
			return false
		}
	}
	if d := w.truth.died[account]; w.org.User(account).Deleted && d.Before(began.Add(-10*time.Second)) {
		return false
	}
	if slices.Contains(w.reviews.handed, handing{c.ID, whose}) || slices.Contains(c.Fallback, whose) {
		return true
	}
	switch l := c.Levels[level]; l.By {
	case review.ByNamed:
		return slices.Contains(l.Accounts, whose)
	case review.ByGroup:
		return w.truth.wasIn(pair{l.Group, whose}, began.Add(-10*time.Second))
	case review.ByOwner:
		r, _, _, _ := review.SplitLineID(line)
		return slices.Contains(w.reviews.owners, pair{r, whose})
	}
	return false
}

// isGone judges a line that was closed because its access is: it was not in Slack all
// the time since the snapshot.
func (w *World) isGone(c review.Campaign, id string) {
	r, _, account, _ := review.SplitLineID(id)
	h := w.truth.at(pair{r, account})
	if isTeam(r) || h.closed || w.circumstances() || !h.in || h.since.After(c.Snapshot.Begun.Add(-10*time.Minute)) {
		return
	}
	w.violate(promiseDecided, "%s of %s is called gone, and %s is in %s all the time", id, c.ID, account, r)
}

// bySaying judges a grant that ends what others gave: a review's is made by a denial
// of that very line.
func (w *World) bySaying(g access.Grant) {
	key, of := strings.CutPrefix(g.Origin, "review/")
	if !of {
		return
	}
	for _, v := range w.reviews.said[key] {
		if v.Verdict == review.Deny && strings.HasSuffix(key, review.LineID(g.Resource, g.Slug, g.Account)) {
			w.Counts.Denied++
			return
		}
	}
	w.violate("2 (standing access goes by a person's word alone)", "%s is to end what %s has of %s, and nobody denied that", g.ID, g.Account, g.Resource)
}
