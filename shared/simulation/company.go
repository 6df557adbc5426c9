package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// The company of every story. lin and kim lead; sam and kit are on call anyway.
var (
	peopleNames   = []string{"ada", "lin", "kim", "sam", "kit", "bob", "eve"}
	resourceNames = []string{"oncall", "leads", "shift", "solo", "guarded", "ops", "incident", "war"}
)

// askable are the resources that policy lets people ask for.
var askable = []string{"oncall", "shift", "solo", "guarded", "ops", "incident", "war"}

// hire makes the people, groups and channels. Whoever is in @ops is put into
// the private #war-room by Slack.
func (w *World) hire() {
	for _, name := range peopleNames {
		w.name(name, w.org.AddUser(slacktest.User{Name: name, RealName: name, Email: name + "@example.com"}))
	}
	bot := w.org.BotUser(w.org.TeamIDs()[0])
	group := func(name string, members ...string) {
		w.name(name, w.org.AddGroup(slacktest.Group{Handle: name, Name: name, Members: w.idsOf(members)}))
	}
	channel := func(name string, members ...string) {
		w.name(name, w.org.AddChannel(slacktest.Channel{Name: name, Private: true, Members: append(w.idsOf(members), bot)}))
	}
	group("oncall", "sam", "kit")
	group("leads", "lin", "kim")
	group("shift", "sam")
	group("solo")
	group("guarded")
	channel("incident", "sam")
	channel("war", "sam")
	w.name("ops", w.org.AddGroup(slacktest.Group{
		Handle: "ops", Name: "ops", Members: w.idsOf([]string{"sam"}), PrivateChannels: w.idsOf([]string{"war"}),
	}))
	w.name("team", w.org.TeamIDs()[0])
	if w.story.reviewing() {
		w.name("lunch", w.org.AddChannel(slacktest.Channel{Name: "lunch", Members: append(w.idsOf([]string{"sam", "bob", "eve"}), bot)}))
	}
	for _, r := range resourceNames {
		w.resources = append(w.resources, w.ids[r])
	}
	w.names[bot] = "ebb"
}

func (w *World) name(name, id string) { w.ids[name], w.names[id] = id, name }

func (w *World) idsOf(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, w.ids[n])
	}
	return out
}

// rule is what a policy of a story says of one resource; the invariants judge by
// it without the code that they check.
type rule struct {
	max   time.Duration
	leads bool   // a lead approves; otherwise policy does
	empty string // what happens at the last member: "", "disable" or "keep"

	need  int           // so many leads have to approve; 0: one
	then  string        // who approves after them, "" for nobody
	brief time.Duration // a condition: the rule speaks of what is no longer; 0: of all
	only  bool          // leads alone may ask
	fire  time.Duration // anybody may skip the approvers for so long; 0: nobody
	sole  string        // the only approver, who may wait an hour for their own request
}

// speaks reports whether the rule allows that length.
func (r rule) speaks(length time.Duration) bool {
	return length <= r.max && (r.brief == 0 || length <= r.brief)
}

// approval in the words of a policy file.
func (r rule) approval(w *World) string {
	need := max(1, r.need)
	switch {
	case r.sole != "":
		return fmt.Sprintf("{accounts: [%s]}\n    solo: {wait: 1h, veto: {groups: [\"@leads\"]}}", w.ids[r.sole])
	case r.then != "":
		return fmt.Sprintf(`[{groups: ["@leads"], need: %d}, {accounts: [%s]}]`, need, w.ids[r.then])
	case r.leads && need > 1:
		return fmt.Sprintf(`[{groups: ["@leads"], need: %d}]`, need)
	case r.leads:
		return `{groups: ["@leads"]}`
	}
	return "auto"
}

