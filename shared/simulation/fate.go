package simulation

import (
	"hash/fnv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Weather is how much goes wrong by chance while a story is told.
type Weather struct {
	Name string
	// Rate is the chance of each port call to go wrong.
	Rate float64
	// Skew is how far a process's clock may be off.
	Skew time.Duration
	// Hands is the chance that somebody edits a list that we are about to write.
	Hands float64
	// Lost and Doubled are the chances of a delivery (an event of Slack's, a step
	// of a lease) not to come, and to come twice.
	Lost, Doubled float64
}

// The weathers. Calm is where the strict bounds of promise 1 hold.
var weathers = []Weather{
	{Name: "calm", Skew: 500 * time.Millisecond, Hands: 0.1},
	{Name: "light", Rate: 0.003, Skew: 2 * time.Second, Hands: 0.02, Lost: 0.02, Doubled: 0.02},
	{Name: "rough", Rate: 0.012, Skew: 2 * time.Second, Hands: 0.02, Lost: 0.1, Doubled: 0.1},
	{Name: "wild", Rate: 0.04, Skew: 2 * time.Second, Hands: 0.02, Lost: 0.3, Doubled: 0.2},
}

const (
	dieBefore = 1
	dieAfter  = 2
)

// mishap is what goes wrong with one call. Its name is its word in a story.
type mishap struct {
	name   string
	slack  *slacktest.Fault
	table  porttest.Mishap
	fail   bool
	die    int
	before time.Duration // the caller is frozen before it sends
	after  time.Duration // the answer takes this long
	late   bool          // it lands after its sender gave up
	later  bool          // it is answered as done, and done later
	hand   bool          // somebody edits the same list just before it arrives
}

// What can go wrong with a call, by the port. Late ones land within two minutes:
// what takes longer, no re-read waits for (access.SecondReread).
var (
	slackReads = []mishap{
		{name: "fails", slack: &slacktest.Fault{Kind: slacktest.Fail}},
		{name: "is cut", slack: &slacktest.Fault{Kind: slacktest.Cut}},
		{name: "is limited", slack: &slacktest.Fault{Kind: slacktest.RateLimit}},
		{name: "answers late", after: 8 * time.Second},
		{name: "sleeps", before: 45 * time.Second},
		{name: "dies", die: dieAfter},
	}
	slackWrites = []mishap{
		{name: "fails", slack: &slacktest.Fault{Kind: slacktest.Fail}},
		{name: "is unavailable", slack: &slacktest.Fault{Kind: slacktest.Fail, HTTPStatus: 503}},
		{name: "fails but happens", slack: &slacktest.Fault{Kind: slacktest.FailHappened}},
		{name: "is cut", slack: &slacktest.Fault{Kind: slacktest.Cut}},
		{name: "is cut but happens", slack: &slacktest.Fault{Kind: slacktest.CutHappened}},
		{name: "is limited", slack: &slacktest.Fault{Kind: slacktest.RateLimit}},
		{name: "lands late", late: true},
		{name: "is done later", later: true},
		{name: "answers late", after: 8 * time.Second},
		{name: "sleeps", before: 45 * time.Second},
		{name: "dies before", die: dieBefore},
		{name: "dies after", die: dieAfter},
	}
	tableReads = []mishap{
		{name: "fails", table: porttest.Fail},
		{name: "answers late", after: 6 * time.Second},
		{name: "dies", die: dieAfter},
	}
	tableWrites = []mishap{
		{name: "fails", table: porttest.Fail},
		{name: "fails but happens", table: porttest.FailHappened},
		{name: "is unclear", table: porttest.FailUnclear},
		{name: "is throttled", table: porttest.Throttle},
		{name: "lands late", table: porttest.Late},
		{name: "answers late", after: 6 * time.Second},
		{name: "dies before", die: dieBefore},
		{name: "dies after", die: dieAfter},
	}
	others = []mishap{
		{name: "fails", fail: true},
		{name: "dies before", die: dieBefore},
		{name: "dies after", die: dieAfter},
	}
)

// Strike is one mishap of a story: the call, and what went wrong with it.
type Strike struct{ Call, How string }

// meetsHand is what happens in every weather: people edit at any moment.
var meetsHand = mishap{name: "meets a hand", hand: true}

// writeRate is how much oftener a write to Slack goes wrong: there are few of
// them, and all that matters is in them.
const writeRate = 6

// strike decides whether a call goes wrong: by the weather and the seed, or, in
// a story that names its strikes, when it is one of them.
func (w *World) strike(t *task, what string, kinds []mishap) mishap {
	if m, ok := w.window(t, what, kinds); ok {
		return m
	}
	key := t.key()
	if w.story.Strikes != nil {
		for _, m := range append(kinds[:len(kinds):len(kinds)], meetsHand) {
			if w.told[key] == m.name {
				return w.struck(t, what, m)
			}
		}
		return mishap{}
	}
	rate := w.Weather.Rate
	if writes[strings.TrimPrefix(what, "slack ")] {
		rate *= writeRate
		if w.now().Before(w.calmFrom) && w.chance(t.name, t.calls, "hand") < w.Weather.Hands {
			return w.struck(t, what, meetsHand)
		}
	}
	if w.now().After(w.calmFrom) || w.chance(t.name, t.calls, "strike") >= rate {
		return mishap{}
	}
	return w.struck(t, what, kinds[w.roll(t.name, t.calls, "kind")%uint64(len(kinds))])
}

func (w *World) struck(t *task, what string, m mishap) mishap {
	if !m.hand {
		w.disturb()
	}
	w.strikes = append(w.strikes, Strike{t.key(), m.name})
	w.tell("%s: %s %s", t.key(), what, m.name)
	t.slept = t.slept || m.before > 0
	return m
}

// latency is how long a call takes on its way.
func (w *World) latency(t *task, what string) time.Duration {
	least, spread := 4*time.Millisecond, 20*time.Millisecond
	if what[0] == 's' && what[1] == 'l' { // slack
		least, spread = 60*time.Millisecond, 400*time.Millisecond
	}
	d := least + time.Duration(w.roll(t.name, t.calls, "latency")%uint64(spread))
	if w.roll(t.name, t.calls, "slow")%64 == 0 {
		d *= 8
	}
	return d
}

// roll is chance: the same seed, name, number and purpose give the same, whatever
// else happened. A story that lost an act keeps its other accidents.
func (w *World) roll(name string, n int, purpose string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(purpose))
	x := h.Sum64() ^ w.story.Seed*0x9E3779B97F4A7C15 ^ uint64(n)*0xD1B54A32D192ED03
	x ^= x >> 30
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 27
	x *= 0x94D049BB133111EB
	return x ^ x>>31
}

// chance is a roll from 0 up to 1.
func (w *World) chance(name string, n int, purpose string) float64 {
	return float64(w.roll(name, n, purpose)>>11) / (1 << 53)
}
