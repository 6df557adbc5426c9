package access

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ebb-access/ebb/shared/fault"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// drawn reads the table of the package comment: state, turn -> becomes.
func drawn(t *testing.T) map[State]map[Turn]State {
	t.Helper()
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(src), "becomes        why\n")
	if !ok {
		t.Fatal("the package comment has lost its table")
	}
	table := map[State]map[Turn]State{}
	for line := range strings.Lines(after) {
		line, ok = strings.CutPrefix(strings.TrimRight(line, "\n"), "//\t")
		if !ok {
			break
		}
		cols := regexp.MustCompile(`\s{2,}`).Split(line, -1)
		if len(cols) != 4 {
			t.Fatalf("a row has %d columns: %q", len(cols), line)
		}
		from, turn, to := State(cols[0]), Turn(cols[1]), State(cols[2])
		if from.Validate() != nil || to.Validate() != nil || !slices.Contains(Turns, turn) {
			t.Errorf("unknown words in %q", line)
		}
		if table[from] == nil {
			table[from] = map[Turn]State{}
		}
		if _, twice := table[from][turn]; twice {
			t.Errorf("%q stands there twice", line)
		}
		table[from][turn] = to
	}
	return table
}

func TestTurnFollowsTheTable(t *testing.T) {
	table := drawn(t)
	for _, from := range append([]State{"", "nonsense"}, States...) {
		for _, turn := range append([]Turn{"", "nonsense"}, Turns...) {
			g := Grant{ID: "g_1", State: from}
			got, err := g.Turn(turn, noon, "why")
			want, ok := table[from][turn]
			switch {
			case ok && (err != nil || got.State != want):
				t.Errorf("%s + %s: %s, %v; the table says %s", from, turn, got.State, err, want)
			case !ok && !fault.Is(err, fault.Conflict):
				t.Errorf("%s + %s becomes %s (%v); the table has no such row", from, turn, got.State, err)
			case !ok && got.State != from:
				t.Errorf("%s + %s was refused and still moved to %s", from, turn, got.State)
			}
		}
	}
}

func TestEveryStateIsReachedAndLeft(t *testing.T) {
	table := drawn(t)
	reached := map[State]bool{Scheduled: true}
	for _, row := range table {
		for _, to := range row {
			reached[to] = true
		}
	}
	for _, s := range States {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
		if s.Final() == (len(table[s]) > 0) {
			t.Errorf("%s: final %v, with %d ways out", s, s.Final(), len(table[s]))
		}
		_, due := Grant{State: s}.Next()
		if due == s.Final() {
			t.Errorf("%s: final %v, due %v", s, s.Final(), due)
		}
	}
}

// While access has to go, being stuck does not turn it into access given.
func TestStuckWhileTakingOnlyTakes(t *testing.T) {
	g := Grant{State: Stuck, Taking: true}
	for _, turn := range Turns {
		got, err := g.Turn(turn, noon, "")
		if (turn == End) != (err == nil) {
			t.Errorf("%s: %s, %v", turn, got.State, err)
		}
	}
	if got, _ := g.Turn(End, noon, ""); got.State != Revoking || !got.Taking {
		t.Errorf("%+v", got)
	}
}

func TestTurnKeepsTheBooks(t *testing.T) {
	trouble := Trouble{Code: "missing_scope", Since: noon}
	g := Grant{State: Granting, Tries: 3, Trouble: trouble}
	stuck, _ := g.Turn(Stick, noon, "")
	if stuck.Taking || stuck.Tries != 0 || stuck.Trouble != trouble || !stuck.Closed.IsZero() {
		t.Errorf("stuck: %+v", stuck)
	}
	revoking, _ := stuck.Turn(End, noon, "")
	if !revoking.Taking || revoking.NextTry != noon || revoking.Trouble != (Trouble{}) || revoking.Outcome != "" {
		t.Errorf("revoking: %+v", revoking)
	}
	gone, _ := revoking.Turn(Gone, noon.Add(time.Minute), OutcomeGone)
	if gone.Closed != noon.Add(time.Minute) || gone.Outcome != OutcomeGone {
		t.Errorf("revoked: %+v", gone)
	}
	begun, _ := Grant{State: Scheduled}.Turn(Begin, noon, "")
	if begun.NextTry != noon {
		t.Errorf("granting: %+v", begun)
	}
}

