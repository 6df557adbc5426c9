package evidence

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/review"
)

// subject holds what was reviewed, by whom and when against the audit.
func (c *check) subject() {
	x := c.campaign
	if c.drafted == nil || c.staged == nil {
		c.broken("the audit's events of the draft or of the snapshot are missing")
		return
	}
	terms := x.Spec.spec().Terms()
	if c.endsBy != "" {
		if string(x.Spec.AtEnd) != c.endsBy {
			c.broken("what became of open lines is not what the audit says: %q, and not %q", x.Spec.AtEnd, c.endsBy)
		}
		terms["at_end"] = c.drafted["at_end"]
	}
	for _, k := range slices.Sorted(maps.Keys(terms)) {
		if terms[k] != c.drafted[k] {
			c.broken("the scope was changed: %q is %q, and the audit says %q", k, terms[k], c.drafted[k])
		}
	}
	for _, k := range slices.Sorted(maps.Keys(c.drafted)) {
		if _, known := terms[k]; !known && k != "state" {
			c.broken("the scope was changed: the audit says %q of %q, and campaign.json does not", c.drafted[k], k)
		}
	}
	if c.state != string(x.State) {
		c.broken("the campaign is %s, and its last event says %s", x.State, c.state)
	}
	if !x.Settled.IsZero() != (c.last.Action == "campaign.settled") {
		c.broken("whether the campaign is settled is not what its last event says")
	}
	if x.AsOf.String() != stamp(c.newest).String() {
		c.broken("the package says that it is as of %s, and its newest event is of %s", x.AsOf, stamp(c.newest))
	}
	p := x.Population
	for name, pair := range map[string][2]string{
		"run": {p.Run, c.staged["run"]}, "run_after": {p.RunAfter, c.staged["run_after"]}, "pages": {strconv.Itoa(p.Pages), c.staged["pages"]},
		"lines": {strconv.Itoa(p.Lines), c.staged["lines"]}, "unassigned": {strconv.Itoa(p.Unassigned), c.staged["unassigned"]},
		"digest": {p.Digest, c.staged["digest"]},
	} {
		if pair[0] != pair[1] {
			c.broken("the population was changed: %s is %q, and the audit says %q", name, pair[0], pair[1])
		}
	}
	if raw, err := c.read(policyFile, mostManifest*8); err == nil && x.Policy.Digest != "" {
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != x.Policy.Digest {
			c.broken("the policy is not the one whose digest campaign.json has")
		}
	}
}

// snapshot makes the snapshot's digest anew.
func (c *check) snapshot() {
	p := review.Page{Campaign: c.Campaign}
	digest, lines, lost := "", 0, 0
	each(c, snapshotLines, func(n int, r factRecord) {
		for r.Page > p.N && p.N <= c.campaign.Population.Pages {
			digest = p.Link(digest)
			p.N, p.Facts = p.N+1, nil
		}
		if r.Page != p.N {
			c.broken("%s, line %d: page %d comes out of order", snapshotLines, n, r.Page)
			return
		}
		f := r.fact()
		p.Facts = append(p.Facts, f)
		lines++
		if f.Assigned.Source == review.Unassigned {
			lost++
		}
		s := c.said[f.ID]
		if s == nil {
			s = &said{}
			c.said[f.ID] = s
		}
		if s.staged {
			c.broken("line %s is in the snapshot twice", f.ID)
		}
		s.staged = true
	})
	for ; p.N < c.campaign.Population.Pages; p.N, p.Facts = p.N+1, nil {
		digest = p.Link(digest)
	}
	if c.staged == nil {
		return
	}
	if digest != c.staged["digest"] {
		c.broken("the snapshot was changed: its digest is not the one that was sealed when it was staged")
	}
	if strconv.Itoa(lines) != c.staged["lines"] || strconv.Itoa(lost) != c.staged["unassigned"] {
		c.broken("the snapshot has %d lines, %d without reviewers; the audit says %s and %s", lines, lost, c.staged["lines"], c.staged["unassigned"])
	}
}

// late is how long before its event a decision may say that it was made: they are
// made in one go.
const late = 10 * time.Minute

