package contract

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// text judges a text, and says what it has to be without repeating it.
func (s *Schema) text(text string, no func(string, ...any) error) error {
	switch n := utf8.RuneCountInString(text); {
	case n < s.MinLength:
		return no("this has to have at least %d characters", s.MinLength)
	case s.MaxLength > 0 && n > s.MaxLength:
		return no("this has to have at most %d characters", s.MaxLength)
	case s.Enum != nil && !slices.Contains(s.Enum, text):
		return no("this has to be one of: %s", strings.Join(s.Enum, ", "))
	case s.Pattern != "" && !matches(s.Pattern, text):
		return no("this is not of the form that it takes, %s", s.Pattern)
	}
	if _, err := time.Parse(time.RFC3339, text); s.Time && err != nil {
		return no("this has to be a time such as 2026-11-23T10:00:00Z")
	}
	return nil
}

// names lists the fields of an object for people.
func (s *Schema) names() string {
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Name)
	}
	if out == nil {
		return "none"
	}
	return strings.Join(out, ", ")
}
