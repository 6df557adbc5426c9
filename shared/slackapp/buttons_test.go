package slackapp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

func button(a message.Action, id string) message.Button {
	return message.Button{Action: a, ID: id, Label: string(a)}
}

// decide are the buttons of a request's message.
func decide(id string) []message.Button {
	return []message.Button{button(message.Approve, id), button(message.Deny, id), button(message.Comment, id), button(message.Details, id), button(message.Cancel, id)}
}

func TestApproving(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.press(o.lin, card, message.Approve)
	if g := o.grants(); len(g) != 1 || g[0].Account != o.ada || g[0].Approvers[0] != o.lin {
		t.Fatalf("%+v", g)
	}
	if said := o.told(o.lin, card.Channel); !strings.Contains(said, "approved by <@"+o.lin+">") {
		t.Error(said)
	}
	if due := o.duePresses(); len(due) != 0 {
		t.Errorf("%+v", due)
	}
	o.move(time.Second)
	o.press(o.lin, card, message.Approve) // a click of its own, which finds it done
	if said := o.told(o.lin, card.Channel); !strings.Contains(said, "was approved by <@"+o.lin+"> already") {
		t.Error(said)
	}
	if g := o.grants(); len(g) != 1 {
		t.Errorf("%+v", g)
	}
}

// The same delivery again does nothing, whoever sends it.
func TestADeliveryCountsOnce(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.bob, decide(r.ID)...)
	o.press(o.bob, card, message.Approve) // who may not
	sent := o.lastSent()
	before := len(o.slack.Messages())
	// Meanwhile bob becomes a lead. What he pressed before does not count now.
	o.slack.HandAddToGroup(o.lin, o.leads, o.bob)
	run, err := o.house.StartSync(o.ctx(), o.root, "con_1", nil)
	for err == nil && run.State == connector.Running {
		run, err = o.house.SyncStep(o.ctx(), run.ID)
	}
	o.ok(err)
	for range 3 {
		if code, body := o.again(sent); code != http.StatusOK || body != "" {
			t.Errorf("%d %s", code, body)
		}
	}
	if o.request(r.ID).Items[0].State != access.Pending || len(o.slack.Messages()) != before {
		t.Error("a delivery counted twice")
	}
	o.press(o.bob, card, message.Approve)
	if o.request(r.ID).Items[0].State != access.Approved {
		t.Error("a lead's click did not count")
	}
}

// Who presses is judged now, by account, and told alone why it is refused.
func TestWhoMayNotPress(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.shared(o.hall, decide(r.ID)...)
	for name, x := range map[string]struct{ account, says string }{
		"who asked":    {o.ada, "cannot decide"},
		"somebody":     {o.bob, "cannot decide"},
		"a guest":      {o.guest, "cannot decide"},
		"from outside": {o.outsider, "another"},
	} {
		o.press(x.account, card, message.Approve)
		if said := o.told(x.account, o.hall); !strings.Contains(said, x.says) {
			t.Errorf("%s reads %q", name, said)
		}
		if o.told(o.lin, o.hall) != "card" {
			t.Errorf("others read what %s is told", name)
		}
	}
	for _, account := range []string{o.bob, o.outsider} {
		o.press(account, card, message.Deny)
		if len(o.slack.Modals(account)) != 0 || o.told(account, o.hall) == "card" {
			t.Errorf("%s is asked for a reason", account)
		}
	}
	if o.request(r.ID).Items[0].State != access.Pending || len(o.grants()) != 0 {
		t.Error("it counted")
	}
	o.slack.HandDeactivate(o.bob)
	if u, err := o.store.UserOf(o.ctx(), "con_1", o.outsider); err == nil {
		t.Errorf("somebody from outside has a user: %+v", u)
	}
}

func TestDenyingAsksWhy(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.press(o.lin, o.card(o.lin, decide(r.ID)...), message.Deny)
	if v := o.modal(o.lin); v.Title != "Deny" {
		t.Fatalf("%+v", v)
	}
	o.choose(o.lin, "why", "not today")
	o.submit(o.lin)
	got := o.request(r.ID)
	text, err := o.store.Text(o.ctx(), "comment/"+r.ID+"/"+o.lin)
	if got.Items[0].State != access.Denied || got.Items[0].DecidedBy != o.lin || err != nil || text.Body != "not today" {
		t.Errorf("%+v %+v %v", got, text, err)
	}
	if len(o.slack.Modals(o.lin)) != 0 {
		t.Error("the window stays")
	}
	o.noWords("not today")
}

// noWords reports what people typed in places where it must not be: the log and
// the record of events.
func (o *office) noWords(words string) {
	o.t.Helper()
	if strings.Contains(o.log.String(), words) {
		o.t.Error("the log holds what somebody typed")
	}
	for _, r := range o.requests() {
		events, err := o.store.EventsOf(o.ctx(), "request/"+r.ID)
		o.ok(err)
		for _, e := range events {
			for _, v := range e.Data {
				if strings.Contains(v, words) {
					o.t.Errorf("an event holds what somebody typed: %+v", e)
				}
			}
		}
	}
}

