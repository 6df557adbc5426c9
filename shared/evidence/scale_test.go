package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// made is a campaign of n lines, all denied at its end and removed, which makes the
// most events; it is given record by record.
func made(n int) (*Builder, audit.Seal, audit.Event) {
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	c := review.Campaign{ID: "uc_1", State: review.Completed, Created: at, Started: at, Settled: at}
	c.Spec = review.Spec{Name: "All", Connector: "con_1", Days: 14, AtEnd: review.RevokeOpen, Levels: []review.Level{{By: review.ByNamed, Accounts: []string{"U1"}}}}
	to := review.Assigned{Source: review.ByNamed, Accounts: []string{"U1"}}
	list := review.Assignment{ID: review.AssignmentID(c.ID, 0, to), Campaign: c.ID, Assigned: to, Lines: n, Closed: n, Denied: n}
	fact := func(i int) review.Fact {
		res, acc := fmt.Sprintf("S%07d", i/150), fmt.Sprintf("U%09d", i)
		return review.Fact{
			ID: review.LineID(res, "member", acc), Connector: "con_1", Workspace: "T1", Resource: res, Kind: directory.UserGroup, Slug: "member", Account: acc,
			Since: at, New: true, Assigned: to, ResourceName: "group-" + res, AccountName: "Person " + acc, Advice: review.Advice{Why: []review.Reason{review.BecauseNew}},
		}
	}
	page := func(k int) review.Page {
		p := review.Page{Campaign: c.ID, N: k}
		for i := k * review.PageLines; i < min(n, (k+1)*review.PageLines); i++ {
			p.Facts = append(p.Facts, fact(i))
		}
		p.Seen = map[string]int{"usergroup": len(p.Facts)}
		return p
	}
	for k := 0; k*review.PageLines < n; k++ {
		c.Snapshot = c.Snapshot.Add(page(k))
	}
	b := New(Subject{Campaign: c, ConnectorName: "Umbra"})
	for k := range c.Snapshot.Pages {
		b.Page(page(k))
	}
	b.List(list, nil)
	for i := range n {
		b.Line(Line{
			Line: review.Line{
				Fact: fact(i), Campaign: c.ID, Assignment: list.ID, State: review.LineRemoved, Grant: fmt.Sprintf("g_%016d", i), Closed: at,
				Decided: []review.Decision{{Verdict: review.Deny, At: at}}, Outcome: "removed, and seen gone in Slack",
			},
			By: []string{""}, Comments: []Comment{{}},
		})
	}
	last, seal := map[string]audit.Event{}, audit.Seal{}
	say := func(aggregate, action string, data map[string]string) {
		e := audit.Link(last[aggregate], audit.Event{ID: fmt.Sprintf("ev_%016d", seal.N), Aggregate: aggregate, At: at, Action: action, Actor: "ebb", Data: data})
		last[aggregate], seal = e, audit.Append(seal, e, at)
		if action != Action {
			b.Event(audit.Sealed{Event: e, Seal: seal}, "")
		}
	}
	terms := c.Terms()
	terms["state"] = "draft"
	for k, v := range terms {
		if v == "" {
			delete(terms, k)
		}
	}
	own := Aggregate(c.ID)
	say(own, "campaign.drafted", terms)
	x := c.Snapshot
	say(own, "campaign.staged", map[string]string{"state": "staged", "pages": fmt.Sprint(x.Pages), "lines": fmt.Sprint(x.Lines), "digest": x.Digest, "unassigned": "0"})
	say(own, "campaign.settled", map[string]string{"state": "completed"})
	for i := range n {
		id := fact(i).ID
		say(Lists(c.ID)+list.ID, "review.revoked", map[string]string{"lines": id + "=deny", "campaign": c.ID})
		say(Lists(c.ID)+list.ID, "review.removed", map[string]string{"lines": id + "=removed", "grant": fmt.Sprintf("g_%016d", i), "seen": at.Format(time.RFC3339)})
	}
	return b, seal, last[own]
}

// packaged writes the zip of a package that was made to a file.
func packaged(t testing.TB, b *Builder, seal audit.Seal, own audit.Event) *os.File {
	t.Helper()
	p, err := b.Close()
	if err != nil {
		t.Fatal(err)
	}
	at := seal.At
	e := audit.Link(own, audit.Event{ID: "ev_last", Aggregate: own.Aggregate, At: at, Action: Action, Actor: "u_1", Data: map[string]string{"manifest": p.Hash()}})
	s := audit.Append(seal, e, at)
	out, err := os.Create(filepath.Join(t.TempDir(), "review.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(out, Binding{Event: audit.Sealed{Event: e, Seal: s}, Head: audit.Sign(demoKey(), s), Key: fmt.Sprintf("%x", []byte(pinned))}); err != nil {
		t.Fatal(err)
	}
	return out
}

// peak samples how much is in use until stopped.
func peak() (stop func() (most uint64)) {
	quit, done := make(chan bool), make(chan uint64)
	go func() {
		most := uint64(0)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-quit:
				done <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { quit <- true; return <-done }
}

// TestMemoryOfPackages: what is kept grows by some hundred bytes a line, compressed,
// and not by the lines. With EBB_BENCH=1 it says what 200,000 lines take.
func TestMemoryOfPackages(t *testing.T) {
	n, most := 10000, uint64(48<<20)
	if os.Getenv("EBB_BENCH") != "" {
		n, most = 200000, 256<<20
	}
	runtime.GC()
	stop, began := peak(), time.Now()
	b, seal, own := made(n)
	file := packaged(t, b, seal, own)
	defer file.Close()
	wrote, took := stop(), time.Since(began)
	runtime.GC()
	stop, began = peak(), time.Now()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(file, info.Size(), pinned)
	if err != nil || !v.Whole() || v.Lines != n {
		t.Fatalf("%+v, %v", v, err)
	}
	read, checked := stop(), time.Since(began)
	t.Logf("%d lines, %d events: %d KB; written in %s with at most %d MB, verified in %s with at most %d MB",
		n, v.Events, info.Size()>>10, took.Round(time.Millisecond), wrote>>20, checked.Round(time.Millisecond), read>>20)
	// The house has 256 MiB; who verifies has a computer, and half as much again.
	if wrote > most || read > most+most/2 {
		t.Errorf("memory: %d MB written, %d MB verified; at most %d MB", wrote>>20, read>>20, most>>20)
	}
}
