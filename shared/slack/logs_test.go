package slack_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

func TestLoginsAsDocumented(t *testing.T) {
	f := newFake(t).says("team.accessLogs", documented(t, "team.accessLogs", "success"))
	got := must[directory.Listing[directory.Login]](t)(f.client().Logins(ctx(t), link, "page2"))
	want := []directory.Login{{Account: "U45678", At: time.Unix(1422922864, 0).UTC()}, {Account: "U12345", At: time.Unix(1422922493, 0).UTC()}}
	if !reflect.DeepEqual(got.Items, want) || got.Next != "" {
		t.Errorf("got %+v", got)
	}
	if q := f.last().args.Encode(); q != "cursor=page2&limit=999&team_id=T1" || f.last().voice != "user" {
		t.Errorf("asked %s in the voice %s", q, f.last().voice)
	}
	if _, err := f.client().Logins(ctx(t), connector.Link{Connector: "co_1"}, ""); err != nil || f.last().args.Encode() != "limit=999" {
		t.Errorf("of an organization: %s, %v", f.last().args.Encode(), err)
	}
}

func TestLoginsThatCannotBeRead(t *testing.T) {
	for body, want := range map[string]fault.Kind{
		documented(t, "team.accessLogs", "error"): fault.Misconfigured,
		refused("missing_scope"):                  fault.Misconfigured,
		refused("invalid_cursor"):                 fault.Invalid,
		refused("fatal_error"):                    fault.Backoff,
		`{"ok":true}`:                             fault.Backoff,
		`{"ok":true,"logins":[{"user_id":"","date_last":1422922864}]}`:       fault.Backoff,
		`{"ok":true,"logins":[{"user_id":"U1"}]}`:                            fault.Backoff,
		`{"ok":true,"logins":[{"user_id":"U1","date_last":"a long while"}]}`: fault.Backoff,
	} {
		if _, err := newFake(t).says("team.accessLogs", body).client().Logins(ctx(t), link, ""); !fault.Is(err, want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// The simulated Slack gives a log of three pages through the client, the newest
// first.
func TestLoginsOfAWorkspace(t *testing.T) {
	o := slacktest.NewEmpty(slacktest.Options{Seed: 1, Plan: slacktest.PlanBusiness})
	at := time.Now().Truncate(time.Second)
	for i := range 2100 {
		o.Log(slacktest.Access{User: o.AddUser(slacktest.User{}), Last: at.Add(-time.Duration(i) * time.Hour)})
	}
	c, pages := simulated(o), 0
	got := all(t, func(cursor string) (directory.Listing[directory.Login], error) {
		pages++
		return c.Logins(ctx(t), connector.Link{Connector: "co_1", Team: o.TeamIDs()[0]}, cursor)
	})
	if len(got) != 2100 || pages != 3 {
		t.Fatalf("%d entries on %d pages", len(got), pages)
	}
	for i, l := range got {
		if want := at.Add(-time.Duration(i) * time.Hour); !l.At.Equal(want) {
			t.Fatalf("entry %d is of %s, want %s", i, l.At, want)
		}
	}
}
