package policyfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// longAuto is the longest time that policy alone may give everything for
// without a warning.
const longAuto = 24 * time.Hour

// Check finds what is dangerous or useless in a policy that is well formed.
// Warnings are marked; Failed says whether anything else was found.
//
// groups are the user groups that are known to exist. With them a handle and
// an id that mean the same group are recognized. Without them (a file on
// somebody's laptop) Check takes for possible what it cannot rule out.
func Check(p access.Policy, groups ...directory.Resource) []Problem {
	c := checker{rules: p.Rules, groups: groups, ways: map[string][]int{}}
	if len(p.Rules) == 0 {
		c.found = append(c.found, Problem{Line: 1, Field: "rules", Text: "there is no rule, so nobody can ask for anything", Warning: true})
	}
	for i, r := range p.Rules {
		c.unreached(i)
		c.undecided(i, r)
		c.circle(i)
		c.generous(i, r)
		c.renamed(i, r)
		c.unfitting(i, r)
		c.emergency(i, r)
		c.tells(i, r)
	}
	slices.SortStableFunc(c.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field))
	})
	return c.found
}

type checker struct {
	rules  []access.Rule
	groups []directory.Resource
	ways   map[string][]int // routes, once they are known
	found  []Problem
}

func (c *checker) problem(i int, field, format string, args ...any) {
	c.found = append(c.found, Problem{
		Line: max(c.rules[i].Line, 1), Field: join(fmt.Sprintf("rules[%d]", i), field), Text: fmt.Sprintf(format, args...),
	})
}

func (c *checker) warning(i int, field, format string, args ...any) {
	c.problem(i, field, format, args...)
	c.found[len(c.found)-1].Warning = true
}

// gives reports whether the rule can allow anything at all.
func gives(r access.Rule) bool { return r.Max > 0 }

// unreached finds a rule whose every name and id an earlier rule takes. It is
// no warning: the document says something that does not hold, and a strict
// rule below a lax one is the worst case of it.
func (c *checker) unreached(i int) {
	r := c.rules[i]
	var by []string
	for _, part := range parts(r.Resources) {
		at := slices.IndexFunc(c.rules[:i], func(e access.Rule) bool {
			return always(e, r) && e.Slug == r.Slug && takes(e.Resources, part) && covers(e.Requesters, r)
		})
		if at < 0 {
			return
		}
		name := fmt.Sprintf("%q (line %d)", c.rules[at].ID, c.rules[at].Line)
		if !slices.Contains(by, name) {
			by = append(by, name)
		}
	}
	if len(by) > 0 {
		c.problem(i, "", "is never reached: the first rule that fits decides, and %s takes all of it; move this rule up", strings.Join(by, " with "))
	}
}

// undecided finds requests that nobody could decide.
func (c *checker) undecided(i int, r access.Rule) {
	if r.Auto || !gives(r) {
		return
	}
	for _, s := range r.Steps {
		if why := few(s); why != "" {
			c.problem(i, "approve", "%s", why)
			return
		}
	}
	who := deciders(r)
	who.Anyone = false
	if who.None() {
		c.problem(i, "approve", "names nobody who could decide")
		return
	}
	if len(r.Steps) > 1 && onlyAccounts(who) && len(who.Accounts) < len(r.Steps) {
		c.problem(i, "approve", "has %d steps and names %d people; nobody decides at two of them", len(r.Steps), len(who.Accounts))
		return
	}
	if !onlyAccounts(who) || len(who.Accounts) != 1 {
		return
	}
	alone := who.Accounts[0]
	switch {
	case r.Solo.Wait > 0: // meant so
	case onlyAccounts(r.Requesters) && slices.Equal(r.Requesters.Accounts, who.Accounts):
		c.problem(i, "approve", "%s asks and %s approves, and whoever asks does not approve: name somebody else", alone, alone)
	default:
		c.warning(i, "approve", "only %s approves; while they are away, or when they ask themselves, nobody can decide", alone)
	}
}

// generous warns of everything, for long, without anybody's decision.
func (c *checker) generous(i int, r access.Rule) {
	if r.Auto && r.Max > longAuto && slices.Contains(r.Resources.Names, "*") {
		c.warning(i, "approve", "gives every %s for up to %s without anybody's decision", r.Resources.Kind, access.Span(r.Max))
	}
}

// renamed warns of approvers that are named by a handle: whoever may edit user
// groups in Slack can give a handle to another group, and thereby its power.
func (c *checker) renamed(i int, r access.Rule) {
	for _, g := range deciders(r).Groups {
		known := c.known(g)
		switch {
		case len(c.groups) > 0 && len(known) == 0:
			c.warning(i, "approve.groups", "there is no user group %s, so it approves nothing", g)
		case len(known) > 0 && !slices.ContainsFunc(known, directory.Resource.Visible):
			c.warning(i, "approve.groups", "%s is disabled in Slack, so it approves nothing", g)
		case strings.HasPrefix(g, "@"):
			ids := "its id (S…)"
			if len(known) > 0 {
				ids = known[0].ID
			}
			c.warning(i, "approve.groups", "%s can be renamed in Slack, and another group can take its name; write %s instead", g, ids)
		}
	}
}

// unfitting warns of what fits nothing in Slack, as far as its habits go. Ids
// are opaque, so that these are no errors.
func (c *checker) unfitting(i int, r access.Rule) {
	for _, n := range r.Resources.Names {
		if strings.ToLower(n) != n {
			c.warning(i, "resources.names", "%q has capital letters; Slack's handles and channel names have none", n)
		}
	}
	c.prefixes(i, "resources.ids", r.Resources.IDs, map[directory.Kind]string{directory.UserGroup: "S", directory.Channel: "CG"}[r.Resources.Kind])
	c.prefixes(i, "resources.workspaces", r.Resources.Workspaces, "TE")
	for _, w := range []struct {
		field string
		who   access.Who
	}{{"requesters", r.Requesters}, {"for_others", r.Others}, {"approve", deciders(r)}, {"solo.veto", r.Solo.Veto}, {"emergency.requesters", r.Emergency.Requesters}, {"emergency.confirm", r.Emergency.Confirm}} {
		c.prefixes(i, w.field+".accounts", w.who.Accounts, "UW")
		c.prefixes(i, w.field+".groups", w.who.Groups, "@S")
	}
	if r.Empty.Keep != "" {
		c.prefixes(i, "when_empty.keep", []string{r.Empty.Keep}, "UW")
	}
}

func (c *checker) prefixes(i int, field string, ids []string, first string) {
	for _, id := range ids {
		if first != "" && !strings.ContainsAny(id[:min(1, len(id))], first) {
			c.warning(i, field, "%s looks like another kind of id; these begin with %s in Slack", id, strings.Join(strings.Split(first, ""), " or "))
		}
	}
}
