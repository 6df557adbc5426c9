package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// word is a place in a name from which people begin to type.
type word struct {
	text string
	directory.Resource
}

func namedKey(w word) Key { return Key{join("named", w.Connector), join(w.text, w.ID)} }

// newNamedRecord is the resource as it was when the word was written. Its own row
// says what is so: a rename leaves the old words behind.
func newNamedRecord(w word) any {
	r := resourceRecord(w.Resource)
	r.Defaults = nil // as long as they like, and of no use here
	return r
}

// words of resources that can be asked for: "eng-oncall" is found from "eng" and
// from "oncall".
func words(rs []directory.Resource) []word {
	var out []word
	for _, r := range rs {
		if r.Kind != directory.UserGroup && r.Kind != directory.Channel {
			continue
		}
		for _, text := range directory.Beginnings(r.Name, r.Title) {
			out = append(out, word{text, r})
		}
	}
	return out
}

// ResourcesNamed calls f for resources of which a word begins with typed, by that
// word; what it gives are hints.
func (s *Store) ResourcesNamed(ctx context.Context, conn, typed string, f func(directory.Resource) error) error {
	err := eachRecord(ctx, s, typing(join("named", conn), typed), func(r resourceRecord, _ Row) error {
		return f(directory.Resource(r))
	})
	return fault.Wrap("store.ResourcesNamed", err)
}

// typing is the range of a partition's words that begin with what was typed.
func typing(part, typed string) Range {
	r := Range{Part: part}
	if typed = directory.CutWord(typed); typed != "" {
		r.From = escaper.Replace(typed)
		r.To = r.From + "\U0010FFFF"
	}
	return r
}
