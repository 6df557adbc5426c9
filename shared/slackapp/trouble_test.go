package slackapp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// Slack answers too slowly to ask it who may approve: the click is kept, Slack is
// answered in time, and sweep does what was clicked.
func TestWhatTakesTooLongIsSweeps(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.slack.Inject(slacktest.Fault{Method: "users.info", Kind: slacktest.Slow, Delay: 2500 * time.Millisecond})
	began := time.Now()
	o.press(o.lin, card, message.Approve) // fails when the answer takes three seconds
	if took := time.Since(began); took < time.Second {
		t.Fatalf("Slack was not slow: %s", took)
	}
	if said := o.told(o.lin, card.Channel); !strings.Contains(said, "still at it") {
		t.Error(said)
	}
	if o.request(r.ID).Items[0].State != access.Pending || len(o.duePresses()) != 1 {
		t.Fatal("the click is not kept")
	}
	o.again(o.lastSent()) // which is nothing new
	o.move(time.Minute)
	_, err := o.house.Sweep(o.ctx())
	o.ok(err)
	if got := o.request(r.ID); got.Items[0].State != access.Approved || got.Items[0].DecidedBy != o.lin || len(o.duePresses()) != 0 {
		t.Errorf("%+v, due %+v", got, o.duePresses())
	}
	if said := o.told(o.lin, card.Channel); !strings.Contains(said, "your approval, and now it is done") {
		t.Error(said)
	}
	_, err = o.house.Sweep(o.ctx())
	o.ok(err)
	if len(o.grants()) != 1 {
		t.Errorf("%+v", o.grants())
	}
}

// What was kept is judged when it is done: who lost the right meanwhile decides
// nothing.
func TestWhatIsKeptIsJudgedLater(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.slack.Inject(slacktest.Fault{Method: "users.info", Kind: slacktest.RateLimit, RetryAfter: 30})
	o.press(o.lin, card, message.Approve)
	if len(o.duePresses()) != 1 {
		t.Fatal("the click is not kept")
	}
	o.slack.HandRemoveFromGroup(o.ada, o.leads, o.lin)
	o.move(time.Minute)
	_, err := o.house.Sweep(o.ctx())
	o.ok(err)
	if o.request(r.ID).Items[0].State != access.Pending || len(o.duePresses()) != 0 || len(o.grants()) != 0 {
		t.Error("it counted")
	}
	if said := o.told(o.lin, card.Channel); !strings.Contains(said, "could not be done: you cannot decide this") {
		t.Error(said)
	}
}

// A reason that waits with its click is a text of its author, and goes with it.
func TestWordsOfAKeptClick(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.press(o.lin, o.card(o.lin, decide(r.ID)...), message.Deny)
	o.choose(o.lin, "why", "not today")
	o.slack.Inject(slacktest.Fault{Method: "users.info", Kind: slacktest.RateLimit, RetryAfter: 30})
	o.submit(o.lin)
	due := o.duePresses()
	if len(due) != 1 || !strings.Contains(string(o.modal(o.lin).Blocks), "still at it") {
		t.Fatalf("%+v", due)
	}
	if p, err := o.store.Press(o.ctx(), due[0].ID); err != nil || p.Words != "not today" {
		t.Errorf("%+v %v", p, err)
	}
	o.move(time.Minute)
	_, err := o.house.Sweep(o.ctx())
	o.ok(err)
	text, err := o.store.Text(o.ctx(), "comment/"+r.ID+"/"+o.lin)
	if o.request(r.ID).Items[0].State != access.Denied || err != nil || text.Body != "not today" {
		t.Errorf("%+v %v", text, err)
	}
	if _, err := o.store.Text(o.ctx(), "press/"+due[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the click's own words stay: %v", err)
	}
	o.noWords("not today")
}

// A trigger that is too old opens nothing, and its person is told.
func TestAnOldTrigger(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	o.slack.Inject(slacktest.Fault{Method: "views.open", Kind: slacktest.Fail, Error: "expired_trigger_id"})
	a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	if len(o.slack.Modals(o.ada)) != 0 || !strings.Contains(string(a.Body), "three seconds") {
		t.Errorf("%s", a.Body)
	}
	card := o.card(o.ada, button(message.Request, ""))
	o.slack.Inject(slacktest.Fault{Method: "views.open", Kind: slacktest.Fail, Error: "expired_trigger_id"})
	o.press(o.ada, card, message.Request)
	if said := o.told(o.ada, card.Channel); !strings.Contains(said, "three seconds") {
		t.Error(said)
	}
	sent := o.lastSent()
	o.press(o.ada, card, message.Request)
	if len(o.slack.Modals(o.ada)) != 1 {
		t.Error("nothing opened")
	}
	if code, _ := o.again(sent); code != http.StatusOK { // its trigger was never used, and is as old
		t.Error(code)
	}
}

// A table that fails is no click that is lost without a word.
func TestABrokenTableIsToldToWhoPressed(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.actor(o.lin)
	o.table.fails = fault.New("table", fault.Internal, "what nobody may read")
	o.press(o.lin, card, message.Approve)
	o.table.fails = nil
	said := o.told(o.lin, card.Channel)
	if !strings.Contains(said, "went wrong") || !strings.Contains(said, "err_") || strings.Contains(said, "nobody may read") {
		t.Error(said)
	}
}

// Time that runs out before a click is kept is no fault of Ebb's to look into: whoever
// pressed is told to press again.
func TestAClickThatCouldNotBeKept(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.actor(o.lin)
	o.table.fails = fault.Wrap("table", context.DeadlineExceeded)
	o.press(o.lin, card, message.Approve)
	o.table.fails = nil
	if said := o.told(o.lin, card.Channel); said != "This did not work just now. Try again in a moment." {
		t.Error(said)
	}
	if o.request(r.ID).Items[0].State != access.Pending || len(o.duePresses()) != 0 {
		t.Error("it counted")
	}
}

// What Slack has not signed reaches no verb, at any address.
func TestUnsignedClicks(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.slack.Inject(slacktest.Fault{Method: "users.info", Kind: slacktest.RateLimit, RetryAfter: 30})
	o.press(o.lin, card, message.Approve)
	good := o.lastSent()
	for _, path := range slackapp.Paths {
		for name, change := range map[string]func(*sentForm){
			"another body":      func(f *sentForm) { f.body = append([]byte("a=b&"), f.body...) },
			"another signature": func(f *sentForm) { f.header.Set("X-Slack-Signature", "v0=00") },
			"no signature":      func(f *sentForm) { f.header.Del("X-Slack-Signature") },
		} {
			f := sentForm{path, good.header.Clone(), append([]byte{}, good.body...)}
			change(&f)
			if code, body := o.again(f); code != http.StatusUnauthorized {
				t.Errorf("%s with %s: %d %s", path, name, code, body)
			}
		}
	}
	o.move(6 * time.Minute)
	if code, _ := o.again(good); code != http.StatusUnauthorized {
		t.Errorf("after six minutes: %d", code)
	}
}
