package policyfile

import (
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
)

// Limits of the approvals of a rule.
const (
	mostSteps = 5
	mostNeed  = 10
)

// steps reads approvals that come one after another.
func (r *reader) steps(n *yaml.Node, path string) []access.Approval {
	var out []access.Approval
	switch {
	case len(n.Content) == 0:
		r.at(n, path, "is empty; name who decides")
	case len(n.Content) > mostSteps:
		r.at(n, path, "has %d steps; at most %d are read", len(n.Content), mostSteps)
		return nil
	}
	for i, item := range n.Content {
		out = append(out, r.step(item, fmt.Sprintf("%s[%d]", path, i)))
	}
	return out
}

// stepFields are what a step says beside who decides.
var stepFields = []string{"need", "fallback", "after", "then", "tell"}

// plainStep reports whether a mapping names people and nothing more.
func plainStep(n *yaml.Node) bool {
	return !slices.ContainsFunc(stepFields, func(name string) bool { return value(n, name) != n })
}

// step reads one approval: people, and what else it says.
func (r *reader) step(n *yaml.Node, path string) access.Approval {
	var s access.Approval
	s.Approvers = r.whoAnd(n, path, map[string]field{
		"need":     {false, func(n *yaml.Node, p string) { s.Need = r.need(n, p) }},
		"fallback": {false, func(n *yaml.Node, p string) { s.Fallback = r.who(n, p, false) }},
		"after":    {false, func(n *yaml.Node, p string) { s.After = r.span(n, p, LongestWait) }},
		"then":     {false, func(n *yaml.Node, p string) { s.Then = r.then(n, p) }},
		"tell":     {false, func(n *yaml.Node, p string) { s.Tell = r.room(n, p) }},
	})
	if n.Kind != yaml.MappingNode {
		return s
	}
	after, then := value(n, "after"), value(n, "then")
	switch {
	case after != n && then == n:
		r.at(after, join(path, "after"), "does nothing without then; add then: cancel, {escalate: …} or {reassign: …}")
	case then != n && after == n:
		r.at(then, join(path, "then"), "never comes without after; add after: 4h")
	}
	return s
}

// need reads how many people have to say yes.
func (r *reader) need(n *yaml.Node, path string) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || v < 1 || v > mostNeed {
		r.wrong(n, path, fmt.Sprintf("a number from 1 to %d", mostNeed))
		return 0
	}
	return v
}

// then reads what happens to a step that took too long.
func (r *reader) then(n *yaml.Node, path string) access.Late {
	if n.Kind == yaml.ScalarNode {
		return access.Late{Cancel: r.word(n, path, "cancel") != ""}
	}
	var l access.Late
	r.object(n, path, map[string]field{
		"escalate": {false, func(n *yaml.Node, p string) { l.Escalate = r.who(n, p, false) }},
		"reassign": {false, func(n *yaml.Node, p string) { l.Reassign = r.who(n, p, false) }},
	})
	if n.Kind == yaml.MappingNode && (value(n, "escalate") == n) == (value(n, "reassign") == n) {
		r.at(n, path, "is either {escalate: …} or {reassign: …}, or the word cancel")
	}
	return l
}

// deciders are all who may come to decide something of a rule.
func deciders(r access.Rule) access.Who {
	if len(r.Steps) == 0 {
		return r.Approvers
	}
	var who access.Who
	for _, s := range r.Steps {
		who = who.And(s.Approvers).And(s.Fallback).And(s.Then.Escalate).And(s.Then.Reassign)
	}
	return who
}

// few is why a step can never have as many as it needs, "" when it may.
func few(s access.Approval) string {
	who := s.Approvers.And(s.Fallback).And(s.Then.Escalate)
	if onlyAccounts(who) && len(who.Accounts) < s.Needs() {
		return fmt.Sprintf("needs %d people to say yes and names %d", s.Needs(), len(who.Accounts))
	}
	return ""
}
