package policyfile

import (
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// longestLabel is the longest label of an access profile, in letters.
const longestLabel = 80

var channel = regexp.MustCompile(`^#[^\s@#*?\[\]\\,:/]{1,80}$`)

// profiles reads the access profiles.
func (r *reader) profiles(n *yaml.Node, path string) []access.Profile {
	var out []access.Profile
	seen := map[string]int{}
	for i, item := range r.list(n, path) {
		at := fmt.Sprintf("%s[%d]", path, i)
		p := access.Profile{Line: max(item.Line, 1)}
		r.object(item, at, map[string]field{
			"id":        {true, func(n *yaml.Node, path string) { p.ID = r.id(n, path, seen) }},
			"label":     {true, func(n *yaml.Node, path string) { p.Label = r.label(n, path) }},
			"resources": {true, func(n *yaml.Node, path string) { p.Resources = r.bundle(n, path) }},
		})
		out = append(out, p)
	}
	return out
}

func (r *reader) label(n *yaml.Node, path string) string {
	s, ok := r.text(n, path)
	if ok && len([]rune(s)) > longestLabel {
		r.at(n, path, "has more than %d letters", longestLabel)
	}
	return s
}

// bundle reads the resources of a profile: exactly these, no patterns.
func (r *reader) bundle(n *yaml.Node, path string) []string {
	if n.Kind == yaml.SequenceNode && len(n.Content) > access.MaxItems {
		r.at(n, path, "has %d resources; a request has at most %d", len(n.Content), access.MaxItems)
		return nil
	}
	return r.texts(n, path, func(s string) string {
		if anyID.MatchString(s) || handle.MatchString(s) || channel.MatchString(s) {
			return ""
		}
		return fmt.Sprintf(`%q names no resource; write its id, a user group's "@handle" or a channel's "#name"`, clip(s))
	})
}

// CheckProfiles finds what access profiles name and nobody could ask for, where
// resources are all that their words name. What the one who checks does not see
// looks as if it were not there, so these are warnings.
func CheckProfiles(p access.Policy, resources []directory.Resource) []Problem {
	var found []Problem
	for i, x := range p.Profiles {
		for j, word := range x.Resources {
			text := ""
			named := slices.DeleteFunc(slices.Clone(resources), func(r directory.Resource) bool { return !access.Named(word, r) })
			switch {
			case len(named) == 0:
				text = "there is no %s, so nobody can ask for this profile"
			case !slices.ContainsFunc(named, func(r directory.Resource) bool { return given(p, r) }):
				text = "no rule lets anybody ask for %s, so nobody gets this profile"
			case len(named) > 1:
				text = "%s is in several workspaces; write its id"
			default:
				continue
			}
			found = append(found, Problem{
				Line: x.Line, Field: fmt.Sprintf("profiles[%d].resources[%d]", i, j), Text: fmt.Sprintf(text, word), Warning: true,
			})
		}
	}
	return found
}

// given reports whether some rule may give a resource.
func given(p access.Policy, r directory.Resource) bool {
	return slices.ContainsFunc(p.Rules, func(rule access.Rule) bool { return gives(rule) && rule.Resources.Fits(r) })
}