// lines holds what became of each line against what the audit says.
func (c *check) lines() {
	states := map[string]int{}
	at := map[string]int{}
	each(c, linesLines, func(_ int, r lineRecord) {
		c.Lines++
		states[string(r.State)]++
		at[r.List]++
		s := c.said[r.ID]
		switch {
		case s == nil || !s.staged:
			c.broken("line %s is not in the snapshot", r.ID)
			return
		case s.found:
			c.broken("line %s is there twice", r.ID)
			return
		}
		s.found = true
		c.line(r, s)
	})
	for _, id := range slices.Sorted(maps.Keys(c.said)) {
		switch s := c.said[id]; {
		case !s.staged:
			c.broken("the audit says something of line %s, which is not in the snapshot", id)
		case !s.found:
			c.broken("line %s is in the snapshot, and nothing says what became of it", id)
		}
	}
	for _, s := range review.LineStates {
		if c.campaign.Lines[string(s)] != states[string(s)] {
			c.broken("campaign.json counts %d lines that are %s, and there are %d", c.campaign.Lines[string(s)], s, states[string(s)])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.lists)) {
		l := c.lists[id]
		if got, want := [5]int{l.Certified, l.Passed, l.Denied, l.Gone, l.Skips}, [5]int{l.certified, l.passed, l.denied, l.gone, l.skips}; got != want {
			c.broken("list %s counts certified, passed, denied, gone and skipped %v, and the audit says %v", id, got, want)
		}
		if l.Lines != at[id]+l.passed {
			c.broken("list %s counts %d lines, and there are %d", id, l.Lines, at[id]+l.passed)
		}
	}
}

func (c *check) line(r lineRecord, s *said) {
	state := cmp.Or(s.state, review.LineOpen)
	if r.State != state {
		c.broken("line %s is %s, and the audit says %s", r.ID, r.State, state)
	}
	if l := c.lists[r.List]; l == nil || l.Level != r.Level {
		c.broken("line %s is in a list %s of level %d, which there is not", r.ID, r.List, r.Level+1)
	}
	if s.closed != "" && s.closed != time.Time(r.Closed).UTC().Format(time.RFC3339) {
		c.broken("line %s was closed at %s, and the audit says %s", r.ID, r.Closed, s.closed)
	}
	if s.closed != "" && (s.grant != r.Grant || s.manual != r.Manual) {
		c.broken("line %s was removed by something else than the audit says", r.ID)
	}
	if task := c.manuals[r.Manual]; r.State == review.LineStands && (task.state != string(access.ManualGivenUp) || task.line != r.ID) {
		c.broken("line %s stands, and the audit knows of nobody who gave its removal up", r.ID)
	}
	slices.SortStableFunc(s.decided, func(a, b decisionSaid) int { return cmp.Compare(a.level, b.level) })
	if len(r.Decided) != len(s.decided) {
		c.broken("line %s has %d decisions, and the audit says %d", r.ID, len(r.Decided), len(s.decided))
		return
	}
	for i, d := range r.Decided {
		c.Decisions++
		x := s.decided[i]
		got := decisionSaid{verdict: d.Verdict, level: d.Level, by: d.By, account: d.Account, place: d.For, comment: d.Hash, at: x.at}
		if got != x {
			c.broken("the decision about line %s is not what was submitted: %s by %q, and the audit says %s by %q", r.ID, d.Verdict, d.By, x.verdict, x.by)
		}
		if at := time.Time(d.At); at.After(x.at) || x.at.Sub(at) > late {
			c.broken("the decision about line %s is of %s, and the audit says %s", r.ID, d.At, stamp(x.at))
		}
	}
}

// tasks holds manual tasks against their events.
func (c *check) tasks() {
	seen := map[string]bool{}
	each(c, manualLines, func(_ int, r manualRecord) {
		if seen[r.ID] {
			c.broken("manual task %s is there twice", r.ID)
		}
		seen[r.ID] = true
		if s := c.said[r.Line]; s == nil || !s.staged {
			c.broken("manual task %s is of line %s, which is not in the snapshot", r.ID, r.Line)
		}
		x := c.manuals[r.ID]
		if x.state != string(r.State) {
			c.broken("manual task %s is %s, and the audit says %s", r.ID, r.State, cmp.Or(x.state, "nothing of it"))
		}
		if x.line != "" && x.line != r.Line {
			c.broken("manual task %s is of line %s, and the audit says of %s", r.ID, r.Line, x.line)
		}
		if x.by != r.GivenUpBy || x.reason != r.Hash {
			c.broken("manual task %s was given up by %q, and the audit says by %q, for a reason that it has the hash of", r.ID, r.GivenUpBy, x.by)
		}
	})
	for _, id := range slices.Sorted(maps.Keys(c.manuals)) {
		if !seen[id] {
			c.broken("the audit knows a manual task %s, and manual.jsonl does not", id)
		}
	}
}
