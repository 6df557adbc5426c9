package slackapp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// home opens somebody's home tab and gives it.
func (o *office) home(account string) slacktest.View {
	o.t.Helper()
	o.slack.HandOpenHome(account)
	o.slack.DeliverEvents(o.ctx())
	v, ok := o.slack.Home(account)
	if !ok {
		o.t.Fatalf("%s has no home tab\n%s", account, o.log.String())
	}
	return v
}

func (o *office) pressHome(account, block string, a message.Action) {
	o.t.Helper()
	v, _ := o.slack.Home(account)
	_, err := o.slack.HandPress(o.ctx(), account, slacktest.Spot{View: v.ID, Block: block, Action: string(a)})
	o.ok(err)
}

func TestTheHomeTab(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	if v := o.home(o.ada); !strings.Contains(string(v.Blocks), "Nothing through Ebb") {
		t.Error(string(v.Blocks))
	}
	r := o.asks(o.ada, o.oncall, time.Hour)
	o.asks(o.ada, o.war, 30*time.Minute)
	mine := string(o.home(o.ada).Blocks)
	for _, want := range []string{"What you have", "#incident-room", "30 min left", "What you asked for", "You ask for", "@oncall", "waits for", `"extend"`, `"end"`, `"cancel"`, `"request"`} {
		if !strings.Contains(mine, want) {
			t.Errorf("no %s in %s", want, mine)
		}
	}
	if strings.Contains(mine, `"approve"`) {
		t.Error("ada may approve what she asked for")
	}
	lins := string(o.home(o.lin).Blocks)
	for _, want := range []string{"Waits for you", "@oncall", `"approve"`, `"deny"`, "rich_text_quote"} {
		if !strings.Contains(lins, want) {
			t.Errorf("no %s in %s", want, lins)
		}
	}
	o.pressHome(o.lin, "decide "+r.ID, message.Approve)
	if v, _ := o.slack.Home(o.lin); strings.Contains(string(v.Blocks), r.ID) {
		t.Error("the tab still shows what was decided")
	}
	if o.request(r.ID).Items[0].State != access.Approved {
		t.Error("the click did not count")
	}
	o.pressHome(o.ada, "asked "+r.ID, message.Cancel) // on a tab that is old
	if v := o.modal(o.ada); !strings.Contains(string(v.Blocks), "already") {
		t.Error(string(v.Blocks))
	}
	o.pressHome(o.ada, "ask", message.Request)
	if v := o.modal(o.ada); v.Title != "Request access" {
		t.Errorf("%+v", v)
	}
}

// However much there is, Slack takes the tab, and it says how much is left out.
func TestALongHomeTabIsCut(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	for range 19 {
		o.asks(o.lin, o.war, 30*time.Minute)
		o.asks(o.ada, o.oncall, time.Hour)
		o.asks(o.lin, o.prod, time.Hour)
	}
	blocks := string(o.home(o.lin).Blocks)
	if n := strings.Count(blocks, "and 10 more"); n != 3 {
		t.Errorf("%d lists are cut: %s", n, blocks)
	}
}

// Whom Ebb does not serve reads why.
func TestTheHomeTabOfSomebodyElse(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	if v := o.home(o.outsider); !strings.Contains(string(v.Blocks), "another organization") {
		t.Error(string(v.Blocks))
	}
}

// On an organization one connector serves every workspace.
func TestAnOrganization(t *testing.T) {
	o := newOffice(t, slacktest.Options{Workspaces: 2})
	r := o.asks(o.ada, o.oncall, time.Hour)
	card := o.card(o.lin, decide(r.ID)...)
	o.press(o.lin, card, message.Approve)
	if o.request(r.ID).Items[0].State != access.Approved {
		t.Error(o.told(o.lin, card.Channel))
	}
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	o.offered(o.ada, "what", "onc")
	if v := o.home(o.ada); !strings.Contains(string(v.Blocks), "@oncall") {
		t.Error(string(v.Blocks))
	}
	if _, _, err := o.house.Colleague(o.ctx(), flow.Caller{Enterprise: "E0OTHER", Team: o.slack.TeamIDs()[0], Account: o.ada}); err == nil {
		t.Error("another organization's word counts")
	}
}
