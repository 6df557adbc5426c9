package review

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// Every state with every turn, as the table in the package comment has it.
func TestCampaignTurns(t *testing.T) {
	want := map[State]map[Turn]State{
		Draft:   {Stage: Staging, CancelTurn: Canceled},
		Staging: {StagedAll: Staged, CancelTurn: Canceled},
		Staged:  {Start: Running, CancelTurn: Canceled},
		Running: {End: Ending},
		Ending:  {Complete: Completed},
	}
	for _, s := range States {
		for _, turn := range Turns {
			c, err := Campaign{State: s, Spec: Spec{Days: 14}}.Turn(turn, noon)
			to, ok := want[s][turn]
			switch {
			case !ok && !fault.Is(err, fault.Conflict):
				t.Errorf("%s %s: %v, want a conflict", s, turn, err)
			case ok && (err != nil || c.State != to):
				t.Errorf("%s %s: %s %v, want %s", s, turn, c.State, err, to)
			}
		}
	}
	c, err := Campaign{State: Staged, Spec: Spec{Days: 14}}.Turn(Start, noon)
	if err != nil || !c.Deadline.Equal(noon.AddDate(0, 0, 14)) || !c.Next.Equal(noon) {
		t.Errorf("started: %+v %v", c, err)
	}
}

func TestLineTurns(t *testing.T) {
	want := map[LineState]map[LineTurn]LineState{
		LineOpen: {
			CertifyLine: LineCertified, PassLine: LineOpen, DenyLine: LineDenied, VanishLine: LineGone, SkipLine: LineSkipped,
		},
		LineDenied: {TookLine: LineRemoved, KeepLine: LineKept, GiveUpLine: LineStands},
	}
	for _, s := range LineStates {
		for _, turn := range LineTurns {
			l, err := Line{State: s, Draft: Decision{Verdict: Deny}}.Turn(turn, noon)
			to, ok := want[s][turn]
			switch {
			case !ok && !fault.Is(err, fault.Conflict):
				t.Errorf("%s %s: %v, want a conflict", s, turn, err)
			case ok && (err != nil || l.State != to || l.Draft.Verdict != ""):
				t.Errorf("%s %s: %+v %v, want %s", s, turn, l, err, to)
			case ok && l.Closed.IsZero() != (to == LineOpen || to == LineDenied):
				t.Errorf("%s %s: closed %s", s, turn, l.Closed)
			}
		}
	}
}

// A line goes through its levels; a denial at any of them is the last word.
func TestDecide(t *testing.T) {
	l := Line{State: LineOpen}
	l, err := l.Decide(Decision{Verdict: Certify, By: "u1", At: noon}, 2)
	if err != nil || l.State != LineOpen || l.Level != 1 || l.Verdict() != Certify {
		t.Fatalf("first level: %+v %v", l, err)
	}
	last, err := l.Decide(Decision{Verdict: Certify, By: "u2", At: noon}, 2)
	if err != nil || last.State != LineCertified || len(last.Decided) != 2 || last.Decided[1].Level != 1 {
		t.Errorf("second level: %+v %v", last, err)
	}
	denied, err := Line{State: LineOpen}.Decide(Decision{Verdict: Deny, At: noon}, 2)
	if err != nil || denied.State != LineDenied {
		t.Errorf("denied: %+v %v", denied, err)
	}
	if len(l.Decided) != 1 {
		t.Error("a decision changed the line that it was made of")
	}
	if _, err := denied.Decide(Decision{Verdict: Certify, At: noon}, 2); !fault.Is(err, fault.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	if _, err := l.Decide(Decision{}, 2); !fault.Is(err, fault.Invalid) {
		t.Errorf("the zero decision: %v", err)
	}
}
