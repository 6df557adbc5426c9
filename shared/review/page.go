package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"time"
)

// PageLines is how many lines one page of a snapshot holds at most. A line takes
// about a kilobyte, and a row of the table 350.
const PageLines = 150

// PageReviewers is how many assignments one page may touch: their counts move in
// the commit that moves the campaign's cursor on.
const PageReviewers = 60

// Page is one part of a snapshot. It is stored before the lines are made of it, so
// that staging which died half-way goes on with what it had read.
type Page struct {
	Campaign string
	N        int // from 0
	Facts    []Fact
	Next     Cursor // behind it
	Last     bool
	// Seen and Left are what it adds to the snapshot's.
	Seen, Left map[string]int
}

// Fact makes the immutable part of a line of a holding.
func (s Spec) Fact(h Holding, to Assigned, now time.Time) Fact {
	r := h.Resource
	name := r.Name
	if name == "" {
		name = r.ID
	}
	return Fact{
		ID: LineID(r.ID, h.Slug, h.Account.ID), Connector: r.Connector, Workspace: r.Workspace,
		Resource: r.ID, Kind: r.Kind, Private: r.Private, Slug: h.Slug, Account: h.Account.ID, Since: h.Since,
		Facts: h.Facts(), Grants: h.Grants, Finding: h.Finding, LastActive: h.LastActive, Unseen: h.Unseen,
		New: h.New(), Changed: h.Changed(), Earlier: h.Earlier, Advice: s.Advise(h, now), Assigned: to,
		ResourceName: name, AccountName: h.Account.Label(),
	}
}

// Link is the digest of the snapshot up to and with this page, behind that of the
// pages before it ("" before the first). Names are not in it.
func (p Page) Link(before string) string {
	h := sha256.New()
	put(h, "ebb.snapshot.1", before, fmt.Sprint(p.N), fmt.Sprint(len(p.Facts)))
	for _, f := range p.Facts {
		put(h, f.Digest())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Digest sums up the immutable part of a line, without names, hex.
func (f Fact) Digest() string {
	h := sha256.New()
	put(h, "ebb.line.1", f.ID, f.Connector, f.Workspace, f.Resource, string(f.Kind), fmt.Sprint(f.Private), f.Slug, f.Account, when(f.Since))
	f.Facts.put(h)
	put(h, fmt.Sprint(len(f.Grants)))
	for _, g := range f.Grants {
		put(h, g.ID, g.Rule, fmt.Sprint(len(g.Approvers)))
		put(h, g.Approvers...)
		put(h, when(g.End))
	}
	put(h, f.Finding, when(f.LastActive), when(f.Unseen), fmt.Sprint(f.New), fmt.Sprint(len(f.Changed)))
	put(h, f.Changed...)
	put(h, f.Earlier.Campaign, string(f.Earlier.Verdict), f.Earlier.By, when(f.Earlier.At))
	f.Earlier.Facts.put(h)
	put(h, string(f.Advice.Verdict), fmt.Sprint(len(f.Advice.Why)))
	for _, w := range f.Advice.Why {
		put(h, string(w))
	}
	put(h, string(f.Assigned.Source), f.Assigned.Group, fmt.Sprint(len(f.Assigned.Accounts)))
	put(h, f.Assigned.Accounts...)
	return hex.EncodeToString(h.Sum(nil))
}

func (x Facts) put(h hash.Hash) {
	put(h, string(x.AccountKind), string(x.AccountState), string(x.Held), fmt.Sprint(x.Shared), fmt.Sprint(x.Private))
}

// put writes length-prefixed texts, so that no two lists share an encoding.
func put(h hash.Hash, texts ...string) {
	for _, s := range texts {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
}

// when is a time as digests and evidence have it: UTC, to the millisecond, as it
// is stored.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}

// Assignments are what the page adds to each assignment, in the order of their
// first lines.
func (p Page) Assignments(conn string, now time.Time) []Assignment {
	var out []Assignment
	at := map[string]int{}
	for _, f := range p.Facts {
		id := AssignmentID(p.Campaign, 0, f.Assigned)
		i, ok := at[id]
		if !ok {
			i = len(out)
			at[id], out = i, append(out, Assignment{
				ID: id, Campaign: p.Campaign, Connector: conn, Assigned: f.Assigned, Made: now,
			})
		}
		if f.Assigned.Group != "" {
			// Each line leaves out who holds it; the group is all of them.
			all := slices.Concat(out[i].Accounts, f.Assigned.Accounts)
			slices.Sort(all)
			out[i].Accounts = slices.Compact(all)
		}
		out[i].Lines++
	}
	return out
}

// Add puts a page into the snapshot.
func (s Snapshot) Add(p Page) Snapshot {
	s.Digest = p.Link(s.Digest)
	s.Pages, s.Lines, s.Cursor = s.Pages+1, s.Lines+len(p.Facts), p.Next
	s.Seen, s.Left = sum(s.Seen, p.Seen), sum(s.Left, p.Left)
	for _, f := range p.Facts {
		if f.Assigned.Source == Unassigned {
			s.Unassigned++
		}
	}
	return s
}

func sum(a, b map[string]int) map[string]int {
	out := map[string]int{}
	for _, m := range []map[string]int{a, b} {
		for k, n := range m {
			out[k] += n
		}
	}
	return out
}