// Whatever comes, in any order and as often as it likes: a final state stays,
// and nothing is taken twice or given after the taking began.
func TestNoSequenceLeavesAFinalState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Grant{State: Scheduled, Start: noon, End: noon.Add(time.Hour)}
		taking := false
		for i, turn := range rapid.SliceOfN(rapid.SampledFrom(Turns), 1, 40).Draw(t, "turns") {
			now := noon.Add(time.Duration(i) * time.Minute)
			next, err := g.Turn(turn, now, "note")
			if err != nil && !reflect.DeepEqual(g, next) {
				t.Fatalf("refused, and changed: %+v to %+v", g, next)
			}
			if g.State.Final() && err == nil {
				t.Fatalf("%s became %s by %s", g.State, next.State, turn)
			}
			if taking && (next.State == Active || next.State == Granting || next.State == Failed) {
				t.Fatalf("%s after the taking began", next.State)
			}
			if next.State.Final() != !next.Closed.IsZero() {
				t.Fatalf("%s, closed at %v", next.State, next.Closed)
			}
			if next.State.Validate() != nil {
				t.Fatalf("no state: %q", next.State)
			}
			taking = taking || next.State == Revoking
			if taking && !next.State.Final() && !next.Takes() {
				t.Fatalf("%s forgot that it takes", next.State)
			}
			g = next
		}
	})
}

func TestTripKeepsSinceWhileTheTroubleIsTheSame(t *testing.T) {
	later, next := noon.Add(time.Hour), noon.Add(2*time.Hour)
	g := Grant{State: Revoking}.Trip(Trouble{Code: "a"}, noon, next)
	if g.Trouble.Since != noon || g.Tries != 1 || g.NextTry != next {
		t.Errorf("%+v", g)
	}
	g = g.Trip(Trouble{Code: "a", Text: "other words"}, later, next)
	if g.Trouble.Since != noon || g.Tries != 2 || g.Trouble.Text != "other words" {
		t.Errorf("same: %+v", g)
	}
	if g = g.Trip(Trouble{Code: "b"}, later, next); g.Trouble.Since != later {
		t.Errorf("another: %+v", g)
	}
}

// TestAStuckGrantKeepsItsAge: a person is needed since it is stuck, whatever
// Slack says next. What only waited for Slack before has no part in it.
func TestAStuckGrantKeepsItsAge(t *testing.T) {
	later := noon.Add(time.Hour)
	for dormant, want := range map[bool]time.Time{false: noon, true: later} {
		g := Grant{State: Revoking}.Trip(Trouble{Code: "a", Dormant: dormant}, noon, later)
		g, err := g.Turn(Stick, later, "")
		if err != nil {
			t.Fatal(err)
		}
		g = g.Trip(Trouble{Code: "b"}, later, later).Trip(Trouble{Code: "c"}, later.Add(time.Hour), later)
		if g.Trouble.Since != want || g.Trouble.Code != "c" {
			t.Errorf("dormant %t: %+v", dormant, g.Trouble)
		}
	}
}

func TestBackoff(t *testing.T) {
	for tries, want := range map[int]time.Duration{
		-1: 5 * time.Second, 0: 5 * time.Second, 1: 10 * time.Second, 2: 20 * time.Second,
		6: 320 * time.Second, 7: 10 * time.Minute, 8: 10 * time.Minute, 1 << 40: 10 * time.Minute,
	} {
		if got := Backoff(tries); got != want {
			t.Errorf("%d tries: %v, want %v", tries, got, want)
		}
	}
}
