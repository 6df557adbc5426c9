package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Generate makes the story of a seed.
func Generate(seed uint64) Story {
	g := generator{r: rand.New(rand.NewPCG(seed, 0xebb)), s: Story{Seed: seed}}
	g.sky = g.s.weather()
	g.span = g.pickSpan()
	for range 2 + g.r.IntN(7) {
		g.life()
	}
	for range g.r.IntN(3) {
		g.rush()
	}
	for range g.r.IntN(6) {
		g.byHand()
	}
	if g.sky.Rate > 0 {
		for range g.r.IntN(5) {
			g.circumstance()
		}
		g.evening()
	}
	if g.maybe(12) { // a company of conditions and steps
		g.act(time.Second, "policy", "F")
		for range 1 + g.r.IntN(3) {
			g.urgent()
		}
	}
	if g.maybe(25) {
		g.controls()
	}
	if g.maybe(17) {
		g.reviewed()
	}
	if g.maybe(6) {
		g.admins()
	}
	slices.SortStableFunc(g.s.Acts, func(a, b Act) int { return int(a.At - b.At) })
	return g.s
}

type generator struct {
	r    *rand.Rand
	s    Story
	sky  Weather
	span time.Duration
	n    int
}

// pickSpan is how long a story goes on: mostly an afternoon, at times a month.
func (g *generator) pickSpan() time.Duration {
	switch n := g.r.IntN(100); {
	case n < 70:
		return 2 * time.Hour
	case n < 93:
		return 10 * time.Hour
	case n < 99:
		return 3 * 24 * time.Hour
	}
	return 30 * 24 * time.Hour
}

func (g *generator) act(at time.Duration, do string, args ...any) int {
	g.n++
	a := Act{N: g.n, At: at.Round(time.Millisecond), Do: do}
	for _, x := range args {
		a.Args = append(a.Args, fmt.Sprint(x))
	}
	g.s.Acts = append(g.s.Acts, a)
	return g.n
}

func (g *generator) one(names ...string) string { return names[g.r.IntN(len(names))] }

func (g *generator) when() time.Duration { return time.Duration(g.r.Int64N(int64(g.span))) }

func (g *generator) between(least, most time.Duration) time.Duration {
	return least + time.Duration(g.r.Int64N(int64(most-least)))
}

func (g *generator) maybe(percent int) bool { return g.r.IntN(100) < percent }

// length of a grant: from half a minute, shorter than an unclear answer takes,
// to hours.
func (g *generator) length() time.Duration {
	switch n := g.r.IntN(10); {
	case n < 2:
		return g.between(30*time.Second, 3*time.Minute).Round(time.Second)
	case n < 8:
		return g.between(3*time.Minute, time.Hour).Round(time.Second)
	}
	return g.between(time.Hour, 5*time.Hour).Round(time.Second)
}

// life is a request and what people do with it.
func (g *generator) life() {
	at := g.when()
	who, what := g.one(peopleNames...), g.one(askable...)
	if g.maybe(40) {
		what = g.one("oncall", "shift") // where they meet
	}
	length := g.length()
	args := []any{who, what, length}
	begin := at
	if g.maybe(10) {
		d := g.between(time.Minute, 30*time.Minute).Round(time.Second)
		args, begin = append(args, "in", d), at+d
	}
	n := g.act(at, "ask", args...)
	decided := at + g.between(2*time.Second, 10*time.Minute)
	switch p := g.r.IntN(100); {
	case p < 75:
		g.act(decided, g.one("approve", "click"), g.one("lin", "kim", "lin", "kim", "sam", who), fmt.Sprintf("#%d", n))
		if g.maybe(30) { // where one is not enough
			decided += g.between(time.Second, 5*time.Minute)
			g.act(decided, "approve", g.one("lin", "kim"), fmt.Sprintf("#%d", n))
			g.act(decided+g.between(0, time.Minute), "approve", "kit", fmt.Sprintf("#%d", n))
		}
	case p < 80:
		g.act(decided, "deny", g.one("lin", "kim"), fmt.Sprintf("#%d", n))
	case p < 85:
		g.act(decided, "cancel", who, fmt.Sprintf("#%d", n))
	}
	in := func() time.Duration { return max(decided, begin) + g.between(0, length+length/4) }
	if g.maybe(25) {
		x := g.act(in(), "extend", who, fmt.Sprintf("#%d", n), g.length())
		g.act(in()+time.Minute, "approve", g.one("lin", "kim"), fmt.Sprintf("#%d", x))
	}
	if g.maybe(25) {
		g.act(in(), "end", who, fmt.Sprintf("#%d", n))
	}
	if g.maybe(5) {
		g.act(in(), "retry", fmt.Sprintf("#%d", n))
	}
	if g.maybe(25) { // people meddle with the same thing
		end := max(decided, begin) + length
		g.act(max(0, g.one2(end, in())+g.between(-20*time.Second, 20*time.Second)), g.one("hand-add", "hand-remove"), what, g.one(who, g.one(peopleNames...)))
	}
}

