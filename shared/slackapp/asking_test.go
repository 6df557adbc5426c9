package slackapp_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
)

// opens opens the form and picks one thing that is found by what is typed.
func (o *office) opens(account, typed string, ids ...string) {
	o.t.Helper()
	_, err := o.slack.HandCommand(o.ctx(), account, "", "/ebb", "")
	o.ok(err)
	o.offered(account, "what", typed)
	o.choose(account, "what", ids...)
}

// A lead asks for somebody else, from a later time on; the window says both before it
// is sent, and so does the request.
func TestAskingForSomebodyElseLater(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	start := o.clock().Add(3 * time.Hour).Truncate(time.Minute)
	o.opens(o.lin, "onc", o.oncall)
	o.choose(o.lin, "length", "4h0m0s")
	o.choose(o.lin, "whom", o.ada)
	o.choose(o.lin, "start", itoa(start.Unix()))
	o.submit(o.lin)
	second := string(o.modal(o.lin).Blocks)
	for _, want := range []string{`You ask for \u003c@` + o.ada + `\u003e, for 4 hours, from \u003c!date^` + itoa(start.Unix()), "at most 8 hours"} {
		if !strings.Contains(second, want) {
			t.Errorf("the window does not say %q: %s", want, second)
		}
	}
	o.choose(o.lin, "why", "her first week")
	o.submit(o.lin)
	all := o.requests()
	if len(all) != 1 || all[0].By != o.lin || all[0].Subject != o.ada || !all[0].Start.Equal(start) || all[0].Items[0].State != access.Pending {
		t.Fatalf("%+v", all)
	}
	owner := o.slack.PrimaryOwner(o.slack.TeamIDs()[0]) // the other lead
	_, err := o.house.Approve(o.ctx(), o.actor(owner), all[0].ID, "")
	o.ok(err)
	if g := o.grants(); len(g) != 1 || g[0].Account != o.ada || !g[0].Start.Equal(start) || g[0].State != access.Scheduled {
		t.Errorf("%+v", g)
	}
}

// What else it gives is said before it is sent: the channels of a user group, without
// the name of one that the asker may not know, and what was written before.
func TestWhatElseItGives(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	o.slack.HandSetDefaultChannels(o.slack.PrimaryOwner(o.slack.TeamIDs()[0]), o.oncall, o.hall, o.secret)
	o.syncs()
	o.opens(o.ada, "onc", o.oncall)
	o.choose(o.ada, "length", "1h0m0s")
	o.submit(o.ada)
	blocks := string(o.modal(o.ada).Blocks)
	for _, want := range []string{"it also puts its members into #hall", "it also puts its members into 1 private channels"} {
		if !strings.Contains(blocks, want) {
			t.Errorf("no %q in %s", want, blocks)
		}
	}
	if strings.Contains(blocks, "incident-secret") || strings.Contains(blocks, o.secret) {
		t.Errorf("it names a channel that ada may not know: %s", blocks)
	}
	o.opens(o.ada, "room", o.war)
	o.choose(o.ada, "length", "1h0m0s")
	o.submit(o.ada)
	if blocks := string(o.modal(o.ada).Blocks); !strings.Contains(blocks, "it also shows everything that was written there before") {
		t.Errorf("the history is not said: %s", blocks)
	}
}

// For whom nothing can be asked is said at that field, and nothing is asked.
func TestForWhomStandsAtItsField(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	unknown := o.slack.HandJoin(slacktest.User{Name: "new", RealName: "New", Team: o.slack.TeamIDs()[0]})
	for name, whom := range map[string]string{"somebody from outside": o.outsider, "who came since the sync": unknown, "the app": o.bot()} {
		o.opens(o.lin, "onc", o.oncall)
		o.choose(o.lin, "length", "1h0m0s")
		o.choose(o.lin, "whom", whom)
		o.submit(o.lin)
		if v := o.modal(o.lin); len(o.slack.Modals(o.lin)) != 1 || v.Errors["whom"] == "" || v.Errors["what"] != "" {
			t.Errorf("%s: %d windows, %+v", name, len(o.slack.Modals(o.lin)), v.Errors)
		}
		_, err := o.slack.HandClose(o.ctx(), o.lin, true)
		o.ok(err)
	}
	if len(o.requests()) != 0 {
		t.Error("asked all the same")
	}
}

// What one asks to extend or end stands in the answer with its buttons.
func TestTheCommandsListHasButtons(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	o.asks(o.ada, o.war, 30*time.Minute)
	g := o.grants()[0]
	for _, typed := range []string{"my", "extend", "end"} {
		a, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", typed)
		o.ok(err)
		for _, want := range []string{"#incident-room", "30 min left", `"action_id":"extend"`, `"action_id":"end"`, `"value":"` + g.ID + `"`} {
			if !strings.Contains(string(a.Body), want) {
				t.Errorf("%s: no %s in %s", typed, want, a.Body)
			}
		}
	}
}

