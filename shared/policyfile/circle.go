package policyfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// This file finds people who can request the group that approves them.
//
// Nobody decides their own request, so one person alone gains nothing; but two
// who both get into the group decide for each other, and access that should
// end is renewed among them for ever. The graph has the user groups that
// approve as its nodes: from a rule to the groups that approve it, from such a
// group to every rule that can give its membership (a route), from a route to
// the groups that approve the route, and so on. Who can ask for the rule must
// not be able to ask for any route on the way: neither to become an approver,
// nor to become the one who lets approvers in.
//
// Decided, always for failing:
//
//   - A group that only its own members let people into fails too. Those who
//     are let in for a day let in the next ones, and each other again: after
//     that day nobody of the first members decides any more.
//   - A route that somebody trustworthy approves (admins, owners, named
//     accounts) fails too: they let a person into the group for a while, the
//     policy makes that person an approver of their peers.
//   - Two sets of people are apart only when both are lists of accounts
//     without a common one; any group may have anybody in it. A route on which
//     people ask for others takes anybody into the group.
//   - A handle and an id may be the same group, unless the known groups tell.
//
// A way out is a rule above the route: "approve: never" for that group, or any
// rule that takes the route's requesters without leading back here.

// mostTold is how many ways into its approvers are told of one rule; whoever
// closes these checks again.
const mostTold = 3

// step is one group on the way from a rule to what decides about it; from is
// the group whose entry it approves, nil when it approves the rule itself.
type step struct {
	group string
	from  *step
}

// how says in words what the group decides.
func (s step) how() string {
	if s.from == nil {
		return "approves this"
	}
	return "lets people into " + s.from.group + ", which " + s.from.how()
}

// circle reports the routes that close a circle through rule i, the shortest
// first.
func (c *checker) circle(i int) {
	r := c.rules[i]
	if r.Auto || !gives(r) {
		return
	}
	var queue []step
	seen, told := map[string]bool{}, map[int]bool{}
	meant := func(groups []string, from *step) {
		for _, g := range groups {
			if !seen[g] {
				seen[g] = true
				queue = append(queue, step{group: g, from: from})
			}
		}
	}
	meant(deciders(r).And(r.Emergency.Confirm).Groups, nil)
	for len(queue) > 0 && len(told) < mostTold {
		at := queue[0]
		queue = queue[1:]
		for _, q := range c.routes(at.group) {
			if !told[q] && len(told) < mostTold && meet(r, c.rules[q]) {
				told[q] = true
				c.tell(i, q, at)
			}
			if !c.rules[q].Auto {
				meant(deciders(c.rules[q]).Groups, &at)
			}
		}
	}
}

func (c *checker) tell(i, q int, at step) {
	route := c.rules[q]
	by := "approved by " + deciders(route).Words()
	if route.Auto {
		by = "approved by policy alone"
	}
	doubt := ""
	if c.fit(route.Resources, at.group) == maybe {
		doubt = fmt.Sprintf("; whether that rule means %s cannot be told here: name groups alike, handles with handles or ids with ids, or check where the groups are known", at.group)
	}
	c.problem(i, "approve", "people who can ask for this can also ask for %s (rule %q, line %d, %s), which %s%s; "+
		"let somebody else approve, or put a rule above that one with approve: never for %s",
		at.group, route.ID, route.Line, by, at.how(), doubt, at.group)
}

// meet reports whether somebody may ask for the rule and, by the route, for
// the group: for themselves, or be put into it by others.
func meet(r, route access.Rule) bool {
	if !route.Others.None() || !onlyAccounts(r.Requesters) || !onlyAccounts(route.Requesters) {
		return true
	}
	return slices.ContainsFunc(r.Requesters.Accounts, func(a string) bool { return slices.Contains(route.Requesters.Accounts, a) })
}

// routes are the rules that may give membership of the group to somebody:
// those that fit it and that no rule above takes it from.
func (c *checker) routes(group string) []int {
	if out, done := c.ways[group]; done {
		return out
	}
	var out []int
	var above []access.Rule // so far, and certain to fit
	for q, r := range c.rules {
		fits := c.fit(r.Resources, group)
		if gives(r) && fits != no && !slices.ContainsFunc(above, func(e access.Rule) bool { return guards(e, r) }) {
			out = append(out, q)
		}
		if fits == yes {
			above = append(above, r)
		}
	}
	c.ways[group] = out
	return out
}

// guards reports whether the earlier rule, which fits a group, decides about it
// for all the requesters of the later one, wherever the later one applies.
func guards(earlier, later access.Rule) bool {
	return always(earlier, later) && earlier.Slug == later.Slug && within(later.Resources.Workspaces, earlier.Resources.Workspaces) &&
		covers(earlier.Requesters, later)
}

// answer is whether a match fits a group, as far as can be told.
type answer int

const (
	no answer = iota
	maybe
	yes
)

// known are the groups that a word of a policy, "@leads" or an id, means.
func (c *checker) known(word string) []directory.Resource {
	var out []directory.Resource
	for _, g := range c.groups {
		if g.ID == word || "@"+g.Name == word {
			out = append(out, g)
		}
	}
	return out
}

// fit reports whether the match fits the group. Workspaces are left out of it:
// a group of the same handle may be in any.
func (c *checker) fit(m access.Match, word string) answer {
	if m.Kind != directory.UserGroup {
		return no
	}
	m.Workspaces = nil
	known := c.known(word)
	if len(known) == 0 {
		return fitWord(m, word)
	}
	fitting := 0
	for _, g := range known {
		if m.Fits(g) {
			fitting++
		}
	}
	switch fitting {
	case 0:
		return no
	case len(known):
		return yes
	}
	return maybe
}

// fitWord is fit without knowing the group.
func fitWord(m access.Match, word string) answer {
	name, isHandle := strings.CutPrefix(word, "@")
	switch {
	case slices.Contains(m.Names, "*"):
		return yes
	case !isHandle && slices.Contains(m.IDs, word):
		return yes
	case !isHandle && len(m.Names) > 0, isHandle && len(m.IDs) > 0 && !anyFits(m.Names, name):
		return maybe
	case isHandle && anyFits(m.Names, name):
		return yes
	}
	return no
}

func anyFits(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return err == nil && ok
	})
}
