package cost

import (
	"flag"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write infra/cost.md anew")

// The page is what its sources say.
func TestPage(t *testing.T) {
	raw, err := os.ReadFile("measured.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := Render(m)
	if *update {
		if err := os.WriteFile("../cost.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../cost.md")
	if err != nil || string(got) != want {
		t.Errorf("infra/cost.md is not what its sources say: go test ./infra/cost -update (%v)", err)
	}
}

func num(v float64) *float64 { return &v }

// every gives a usage with the same number everywhere.
func every(v float64) Usage {
	var u Usage
	for _, f := range u.fields() {
		*f = num(v)
	}
	return u
}

func TestEveryFieldHasItsLine(t *testing.T) {
	if n := reflect.TypeFor[Usage]().NumField(); n != len(lines) || n != len(fieldNames) || n != len(new(Usage).fields()) {
		t.Errorf("%d fields, %d of them walked, %d prices", n, len(new(Usage).fields()), len(lines))
	}
	if missing := every(1).missing(); len(missing) != 0 {
		t.Errorf("fields that are not walked: %v", missing)
	}
}

// Known numbers give known sums.
func TestBill(t *testing.T) {
	m := Measured{
		Syncs:               []Sync{{People: 5000, Usage: Usage{ReadUnits: num(1e6)}}},
		Grant:               Usage{WriteUnits: num(100), ReadUnits: num(0)},
		Minute:              Usage{LambdaCalls: num(2), ReadUnits: num(0)},
		TableBytesPerPerson: num(1e6),
	}
	b := m.bill(50_000)
	for i, want := range map[int]float64{
		0:          1e7 * hours * 0.125 / 1e6, // reads: ten times the sync of 5,000
		1:          100 * 25_000 * 0.625 / 1e6,
		2:          2 * minutes * 0.20 / 1e6,
		len(lines): 50 * 0.45,
	} {
		if b.cost[i] == nil || math.Abs(*b.cost[i]-want) > 1e-9 {
			t.Errorf("line %d: %v, not %v", i, b.cost[i], want)
		}
	}
	if b.known || b.syncedAt != 5000 || b.cost[4] != nil {
		t.Errorf("what was not measured is known: %+v", b)
	}
}

func TestUnmeasuredIsSaid(t *testing.T) {
	page := Render(Measured{})
	for _, want := range []string{"Nothing has been measured yet", "| DynamoDB reads, on demand | unmeasured |", "**at least $", "Unmeasured of a grant: apiCalls,"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	m := Measured{Commit: "abc", Date: "2026-11-23", Syncs: []Sync{{500, every(1)}}, Grant: every(1), Minute: every(1), TableBytesPerPerson: num(1)}
	page = Render(m)
	if strings.Contains(page, "at least $") || strings.Contains(page, "Unmeasured") || !strings.Contains(page, "5,000 people: a sync was measured with 500") {
		t.Errorf("all is measured:\n%s", page)
	}
}

// A run that differs by more than chance makes the page stale.
func TestStale(t *testing.T) {
	all := Measured{Syncs: []Sync{{500, every(100)}}, Grant: every(100), Minute: every(2)}
	near, far := all, all
	near.Grant, near.Minute = every(120), every(6)
	far.Grant = every(140)
	other := all
	other.Syncs = []Sync{{50, every(100)}}
	for what, c := range map[string]struct {
		now  Measured
		want int
	}{"itself": {all, 0}, "near": {near, 0}, "far": {far, len(lines) - len(byMachine)}, "other size": {other, 1}, "nothing": {Measured{}, 2 * (len(lines) - len(byMachine))}} {
		if got := all.Stale(c.now); len(got) != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestUnknownFieldsAreRefused(t *testing.T) {
	if _, err := Parse([]byte(`{"minute": {"readUnit": 1}}`)); err == nil {
		t.Error("a misspelt field is passed over")
	}
}
