package slacktest

import (
	"cmp"
	"slices"
)

// idset is a set of ids in a fixed order that has nothing to do with names or
// time: by hash of the id. Slack promises no order either, so no client may
// rely on one. A slice, not a map: a million memberships fit in 25 MB and a page
// is a slice of it.
type idset struct{ list []idEntry }

type idEntry struct {
	hash uint32
	id   string
}

func entryOf(id string) idEntry {
	h := uint32(2166136261) // FNV-1a
	for i := 0; i < len(id); i++ {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return idEntry{h, id}
}

func compareEntries(a, b idEntry) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.id, b.id))
}

func newIDSet(ids []string) idset {
	s := idset{make([]idEntry, 0, len(ids))}
	for _, id := range ids {
		s.list = append(s.list, entryOf(id))
	}
	slices.SortFunc(s.list, compareEntries)
	s.list = slices.Compact(s.list)
	return s
}

func (s *idset) find(id string) (int, bool) {
	return slices.BinarySearchFunc(s.list, entryOf(id), compareEntries)
}

func (s *idset) has(id string) bool {
	_, ok := s.find(id)
	return ok
}

// add tells whether id is new.
func (s *idset) add(id string) bool {
	i, ok := s.find(id)
	if !ok {
		s.list = slices.Insert(s.list, i, entryOf(id))
	}
	return !ok
}

// remove tells whether id was there.
func (s *idset) remove(id string) bool {
	i, ok := s.find(id)
	if ok {
		s.list = slices.Delete(s.list, i, i+1)
	}
	return ok
}

func (s *idset) len() int { return len(s.list) }

// ids in the set's order.
func (s *idset) ids() []string {
	out := make([]string, len(s.list))
	for i, e := range s.list {
		out[i] = e.id
	}
	return out
}

// sorted ids, for assertions.
func (s *idset) sorted() []string {
	out := s.ids()
	slices.Sort(out)
	return out
}

// after returns what follows the entry last, which need not be there any more:
// a page stays right when members come and go between two calls.
func (s *idset) after(last string) []idEntry {
	if last == "" {
		return s.list
	}
	i, found := s.find(last)
	if found {
		i++
	}
	return s.list[i:]
}
