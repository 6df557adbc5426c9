package slack

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
)

type documentedMethod struct {
	TierDocs string   `json:"tier_docs"`
	TierJava string   `json:"tier_java"`
	Args     []string `json:"args"`
	Errors   []string `json:"errors"`
}

func documentedMethods(t *testing.T) map[string]documentedMethod {
	t.Helper()
	raw, err := os.ReadFile("testdata/methods.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Methods map[string]documentedMethod `json:"methods"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Methods
}

// The table of methods is Slack's reference: the same methods, team_id where
// Slack takes it, the lower of the two published tiers.
func TestMethodsAreSlacksOwn(t *testing.T) {
	tiers := map[string]int{"Tier2": tier2, "Tier3": tier3, "Tier4": tier4, "Special": special}
	reference := documentedMethods(t)
	for name, m := range methods {
		d, ok := reference[name]
		if !ok {
			t.Errorf("%s is not in testdata/methods.json", name)
			continue
		}
		if has := slices.Contains(d.Args, "team_id"); has != m.team {
			t.Errorf("%s: team_id %v, Slack says %v", name, m.team, has)
		}
		want := tiers[d.TierDocs]
		if lower, ok := tiers[d.TierJava]; ok {
			want = min(want, lower)
		}
		if m.perMinute != want || Tier(name) != want {
			t.Errorf("%s: %d a minute, Slack says %d", name, m.perMinute, want)
		}
	}
	for name := range reference {
		if _, ok := methods[name]; !ok {
			t.Errorf("%s is in testdata/methods.json and not in the table", name)
		}
	}
	if Tier("chat.delete") != 0 {
		t.Error("a method that is not called has a tier")
	}
}

// Every code that Slack documents for a method of ours is sorted by hand.
func TestEveryDocumentedCodeHasAClass(t *testing.T) {
	for name, d := range documentedMethods(t) {
		for _, code := range d.Errors {
			_, own := ofMethod[name][code]
			_, all := general[code]
			if !own && !all && !waits[code] {
				t.Errorf("%s of %s has no class", code, name)
			}
		}
	}
}

func TestCredentialPrintsAsDots(t *testing.T) {
	if got := fmt.Sprint(credential{token: "xoxp-secret"}); got != "credential(…)" {
		t.Errorf("printed as %s", got)
	}
}
