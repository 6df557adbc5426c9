package console_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// TestConnect walks the way of an administrator: the form, the connector's page, the
// way to Slack, syncing, connected; and what its owner sees of it afterwards.
func TestConnect(t *testing.T) {
	w := newWorld(t)
	_, err := w.House.Drain(w.Context(), w.As("root"), w.Conn) // its workspace is to be connected anew
	w.OK(err)
	_, err = w.House.Disconnect(w.Context(), w.As("root"), w.Conn, nil)
	w.OK(err)
	w.says(w.get("integrator", "/integrations"), "Application integrations", "Collaboration integrations", "Umbra", "Add connector")
	page := w.get("integrator", "/integrations/new?kind=application")
	w.says(page, "Do you sign in to Slack through your identity provider?", "Create and add details", ">slack</option>")
	key := between(page, `name="key" value="`, `"`)

	// What is missing is said, and what was entered stays.
	got := w.do("integrator", "POST", "/integrations/new", url.Values{"key": {key}, "kind": {"application"}, "name": {"Second <i>"}, "by_idp": {"yes"}}.Encode())
	if got.code != 422 || !strings.Contains(got.text, "Say which one") || !strings.Contains(got.text, `value="Second &lt;i&gt;"`) {
		t.Errorf("%d: %s", got.code, between(got.text, "<main", "</main>"))
	}
	form := url.Values{
		"key": {key}, "kind": {"application"}, "name": {"Second"}, "by_idp": {"yes"}, "idp": {"Okta"}, "groups_by": {"the directory team"},
		"owner": {w.User["owner"].ID, w.User["integrator"].ID},
	}.Encode()
	to := w.post("integrator", "/integrations/new", form)
	if again := w.post("integrator", "/integrations/new", form); again != to {
		t.Errorf("the same form twice made %s and %s", to, again)
	}
	path, _, _ := strings.Cut(to, "#")
	w.says(w.get("owner", path), "Not connected", "application slack via Okta", "through Okta", "the directory team", "Install with Slack", "Owner Example")

	page = w.do("owner", "POST", path+"/install", "").text
	w.says(page, "Continue to Slack")
	w.Consent(between(page, `href="/connect/`, `"`))
	w.says(w.get("owner", path), "Syncing", `hx-trigger="every 1s"`, `http-equiv="refresh"`)
	id := strings.TrimPrefix(path, "/integrations/")
	w.carry(id)
	page = w.get("owner", path)
	w.says(page, "Connected", "usergroup", "done", "connector installed", "every 1 hour")
	if strings.Contains(page, "every 1s") || regexp.MustCompile(`xox[pb]-\w`).MatchString(page) {
		t.Error("it looks again for ever, or shows a token")
	}
	w.post("owner", path+"/edit", url.Values{"name": {"Third"}, "every": {"15m0s"}, "owner": {w.User["owner"].ID}}.Encode())
	w.says(w.get("owner", path), "Third", "every 15 minutes", "with Slack itself")
	if got := w.do("integrator", "POST", path+"/pause", ""); got.code != 403 {
		t.Errorf("who is no owner any more pauses it: %d", got.code)
	}
	w.post("owner", path+"/pause", "")
	w.says(w.get("owner", path), "Paused", "Resume")
	w.post("owner", path+"/resume", "")
	w.At = w.At.Add(time.Minute)
	w.carry(id)
	w.post("owner", path+"/drain", "")
	if got := w.do("owner", "POST", path+"/disconnect", "name=third"); got.code != 422 {
		t.Errorf("disconnected by a wrong name: %d", got.code)
	}
	w.post("owner", path+"/disconnect", "name=Third")
	w.says(w.get("owner", path), "Not connected")
}

// TestPaste: a token that is pasted is never shown, right or wrong.
func TestPaste(t *testing.T) {
	w := newWorld(t)
	c, err := w.House.AddConnector(w.Context(), w.As("root"), "Pasted", nil)
	w.OK(err)
	got := w.do("root", "POST", "/integrations/"+c.ID+"/token", "token=xoxp-wrong-one")
	if got.code != 409 || strings.Contains(got.text, "wrong-one") {
		t.Errorf("%d: %s", got.code, between(got.text, "<main", "</main>"))
	}
	if log := w.Log.String(); strings.Contains(log, "wrong-one") {
		t.Errorf("the log holds the token: %s", log)
	}
}

// TestConfirmChanges shows by name what a sync would take away, as far as the
// reader may know it, and takes it away when its owner says so.
func TestConfirmChanges(t *testing.T) {
	w := newWorld(t)
	var many []string
	for i := range 30 {
		many = append(many, w.Slack.AddUser(slacktest.User{Name: fmt.Sprintf("p%d", i), RealName: fmt.Sprintf("Person %d", i)}))
	}
	crowd := w.Slack.AddGroup(slacktest.Group{Handle: "crowd", Name: "Crowd", Members: many})
	w.Sync(w.Conn)
	w.Slack.HandRemoveFromGroup(w.Slack.PrimaryOwner(w.Slack.TeamIDs()[0]), crowd, many[:28]...)
	if run := w.Sync(w.Conn); run.State != connector.Waiting {
		t.Fatalf("the sync took it at once: %+v", run)
	}
	path := "/integrations/" + w.Conn
	w.says(w.get("owner", path), "Needs confirmation", "Confirm changes", "28 user group memberships", "Person 3 in @crowd")
	w.says(w.get("auditor", path), "Person 3 in @crowd")
	if strings.Contains(w.get("auditor", path), "Confirm: take them away") {
		t.Error("an auditor is offered to confirm")
	}
	w.post("owner", path+"/confirm", "")
	w.carry(w.Conn)
	w.says(w.get("owner", path), "Connected")
}

// carry does what function sync does until nothing of a connector runs.
func (w *world) carry(conn string) {
	w.Helper()
	for range 50 {
		_, err := w.House.Sync(w.Context())
		w.OK(err)
		c, err := w.Store.Connector(w.Context(), conn)
		w.OK(err)
		if c.Label != connector.Syncing {
			return
		}
		w.At = w.At.Add(time.Second)
	}
	w.Fatal("it syncs for ever")
}
