package policyfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func read(t *testing.T, file string) []byte {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func parse(t *testing.T, src string) access.Policy {
	t.Helper()
	p, err := Parse([]byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return p
}

// golden holds got against file, or rewrites it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(read(t, file)); got != want {
		t.Errorf("%s (-update rewrites it)\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

func TestParseReadsEveryField(t *testing.T) {
	src := read(t, "testdata/good/full.yaml")
	p, err := Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	want := access.Rule{
		ID: "oncall", Line: 3, Slug: "member",
		Resources: access.Match{
			Kind: directory.UserGroup, Names: []string{"oncall*"}, IDs: []string{"S0123"}, Workspaces: []string{"T0123"},
		},
		Requesters: access.Who{Anyone: true},
		Others:     access.Who{Groups: []string{"@leads"}},
		When:       `length <= duration("4h")`,
		Risk:       access.Medium,
		Max:        8 * time.Hour,
		Approvers:  access.Who{Groups: []string{"@sre-leads"}},
		Wait:       72 * time.Hour,
		Empty:      access.Empty{Keep: "U1"},
		Unproven:   true,
	}
	if !reflect.DeepEqual(p.Rules, []access.Rule{want}) {
		t.Errorf("got  %+v\nwant %+v", p.Rules, want)
	}
	sum := sha256.Sum256(src)
	if p.Digest != hex.EncodeToString(sum[:]) || p.Source != string(src) || p.Version != 0 {
		t.Errorf("digest %q, version %d", p.Digest, p.Version)
	}
}

func TestParseSaysEverythingThatIsWrong(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := Parse(read(t, file))
			var list Errors
			if !fault.Is(err, fault.Invalid) || !errors.As(err, &list) {
				t.Fatalf("no Errors inside a fault.Invalid: %v", err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", list.Error()+"\n")
		})
	}
}

func rule(lines string) string {
	return "version: 1\nrules:\n  - id: a\n" + lines
}

const plainRule = "    resources: {kind: usergroup, names: [a]}\n    requesters: {anyone: true}\n    max: 1h\n    approve: auto\n"

func TestParseForms(t *testing.T) {
	p := parse(t, rule(plainRule))
	if r := p.Rules[0]; !r.Auto || !r.Approvers.None() || r.Slug != "member" || r.Wait != 0 {
		t.Errorf("%+v", r)
	}
	p = parse(t, rule("    resources: {kind: channel, ids: [C1]}\n    approve: never\n"))
	if r := p.Rules[0]; r.Max != 0 || r.Auto || !r.Requesters.Anyone || !r.Approvers.None() {
		t.Errorf("never: %+v", r)
	}
	p = parse(t, rule(plainRule+"    when_empty: disable\n"))
	if p.Rules[0].Empty != (access.Empty{Disable: true}) {
		t.Errorf("%+v", p.Rules[0].Empty)
	}
	if p = parse(t, "version: 1\nrules: []\n"); len(p.Rules) != 0 {
		t.Errorf("%+v", p.Rules)
	}
}

func TestParseLimits(t *testing.T) {
	long := "version: 1\nrules: []\n#" + strings.Repeat("x", MostBytes)
	for name, src := range map[string]string{
		"too long":      long,
		"not UTF-8":     "version: 1\nrules: [\xff]\n",
		"nested deeply": strings.Repeat("[", 20000),
		"a bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n" +
			"c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\n",
		"too many": "version: 1\nrules: [" + strings.Repeat("x,", mostItems+1) + "]\n",
		"itself":   "rules: &r [*r]\n",
	} {
		if _, err := Parse([]byte(src)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Parse([]byte("version: 1\nrules: [" + strings.Repeat("x,", mostItems) + "]\n"))
	var list Errors
	if !errors.As(err, &list) || len(list) != mostProblems+1 {
		t.Errorf("%d problems are listed", len(list))
	}
}

func TestErrorSpeaksToPeople(t *testing.T) {
	_, err := Parse([]byte(rule(strings.Replace(plainRule, "1h", "8", 1))))
	if got, want := fault.TextOf(err), "line 6: has to be a time such as 30m, 8h, 2d or 1w; found the number 8"; got != want {
		t.Errorf("got %q", got)
	}
	if got := fault.FieldOf(err); got != "rules[0].max" {
		t.Errorf("field %q", got)
	}
	if fault.KindOf(err) != fault.Invalid {
		t.Error(fault.KindOf(err))
	}
}

func TestSpan(t *testing.T) {
	day := 24 * time.Hour
	good := map[string]time.Duration{
		"30m": 30 * time.Minute, "8h": 8 * time.Hour, "2d": 2 * day, "1w": 7 * day, "360d": access.Longest,
		"1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute, "45s": 45 * time.Second, "0008h": 8 * time.Hour,
	}
	for s, want := range good {
		if got, ok := parseSpan(s); !ok || got != want {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "8", "h", "8 h", "-1h", "1.5h", "30m1h", "1h1h", "8x", "1H", "９h"} {
		if got, ok := parseSpan(s); ok {
			t.Errorf("%q is read as %v", s, got)
		}
	}
	for _, s := range []string{"361d", "99999999999999999999w", "9223372036854775807s", "52w360d8640h"} {
		if got, ok := parseSpan(s); !ok || got <= access.Longest {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"approve", "max", "requesters"}
	for word, want := range map[string]string{
		"approvers": "did you mean approve?", "requestors": "did you mean requesters?", "Max": "did you mean max?",
		"colour": "known are approve, max, requesters", "": "known are approve, max, requesters",
	} {
		if got := suggest(word, known); got != want {
			t.Errorf("%q: %s", word, got)
		}
	}
	if !slices.IsSorted(known) {
		t.Error("the list was changed")
	}
}

func problems(err error) Errors {
	var list Errors
	errors.As(err, &list)
	return list
}

// An admin's role is asked for of a workspace, and nothing else of one is.
func TestWorkspaceAdmin(t *testing.T) {
	rule := func(more string) string {
		return "version: 1\nrules:\n  - id: a\n    requesters: {anyone: true}\n    max: 2h\n    approve: auto\n" + more
	}
	p, err := Parse([]byte(rule("    resources: {kind: workspace, ids: [T0123]}\n    entitlement: admin\n")))
	if err != nil || p.Rules[0].Slug != "admin" {
		t.Errorf("%v", err)
	}
	for more, want := range map[string]string{
		"    resources: {kind: workspace, ids: [T0123]}\n":                                                  "say entitlement: admin",
		"    resources: {kind: usergroup, ids: [S0123]}\n    entitlement: admin\n":                          "admin is about workspaces",
		"    resources: {kind: workspace, ids: [T0123]}\n    entitlement: admin\n    when_empty: disable\n": "is about user groups",
	} {
		if _, err := Parse([]byte(rule(more))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", more, err, want)
		}
	}
}
