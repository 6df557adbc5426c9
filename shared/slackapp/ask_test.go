package slackapp_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

func urlEscape(s string) string { return url.QueryEscape(s) }

// From the command to the request, by the form and its second window.
func TestAskingByCommand(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	for _, typed := range []string{"", "request"} {
		_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/access", typed)
		o.ok(err)
		if v := o.modal(o.ada); v.Title != "Request access" {
			t.Fatalf("%q: %+v", typed, v)
		}
	}
	if got := o.offered(o.ada, "what", "onc"); !slices.Equal(got, []string{"@oncall"}) {
		t.Fatal(got)
	}
	o.choose(o.ada, "what", o.oncall)
	o.choose(o.ada, "length", "4h0m0s")
	o.submit(o.ada)
	second := o.modal(o.ada)
	for _, want := range []string{"4 hours", "*@oncall*", "needs @sre-leads", "at most 8 hours", "ends by itself", "(Lin"} {
		if !strings.Contains(string(second.Blocks), want) {
			t.Errorf("the second window does not say %q: %s", want, second.Blocks)
		}
	}
	if len(o.requests()) != 0 {
		t.Fatal("asked before it was sent")
	}
	o.choose(o.ada, "why", "the database is slow")
	o.submit(o.ada)
	all := o.requests()
	if len(all) != 1 || all[0].By != o.ada || all[0].Length != 4*time.Hour || all[0].Items[0].Resource != o.oncall || all[0].Items[0].State != access.Pending {
		t.Fatalf("%+v", all)
	}
	if last := o.modal(o.ada); !strings.Contains(string(last.Blocks), "on its way") {
		t.Error(string(last.Blocks))
	}
	text, err := o.store.Text(o.ctx(), "request/"+all[0].ID)
	if err != nil || text.Body != "the database is slow" {
		t.Error(text, err)
	}
	if due := o.duePresses(); len(due) != 0 {
		t.Errorf("%+v", due)
	}
}

// The shortcut opens the same form; what policy approves by itself is given.
func TestAskingByShortcut(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	_, err := o.slack.HandShortcut(o.ctx(), o.ada, slackapp.RequestShortcut)
	o.ok(err)
	if got := o.offered(o.ada, "what", "#incident"); !slices.Equal(got, []string{"#incident-room"}) {
		t.Fatal(got)
	}
	o.choose(o.ada, "what", o.war)
	o.choose(o.ada, "length", "30m0s")
	o.submit(o.ada)
	if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "approves it at once") {
		t.Error(string(v.Blocks))
	}
	o.choose(o.ada, "why", "outage")
	o.submit(o.ada)
	if g := o.grants(); len(g) != 1 || g[0].Account != o.ada || g[0].End.Sub(g[0].Start) != 30*time.Minute {
		t.Errorf("%+v", g)
	}
}

// What is wrong is said at its field, and nothing is asked.
func TestRefusalsStandAtTheirField(t *testing.T) {
	for name, x := range map[string]struct {
		fill  func(o *office)
		field string
		says  string
	}{
		"too long": {func(o *office) {
			o.offered(o.ada, "what", "onc")
			o.choose(o.ada, "what", o.oncall)
			o.choose(o.ada, "length", "24h0m0s")
		}, "length", `rule "oncall" allows at most 8h`},
		"no rule": {func(o *office) {
			o.offered(o.ada, "what", "sre")
			o.choose(o.ada, "what", o.leads)
		}, "what", "No rule of the policy lets Ada ask for @sre-leads"},
		"for others": {func(o *office) {
			o.offered(o.ada, "what", "onc")
			o.choose(o.ada, "what", o.oncall)
			o.choose(o.ada, "whom", o.bob)
		}, "whom", "@oncall"},
		"long ago": {func(o *office) {
			o.offered(o.ada, "what", "onc")
			o.choose(o.ada, "what", o.oncall)
			o.choose(o.ada, "start", "1700000000")
		}, "start", "over"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, slacktest.Options{})
			_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
			o.ok(err)
			x.fill(o)
			o.submit(o.ada)
			v := o.modal(o.ada)
			if len(o.slack.Modals(o.ada)) != 1 || !strings.Contains(v.Errors[x.field], x.says) {
				t.Errorf("%+v", v.Errors)
			}
			if len(o.requests()) != 0 {
				t.Error("asked all the same")
			}
		})
	}
}