func TestCommenting(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.press(o.ada, o.card(o.ada, decide(r.ID)...), message.Comment)
	o.choose(o.ada, "why", "it is urgent")
	o.submit(o.ada)
	sent := o.lastSent()
	o.again(sent)
	var found int
	events, err := o.store.EventsOf(o.ctx(), "request/"+r.ID)
	o.ok(err)
	for _, e := range events {
		if e.Action == "request.commented" {
			found++
			text, err := o.store.Text(o.ctx(), "said/"+r.ID+"/"+e.Data["key"])
			if err != nil || text.Body != "it is urgent" || text.Author != o.ada {
				t.Errorf("%+v %v", text, err)
			}
		}
	}
	if found != 1 {
		t.Errorf("%d comments: %+v", found, events)
	}
	o.noWords("urgent")
	card := o.shared(o.hall, decide(r.ID)...)
	o.press(o.bob, card, message.Comment) // who has nothing to do with it
	if said := o.told(o.bob, o.hall); !strings.Contains(said, "no request") || len(o.slack.Modals(o.bob)) != 0 {
		t.Error(said)
	}
}

func TestCancelling(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.shared(o.hall, decide(r.ID)...)
	o.press(o.bob, card, message.Cancel)
	if o.request(r.ID).Items[0].State != access.Pending {
		t.Error("somebody else canceled it")
	}
	o.press(o.ada, card, message.Cancel)
	if o.request(r.ID).Items[0].State != access.Canceled || !strings.Contains(o.told(o.ada, o.hall), "canceled") {
		t.Error(o.told(o.ada, o.hall))
	}
}

func TestExtendingAndEnding(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.war, 30*time.Minute) // which policy approves
	g := o.grants()[0]
	if g.Request != r.ID {
		t.Fatalf("%+v", g)
	}
	card := o.card(o.ada, button(message.Extend, g.ID), button(message.End, g.ID), button(message.Details, g.ID))
	o.press(o.ada, card, message.Extend)
	o.choose(o.ada, "length", "15m0s")
	o.submit(o.ada)
	o.again(o.lastSent())
	if got := o.grants()[0]; got.End.Sub(g.End) != 15*time.Minute {
		t.Errorf("extended by %s", got.End.Sub(g.End))
	}
	o.press(o.ada, card, message.Extend)
	o.choose(o.ada, "length", "4h0m0s")
	o.submit(o.ada)
	if v := o.modal(o.ada); !strings.Contains(v.Errors["length"], "1h") {
		t.Errorf("%+v", v.Errors)
	}
	o.press(o.ada, card, message.Details)
	if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "#incident-room") {
		t.Error(string(v.Blocks))
	}
	elsewhere := o.shared(o.hall, button(message.End, g.ID))
	o.press(o.lin, elsewhere, message.End)
	if said := o.told(o.lin, o.hall); !strings.Contains(said, "Only who") {
		t.Error(said)
	}
	o.press(o.ada, card, message.End)
	if got, err := o.store.Grant(o.ctx(), g.ID); err != nil || !got.Takes() && !got.State.Final() {
		t.Errorf("%+v %v", got, err)
	}
}

// More time that needs a yes is asked for once.
func TestExtendingAsks(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.press(o.lin, o.card(o.lin, decide(r.ID)...), message.Approve)
	g := o.grants()[0]
	o.move(time.Second) // so that one request is the newer
	card := o.card(o.ada, button(message.Extend, g.ID))
	for range 2 {
		o.press(o.ada, card, message.Extend)
		o.choose(o.ada, "length", "1h0m0s")
		o.submit(o.ada)
		if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "has to be approved") {
			t.Error(string(v.Blocks))
		}
	}
	if all := o.requests(); len(all) != 2 || all[0].Items[0].Extends != g.ID || all[0].Length != 2*time.Hour {
		t.Errorf("%+v", all)
	}
}

// What policy calls high-risk is not decided by a click.
func TestHighRisk(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.prod, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.press(o.lin, card, message.Approve)
	if said := o.told(o.lin, card.Channel); !strings.Contains(said, "/requests/"+r.ID) {
		t.Error(said)
	}
	if o.request(r.ID).Items[0].State != access.Pending {
		t.Error("decided")
	}
}

// Details say what its reader may know, as it was typed.
func TestDetails(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.press(o.lin, o.card(o.lin, decide(r.ID)...), message.Details)
	blocks := string(o.modal(o.lin).Blocks)
	for _, want := range []string{"@oncall", `the \u003c!channel\u003e is *slow*`, "rich_text_quote", r.ID} {
		if !strings.Contains(blocks, want) {
			t.Errorf("no %s in %s", want, blocks)
		}
	}
}
