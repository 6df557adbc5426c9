package policyfile

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
)

// usualWait is how long a request waits where its rule says nothing.
const usualWait = 72 * time.Hour

// solo reads whether requests of the only approver approve themselves.
func (r *reader) solo(n *yaml.Node, path string) access.Solo {
	s := access.Solo{Wait: access.UsualSolo}
	if n.Kind == yaml.ScalarNode {
		if !r.flag(n, path) {
			return access.Solo{}
		}
		return s
	}
	r.object(n, path, map[string]field{
		"wait": {false, func(n *yaml.Node, p string) {
			if s.Wait = r.span(n, p, LongestWait); s.Wait > 0 && s.Wait < access.ShortestSolo {
				r.at(n, p, "is at least %s, so that somebody can veto; found %q", access.Span(access.ShortestSolo), clip(n.Value))
			}
		}},
		"veto": {false, func(n *yaml.Node, p string) { s.Veto = r.who(n, p, true) }},
	})
	return s
}

// soloFits refuses a wait that the request does not live to see.
func (r *reader) soloFits(n *yaml.Node, path string, rule access.Rule) {
	wait := rule.Wait
	if wait == 0 {
		wait = usualWait
	}
	at, name := value(n, "solo"), join(path, "solo")
	switch {
	case rule.Solo.Wait == 0:
	case rule.Auto:
		r.at(at, name, "says nothing here: policy approves by itself")
	case rule.Solo.Wait >= wait:
		r.at(at, name, "waits %s, and the request expires after %s (wait); let the request wait longer", access.Span(rule.Solo.Wait), access.Span(wait))
	}
}
