package store

import (
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostWords of one resource lead to it, each of at most longestWord characters:
// Slack's names of channels have 80, handles fewer.
const (
	mostWords   = 8
	longestWord = 80
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
		for _, text := range beginnings(r.Name, r.Title) {
			out = append(out, word{text, r})
		}
	}
	return out
}

func beginnings(names ...string) []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.ToLower(name)
		fresh := true // a word begins here
		for i, c := range name {
			between := strings.ContainsRune("-_./ ", c)
			if fresh && !between && len(out) < mostWords {
				text := name[i:]
				if r := []rune(text); len(r) > longestWord {
					text = string(r[:longestWord])
				}
				if !seen[text] {
					seen[text] = true
					out = append(out, text)
				}
			}
			fresh = between
		}
	}
	return out
}

// ResourcesNamed calls f for resources of which a word begins with typed, by that
// word; what it gives are hints.
func (s *Store) ResourcesNamed(ctx context.Context, conn, typed string, f func(directory.Resource) error) error {
	if r := []rune(typed); len(r) > longestWord {
		typed = string(r[:longestWord])
	}
	r := Range{Part: join("named", conn)}
	if typed != "" {
		r.From = escaper.Replace(typed)
		r.To = r.From + "\U0010FFFF"
	}
	err := eachRecord(ctx, s, r, func(r resourceRecord, _ Row) error {
		return f(directory.Resource(r))
	})
	return fault.Wrap("store.ResourcesNamed", err)
}
