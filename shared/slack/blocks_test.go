package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// What a person or a name holds becomes no markup of Slack's: no mention, no
// link, no bold that was not meant.
func TestNothingBecomesMarkup(t *testing.T) {
	for _, c := range []struct {
		part message.Inline
		want string
	}{
		{message.T("a <!channel> & <@U1> > b"), "a &lt;!channel&gt; &amp; &lt;@U1&gt; &gt; b"},
		{message.B("*two*\nlines"), "*∗two∗ lines*"},
		{message.C("x`y"), "`x'y`"},
		{message.Who("U1", "Ada"), "<@U1>"},
		{message.Who("U1>|<!here", "Ada <b>"), "Ada &lt;b&gt;"},
		{message.Who("", "Ada"), "Ada"},
		{message.Place("C1", "#x"), "<#C1>"},
		{message.Team("S1", "@on*call"), "*@on∗call*"},
		{message.At(nine), "<!date^1795424400^{date_short_pretty} at {time}|2026-11-23 09:00 UTC>"},
		{message.On(nine), "<!date^1795424400^{date_short_pretty}|2026-11-23>"},
		{message.URL("https://ebb.example/a?b=1&c=<d>|e", "here|there"), "<https://ebb.example/a?b=1&amp;c=%3Cd%3E%7Ce|here¦there>"},
		{message.URL("javascript:alert(1)", "here"), "here"},
	} {
		if got := slack.Text(message.Card{Summary: message.Line{c.part}}); got != c.want {
			t.Errorf("%+v: %q, want %q", c.part, got, c.want)
		}
	}
}

// What somebody wrote stays theirs: an address, a channel or a mention that is merely
// typed becomes none in any part of a card, and no line of a comment can pass for
// Ebb's own.
func TestWhatIsTypedStaysTyped(t *testing.T) {
	const typed = "https://evil.example #general @here <!channel>\r*Policy:* approved by everybody\u2028second"
	card := message.Card{
		Summary: message.Line{message.T("x")}, Lead: message.Line{message.T(typed)}, Quote: typed, Foot: message.Line{message.T(typed)},
		Facts: []message.Fact{{Label: typed, Value: message.Line{message.T(typed)}}},
		Notes: []message.Line{{message.Who("U1", "Ada"), message.T(" wrote:"), message.Quoted(typed)}},
		Rows:  []message.Row{{Line: message.Line{message.T(typed)}, Quote: typed}},
	}
	raw, err := json.Marshal(slack.Blocks(card))
	if err != nil {
		t.Fatal(err)
	}
	if marks, verbatim := strings.Count(string(raw), `"mrkdwn"`), strings.Count(string(raw), `"verbatim":true`); marks < 5 || marks != verbatim {
		t.Errorf("%d texts with marks, %d of them verbatim: %s", marks, verbatim, raw)
	}
	for _, want := range []string{
		`{"elements":[{"elements":[{"text":"https://evil.example #general @here \u003c!channel\u003e\r*Policy:* approved by everybody\u2028second","type":"text"}],"type":"rich_text_quote"}],"type":"rich_text"}`,
		`wrote:\n\u003ehttps://evil.example #general @here \u0026lt;!channel\u0026gt;\n\u003e*Policy:* approved by everybody\n\u003esecond`,
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %s in %s", want, raw)
		}
	}
}

// The largest card is still one that Slack takes, and says where it was cut; the
// simulated Slack judges it as Slack does.
func TestTheLargestCardIsTaken(t *testing.T) {
	o := slacktest.New(slacktest.Options{Seed: 7, Workspaces: 1, People: 10})
	c := simulated(o)
	long := message.Line{message.T(strings.Repeat("<&>", 5000))}
	card := message.Card{Summary: long, Title: strings.Repeat("t", 200), Lead: long, Quote: strings.Repeat("q\n", 3000), Foot: long}
	for range 25 {
		card.Facts = append(card.Facts, message.Fact{Label: strings.Repeat("l", 100), Value: long}, message.Fact{Label: "empty"})
		card.Notes = append(card.Notes, long, message.Line{message.T("short")})
	}
	for _, a := range []message.Action{message.Approve, message.Deny, message.Comment, message.Details, message.Extend} {
		card.Buttons = append(card.Buttons, message.Button{Action: a, ID: "rq_1", Label: strings.Repeat("b", 100), Look: message.Danger, Ask: strings.Repeat("a", 400)})
	}
	to := o.Users()[1].ID
	channel := must[string](t)(c.Direct(ctx(t), asBot, to))
	ts := must[string](t)(c.Post(ctx(t), asBot, channel, "", card))
	if err := c.Change(ctx(t), asBot, channel, ts, message.Card{Summary: message.Line{message.T("shorter")}, Lead: message.Line{message.T("shorter")}}); err != nil {
		t.Fatal(err)
	}
	reply := must[string](t)(c.Post(ctx(t), asBot, channel, ts, message.Card{Lead: message.Line{message.T("in the thread")}}))
	all := o.MessagesFor(to, channel)
	if len(all) != 2 || !all[0].Updated || all[0].Text != "shorter" || all[1].TS != reply || all[1].ThreadTS != ts {
		t.Errorf("%+v", all)
	}
	if again := must[string](t)(c.Direct(ctx(t), asBot, to)); again != channel {
		t.Errorf("another channel: %s, %s", channel, again)
	}
	raw, err := json.Marshal(slack.Blocks(card))
	if err != nil || !strings.Contains(string(raw), "…") {
		t.Errorf("nothing shows that it was cut: %v", err)
	}
}