// urgent is what skips approvers, or waits for nobody but a veto.
func (g *generator) urgent() {
	at := g.when()
	if g.maybe(50) {
		who := g.one(peopleNames...)
		n := g.act(at, "ask", who, "oncall", g.between(time.Minute, 20*time.Minute).Round(time.Second), "as", "emergency")
		if g.maybe(70) {
			g.act(at+g.between(time.Minute, 5*time.Hour), "vouch", g.one("lin", "kim", who), fmt.Sprintf("#%d", n), g.one("yes", "no"))
		}
		return
	}
	n := g.act(at, "ask", "kit", "war", g.length())
	if g.maybe(40) {
		g.act(at+g.between(time.Minute, 80*time.Minute), "veto", g.one("lin", "kim", "sam"), fmt.Sprintf("#%d", n))
	}
}

func (g *generator) one2(a, b time.Duration) time.Duration {
	if g.maybe(50) {
		return a
	}
	return b
}

// rush is several people who want the same thing within a few minutes, and give
// it back within a few minutes: late writes meet others' ends.
func (g *generator) rush() {
	at, what := g.when(), g.one("shift", "ops", "incident", "war", "guarded")
	for range 2 + g.r.IntN(3) {
		who := g.one(peopleNames...)
		begin := at + g.between(0, 3*time.Minute)
		n := g.act(begin, "ask", who, what, g.between(30*time.Second, 5*time.Minute).Round(time.Second))
		if g.maybe(30) {
			g.act(begin+g.between(20*time.Second, 3*time.Minute), "end", who, fmt.Sprintf("#%d", n))
		}
	}
}

func (g *generator) byHand() {
	at, do, what, who := g.when(), g.one("hand-add", "hand-remove", "hand-add", "hand-remove", "sync"), g.one(resourceNames...), g.one(peopleNames...)
	g.act(at, do, what, who)
	if do == "hand-add" && g.maybe(80) { // somebody sees it, and says what is to become of it
		for range 1 + g.r.IntN(2) {
			said := at + g.between(time.Second, 90*time.Minute)
			switch g.r.IntN(5) {
			case 0, 1:
				g.act(said, "remove", what, who)
			case 2, 3:
				g.act(said, "accept", what, who, g.between(2*time.Minute, 3*time.Hour).Round(time.Second))
			default:
				g.act(said, "keep", what, who)
			}
		}
	}
}

// circumstance is what happens to companies.
func (g *generator) circumstance() {
	at := g.when()
	back := at + g.between(10*time.Second, 3*time.Hour)
	groups := []string{"oncall", "shift", "solo", "guarded", "ops", "leads"}
	switch g.r.IntN(12) {
	case 0:
		who := g.one("ada", "sam", "kit", "bob", "eve", "lin")
		g.act(at, "deactivate", who)
		g.act(back, "reactivate", who)
	case 1:
		what := g.one(groups...)
		g.act(at, "disable", what)
		g.act(back, "enable", what)
	case 2:
		what := g.one("incident", "war")
		g.act(at, "drop-bot", what)
		g.act(back, "invite-bot", what)
	case 3:
		g.act(at, "revoke-tokens")
		g.act(back, "reinstall")
	case 4, 5:
		g.act(at, "policy", g.one("A", "B", "C", "D", "E", "F", "F"))
		if g.maybe(60) {
			g.act(back, "policy", "A")
		}
	case 6:
		g.act(at, "away", g.between(30*time.Second, 3*time.Hour).Round(time.Second))
	case 7:
		g.act(at, "storm", g.between(30*time.Second, 20*time.Minute).Round(time.Second))
	case 8:
		g.act(at, "throttle", g.between(10*time.Second, 5*time.Minute).Round(time.Second))
	case 9:
		g.act(at, "lose-leases")
	case 10:
		g.act(at, "no-leases", g.between(time.Minute, 3*time.Hour).Round(time.Second))
	case 11:
		g.act(at, "pause")
		g.act(back, "resume")
	}
}

// evening puts right, in most stories, what people broke.
func (g *generator) evening() {
	end := g.span + 3*time.Hour
	if g.maybe(20) {
		return
	}
	for _, r := range []string{"oncall", "shift", "solo", "guarded", "ops", "leads"} {
		g.act(end, "enable", r)
	}
	for _, p := range peopleNames {
		g.act(end, "reactivate", p)
	}
	for _, c := range []string{"incident", "war"} {
		g.act(end+time.Second, "invite-bot", c)
	}
	g.act(end+2*time.Second, "reinstall")
	g.act(end+3*time.Second, "resume")
	g.act(end+4*time.Second, "policy", "A")
	g.act(end+time.Minute, "sync")
	g.act(end+5*time.Minute, "confirm")
}
