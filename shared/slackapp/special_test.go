package slackapp_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// special is an office with an emergency, an access profile, and a group whose
// only approver is the one who asks.
func special(t *testing.T) *office {
	o := newOffice(t, slacktest.Options{})
	o.publish(`version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 1h
    unproven_removal: accept
    approve: {groups: [` + o.leads + `]}
    emergency:
      requesters: {accounts: [` + o.ada + `]}
      max: 2h
  - id: production
    resources: {kind: usergroup, names: ["production"]}
    requesters: {accounts: [` + o.ada + `]}
    max: 8h
    unproven_removal: accept
    approve: {accounts: [` + o.ada + `]}
    solo: {wait: 24h, veto: {accounts: [` + o.bob + `]}}
  - id: room
    resources: {kind: channel, names: ["incident-room"]}
    requesters: {anyone: true}
    max: 1h
    unproven_removal: accept
    approve: auto
profiles:
  - id: incident
    label: An incident
    resources: ["@oncall", "#incident-room"]
`)
	return o
}

func (o *office) fill(account, typed, choice, span string) {
	o.t.Helper()
	_, err := o.slack.HandCommand(o.ctx(), account, "", "/ebb", "")
	o.ok(err)
	o.offered(account, "what", typed)
	o.choose(account, "what", choice)
	o.choose(account, "length", span)
	o.submit(account)
}

// An emergency is called in the second window, by whom policy lets, and confirmed
// on the home tab.
func TestAnEmergencyInSlack(t *testing.T) {
	o := special(t)
	o.fill(o.bob, "onc", o.oncall, "1h0m0s")
	if strings.Contains(string(o.modal(o.bob).Blocks), `"emergency"`) {
		t.Error("bob may call an emergency")
	}
	o.fill(o.ada, "onc", o.oncall, "2h0m0s") // longer than anybody gives it otherwise
	if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "only in an emergency") {
		t.Fatal(string(v.Blocks))
	}
	o.choose(o.ada, "why", "all is down")
	o.submit(o.ada)
	if v := o.modal(o.ada); v.Errors["why"] == "" || len(o.requests()) != 0 {
		t.Errorf("it was no emergency: %+v", v)
	}
	o.choose(o.ada, "emergency", "yes")
	o.submit(o.ada)
	if g := o.grants(); len(g) != 1 || g[0].Account != o.ada {
		t.Fatalf("%+v", g)
	}
	r := o.requests()[0]
	o.home(o.lin)
	o.pressHome(o.lin, "decide "+r.ID, message.Confirm)
	if v := string(o.modal(o.lin).Blocks); !strings.Contains(v, "given at once, as an emergency") || strings.Contains(v, "approved by policy") {
		t.Errorf("lin reads %s", v)
	}
	o.choose(o.lin, "right", "no")
	o.submit(o.lin)
	if got := o.request(r.ID).Items[0]; got.Confirm.By != o.lin || !got.Confirm.Denied {
		t.Errorf("%+v", got)
	}
	if g, err := o.store.Grant(o.ctx(), r.Items[0].Grant); err != nil || !g.Takes() && !g.State.Final() {
		t.Errorf("%+v %v", g, err)
	}
	card := o.card(o.ada, button(message.Confirm, r.ID))
	o.press(o.ada, card, message.Confirm)
	if said := o.told(o.ada, card.Channel); !strings.Contains(said, "your confirmation") || o.modal(o.ada).Title == "Confirm" {
		t.Errorf("ada confirms what she asked for: %s", said)
	}
}

func TestAProfileInSlack(t *testing.T) {
	o := special(t)
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	if got := o.offered(o.ada, "what", "incid"); !slices.Contains(got, "An incident") {
		t.Fatal(got)
	}
	o.choose(o.ada, "what", "profile:incident", o.war)
	o.choose(o.ada, "length", "30m0s")
	o.submit(o.ada)
	if v := o.modal(o.ada); !strings.Contains(v.Errors["what"], "alone") {
		t.Errorf("%+v", v.Errors)
	}
	o.choose(o.ada, "what", "profile:incident")
	o.submit(o.ada)
	o.choose(o.ada, "why", "outage")
	o.submit(o.ada)
	if r := o.requests(); len(r) != 1 || r[0].Profile != "incident" || len(r[0].Items) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestAVetoInSlack(t *testing.T) {
	o := special(t)
	o.fill(o.ada, "prod", o.prod, "1h0m0s")
	if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "approves itself after 1d") {
		t.Error(string(v.Blocks))
	}
	r := o.asks(o.ada, o.prod, time.Hour)
	card := o.shared(o.hall, button(message.Veto, r.ID))
	o.press(o.lin, card, message.Veto)
	if len(o.slack.Modals(o.lin)) != 0 || o.told(o.lin, o.hall) == "card" {
		t.Error("lin is asked why")
	}
	o.press(o.bob, card, message.Veto)
	o.choose(o.bob, "why", "not alone")
	o.submit(o.bob)
	if got := o.request(r.ID).Items[0]; got.State != access.Denied || got.DecidedBy != o.bob {
		t.Errorf("%+v", got)
	}
}
