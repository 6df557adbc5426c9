package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// testApp is what a test answers with, and what it was told last.
type testApp struct {
	*stage
	answer string
	status int
	form   url.Values
	told   map[string]any // the payload
	path   string
}

func newTestApp(t *testing.T, o Options) *testApp {
	a := &testApp{stage: newStage(t, o), status: http.StatusOK}
	a.tok = a.org.BotToken()
	srv := httptest.NewServer(http.HandlerFunc(a.hear))
	t.Cleanup(srv.Close)
	a.org.SetAppURLs(AppURLs{Commands: srv.URL + "/commands", Interaction: srv.URL + "/interaction", Options: srv.URL + "/options", Self: a.http.URL}, nil)
	return a
}

func (a *testApp) hear(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	if r.Header.Get("X-Slack-Signature") != Sign(a.org.SigningSecret(), r.Header.Get("X-Slack-Request-Timestamp"), raw) {
		a.t.Error("not signed")
	}
	a.path, a.told = r.URL.Path, nil
	a.form, _ = url.ParseQuery(string(raw))
	if p := a.form.Get("payload"); p != "" {
		if err := json.Unmarshal([]byte(p), &a.told); err != nil {
			a.t.Error(err)
		}
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.answer)
}

// trigger is a fresh trigger_id of a shortcut.
func (a *testApp) trigger(user string) string {
	a.t.Helper()
	if _, err := a.org.HandShortcut(context.Background(), user, "request_access"); err != nil {
		a.t.Fatal(err)
	}
	id, _ := a.told["trigger_id"].(string)
	return id
}

const modal = `{"type":"modal","callback_id":"ask","private_metadata":"p","title":{"type":"plain_text","text":"Ask"},"submit":{"type":"plain_text","text":"Send"},
	"blocks":[{"type":"input","block_id":"what","label":{"type":"plain_text","text":"What"},"element":{"type":"external_select","action_id":"pick"}},
	{"type":"input","block_id":"why","optional":true,"label":{"type":"plain_text","text":"Why"},"element":{"type":"plain_text_input","action_id":"text"}}]}`

const buttons = `[{"type":"section","text":{"type":"mrkdwn","text":"Ada asks"}},
	{"type":"actions","block_id":"decide","elements":[{"type":"button","action_id":"approve","value":"r1","text":{"type":"plain_text","text":"Approve"}}]}]`

func TestACommandIsAnsweredAtOnceAndLater(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	a.answer = `{"text":"one moment"}`
	if _, err := a.org.HandCommand(context.Background(), ada, "", "/ebb", "request @oncall"); err != nil {
		t.Fatal(err)
	}
	dm := a.org.DirectWithApp(ada)
	if a.path != "/commands" || a.form.Get("command") != "/ebb" || a.form.Get("text") != "request @oncall" || a.form.Get("user_id") != ada || a.form.Get("channel_id") != dm {
		t.Error(a.path, a.form)
	}
	seen := a.org.MessagesFor(ada, dm)
	if len(seen) != 1 || seen[0].Text != "one moment" || seen[0].To != ada || len(a.org.MessagesFor("U0ELSE", dm)) != 0 {
		t.Errorf("%+v", seen)
	}
	a.ok("views.open", "trigger_id", a.form.Get("trigger_id"), "view", modal)
	if open := a.org.Modals(ada); len(open) != 1 || open[0].Title != "Ask" || open[0].State["why"]["text"] == nil {
		t.Errorf("%+v", open)
	}
}

