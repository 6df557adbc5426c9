package policyfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader walks a YAML tree and collects what is wrong. Its methods go on after
// a problem and give the zero value for what they could not read: nothing of a
// document with a problem is used.
type reader struct{ found Errors }

// mostItems is how many entries a list may have, the rules too: comparing
// them pair by pair has to stay quick.
const mostItems = 500

// field is one field of a mapping.
type field struct {
	need bool
	read func(n *yaml.Node, path string)
}

func (r *reader) line(line int, path, format string, args ...any) {
	r.found = append(r.found, Problem{Line: line, Field: path, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) at(n *yaml.Node, path, format string, args ...any) {
	r.line(max(n.Line, 1), path, format, args...)
}

// wrong names the type that was found and the one that belongs there. Of an
// alias nothing is said: plain has said it.
func (r *reader) wrong(n *yaml.Node, path, want string) {
	if n.Kind != yaml.AliasNode {
		r.at(n, path, "has to be %s; found %s", want, what(n))
	}
}

// object reads a mapping: each known field once, no unknown one, none missing.
func (r *reader) object(n *yaml.Node, path string, fields map[string]field) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, path, "fields ("+strings.Join(names(fields), ", ")+")")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		at := join(path, name)
		f, known := fields[name]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.wrong(key, path, "a field's name")
		case !known:
			r.at(key, join(path, clip(name)), "is no field here; %s", suggest(name, names(fields)))
		case seen[name] > 0:
			r.at(key, at, "stands here twice; the first is in line %d", seen[name])
		case isNull(value):
			r.at(key, at, "has no value")
		default:
			f.read(value, at)
		}
		if known {
			seen[name] = max(key.Line, 1)
		}
	}
	for _, name := range names(fields) {
		if fields[name].need && seen[name] == 0 {
			r.at(n, join(path, name), "is missing")
		}
	}
}

// list reads a sequence that has to be one; an empty one is fine here.
func (r *reader) list(n *yaml.Node, path string) []*yaml.Node {
	switch {
	case n.Kind != yaml.SequenceNode:
		r.wrong(n, path, "a list")
		return nil
	case len(n.Content) > mostItems:
		r.at(n, path, "has %d entries; at most %d are read", len(n.Content), mostItems)
		return nil
	}
	return n.Content
}

// texts reads a list of words, each of which passes check ("" is well).
func (r *reader) texts(n *yaml.Node, path string, check func(string) string) []string {
	items := r.list(n, path)
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.at(n, path, "is empty; leave the field out, or name something")
	}
	out := make([]string, 0, len(items))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		s, ok := r.text(item, at)
		if !ok {
			continue
		}
		if why := check(s); why != "" {
			r.at(item, at, "%s", why)
			continue
		}
		if slices.Contains(out, s) {
			r.at(item, at, "%q stands here twice", s)
			continue
		}
		out = append(out, s)
	}
	return out
}

// text reads a word. Numbers and dates are refused rather than guessed: 0123
// and 2026-01-02 are names only in quotes.
func (r *reader) text(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && strings.TrimSpace(n.Value) != "":
		return n.Value, true
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str":
		r.at(n, path, "is empty")
	case n.Kind == yaml.ScalarNode && !isNull(n):
		r.wrong(n, path, "text (put it into quotes)")
	default:
		r.wrong(n, path, "text")
	}
	return "", false
}

// word reads one of a few words.
func (r *reader) word(n *yaml.Node, path string, allowed ...string) string {
	s, ok := r.text(n, path)
	if ok && !slices.Contains(allowed, s) {
		r.at(n, path, "%q is not known here; %s", clip(s), suggest(s, allowed))
		return ""
	}
	return s
}

func (r *reader) flag(n *yaml.Node, path string) bool {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		v, err := strconv.ParseBool(strings.ToLower(n.Value))
		if err == nil {
			return v
		}
	}
	r.wrong(n, path, "true or false")
	return false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// what names a value for a sentence.
func what(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "fields"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!bool":
		return n.Value
	case "!!int", "!!float":
		return "the number " + clip(n.Value)
	case "!!timestamp":
		return "the date " + clip(n.Value)
	}
	return "the text " + strconv.Quote(clip(n.Value))
}

func join(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}

// clip keeps a value that somebody pasted from filling the screen.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func names(fields map[string]field) []string {
	out := make([]string, 0, len(fields))
	for name := range fields {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
