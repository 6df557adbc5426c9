package message

import (
	"cmp"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// Names are what one reader's message may call things by: accounts, and the
// resources that the reader may know. What is missing there has no name here.
type Names struct {
	People    map[string]string
	Resources map[string]directory.Resource
}

// who is an account in a line.
func (n Names) who(account string) Inline { return Who(account, n.label(account)) }

// inPlace says in whose place the reader is asked; nothing where it is nobody's.
func (n Names) inPlace(account string) []Line {
	if account == "" {
		return nil
	}
	return []Line{words("You are asked in the place of ", n.who(account), ".")}
}

// label is an account in plain words.
func (n Names) label(account string) string { return cmp.Or(n.People[account], account) }

// what is a resource in a line. A private channel is named in words: Slack shows
// a mention of it to its members alone.
func (n Names) what(id string, kind directory.Kind) Inline {
	r, known := n.Resources[id]
	switch {
	case !known:
		return T(n.plain(id, kind))
	case r.Kind == directory.Channel && !r.Private:
		return Place(r.ID, access.Name(r))
	case r.Kind == directory.UserGroup:
		return Team(r.ID, access.Name(r))
	}
	return B(access.Name(r))
}

// plain is a resource in plain words.
func (n Names) plain(id string, kind directory.Kind) string {
	if r, known := n.Resources[id]; known {
		return access.Name(r)
	}
	switch kind {
	case directory.Channel:
		return "a private channel"
	case directory.UserGroup:
		return "a user group"
	}
	return "something"
}

// people are accounts in a line, "Lin and Kit".
func (n Names) people(accounts []string) Line {
	var out Line
	for i, a := range accounts {
		switch {
		case i > 0 && i == len(accounts)-1:
			out = append(out, T(" and "))
		case i > 0:
			out = append(out, T(", "))
		}
		out = append(out, n.who(a))
	}
	return out
}

// words make a line of parts: strings are words, times moments, lines and parts
// themselves.
func words(parts ...any) Line {
	var out Line
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			if v != "" {
				out = append(out, T(v))
			}
		case time.Time:
			out = append(out, At(v))
		case Inline:
			out = append(out, v)
		case Line:
			out = append(out, v...)
		}
	}
	return out
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