// policies by their letter; G lets everybody be admin for a while. B knows no @oncall, C is short, D says nothing about
// the last member, E lets leads approve everything, F has conditions, several
// steps, emergencies, an only approver, and what only leads get.
var policies = map[string]map[string]rule{
	"A": {
		"oncall": {max: 8 * time.Hour, leads: true}, "solo": {max: 8 * time.Hour, empty: "disable"},
		"guarded": {max: 8 * time.Hour, empty: "keep"}, "shift": {max: 8 * time.Hour}, "ops": {max: 8 * time.Hour},
		"incident": {max: 4 * time.Hour}, "war": {max: 4 * time.Hour},
	},
	"B": {"shift": {max: 8 * time.Hour}, "incident": {max: 4 * time.Hour}, "ops": {max: 8 * time.Hour}},
	"C": {
		"oncall": {max: 20 * time.Minute, leads: true}, "solo": {max: 20 * time.Minute, empty: "disable"},
		"shift": {max: 20 * time.Minute}, "incident": {max: 20 * time.Minute},
	},
	"D": {
		"oncall": {max: 8 * time.Hour, leads: true}, "solo": {max: 8 * time.Hour}, "guarded": {max: 8 * time.Hour},
		"shift": {max: 8 * time.Hour}, "incident": {max: 4 * time.Hour}, "ops": {max: 8 * time.Hour},
	},
	"E": {
		"oncall": {max: 8 * time.Hour, leads: true}, "shift": {max: 8 * time.Hour, leads: true},
		"incident": {max: 4 * time.Hour, leads: true}, "war": {max: 4 * time.Hour, leads: true},
	},
	"F": {
		"oncall": {max: 8 * time.Hour, leads: true, need: 2, fire: 15 * time.Minute}, "war": {max: 4 * time.Hour, sole: "kit"}, "shift": {max: 8 * time.Hour, brief: 10 * time.Minute},
		"ops": {max: 8 * time.Hour, only: true}, "incident": {max: 4 * time.Hour, leads: true, then: "kit"},
	},
	"G": {
		"team": {max: 4 * time.Hour}, "oncall": {max: 8 * time.Hour, leads: true}, "shift": {max: 8 * time.Hour},
		"incident": {max: 4 * time.Hour}, "ops": {max: 8 * time.Hour},
	},
}

// inForce is a policy from a time on.
type inForce struct {
	letter string
	from   time.Time
}

// publish puts a policy in force.
func (w *World) publish(ctx context.Context, h *flow.House, letter string) {
	_, _, err := h.Publish(ctx, w.root, must(policyfile.Parse([]byte(w.yaml(letter)))))
	check(err)
}

// published notes that the policy of a document is in force.
func (w *World) published(source string) {
	for _, letter := range sorted(policies) {
		if w.yaml(letter) == source {
			w.policies = append(w.policies, inForce{letter, w.now()})
		}
	}
}

// yaml is the document of a policy.
func (w *World) yaml(letter string) string {
	out := "version: 1\nrules:\n"
	for _, name := range resourceNames {
		r, ok := policies[letter][name]
		if !ok {
			continue
		}
		kind, requesters := "usergroup", "{anyone: true}"
		if slices.Contains([]string{"incident", "war"}, name) {
			kind = "channel"
		}
		if r.only {
			requesters = `{groups: ["@leads"]}`
		}
		out += fmt.Sprintf("  - id: %s\n    resources: {kind: %s, names: [%q]}\n    requesters: %s\n    max: %s\n    approve: %s\n",
			name, kind, name, requesters, r.max, r.approval(w))
		if r.fire > 0 {
			out += fmt.Sprintf("    emergency: {requesters: {anyone: true}, max: %s, within: 3h}\n", r.fire)
		}
		if r.brief > 0 {
			out += fmt.Sprintf("    when: length <= duration(%q)\n", r.brief)
		}
		switch {
		case kind == "channel":
			out += "    unproven_removal: accept\n"
		case r.empty == "disable":
			out += "    when_empty: disable\n"
		case r.empty == "keep":
			out += "    when_empty: {keep: " + w.ids["bob"] + "}\n"
		}
	}
	if r, ok := policies[letter]["team"]; ok {
		out += fmt.Sprintf("  - id: admins\n    resources: {kind: workspace, ids: [%q]}\n    entitlement: admin\n    requesters: {anyone: true}\n    max: %s\n    approve: auto\n", w.ids["team"], r.max)
	}
	return out
}