// counting counts what is read of a table.
type counting struct {
	store.Table
	reads, rows int
}

func (c *counting) Get(ctx ctx, k store.Key) (store.Row, error) {
	c.reads++
	return c.Table.Get(ctx, k)
}

func (c *counting) Query(ctx ctx, r store.Range) ([]store.Row, bool, error) {
	rows, more, err := c.Table.Query(ctx, r)
	c.reads, c.rows = c.reads+1, c.rows+len(rows)
	return rows, more, err
}

// In a company of 100,000 resources, most of them private, a menu finds what is there,
// and looks through few of them for it.
func TestFindingAmongAHundredThousand(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	const many = 100_000
	var b directory.Batch
	for i := range many {
		b.Resources = append(b.Resources, directory.Resource{
			ID: fmt.Sprintf("C0%07d", i), Connector: "con_1", Workspace: o.slack.TeamIDs()[0], Kind: directory.Channel,
			Name: fmt.Sprintf("project-%05d-%s", i, []string{"build", "talk", "ops"}[i%3]), Private: i%10 > 0,
		})
		if len(b.Resources) == 1000 {
			o.ok(o.store.Put(o.ctx(), b))
			b = directory.Batch{}
		}
	}
	count := &counting{Table: o.table.Table}
	o.table.Table = count
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	for typed, want := range map[string]string{
		"onc":           "@oncall",
		"room":          "#incident-room",
		"#incident":     "#incident-room",
		"project-54320": "#project-54320-ops",
		"99990":         "#project-99990-build",
		"project":       "#project-00000-build",
	} {
		count.reads, count.rows = 0, 0
		began := time.Now()
		got := o.offered(o.ada, "what", typed)
		if !slices.Contains(got, want) || len(got) > 100 {
			t.Errorf("%q offers %q", typed, got)
		}
		if count.reads > 150 || count.rows > 6000 || time.Since(began) > time.Second {
			t.Errorf("%q: %d reads of %d rows, in %s", typed, count.reads, count.rows, time.Since(began))
		}
	}
	for _, typed := range []string{"54321", "project-54321-build"} {
		if got := o.offered(o.ada, "what", typed); len(got) != 0 {
			t.Errorf("ada is offered a private channel: %q", got)
		}
	}
}

// The form takes one to twenty things: Slack keeps who clicks to it, and whoever sends
// something else by hand reads it at the field.
func TestOneToTwenty(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	_, err := o.slack.HandCommand(o.ctx(), o.ada, "", "/ebb", "")
	o.ok(err)
	if blocks := string(o.modal(o.ada).Blocks); !strings.Contains(blocks, `"max_selected_items":20`) {
		t.Errorf("no most is said: %s", blocks)
	}
	o.offered(o.ada, "what", "onc")
	o.choose(o.ada, "what", o.oncall)
	o.submit(o.ada)
	sent := o.lastSent()
	form, err := url.ParseQuery(string(sent.body))
	o.ok(err)
	one := `{"text":{"type":"plain_text","text":"@oncall"},"value":"` + o.oncall + `"}`
	var many []string
	for i := range 21 {
		many = append(many, strings.Replace(one, o.oncall, fmt.Sprintf("S0MANY%03d", i), 1))
	}
	for name, x := range map[string]struct{ list, says string }{
		"none":       {"", "1 to 20"},
		"twenty-one": {strings.Join(many, ","), "1 to 20"},
		"twice":      {one + "," + one, "twice"},
	} {
		payload := map[string]any{}
		o.ok(json.Unmarshal([]byte(form.Get("payload")), &payload))
		list := []any{}
		o.ok(json.Unmarshal([]byte("["+x.list+"]"), &list))
		what := payload["view"].(map[string]any)["state"].(map[string]any)["values"].(map[string]any)["what"].(map[string]any)["what"].(map[string]any)
		what["selected_options"] = list
		raw, err := json.Marshal(payload)
		o.ok(err)
		body := "payload=" + url.QueryEscape(string(raw))
		stamp := itoa(o.clock().Unix())
		h := sent.header.Clone()
		h.Set("X-Slack-Request-Timestamp", stamp)
		h.Set("X-Slack-Signature", slacktest.Sign(o.slack.SigningSecret(), stamp, []byte(body)))
		h.Del("Content-Length")
		if code, said := o.again(sentForm{sent.path, h, []byte(body)}); code != 200 || !strings.Contains(said, `"what":"`) || !strings.Contains(said, x.says) {
			t.Errorf("%s: %d %s", name, code, said)
		}
	}
	if len(o.requests()) != 0 {
		t.Error("asked all the same")
	}
}
