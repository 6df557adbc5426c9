package policyfile

import (
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// LongestWait is the longest that a request may wait for a decision.
const LongestWait = 30 * 24 * time.Hour

// approval is what the field approve says.
type approval struct {
	who   access.Who
	steps []access.Approval
	auto  bool
	never bool
}

var ruleID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// rule reads one rule; seen has the ids of those before it and their lines.
func (r *reader) rule(n *yaml.Node, path string, seen map[string]int) access.Rule {
	rule := access.Rule{Line: max(n.Line, 1), Slug: "member"}
	var how approval
	have := map[string]bool{}
	keep := func(name string, need bool, read func(*yaml.Node, string)) field {
		return field{need, func(n *yaml.Node, path string) { have[name] = true; read(n, path) }}
	}
	never := saysNever(n)
	r.object(n, path, map[string]field{
		"id":        {true, func(n *yaml.Node, p string) { rule.ID = r.id(n, p, seen) }},
		"resources": {true, func(n *yaml.Node, p string) { rule.Resources = r.match(n, p) }},
		"entitlement": {false, func(n *yaml.Node, p string) {
			rule.Slug = r.word(n, p, "member", string(directory.Admin))
		}},
		"requesters": keep("requesters", !never, func(n *yaml.Node, p string) { rule.Requesters = r.who(n, p, true) }),
		"for_others": keep("for_others", false, func(n *yaml.Node, p string) { rule.Others = r.who(n, p, true) }),
		"max":        keep("max", !never, func(n *yaml.Node, p string) { rule.Max = r.span(n, p, access.Longest) }),
		"approve":    {true, func(n *yaml.Node, p string) { how = r.approval(n, p) }},
		"when":       {false, func(n *yaml.Node, p string) { rule.When = r.when(n, p) }},
		"risk": keep("risk", false, func(n *yaml.Node, p string) {
			rule.Risk = access.Risk(r.word(n, p, string(access.Low), string(access.Medium), string(access.High)))
		}),
		"wait":             keep("wait", false, func(n *yaml.Node, p string) { rule.Wait = r.span(n, p, LongestWait) }),
		"advisory":         keep("advisory", false, func(n *yaml.Node, p string) { rule.Advisory = r.flag(n, p) }),
		"when_empty":       keep("when_empty", false, func(n *yaml.Node, p string) { rule.Empty = r.empty(n, p) }),
		"unproven_removal": keep("unproven_removal", false, func(n *yaml.Node, p string) { rule.Unproven = r.word(n, p, "accept") != "" }),
		"emergency":        keep("emergency", false, func(n *yaml.Node, p string) { rule.Emergency = r.emergency(n, p) }),
		"tell":             keep("tell", false, func(n *yaml.Node, p string) { rule.Tell = r.room(n, p) }),
		"solo":             keep("solo", false, func(n *yaml.Node, p string) { rule.Solo = r.solo(n, p) }),
	})
	rule.Auto, rule.Approvers, rule.Steps = how.auto, how.who, how.steps
	r.fitting(n, path, rule, have)
	if how.never {
		r.nothing(n, path, have)
		if !have["requesters"] {
			rule.Requesters.Anyone = true
		}
	}
	return rule
}

func (r *reader) id(n *yaml.Node, path string, seen map[string]int) string {
	s, ok := r.text(n, path)
	switch {
	case !ok:
		return ""
	case !ruleID.MatchString(s):
		r.at(n, path, "%q is no id; up to 64 letters, digits, dots, dashes and underscores, the first a letter or digit", clip(s))
		return ""
	case seen[s] > 0:
		r.at(n, path, "%q is the id of the one in line %d too; each needs its own", s, seen[s])
	default:
		seen[s] = max(n.Line, 1)
	}
	return s
}

// fitting refuses fields that say nothing about the rule's kind of resource:
// whoever wrote them expects something that will not happen.
func (r *reader) fitting(n *yaml.Node, path string, rule access.Rule, have map[string]bool) {
	if have["advisory"] && rule.Resources.Kind == directory.UserGroup {
		r.at(value(n, "advisory"), join(path, "advisory"), "is about public channels; this rule is about user groups")
	}
	if have["when_empty"] && (rule.Resources.Kind == directory.Channel || rule.Resources.Kind == directory.Workspace) {
		r.at(value(n, "when_empty"), join(path, "when_empty"), "is about user groups; a %s is not", rule.Resources.Kind)
	}
	switch admin := rule.Slug == string(directory.Admin); {
	case admin && rule.Resources.Kind != directory.Workspace && rule.Resources.Kind != "":
		r.at(value(n, "entitlement"), join(path, "entitlement"), "admin is about workspaces; what people hold of a %s is member", rule.Resources.Kind)
	case !admin && rule.Resources.Kind == directory.Workspace:
		r.at(value(n, "entitlement"), join(path, "entitlement"), "say entitlement: admin; nothing else of a workspace can be asked for")
	}
	r.soloFits(n, path, rule)
	if have["tell"] && rule.Auto {
		r.at(value(n, "tell"), join(path, "tell"), "says nothing here: policy approves by itself, so there is nobody to ask")
	}
	if have["emergency"] && rule.Auto {
		r.at(value(n, "emergency"), join(path, "emergency"), "says nothing here: policy approves by itself, so there is nobody to skip")
	}
}

// nothing refuses what a rule that gives nothing cannot mean.
func (r *reader) nothing(n *yaml.Node, path string, have map[string]bool) {
	for _, name := range []string{"for_others", "max", "risk", "wait", "advisory", "when_empty", "unproven_removal", "emergency", "solo", "tell"} {
		if have[name] {
			r.at(value(n, name), join(path, name), "says nothing here: the rule gives nothing (approve: never)")
		}
	}
}

func (r *reader) approval(n *yaml.Node, path string) approval {
	if n.Kind == yaml.ScalarNode {
		word := r.word(n, path, "auto", "never")
		return approval{auto: word == "auto", never: word == "never"}
	}
	switch {
	case n.Kind == yaml.SequenceNode:
		return approval{steps: r.steps(n, path)}
	case n.Kind == yaml.MappingNode && !plainStep(n):
		return approval{steps: []access.Approval{r.step(n, path)}}
	}
	return approval{who: r.who(n, path, false)}
}

func (r *reader) empty(n *yaml.Node, path string) access.Empty {
	if n.Kind == yaml.ScalarNode {
		return access.Empty{Disable: r.word(n, path, "disable") != ""}
	}
	var e access.Empty
	r.object(n, path, map[string]field{"keep": {true, func(n *yaml.Node, p string) {
		if s, ok := r.text(n, p); ok {
			if why := idOf("an account", s); why != "" {
				r.at(n, p, "%s", why)
				return
			}
			e.Keep = s
		}
	}}})
	return e
}

// saysNever looks ahead: such a rule needs fewer fields.
func saysNever(rule *yaml.Node) bool {
	v := value(rule, "approve")
	return v.Kind == yaml.ScalarNode && v.Value == "never"
}

// value is the value of a field, or the node itself without it.
func value(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i+1]
			}
		}
	}
	return n
}
