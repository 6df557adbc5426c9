package slacktest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHandsFireSlacksEvents(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	owner, bot, ada, bob := s.org.PrimaryOwner(team), s.org.BotUser(team), s.member("ada"), s.member("bob")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	seen := s.org.AddChannel(Channel{Name: "seen", Private: true, Members: []string{bot}})
	unseen := s.org.AddChannel(Channel{Name: "unseen", Members: []string{ada}})
	for _, c := range []struct {
		what string
		do   func()
		want string
	}{
		{"add to group", func() { s.org.HandAddToGroup(owner, g, bob) }, "subteam_members_changed subteam_updated"},
		{"add again", func() { s.org.HandAddToGroup(owner, g, bob) }, ""},
		{"remove the last", func() { s.org.HandRemoveFromGroup(owner, g, ada, bob) }, "subteam_members_changed subteam_updated"},
		{"disable", func() { s.org.HandDisableGroup(owner, g) }, "subteam_updated"},
		{"enable", func() { s.org.HandEnableGroup(owner, g) }, "subteam_updated"},
		{"invite where the bot is", func() { s.org.HandInvite(seen, ada) }, "member_joined_channel"},
		{"invite where it is not", func() { s.org.HandInvite(unseen, bob) }, ""},
		{"kick", func() { s.org.HandKick(seen, ada) }, "member_left_channel"},
		{"a new person", func() { s.org.HandJoin(User{Name: "newcomer"}) }, "team_join"},
		{"deactivate", func() { s.org.HandDeactivate(ada) }, "user_change"},
		{"reactivate", func() { s.org.HandReactivate(ada) }, "user_change"},
		{"make an admin", func() { s.org.HandSetAdmin(team, ada, true) }, "user_change"},
		{"revoke a token", func() { s.org.RevokeToken(s.org.UserToken()) }, "tokens_revoked"},
		{"uninstall", func() { s.org.Uninstall(team) }, "tokens_revoked app_uninstalled"},
		{"after that", func() { s.org.HandDeactivate(bob) }, ""},
	} {
		c.do()
		var kinds []string
		for _, e := range s.org.TakeEvents() {
			kinds = append(kinds, e.Type)
		}
		if got := strings.Join(kinds, " "); got != c.want {
			t.Errorf("%s: %q, not %q", c.what, got, c.want)
		}
	}
	if !s.org.User(ada).Admin {
		t.Error("not an admin")
	}
}

func TestGroupEventsLinkByDate(t *testing.T) {
	s := newStage(t, Options{})
	ada, bob := s.member("ada"), s.member("bob")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	s.org.HandAddToGroup(ada, g, bob)
	s.org.HandRemoveFromGroup(ada, g, ada)
	var last any
	for _, e := range s.org.TakeEvents() {
		var outer map[string]any
		_ = json.Unmarshal(e.Body, &outer)
		if e.Type != "subteam_members_changed" {
			continue
		}
		event := outer["event"]
		if last != nil && at(event, "date_previous_update") != last {
			t.Error("a gap between two changes:", event)
		}
		last = at(event, "date_update")
		if outer["event_id"] != e.ID || at(outer, "authorizations", 0, "is_bot") != true {
			t.Error(outer)
		}
		if at(event, "added_users_count") != float64(len(texts(at(event, "added_users")))) {
			t.Error(event)
		}
	}
}

func TestEventsAreSignedRetriedAndDropped(t *testing.T) {
	s := newStage(t, Options{})
	status, retries := http.StatusInternalServerError, []string{}
	var noRetry string
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if got, want := r.Header.Get("X-Slack-Signature"), Sign(s.org.SigningSecret(), r.Header.Get("X-Slack-Request-Timestamp"), body); got != want {
			t.Error("signature:", got)
		}
		var e map[string]any
		_ = json.Unmarshal(body, &e)
		if e["type"] == "url_verification" {
			_, _ = io.WriteString(w, e["challenge"].(string))
			return
		}
		retries = append(retries, r.Header.Get("X-Slack-Retry-Num")+r.Header.Get("X-Slack-Retry-Reason"))
		w.Header().Set("X-Slack-No-Retry", noRetry)
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	s.org.SetEventsURL(receiver.URL, nil)
	ctx := context.Background()
	if err := s.org.VerifyEventsURL(ctx); err != nil {
		t.Fatal(err)
	}
	leaver := s.member("leaver")
	s.org.HandDeactivate(leaver)
	for _, wait := range []time.Duration{0, 0, 59 * time.Second, time.Second, 5 * time.Minute, 0} {
		s.at = s.at.Add(wait)
		if n := s.org.DeliverEvents(ctx); n != 0 {
			t.Error("delivered:", n)
		}
	}
	if got := strings.Join(retries, " "); got != " 1http_error 2http_error 3http_error" {
		t.Errorf("%q", got)
	}
	if len(s.org.PendingEvents()) != 0 {
		t.Error("an event outlived its retries")
	}
	s.org.HandReactivate(leaver)
	noRetry = "1"
	s.org.DeliverEvents(ctx)
	if len(s.org.PendingEvents()) != 0 {
		t.Error("x-slack-no-retry was not heard")
	}
	s.org.HandDeactivate(leaver)
	status = http.StatusOK
	if n := s.org.DeliverEvents(ctx); n != 1 {
		t.Error("delivered:", n)
	}
}

func TestSlacksOwnTestVector(t *testing.T) {
	// docs.slack.dev, "Verifying requests from Slack"
	body := []byte("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&" +
		"user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F" +
		"T1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
	got := Sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
	if got != "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Error(got)
	}
}
