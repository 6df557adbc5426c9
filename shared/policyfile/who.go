package policyfile

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// longestName is longer than any name in Slack (channels: 80).
const longestName = 100

// Slack's ids are opaque to Ebb; only what can be no id at all is refused.
var (
	anyID  = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,63}$`)
	handle = regexp.MustCompile(`^@[^\s@#*?\[\]\\,:/]{1,80}$`)
)

func idOf(thing, s string) string {
	if anyID.MatchString(s) {
		return ""
	}
	return fmt.Sprintf("%q is not the id of %s; ids are capital letters and digits, as Slack shows them", clip(s), thing)
}

// who reads people; anyone is refused where it may not stand.
func (r *reader) who(n *yaml.Node, at string, anyone bool) access.Who {
	var w access.Who
	fields := r.people(&w)
	if !anyone {
		fields["anyone"] = r.noApprover()
	}
	r.named(n, at, fields, &w)
	return w
}

// whoAnd reads people who decide, from a mapping that says more than that.
func (r *reader) whoAnd(n *yaml.Node, at string, more map[string]field) access.Who {
	var w access.Who
	fields := r.people(&w)
	fields["anyone"] = r.noApprover()
	maps.Copy(fields, more)
	r.named(n, at, fields, &w)
	return w
}

func (r *reader) noApprover() field {
	return field{false, func(n *yaml.Node, p string) {
		r.at(n, p, "does not approve: name accounts, groups, owners or admins, or write approve: auto")
	}}
}

// named reads the mapping and refuses one that names nobody.
func (r *reader) named(n *yaml.Node, at string, fields map[string]field, w *access.Who) {
	before := len(r.found)
	r.object(n, at, fields)
	if w.None() && n.Kind == yaml.MappingNode && len(r.found) == before {
		r.at(n, at, "names nobody")
	}
}

// people are the fields that name people.
func (r *reader) people(w *access.Who) map[string]field {
	return map[string]field{
		"accounts": {false, func(n *yaml.Node, p string) {
			w.Accounts = r.texts(n, p, func(s string) string { return idOf("an account", s) })
		}},
		"groups":           {false, func(n *yaml.Node, p string) { w.Groups = r.texts(n, p, groupWord) }},
		"resource_owners":  {false, func(n *yaml.Node, p string) { w.ResourceOwners = r.flag(n, p) }},
		"app_owners":       {false, func(n *yaml.Node, p string) { w.AppOwners = r.flag(n, p) }},
		"workspace_admins": {false, func(n *yaml.Node, p string) { w.WorkspaceAdmins = r.flag(n, p) }},
		"anyone":           {false, func(n *yaml.Node, p string) { w.Anyone = r.flag(n, p) }},
	}
}

func groupWord(s string) string {
	if anyID.MatchString(s) || handle.MatchString(s) {
		return ""
	}
	return fmt.Sprintf(`%q is no user group; write its handle with @ ("@leads") or its id`, clip(s))
}

// match reads which resources a rule is about.
func (r *reader) match(n *yaml.Node, at string) access.Match {
	var m access.Match
	r.object(n, at, map[string]field{
		"kind": {true, func(n *yaml.Node, p string) {
			m.Kind = directory.Kind(r.word(n, p, string(directory.UserGroup), string(directory.Channel), string(directory.Workspace)))
		}},
		"names": {false, func(n *yaml.Node, p string) { m.Names = r.texts(n, p, pattern) }},
		"ids": {false, func(n *yaml.Node, p string) {
			m.IDs = r.texts(n, p, func(s string) string { return idOf("a user group, channel or workspace", s) })
		}},
		"workspaces": {false, func(n *yaml.Node, p string) {
			m.Workspaces = r.texts(n, p, func(s string) string { return idOf("a workspace", s) })
		}},
	})
	if n.Kind == yaml.MappingNode && value(n, "names") == n && value(n, "ids") == n {
		r.at(n, at, `names nothing; add names or ids (names: ["*"] is all of the kind)`)
	}
	return m
}

// pattern refuses what can fit no name.
func pattern(s string) string {
	_, err := path.Match(s, "")
	switch {
	case strings.HasPrefix(s, "@"), strings.HasPrefix(s, "#"):
		return fmt.Sprintf("%q: write the name without %s", clip(s), s[:1])
	case len(s) > longestName:
		return fmt.Sprintf("%q is longer than any name in Slack (%d letters)", clip(s), longestName)
	case err != nil:
		return fmt.Sprintf(`%q is no pattern: * stands for any letters, ? for one, [a-z] for one of these; a [ needs its ]`, clip(s))
	case strings.ContainsAny(s, " \t\r\n/"):
		return fmt.Sprintf("%q has a space or a slash, which no name in Slack has", clip(s))
	}
	return ""
}
