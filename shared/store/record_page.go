package store

import (
	"slices"

	"github.com/ebb-access/ebb/shared/review"
)

// pageRecord is a page of a snapshot, a row that never changes.
//
// A page's lines mostly have the same reviewers, without the one whom the line is
// about; two hundred of them in each of 150 lines would be more than a row holds.
// So Crowds has each list once.
type pageRecord struct {
	Campaign string           `json:"campaign"`
	N        int              `json:"n"`
	Facts    []pagedFact      `json:"facts,omitempty"`
	Crowds   []assignedRecord `json:"crowds,omitempty"`
	Next     cursorRecord     `json:"next,omitzero"`
	Last     bool             `json:"last,omitempty"`
	Seen     map[string]int   `json:"seen,omitempty"`
	Left     map[string]int   `json:"left,omitempty"`
}

// pagedFact is a line's fact. Its reviewers are those of the crowd (counted from
// 1; 0: its own) but the ones left out.
type pagedFact struct {
	factRecord
	Crowd   int      `json:"crowd,omitempty"`
	Without []string `json:"without,omitempty"`
}

// crowdKey is what reviewers have in common who may come from one list.
type crowdKey struct {
	source review.Source
	group  string
}

func newPageRecord(p review.Page) pageRecord {
	rec := pageRecord{
		Campaign: p.Campaign, N: p.N, Next: cursorRecord(p.Next), Last: p.Last, Seen: p.Seen, Left: p.Left,
	}
	all := map[crowdKey][]string{}
	for _, f := range p.Facts {
		k := crowdKey{f.Assigned.Source, f.Assigned.Group}
		all[k] = merged(all[k], f.Assigned.Accounts)
	}
	place := map[crowdKey]int{}
	for _, f := range p.Facts {
		k := crowdKey{f.Assigned.Source, f.Assigned.Group}
		paged := pagedFact{factRecord: newFactRecord(f)}
		if without, shorter := leftOut(all[k], f.Assigned.Accounts); shorter {
			if place[k] == 0 {
				rec.Crowds = append(rec.Crowds, assignedRecord{Source: k.source, Group: k.group, Accounts: all[k]})
				place[k] = len(rec.Crowds)
			}
			paged.Assigned, paged.Crowd, paged.Without = assignedRecord{}, place[k], without
		}
		rec.Facts = append(rec.Facts, paged)
	}
	return rec
}

// leftOut are those of all who are not among these, and whether that is the
// shorter way to say who these are.
func leftOut(all, these []string) (without []string, shorter bool) {
	in := make(map[string]bool, len(these))
	for _, a := range these {
		in[a] = true
	}
	for _, a := range all {
		if !in[a] {
			without = append(without, a)
		}
	}
	sorted := slices.IsSorted(these) && len(in) == len(these)
	return without, sorted && len(without) < len(these)
}

func (r pageRecord) page() review.Page {
	p := review.Page{Campaign: r.Campaign, N: r.N, Next: review.Cursor(r.Next), Last: r.Last, Seen: r.Seen, Left: r.Left}
	for _, paged := range r.Facts {
		f := paged.fact()
		if i := paged.Crowd - 1; i >= 0 && i < len(r.Crowds) {
			f.Assigned = review.Assigned(r.Crowds[i])
			f.Assigned.Accounts, _ = leftOut(f.Assigned.Accounts, paged.Without)
		}
		p.Facts = append(p.Facts, f)
	}
	return p
}

// merged is the sorted list of all who are in one of two.
func merged(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
