package slackapp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// nasty is a reason as somebody might write it to be heard, seen or believed.
const nasty = "<!channel> <@U0LIN> https://evil.example/x #hall @here *bold* `code` ```\n> forged\n:tada: 🎉 مرحبا \u202eabc"

// verbatim holds everything that Slack was given to show against what makes links and
// mentions of its own accord.
func verbatim(t *testing.T, where string, raw json.RawMessage) {
	t.Helper()
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		t.Errorf("%s: no blocks: %s", where, raw)
		return
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			if v["type"] == "mrkdwn" && v["verbatim"] != true {
				t.Errorf("%s: not verbatim: %v", where, v)
			}
			if text, _ := v["text"].(string); v["type"] == "mrkdwn" && (strings.Contains(text, "<!channel>") || strings.Contains(text, "<@U0LIN>")) {
				t.Errorf("%s: a mention: %s", where, text)
			}
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
}

// A reason notifies nobody, is no link and looks like nothing of Ebb's, wherever it
// stands: in the message to who decides, on the home tab, in windows and in answers.
func TestAReasonIsWords(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r, err := o.house.Request(o.ctx(), o.actor(o.ada), flow.Asking{Connector: "con_1", Resources: []string{o.oncall}, Length: time.Hour, Reason: nasty})
	o.ok(err)
	o.tells()
	channel := o.slack.DirectWithApp(o.lin)
	said := o.slack.MessagesFor(o.lin, channel)
	if len(said) != 1 || !strings.Contains(string(said[0].Blocks), "rich_text_quote") || strings.Contains(said[0].Text, "evil") {
		t.Fatalf("%+v", said)
	}
	card := slacktest.Spot{Channel: channel, TS: said[0].TS, Block: "do/" + r.ID}
	for _, a := range []message.Action{message.Details, message.Comment, message.Deny} {
		o.press(o.lin, card, a)
		verbatim(t, string(a), o.modal(o.lin).Blocks)
	}
	_, err = o.slack.HandChoose(o.ctx(), o.lin, slacktest.Spot{View: o.modal(o.lin).ID, Block: "why", Action: "why"}, nasty)
	o.ok(err)
	verbatim(t, "home", o.home(o.lin).Blocks)
	o.submit(o.lin)
	if o.request(r.ID).Items[0].State != access.Denied {
		t.Fatal("lin did not deny it")
	}
	o.tells()
	o.press(o.lin, o.card(o.lin, decide(r.ID)...), message.Approve) // too late, with an answer
	for _, account := range []string{o.ada, o.lin} {
		for i, m := range o.slack.MessagesFor(account, o.slack.DirectWithApp(account)) {
			verbatim(t, fmt.Sprintf("message %d of %s", i, account), m.Blocks)
			if strings.Contains(m.Text, "<!channel>") {
				t.Errorf("the notification mentions: %s", m.Text)
			}
		}
	}
	a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "my")
	o.ok(err)
	var body struct{ Blocks json.RawMessage }
	o.ok(json.Unmarshal([]byte(a.Body), &body))
	verbatim(t, "my", body.Blocks)
}

// Two who press at once: one decision stands, one grant is made, and
// whoever came second is told whose it was.
func TestTwoClicksAtOnce(t *testing.T) {
	for range 8 {
		o := newOffice(t, slacktest.Options{})
		owner := o.slack.PrimaryOwner(o.slack.TeamIDs()[0]) // a lead, too
		r := o.asks(o.ada, o.oncall, time.Hour)
		cards := map[string]slacktest.Spot{o.lin: o.card(o.lin, decide(r.ID)...), owner: o.card(owner, decide(r.ID)...)}
		var both sync.WaitGroup
		for account, card := range cards {
			both.Add(1)
			go func() {
				defer both.Done()
				card.Action = string(message.Approve)
				if _, err := o.slack.HandPress(o.ctx(), account, card); err != nil {
					t.Error(err)
				}
			}()
		}
		both.Wait()
		it := o.request(r.ID).Items[0]
		if it.State != access.Approved || len(o.grants()) != 1 || len(it.Votes) > 1 {
			t.Fatalf("%+v, %d grants", it, len(o.grants()))
		}
		for account := range cards {
			if said := o.told(account, o.slack.DirectWithApp(account)); account != it.DecidedBy && !strings.Contains(said, "already") {
				t.Errorf("who came second reads %q", said)
			}
		}
	}
}

