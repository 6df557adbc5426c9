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

// runs lets time pass: what is due happens, and people hear of it.
func (o *office) runs(d time.Duration) {
	o.t.Helper()
	step := max(10*time.Second, d/20)
	for end := o.clock().Add(d); ; o.move(step) {
		_, err := o.house.Sweep(o.ctx())
		o.ok(err)
		o.tells()
		if !o.clock().Before(end) {
			return
		}
	}
}

// said is the newest message from the app to somebody whose text has some words, as a
// place where its buttons are pressed.
func (o *office) said(account, words, id string) (slacktest.Message, slacktest.Spot) {
	o.t.Helper()
	channel := o.slack.DirectWithApp(account)
	var heard []string
	for _, m := range slices.Backward(o.slack.MessagesFor(account, channel)) {
		if strings.Contains(m.Text, words) {
			return m, slacktest.Spot{Channel: channel, TS: m.TS, Block: "do/" + id}
		}
		heard = append(heard, m.Text)
	}
	o.t.Fatalf("%s was not told %q, but %q\n%s", account, words, heard, o.log.String())
	return slacktest.Message{}, slacktest.Spot{}
}

// A life in Slack, by the messages that Ebb itself sends: asked in the form, approved,
// given, reminded of its end, extended from the reminder, and ended.
func TestALifeInSlack(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	o.opens(o.ada, "onc", o.oncall)
	o.choose(o.ada, "length", "2h0m0s")
	o.submit(o.ada)
	o.choose(o.ada, "why", "the database is slow")
	o.submit(o.ada)
	r := o.requests()[0]
	o.tells()
	_, card := o.said(o.lin, "asks for *@oncall* for 2h", r.ID)
	o.press(o.lin, card, message.Approve)
	o.runs(time.Minute)
	if !slices.Contains(o.slack.Group(o.oncall).Members, o.ada) {
		t.Fatal("ada is not in the group")
	}
	g := o.grants()[0]
	given, _ := o.said(o.ada, "You have *@oncall*", g.ID)
	o.runs(time.Hour + 52*time.Minute)
	reminder, at := o.said(o.ada, "in about ten minutes", g.ID)
	if reminder.TS == given.TS || !strings.Contains(reminder.Text, "<!date^"+itoa(g.End.Unix())+"^") {
		t.Errorf("the reminder: %+v", reminder)
	}
	o.press(o.ada, at, message.Extend)
	o.choose(o.ada, "length", "1h0m0s")
	o.submit(o.ada)
	if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "has to be approved") {
		t.Fatalf("%+v", v)
	}
	more := o.requests()[0]
	o.tells()
	_, card = o.said(o.lin, "more time on *@oncall*", more.ID)
	o.press(o.lin, card, message.Approve)
	o.runs(10 * time.Second)
	if got, err := o.store.Grant(o.ctx(), g.ID); err != nil || got.End.Sub(g.End) != time.Hour {
		t.Fatalf("%+v %v", got, err)
	}
	if m, _ := o.said(o.ada, "was extended: it now ends", g.ID); m.TS != reminder.TS || !m.Updated {
		t.Errorf("the reminder still says the old end: %+v", m)
	}
	_, at = o.said(o.ada, "You have *@oncall*", g.ID)
	o.press(o.ada, at, message.End)
	o.runs(time.Minute)
	if slices.Contains(o.slack.Group(o.oncall).Members, o.ada) {
		t.Error("ada is still in the group")
	}
	o.said(o.ada, "Your access to *@oncall* ended. You ended it.", g.ID)
	if m, _ := o.said(o.ada, "You had *@oncall*", g.ID); m.TS != given.TS {
		t.Errorf("what was given is said anew: %+v", m)
	}
}

// Two have to say yes: each has the buttons in a message of their own, hears how far it
// is, and says yes once.
func TestTwoYesesInSlack(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	owner := o.slack.PrimaryOwner(o.slack.TeamIDs()[0])
	o.publish("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {groups: [" + o.leads + "], need: 2}\n")
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.tells()
	_, lins := o.said(o.lin, "asks for *@oncall*", r.ID)
	_, owners := o.said(owner, "asks for *@oncall*", r.ID)
	o.press(o.lin, lins, message.Approve)
	if said := o.told(o.lin, lins.Channel); !strings.Contains(said, "1 of 2 have said yes") {
		t.Error(said)
	}
	o.move(time.Second)
	again := o.card(o.lin, button(message.Approve, r.ID)) // the message of hers has no button any more
	o.press(o.lin, again, message.Approve)
	if said := o.told(o.lin, again.Channel); !strings.Contains(said, "said yes already") || len(o.grants()) != 0 {
		t.Errorf("%s, %d grants", said, len(o.grants()))
	}
	o.press(o.ada, o.card(o.ada, button(message.Approve, r.ID)), message.Approve)
	o.press(owner, owners, message.Approve)
	if g := o.grants(); len(g) != 1 || len(g[0].Approvers) != 2 {
		t.Errorf("%+v", g)
	}
}