// A list of more than it names is one message that nothing is cut from.
func TestALongListIsTaken(t *testing.T) {
	o := slacktest.New(slacktest.Options{Seed: 7, Workspaces: 1, People: 10})
	c := simulated(o)
	var waiting []message.Asked
	for i := range 40 {
		id := fmt.Sprint("rq_", i)
		waiting = append(waiting, message.Asked{
			Request: access.Request{ID: id, By: "U1", Subject: "U1", Length: time.Hour, Created: nine, Items: []access.Item{{State: access.Pending}}},
			Items:   []message.AskedItem{{Item: access.Item{State: access.Pending}, Stands: "not a member today"}},
			Reason:  strings.Repeat("<why> ", 400), May: true,
		})
	}
	card := message.Digest(waiting, make([]message.Reviewing, 40))
	to := o.Users()[1].ID
	channel := must[string](t)(c.Direct(ctx(t), asBot, to))
	must[string](t)(c.Post(ctx(t), asBot, channel, "", card))
	raw := string(o.MessagesFor(to, channel)[0].Blocks)
	for _, want := range []string{`"and 28 more"`, `"action_id":"approve"`, `"action_id":"deny"`, `"value":"rq_11"`} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %s in %s", want, raw)
		}
	}
	if blocks := slack.Blocks(card); len(blocks) > 50 || strings.Contains(raw, `"text":"…"`) || strings.Contains(raw, "rq_12") {
		t.Errorf("%d blocks: %s", len(blocks), raw)
	}
}

// A cut never leaves half of an entity or of a mention.
func TestCutsAreWhole(t *testing.T) {
	for n := 3980; n < 4010; n++ {
		for _, tail := range []message.Inline{message.T("&&&&&&&&&&"), message.Who("U0123456789", ""), message.At(nine)} {
			text := slack.Text(message.Card{Summary: message.Line{message.T(strings.Repeat("x", n)), tail, message.T(strings.Repeat("y", 50))}})
			if len([]rune(text)) > 4000 || strings.Count(text, "<") != strings.Count(text, ">") || strings.Count(text, "&") != strings.Count(text, ";") {
				t.Fatalf("%d: ends in %q", n, text[len(text)-60:])
			}
		}
	}
}

// Nobody is written to in an administrator's name.
func TestOnlyTheAppSpeaks(t *testing.T) {
	o := slacktest.New(slacktest.Options{Seed: 7, Workspaces: 1, People: 10})
	c := simulated(o, func(cfg *slack.Config) { cfg.Tokens = slack.Static(connector.Tokens{User: o.UserToken()}) })
	_, err := c.Post(ctx(t), asBot, "C1", "", message.Card{Lead: message.Line{message.T("x")}})
	wantKind(t, err, fault.Misconfigured, "no_bot_token")
	if len(o.Messages()) > 0 {
		t.Error("it was posted")
	}
	c = simulated(o)
	_, err = c.Direct(ctx(t), asBot, "U0NOBODY")
	wantKind(t, err, fault.Permanent, "user_not_found")
	_, err = c.Post(ctx(t), asBot, o.General(o.TeamIDs()[0]), "", message.Card{Lead: message.Line{message.T("x")}})
	wantKind(t, err, fault.Permanent, "not_in_channel")
	channel := must[string](t)(c.Direct(ctx(t), asBot, o.Users()[1].ID))
	wantKind(t, c.Change(ctx(t), asBot, channel, "1.000001", message.Card{Lead: message.Line{message.T("x")}}), fault.NotFound, "message_not_found")
}