// Who has left decides nothing, though their message still has its buttons.
func TestWhoLeftDecidesNothing(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.press(o.lin, card, message.Deny)
	o.slack.HandRemoveFromGroup(o.slack.PrimaryOwner(o.slack.TeamIDs()[0]), o.leads, o.lin)
	o.move(time.Minute)
	_, err := o.slack.HandChoose(o.ctx(), o.lin, slacktest.Spot{View: o.modal(o.lin).ID, Block: "why", Action: "why"}, "no")
	o.ok(err)
	o.submit(o.lin) // a window that was open while she left
	if v := o.modal(o.lin); !strings.Contains(v.Errors["why"], "cannot decide") {
		t.Errorf("%+v", v.Errors)
	}
	o.press(o.lin, card, message.Approve)
	if o.request(r.ID).Items[0].State != access.Pending {
		t.Error("it counted")
	}
}

// A form that stood open for an hour is judged as things are when it is sent.
func TestAFormLeftOpen(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "request @oncall 2h")
	o.ok(err)
	o.submit(o.ada)
	o.publish("version: 1\nrules:\n  - id: oncall\n    resources: {kind: usergroup, names: [oncall]}\n    requesters: {anyone: true}\n    max: 1h\n    approve: {groups: [" + o.leads + "]}\n")
	o.move(time.Hour)
	_, err = o.slack.HandChoose(o.ctx(), o.ada, slacktest.Spot{View: o.modal(o.ada).ID, Block: "why", Action: "why"}, "slow")
	o.ok(err)
	o.submit(o.ada)
	if v := o.modal(o.ada); !strings.Contains(v.Errors["why"], "at most 1h") || len(o.requests()) != 0 {
		t.Errorf("%+v, %d requests", v.Errors, len(o.requests()))
	}
}

// Twenty things are one request, one message and one click; more than the verb takes
// is refused by the form itself.
func TestTwentyThings(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	var ids []string
	for i := range 20 {
		ids = append(ids, o.slack.AddGroup(slacktest.Group{Team: o.slack.TeamIDs()[0], Handle: fmt.Sprint("many-", i), Name: strings.Repeat("Many ", 8) + fmt.Sprint(i), Members: []string{o.bob, o.lin}}))
	}
	o.syncs()
	o.publish("version: 1\nrules:\n  - id: many\n    resources: {kind: usergroup, names: [\"many-*\"]}\n    requesters: {anyone: true}\n    max: 4h\n    approve: {groups: [" + o.leads + "]}\n")
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	for i := range 20 {
		o.offered(o.ada, "what", fmt.Sprint("many-", i))
	}
	o.choose(o.ada, "what", ids...)
	o.submit(o.ada)
	if v := o.modal(o.ada); v.Title != "Is this right?" || strings.Count(string(v.Blocks), "ends by itself") != 20 {
		t.Fatalf("%s %+v", v.Title, v.Errors)
	}
	o.choose(o.ada, "why", "all of it")
	o.submit(o.ada)
	o.tells()
	said := o.slack.MessagesFor(o.lin, o.slack.DirectWithApp(o.lin))
	if len(said) != 1 || !strings.Contains(string(said[0].Blocks), "15 more") {
		t.Fatalf("%+v", said)
	}
	r := o.requests()[0]
	card := slacktest.Spot{Channel: said[0].Channel, TS: said[0].TS, Block: "do/" + r.ID}
	o.press(o.lin, card, message.Details)
	if blocks := string(o.modal(o.lin).Blocks); strings.Count(blocks, "@many-") != 20 {
		t.Errorf("the details name not all: %s", blocks)
	}
	o.press(o.lin, card, message.Approve)
	if len(o.grants()) != 20 {
		t.Errorf("%d grants", len(o.grants()))
	}
}

// What was signed once is served once: who plays it again, within the five minutes,
// is told nothing of what its person was told.
func TestASignatureCountsOnce(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	for name, do := range map[string]func(){
		"command": func() {
			a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "my")
			o.ok(err)
			if !strings.Contains(string(a.Body), r.ID) {
				t.Errorf("ada is not told what she asked for: %s", a.Body)
			}
		},
		"menu": func() {
			_, err := o.slack.HandCommand(o.ctx(), o.bob, "", "/ebb", "")
			o.ok(err)
			if got := o.offered(o.bob, "what", "incident"); len(got) != 2 {
				t.Errorf("bob is offered %v", got)
			}
		},
	} {
		do()
		sent := o.lastSent()
		for _, spell := range []func(string) string{strings.ToLower, func(s string) string { return "v0=" + strings.ToUpper(strings.TrimPrefix(s, "v0=")) }} {
			again := sentForm{sent.path, sent.header.Clone(), sent.body}
			again.header.Set("X-Slack-Signature", spell(sent.header.Get("X-Slack-Signature")))
			if code, body := o.again(again); code != http.StatusOK || body != "" {
				t.Errorf("%s, played again: %d %s", name, code, body)
			}
		}
	}
	o.table.fails = errors.New("no table")
	a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "help")
	o.ok(err)
	if !strings.Contains(string(a.Body), "extend") {
		t.Errorf("without a table to write to: %s", a.Body)
	}
}