// Who decides in somebody's place does so in a message of their own.
func TestADelegateInSlack(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	_, err := o.house.Delegate(o.ctx(), o.actor(o.lin), "con_1", o.bob, time.Time{}, o.clock().Add(time.Hour))
	o.ok(err)
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.tells()
	if v := string(o.home(o.bob).Blocks); !strings.Contains(v, `in the place of \u003c@`+o.lin) {
		t.Errorf("the home tab does not say whose place it is: %s", v)
	}
	m, card := o.said(o.bob, "asks for *@oncall*", r.ID)
	if !strings.Contains(string(m.Blocks), "You are asked in the place of") {
		t.Errorf("whose place it is stands nowhere: %s", m.Blocks)
	}
	o.press(o.bob, card, message.Approve)
	if it := o.request(r.ID).Items[0]; it.State != access.Approved || it.DecidedBy != o.bob || it.DecidedFor != o.lin {
		t.Errorf("%+v", it)
	}
}

// What approves itself is announced to whom policy names, who vetoes it there.
func TestAnAnnouncedVetoInSlack(t *testing.T) {
	o := special(t)
	r := o.asks(o.ada, o.prod, time.Hour)
	o.tells()
	m, card := o.said(o.bob, "begins by itself", r.ID)
	if at := o.clock().Add(24 * time.Hour); !strings.Contains(m.Text, "<!date^"+itoa(at.Unix())+"^") {
		t.Errorf("it does not begin after a day: %s", m.Text)
	}
	o.press(o.bob, card, message.Veto)
	o.choose(o.bob, "why", "not alone")
	o.submit(o.bob)
	o.tells()
	if it := o.request(r.ID).Items[0]; it.State != access.Denied || it.DecidedBy != o.bob {
		t.Errorf("%+v", it)
	}
	o.said(o.ada, "Denied by", r.ID)
}

// Whom an emergency skipped is told, and confirms it in that message.
func TestAnEmergencyIsToldInSlack(t *testing.T) {
	o := special(t)
	owner := o.slack.PrimaryOwner(o.slack.TeamIDs()[0])
	o.fill(o.ada, "onc", o.oncall, "2h0m0s")
	o.choose(o.ada, "why", "all is down")
	o.choose(o.ada, "emergency", "yes")
	o.submit(o.ada)
	r := o.requests()[0]
	o.tells()
	_, card := o.said(o.lin, "in an emergency, without the approval", r.ID)
	o.said(owner, "in an emergency, without the approval", r.ID)
	o.press(o.lin, card, message.Confirm)
	o.choose(o.lin, "right", "yes")
	o.submit(o.lin)
	if c := o.request(r.ID).Items[0].Confirm; c.By != o.lin || c.Denied {
		t.Errorf("%+v", c)
	}
}

// Policy names groups and people by id; whoever reads reads their names: in the message
// to who decides, on the home tab, in windows and in refusals.
func TestNamesInThePlaceOfIds(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.tells()
	m, card := o.said(o.lin, "asks for *@oncall*", r.ID)
	o.press(o.lin, card, message.Details)
	bobs := o.card(o.bob, button(message.Approve, r.ID))
	o.press(o.bob, bobs, message.Approve)
	o.fill(o.ada, "onc", o.oncall, "1h0m0s")
	for where, x := range map[string]struct{ shown, want string }{
		"message": {string(m.Blocks), "approved by @sre-leads"},
		"home":    {string(o.home(o.ada).Blocks), "waits for @sre-leads"},
		"details": {string(o.modal(o.lin).Blocks), "waits for @sre-leads"},
		"window":  {string(o.modal(o.ada).Blocks), "needs @sre-leads"},
		"refusal": {o.told(o.bob, bobs.Channel), "asks @sre-leads"},
	} {
		if !strings.Contains(x.shown, x.want) || strings.Contains(x.shown, o.leads) {
			t.Errorf("%s does not say %q, or says %s: %s", where, x.want, o.leads, x.shown)
		}
	}
	o.publish("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 8h\n    approve: {accounts: [" + o.lin + "]}\n")
	r = o.asks(o.bob, o.oncall, time.Hour)
	o.tells()
	if m, _ = o.said(o.lin, "asks for *@oncall*", r.ID); !strings.Contains(string(m.Blocks), "approved by Lin") {
		t.Errorf("the message does not name lin: %s", m.Blocks)
	}
}