// Words behind the command fill the form in; a lead asks for somebody else.
func TestWordsFillTheForm(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	_, err := o.slack.HandCommand(o.ctx(), o.lin, "", "/ebb", "request <!subteam^"+o.oncall+"|@oncall> incident-room 30m <@"+o.ada+"|ada> for fun")
	o.ok(err)
	v := o.modal(o.lin)
	for _, want := range []string{`"` + o.oncall + `"`, `"` + o.war + `"`, `"initial_user":"` + o.ada + `"`} {
		if !strings.Contains(string(v.Blocks), want) {
			t.Errorf("no %s in %s", want, v.Blocks)
		}
	}
	if got := v.State["length"]["length"]; !strings.Contains(urlEscape(stringOf(got)), "30m0s") {
		t.Error(got)
	}
}

// Words that mean nothing are said, as they were typed: of what somebody may not know,
// no more than of what is not there.
func TestWordsThatMeanNothing(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	for typed, want := range map[string]string{
		"request @nonsense 2h":                         `Nothing was filled in for “@nonsense”:`,
		"request <#" + o.secret + "|incident-secret>":  `Nothing was filled in for “incident-secret”:`,
		"request incident-secret":                      `Nothing was filled in for “incident-secret”:`,
		"request @oncall because it is slow":           "",
		"request @oncall @nonsense":                    `Nothing was filled in for “@nonsense”:`,
		"request <!here> *x*":                          `Nothing was filled in for “\u0026lt;!here\u0026gt;”, “*x*”:`,
		"request " + strings.Repeat("@nothing ", 1000): `Nothing was filled in for “@nothing”, “@nothing”, “@nothing”, “@nothing”, “@nothing”:`,
	} {
		_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", typed)
		o.ok(err)
		blocks := string(o.modal(o.ada).Blocks)
		if want == "" && strings.Contains(blocks, "Nothing was filled in") || !strings.Contains(blocks, want) {
			t.Errorf("%.60s: %s", typed, blocks)
		}
		_, err = o.slack.HandClose(o.ctx(), o.ada, false)
		o.ok(err)
	}
	a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "<!channel> now")
	o.ok(err)
	if !strings.Contains(string(a.Body), `I do not know “\u0026lt;!channel\u0026gt;”. I give access`) {
		t.Error(string(a.Body))
	}
}

// A private channel is offered to who may know of it, and to nobody else.
func TestWhatIsOffered(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	for account, want := range map[string][]string{
		o.ada: {"#incident-room"},
		o.bob: {"#incident-room", "#incident-secret"},
	} {
		_, err := o.slack.HandCommand(o.ctx(), account, "", "/ebb", "")
		o.ok(err)
		if got := o.offered(account, "what", "incident"); !slices.Equal(got, want) {
			t.Errorf("%v, not %v", got, want)
		}
	}
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	for typed, want := range map[string][]string{"@room": nil, "room": {"#incident-room"}, "LEADS": {"@sre-leads"}, "call": {"@oncall"}, "": {"@oncall", "@production", "#incident-room"}} {
		got := o.offered(o.ada, "what", typed)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q offers %v", typed, got)
			}
		}
		if want == nil && len(got) > 0 {
			t.Errorf("%q offers %v", typed, got)
		}
	}
}

func TestWordsOfTheCommand(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	r := o.asks(o.ada, o.oncall, time.Hour)
	for typed, want := range map[string]string{"help": "extend", "nonsense": "extend", "my": "What you have", "extend": "What you have", "end": "What you have"} {
		a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", typed)
		o.ok(err)
		if !strings.Contains(string(a.Body), want) || !strings.Contains(string(a.Body), `"ephemeral"`) {
			t.Errorf("%s: %s", typed, a.Body)
		}
		if want == "What you have" && !strings.Contains(string(a.Body), r.ID) {
			t.Errorf("%s does not show what was asked: %s", typed, a.Body)
		}
	}
}

func stringOf(v any) string {
	m, _ := v.(map[string]any)
	o, _ := m["selected_option"].(map[string]any)
	s, _ := o["value"].(string)
	return s
}