// A response_url takes five messages within half an hour.
func TestAResponseURLWearsOut(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	post := func(link, body string) int {
		res, err := http.Post(link, "application/json", strings.NewReader(body)) //nolint:noctx // a test's own server
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	use := func() string {
		if _, err := a.org.HandCommand(context.Background(), ada, "", "/ebb", ""); err != nil {
			t.Fatal(err)
		}
		return a.form.Get("response_url")
	}
	link := use()
	for i := range 6 {
		if got, want := post(link, `{"text":"hi"}`), map[bool]int{true: 200, false: 404}[i < 5]; got != want {
			t.Errorf("use %d: %d, not %d", i+1, got, want)
		}
	}
	link = use()
	if post(link, `{"blocks":[{"type":"nonsense"}]}`) != 400 || post(link, `{}`) != 400 {
		t.Error("bad blocks or nothing at all were taken")
	}
	a.at = a.at.Add(31 * time.Minute)
	if post(link, `{"text":"late"}`) != 404 {
		t.Error("an old response_url is good")
	}
}

func TestAButtonIsPressedByWhoSeesIt(t *testing.T) {
	a := newTestApp(t, Options{Workspaces: 2})
	ada, bob := a.member("ada"), a.member("bob")
	posted := a.ok("chat.postMessage", "channel", ada, "text", "Ada asks", "blocks", buttons)
	spot := Spot{Channel: posted["channel"].(string), TS: posted["ts"].(string), Block: "decide", Action: "approve"}
	if _, err := a.org.HandPress(context.Background(), bob, spot); err == nil {
		t.Error("bob pressed a button in ada's direct message")
	}
	if _, err := a.org.HandPress(context.Background(), ada, spot); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{"type": "block_actions", "api_app_id": a.org.AppID(), "is_enterprise_install": true} {
		if a.told[path] != want {
			t.Errorf("%s: %v", path, a.told[path])
		}
	}
	if at(a.told, "actions", 0, "value") != "r1" || at(a.told, "container", "message_ts") != spot.TS || at(a.told, "user", "id") != ada ||
		at(a.told, "message", "blocks", 1, "block_id") != "decide" || at(a.told, "enterprise", "id") != a.org.EnterpriseID() {
		t.Error(a.told)
	}
	link, _ := a.told["response_url"].(string)
	res, err := http.Post(link, "application/json", strings.NewReader(`{"replace_original":true,"text":"Approved by bob"}`)) //nolint:noctx // a test's own server
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	res.Body.Close()
	if m := a.org.MessagesFor(ada, spot.Channel); len(m) != 1 || m[0].Text != "Approved by bob" || len(m[0].Blocks) != 0 {
		t.Errorf("%+v", m)
	}
	if _, err := a.org.HandPress(context.Background(), ada, spot); err == nil {
		t.Error("a button that has gone was pressed")
	}
	a.ok("chat.delete", "channel", spot.Channel, "ts", spot.TS)
	a.refused("message_not_found", "chat.delete", "channel", spot.Channel, "ts", spot.TS)
}

// A modal from the trigger to its end, by each answer that an app can give.
func TestAModalIsFilledAndSubmitted(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	ctx := context.Background()
	opened := a.ok("views.open", "trigger_id", a.trigger(ada), "view", modal)
	id := at(opened, "view", "id").(string)
	if _, err := a.org.HandSubmit(ctx, ada); err != nil || a.org.Modals(ada)[0].Errors["what"] == "" || a.told["type"] != "shortcut" {
		t.Error("a required field was left empty, and the app was asked:", err)
	}
	pick := Spot{View: id, Block: "what", Action: "pick"}
	a.answer = `{"options":[{"text":{"type":"plain_text","text":"@oncall"},"value":"e1"}]}`
	offered, err := a.org.HandType(ctx, ada, pick, "onc")
	if err != nil || len(offered) != 1 || offered[0] != (Option{"@oncall", "e1"}) || a.told["value"] != "onc" || a.path != "/options" {
		t.Error(offered, err, a.told)
	}
	if _, err := a.org.HandChoose(ctx, ada, pick, "e2"); err == nil {
		t.Error("chose what was not offered")
	}
	for _, x := range []struct {
		spot  Spot
		value string
	}{{pick, "e1"}, {Spot{View: id, Block: "why", Action: "text"}, "a page"}} {
		if _, err := a.org.HandChoose(ctx, ada, x.spot, x.value); err != nil {
			t.Error(err)
		}
	}
	a.answer = `{"response_action":"errors","errors":{"why":"say more"}}`
	if _, err := a.org.HandSubmit(ctx, ada); err != nil || a.org.Modals(ada)[0].Errors["why"] != "say more" {
		t.Error(err, a.org.Modals(ada))
	}
	if at(a.told, "view", "state", "values", "what", "pick", "selected_option", "value") != "e1" || at(a.told, "view", "state", "values", "why", "text", "value") != "a page" {
		t.Error(a.told)
	}
	a.answer = `{"response_action":"errors","errors":{"nowhere":"x"}}`
	if _, err := a.org.HandSubmit(ctx, ada); !errors.Is(err, ErrNoAnswer) {
		t.Error("an error at no field:", err)
	}
	a.answer = `{"response_action":"push","view":` + strings.Replace(modal, `"Ask"`, `"Second"`, 1) + `}`
	if _, err := a.org.HandSubmit(ctx, ada); err != nil || len(a.org.Modals(ada)) != 2 || a.org.Modals(ada)[1].Previous != id {
		t.Error(err, a.org.Modals(ada))
	}
	if _, err := a.org.HandClose(ctx, ada, false); err != nil || len(a.org.Modals(ada)) != 1 {
		t.Error(err)
	}
	a.answer = `{"response_action":"update","view":` + strings.Replace(modal, `"Ask"`, `"Changed"`, 1) + `}`
	if _, err := a.org.HandSubmit(ctx, ada); err != nil {
		t.Error(err)
	}
	if m := a.org.Modals(ada); len(m) != 1 || m[0].Title != "Changed" || m[0].ID != id || m[0].State["why"]["text"].(object)["value"] != "a page" {
		t.Errorf("what was entered is lost: %+v", m)
	}
	a.answer = ""
	if _, err := a.org.HandSubmit(ctx, ada); err != nil || len(a.org.Modals(ada)) != 0 {
		t.Error(err)
	}
}

func TestAnAppThatFailsIsSeen(t *testing.T) {
	a := newTestApp(t, Options{})
	a.status = http.StatusInternalServerError
	if _, err := a.org.HandShortcut(context.Background(), a.member("ada"), "x"); !errors.Is(err, ErrNoAnswer) {
		t.Error(err)
	}
	a.org.SetAppURLs(AppURLs{}, nil)
	if _, err := a.org.HandCommand(context.Background(), a.member("bob"), "", "/ebb", ""); !errors.Is(err, ErrNoAnswer) {
		t.Error(err)
	}
}
