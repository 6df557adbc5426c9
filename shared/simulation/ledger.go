package simulation

import (
	"maps"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// ledger knows the truth: who holds what in Slack, and whose doing it is. It
// sees every change of Slack's own state, reads nothing of what Ebb remembers
// but its grants, and is what the invariants judge by.
type ledger struct {
	w       *World
	members map[string][]string
	pairs   map[pair]*held
	edits   []edit
	revived map[string]time.Time // when an account was last reactivated
	died    map[string]time.Time // and deactivated
}

type pair struct{ resource, account string }

// held is the truth of one account on one resource.
type held struct {
	in bool
	// theirs: it stood before Ebb, or a hand gave it and none took it. ours: a
	// call of Ebb's gave it, and no hand since.
	theirs, ours bool
	// unclear: a hand gave it while a grant was open on it. Slack does not say
	// whose it is then, and both are right.
	unclear bool
	// lost: our whole-list write undid a hand's edit that fell into its round
	// trip, which is all that Slack's API allows without events.
	lost bool
	// owed: so lost, and given by Ebb before it could be done again.
	owed bool
	// left: taken out because Slack refuses lists with deactivated people.
	left bool
	// stood: it was there at the beginning. undone: at some time our list lost a
	// hand's edit of it.
	stood, undone bool
	// closed: its user group was disabled as policy says for its last member.
	closed    bool
	blocked   time.Time // when something was last in the way of its removal
	in0, out0 time.Time // when it last was in, and out, unless it is now
	since     time.Time // when it came last
}

// edit is a hand's.
type edit struct {
	pair
	add  bool
	dead bool // the account was deactivated
	at   time.Time
}

// by is who changed Slack: a hand, or a call of a task that had read the
// resource at a time. A late one arrives after its sender gave up.
type by struct {
	hand bool
	task *task
	read time.Time
	sent time.Time
	late bool
}

func newLedger(w *World) *ledger {
	return &ledger{w: w, members: map[string][]string{}, pairs: map[pair]*held{}, revived: map[string]time.Time{}, died: map[string]time.Time{}}
}

// touched are the resources that a call about one may change: a user group
// brings its default channels.
func (l *ledger) touched(resource string) []string {
	if isGroup(resource) {
		return append([]string{resource}, l.w.org.Group(resource).PrivateChannels...)
	}
	return []string{resource}
}

// begin takes what is held now as standing, of more resources than Ebb changes, too.
func (l *ledger) begin(more ...string) {
	for _, r := range append(slices.Clone(l.w.resources), more...) {
		if r == "" {
			continue
		}
		l.members[r] = l.people(r)
		for _, a := range l.members[r] {
			*l.at(pair{r, a}) = held{in: true, theirs: true, stood: true}
		}
	}
}

// people are a resource's members but the bot.
func (l *ledger) people(r string) []string {
	return slices.DeleteFunc(l.w.members(r), func(a string) bool { return l.w.names[a] == "ebb" || l.w.names[a] == "" })
}

func (l *ledger) at(p pair) *held {
	if l.pairs[p] == nil {
		l.pairs[p] = &held{}
	}
	return l.pairs[p]
}

// hand notes an edit that a person is about to make.
func (l *ledger) hand(resource, account string, add bool) {
	l.edits = append(l.edits, edit{pair{resource, account}, add, l.w.org.User(account).Deleted, l.w.now()})
	l.w.tell("by hand: %s %s %s", map[bool]string{true: "add", false: "remove"}[add], account, resource)
}

// look sees what has changed in Slack and whose doing it is: in the resources
// that a call was about, or in all.
func (l *ledger) look(who by, about ...string) {
	if len(about) == 0 {
		about = l.w.resources
	}
	for _, r := range about {
		now := l.people(r)
		was := l.members[r]
		if slices.Equal(was, now) {
			continue
		}
		l.members[r] = now
		for _, a := range now {
			if !slices.Contains(was, a) {
				l.came(pair{r, a}, who)
			}
		}
		for _, a := range was {
			if !slices.Contains(now, a) {
				l.went(pair{r, a}, who)
			}
		}
	}
}

func (l *ledger) came(p pair, who by) {
	h := l.at(p)
	h.in, h.out0, h.since, h.closed = true, l.w.now(), l.w.now(), false
	if who.hand {
		h.theirs, h.ours, h.lost, h.left, h.owed = true, false, false, false, false
		h.unclear = l.open(p)
		return
	}
	l.w.tell("in Slack: %s is in %s", p.account, p.resource)
	switch {
	case l.raced(p, who, false), l.brought(p, who): // our list was older than a hand's removal
		l.w.Counts.Lost++
		h.lost, h.undone, h.ours = true, true, false
	case h.lost && h.theirs && l.w.story.hears():
		// The edit that we overwrote is done again, or a grant gives the same.
		h.lost, h.unclear, h.owed = false, l.covered(p), l.covered(p)
	case h.owed && !l.covered(p) && l.w.story.hears():
		h.theirs, h.ours, h.owed = true, false, false // as above, after a grant in between
	case h.left:
		h.left = false // reactivated, and put back
	case l.leftTwice(p):
		l.w.Counts.Lost++ // a hand took them out while our list, which left them out, was on its way
		h.lost, h.undone, h.ours = true, true, false
	case l.mended(p):
		h.theirs, h.ours = true, false // comes with the group, in which an edit was done again
	case l.keeper(p):
		h.theirs, h.ours = false, false // stays by policy: nobody's to take, nobody's to miss
	default:
		h.ours, h.theirs, h.lost = true, false, false
		if !l.covered(p) {
			l.w.violate("3 (nothing is given without a request)", "%s was put into %s by a call of %s, and no grant is open on it", p.account, p.resource, who.task.name)
		}
	}
}

func (l *ledger) went(p pair, who by) {
	h := l.at(p)
	was := *h
	h.in, h.ours, h.in0 = false, false, l.w.now()
	if who.hand {
		h.theirs, h.unclear, h.lost, h.left, h.owed = false, false, false, false, false
		return
	}
	l.w.tell("in Slack: %s is out of %s", p.account, p.resource)
	switch {
	case l.raced(p, who, true):
		l.w.Counts.Lost++
		h.lost, h.undone = true, true
	case !was.theirs || was.unclear:
	case l.w.org.User(p.account).Deleted, l.revived[p.account].After(who.read):
		h.left = true // dead when Slack was asked; whoever was reactivated since comes back
	default:
		l.w.violate("2 (standing access is never removed by an expiry)", "%s stood in %s and was taken out by a call of %s", p.account, p.resource, who.task.name)
	}
}

// raced reports whether a hand edited the account between a task's read and the
// moment its write arrived.
func (l *ledger) raced(p pair, who by, add bool) bool {
	return slices.ContainsFunc(l.edits, func(e edit) bool {
		return e.pair == p && e.add == add && e.at.After(who.read)
	})
}

// brought reports whether Slack put the account into a default channel because
// our list brought it back into the channel's user group.
func (l *ledger) brought(p pair, who by) bool {
	return l.w.names[p.resource] == "war" && l.raced(pair{l.w.ids["ops"], p.account}, who, false)
}

// leftTwice reports whether a hand took the account out while it was deactivated:
// a list of ours that was on its way then may have left it out too, and Slack
// does not say whose doing it is that it is gone.
func (l *ledger) leftTwice(p pair) bool {
	return slices.ContainsFunc(l.edits, func(e edit) bool {
		return e.pair == p && !e.add && e.dead && l.revived[p.account].After(e.at)
	})
}

// mended reports whether the account has come into a default channel because it
// has, in this moment and by somebody's word, into the channel's user group.
func (l *ledger) mended(p pair) bool {
	group := l.at(pair{l.w.ids["ops"], p.account})
	return l.w.names[p.resource] == "war" && group.theirs && group.out0.Equal(l.w.now())
}

// open reports whether a begun grant, or one that is about to begin, stands on
// the pair: whose a hand's gift is then, Slack does not say.
func (l *ledger) open(p pair) bool {
	return slices.ContainsFunc(l.grantsOn(p), func(g access.Grant) bool { return live(g) })
}

// covered reports whether a begun grant explains that the account is in. A
// user group brings its default channels.
func (l *ledger) covered(p pair) bool {
	begun := func(g access.Grant) bool { return live(g) && g.State != access.Scheduled }
	if slices.ContainsFunc(l.grantsOn(p), begun) {
		return true
	}
	return l.w.names[p.resource] == "war" && slices.ContainsFunc(l.grantsOn(pair{l.w.ids["ops"], p.account}), begun)
}

func (l *ledger) grantsOn(p pair) []access.Grant {
	var out []access.Grant
	for _, id := range slices.Sorted(maps.Keys(l.w.grants)) {
		if g := l.w.grants[id]; g.Resource == p.resource && g.Account == p.account {
			out = append(out, g)
		}
	}
	return out
}

// keeper reports whether policy names the account to stay as the last member.
func (l *ledger) keeper(p pair) bool {
	if l.w.names[p.account] != "bob" || l.covered(p) {
		return false
	}
	return slices.ContainsFunc(l.w.policies, func(f inForce) bool {
		return policies[f.letter][l.w.names[p.resource]].empty == "keep"
	})
}

// wasIn and wasOut report whether the account was so at some moment since a time.
func (l *ledger) wasIn(p pair, since time.Time) bool {
	h := l.at(p)
	return h.in || !h.in0.Before(since)
}

func (l *ledger) wasOut(p pair, since time.Time) bool {
	h := l.at(p)
	return !h.in || !h.out0.Before(since)
}
