package policyfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// room reads the channel in which those who decide are asked.
func (r *reader) room(n *yaml.Node, path string) string {
	s, ok := r.text(n, path)
	if ok && !anyID.MatchString(s) && !channel.MatchString(s) {
		r.at(n, path, `%q is no channel; write its name with # ("#approvals") or its id`, clip(s))
		return ""
	}
	return s
}

// telling is a channel that a rule names, and where.
type telling struct{ field, word string }

// tellings are the channels that a rule names.
func tellings(r access.Rule) []telling {
	var out []telling
	if r.Tell != "" {
		out = append(out, telling{"tell", r.Tell})
	}
	for i, s := range r.Steps {
		if s.Tell != "" {
			out = append(out, telling{fmt.Sprintf("approve[%d].tell", i), s.Tell})
		}
	}
	return out
}

// tells warns of a channel that is named by its name: whoever may rename another
// one so reads the requests there.
func (c *checker) tells(i int, r access.Rule) {
	for _, t := range tellings(r) {
		if strings.HasPrefix(t.word, "#") {
			c.warning(i, t.field, "%s can be renamed in Slack, and another channel can take its name; write its id (C…) instead", t.word)
			continue
		}
		c.prefixes(i, t.field, []string{t.word}, "CG")
	}
}

// Channels are the channels in which a policy asks those who decide, each once,
// as it names them.
func Channels(p access.Policy) []string {
	var out []string
	for _, r := range p.Rules {
		for _, t := range tellings(r) {
			if !slices.Contains(out, t.word) {
				out = append(out, t.word)
			}
		}
	}
	return out
}

// CheckChannels finds channels in which a policy could ask nobody, where
// resources are all that Channels names. What the one who checks does not see
// looks as if it were not there, so these are warnings.
func CheckChannels(p access.Policy, resources []directory.Resource) []Problem {
	var found []Problem
	for i, r := range p.Rules {
		for _, t := range tellings(r) {
			named := slices.DeleteFunc(slices.Clone(resources), func(r directory.Resource) bool { return !access.Named(t.word, r) })
			text := ""
			switch {
			case !slices.ContainsFunc(named, func(r directory.Resource) bool { return r.Kind == directory.Channel }):
				text = "there is no channel %s"
			case !slices.ContainsFunc(named, access.Room):
				text = "%s is archived, or people of other organizations are in it"
			case !slices.ContainsFunc(named, func(r directory.Resource) bool { return r.Reached }):
				text = "the app is not in %s; invite it there"
			default:
				continue
			}
			found = append(found, Problem{
				Line: max(r.Line, 1), Field: join(fmt.Sprintf("rules[%d]", i), t.field), Warning: true,
				Text: fmt.Sprintf(text, t.word) + ", so those who decide are asked in person",
			})
		}
	}
	return found
}
