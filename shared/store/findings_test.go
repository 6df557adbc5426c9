package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func (h *house) finding(resource, account string, kind directory.FindingKind) directory.Finding {
	h.t.Helper()
	f := directory.Finding{Connector: "c1", Resource: resource, Slug: "member", Account: account, Kind: kind, Seen: h.now, Run: "run_" + h.now.String()}
	was, err := h.Finding(ctx, f.FindingID())
	if err != nil {
		h.refused(err, fault.NotFound)
	}
	f, news := was.See(f, h.now)
	if !news {
		h.t.Fatalf("%+v is no news", f)
	}
	return f
}

func (h *house) findings(waiting bool, limit int) (ids []string) {
	h.t.Helper()
	for _, f := range value[[]directory.Finding](h)(h.Findings(ctx, "c1", waiting, limit)) {
		ids = append(ids, f.Account+" "+string(f.State))
	}
	return ids
}

func (h *house) lists(waiting, all string) {
	h.t.Helper()
	if got := fmt.Sprint(h.findings(true, 0), " ", h.findings(false, 0)); got != waiting+" "+all {
		h.t.Errorf("%s, want %s %s", got, waiting, all)
	}
}

// A finding through its life: its rows, the lists it stands in, and whom it has told.
func TestFindings(t *testing.T) {
	h := newHouse(t)
	e := h.event("resource/c1/S1", "finding.came")
	a := h.finding("S1", "U1", directory.Came)
	h.refused(h.SaveFindings(ctx, []directory.Finding{a}, nil, nil), fault.Internal) // silently
	h.must(h.SaveFindings(ctx, []directory.Finding{a}, nil, nil, e))
	if h.table.rows != 7 {
		t.Errorf("%d rows: the finding, three pointers, a row for telling, the event and its place in the chain", h.table.rows)
	}
	h.refused(h.SaveFindings(ctx, []directory.Finding{a}, nil, nil, e), fault.Conflict)
	if due := value[[]access.Due](h)(h.Due(ctx, "tell", h.now, 0)); len(due) != 1 || due[0].Kind != "resource" || due[0].ID != "c1/S1" {
		t.Errorf("to be told: %+v", due)
	}
	h.now = h.now.Add(time.Minute)
	h.must(h.SaveFindings(ctx, []directory.Finding{h.finding("S1", "U2", directory.Came)}, nil, nil, e))
	h.lists("[U2 open U1 open]", "[U2 open U1 open]")
	if got := h.findings(true, 1); len(got) != 1 || got[0] != "U2 open" {
		t.Errorf("the last seen: %v", got)
	}

	a = value[directory.Finding](h)(h.Finding(ctx, a.ID))
	kept, err := a.Turn(directory.KeepFinding, h.now)
	h.must(err)
	h.must(h.SaveFindings(ctx, []directory.Finding{kept}, nil, []access.Text{{About: "finding/" + a.ID, Author: "U9", Body: "fine", Written: h.now}}, e))
	h.refused(h.SaveFindings(ctx, []directory.Finding{kept}, nil, nil, e), fault.Conflict)
	h.lists("[U2 open]", "[U2 open U1 kept]")
	if text := value[access.Text](h)(h.Text(ctx, "finding/"+a.ID)); text.Body != "fine" {
		t.Errorf("%+v", text)
	}

	h.now = h.now.Add(time.Hour) // seen again: it opens, and is the last
	h.must(h.SaveFindings(ctx, []directory.Finding{h.finding("S1", "U1", directory.Came)}, nil, nil, e))
	h.lists("[U1 open U2 open]", "[U1 open U2 open]")
	of := value[[]directory.Finding](h)(h.FindingsOf(ctx, "c1", "S1"))
	if len(of) != 2 || of[0].Account != "U1" || of[0].Times != 2 || len(value[[]directory.Finding](h)(h.FindingsOf(ctx, "c1", "S2"))) != 0 {
		t.Errorf("of S1: %+v", of)
	}
	for part, want := range map[string]int{"findings#c1": 2, "findings-open#c1": 2, "findings-of#c1#S1": 2} {
		if rows := h.table.part(part); len(rows) != want {
			t.Errorf("%s: %q", part, rows)
		}
	}
	other := a
	other.Account, other.Rev = "U3", 0
	h.refused(h.SaveFindings(ctx, []directory.Finding{other}, nil, nil, e), fault.Internal) // under another one's id
}

// As many as one look makes fit into one commit, and with a step of converge.
func TestManyFindingsAreOneCommit(t *testing.T) {
	h := newHouse(t)
	var all []directory.Finding
	var events []audit.Event
	for i := range directory.MostFindings {
		all = append(all, h.finding("S1", fmt.Sprint("U", i), directory.Came))
		events = append(events, h.event("resource/c1/S1", "finding.came"))
	}
	h.must(h.SaveFindings(ctx, all, nil, nil, events...))
	h.now = h.now.Add(time.Hour)
	for i, f := range all {
		f = value[directory.Finding](h)(h.Finding(ctx, f.ID))
		all[i], _ = f.Turn(directory.LostFinding, h.now)
	}
	h.must(h.SaveFindings(ctx, all, nil, nil, events...))
	h.now = h.now.Add(time.Hour)
	for i := range all {
		all[i] = h.finding("S1", fmt.Sprint("U", i), directory.Came)
	}
	h.must(h.Record(ctx, h.lock("a"), access.Step{Findings: all, Sleep: true}, events...))
	if got := h.findings(true, 0); len(got) != directory.MostFindings {
		t.Errorf("%d wait", len(got))
	}
}
