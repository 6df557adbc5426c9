package simulation

import (
	"fmt"
	"strings"
	"time"
)

// reviewed makes a story of access reviews.
func (g *generator) reviewed() {
	at := g.when() / 2
	for range 1 + g.r.IntN(5)/3 {
		g.campaign(at)
		at += g.between(10*time.Minute, 3*time.Hour)
	}
	for range g.r.IntN(4) { // what was reviewed changes meanwhile
		g.byHand()
	}
	for range 1 + g.r.IntN(3) {
		g.act(at+g.between(0, 2*time.Hour), "tasks", g.one("do", "say", "both", "both"), g.one("50", "100"))
	}
	if g.maybe(30) {
		g.act(g.when(), "sync")
	}
}

// spec is the words of a draft, and who is to review.
func (g *generator) spec() (words []any, who []string) {
	maybe := func(percent int, word string) {
		if g.maybe(percent) {
			words = append(words, word)
		}
	}
	words = append(words, "kinds="+g.one("usergroup,channel", "usergroup,channel", "usergroup,channel", "usergroup", "channel", "workspace,usergroup", "workspace,usergroup,channel"))
	for range 1 + g.r.IntN(10)/7 {
		switch g.r.IntN(5) {
		case 0, 1, 2:
			names := []string{g.one(peopleNames...)}
			if other := g.one(peopleNames...); g.maybe(40) && other != names[0] {
				names = append(names, other)
			}
			who = append(who, names...)
			words = append(words, "level=named:"+strings.Join(names, ","))
		case 3:
			who = append(who, "lin", "kim")
			words = append(words, "level=group:leads")
		default:
			who = append(who, "eve")
			words = append(words, "level=owner")
		}
	}
	if g.maybe(75) {
		name := g.one(peopleNames...)
		who = append(who, name)
		words = append(words, "fallback="+name)
	}
	words = append(words, "end="+g.one("skip", "revoke"))
	maybe(15, "self")
	maybe(30, "public")
	maybe(30, "unchanged")
	maybe(35, "ends")
	maybe(10, "new")
	maybe(8, "findings")
	maybe(8, "held="+g.one("standing", "granted"))
	maybe(12, "in="+g.one("oncall,incident", "shift,ops,war", "solo,guarded"))
	return words, who
}

// campaign is one access review and what people do with it, in a few hours.
func (g *generator) campaign(at time.Duration) {
	words, who := g.spec()
	admin := g.one("root", "root", "ada")
	if g.maybe(50) {
		g.act(max(0, at-time.Minute), "own", g.one(resourceNames...), "eve")
	}
	id := ""
	begin := at
	if g.maybe(20) {
		id = fmt.Sprint("#", g.act(at, "template", append([]any{admin}, words...)...))
		begin += 5 * time.Minute
	} else {
		id = fmt.Sprint("#", g.act(at, "draft", append([]any{admin}, words...)...))
		begin += g.between(time.Second, time.Minute)
		g.twice(begin, "stage", g.one("root", "ada"), id)
		begin += g.between(time.Second, 3*time.Minute)
		g.twice(begin, "start", g.one("root", "ada"), id)
	}
	anyone := func() string {
		if g.maybe(90) {
			return g.one(who...)
		}
		return g.one(peopleNames...)
	}
	span := g.between(5*time.Minute, 2*time.Hour)
	in := func() time.Duration { return begin + g.between(0, span) }
	for range 2 + g.r.IntN(6) {
		reviewer, noted := anyone(), in()
		for range 1 + g.r.IntN(2) {
			g.twice(noted, "note", reviewer, id, g.one("certify", "certify", "deny"), g.one("15", "40", "75", "100"))
			noted += g.between(0, time.Minute)
		}
		if g.maybe(85) {
			g.twice(noted, "submit", reviewer, id)
		}
	}
	for range g.r.IntN(3) {
		g.twice(in(), "hand-on", anyone(), id, g.one(peopleNames...), g.one("20", "60", "100"))
	}
	if g.maybe(30) {
		from, to, lent := g.one(who...), g.one(peopleNames...), in()
		length := g.between(2*time.Minute, time.Hour)
		g.act(lent, "delegate", from, to, length.Round(time.Second))
		lent += g.between(0, length+length/4)
		g.act(lent, "note", to, id, g.one("certify", "deny"), "40")
		g.act(lent+g.between(time.Second, time.Minute), "submit", to, id)
	}
	if g.maybe(40) {
		reviewer, noted := anyone(), in()
		g.act(noted, "unchanged", reviewer, id)
		g.act(noted+g.between(time.Second, time.Minute), "submit", reviewer, id)
	}
	if g.maybe(70) {
		args := []any{g.one("root", "ada"), id}
		if g.maybe(50) {
			args = append(args, g.one("skip", "revoke"))
		}
		end := begin + span - span/8
		g.twice(end, "finish", args...)
		for range g.r.IntN(3) { // in the last moment
			reviewer := anyone()
			g.act(max(0, end-g.between(20*time.Second, time.Minute)), "note", reviewer, id, g.one("certify", "certify", "deny"), "40")
			last := max(0, end+g.between(-time.Second, 2*time.Second))
			if g.maybe(75) {
				g.act(last, "submit", reviewer, id)
			} else {
				g.act(last, "hand-on", reviewer, id, g.one(peopleNames...), g.one("60", "100"))
			}
		}
	}
	if g.maybe(10) {
		g.act(max(0, begin-g.between(0, 2*time.Minute)), "abandon", admin, id)
	}
}

// twice lets somebody do the same again, within seconds, now and then.
func (g *generator) twice(at time.Duration, do string, args ...any) {
	g.act(max(0, at), do, args...)
	if g.maybe(20) {
		g.act(max(0, at+g.between(0, 3*time.Second)), do, args...)
	}
}

// admins is a story of people who want to be admin for a while, and get it by hand.
func (g *generator) admins() {
	g.act(time.Second, "policy", "G")
	for range 1 + g.r.IntN(3) {
		at, who := g.when(), g.one(peopleNames...)
		length := g.between(2*time.Minute, 2*time.Hour).Round(time.Second)
		n := g.act(at, "ask", who, "team", length)
		end := at + length
		if g.maybe(80) {
			given := at + g.between(0, length+length/5)
			if g.maybe(60) {
				g.act(given, "make-admin", who)
			} else {
				g.act(given, "tasks", "both", "100")
			}
		}
		if g.maybe(20) {
			g.act(at+g.between(0, length), g.one("unmake-admin", "make-admin"), g.one(peopleNames...))
		}
		if g.maybe(20) {
			end = at + g.between(time.Second, length)
			g.act(end, "end", who, fmt.Sprint("#", n))
		}
		if g.maybe(80) {
			g.act(end+g.between(0, 20*time.Minute), "unmake-admin", who)
		}
		g.act(end+g.between(0, time.Hour), "tasks", g.one("do", "say", "both", "both"), "100")
	}
}
