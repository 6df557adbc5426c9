package slack_test

import (
	"testing"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/report"
)

// What Slack does not say of somebody is no "no".
func TestARosterTellsWhatWasNotSaid(t *testing.T) {
	f := newFake(t).says("users.list", `{"ok":true,"members":[
		{"id":"U1","team_id":"T1","has_2fa":true,"updated":1790000000},{"id":"U2","team_id":"T1","has_2fa":false},{"id":"U3","team_id":"T9"}],
		"response_metadata":{"next_cursor":"c2"}}`)
	page := must[directory.Listing[report.Account]](t)(f.client().Roster(ctx(t), link, ""))
	for i, want := range []report.Answer{report.Yes, report.No, ""} {
		if got := page.Items[i].SecondFactor; got != want {
			t.Errorf("%s: %q, want %q", page.Items[i].ID, got, want)
		}
	}
	if a := page.Items[0]; a.Changed.Unix() != 1790000000 || !a.TwoFactor || !page.Items[1].Changed.IsZero() {
		t.Errorf("%+v", page.Items)
	}
	if page.Items[2].Kind != directory.External || page.Next != "c2" {
		t.Errorf("%+v, next %q", page.Items[2], page.Next)
	}
}

func TestRoomsTellTheirSizeAndWhoSharesThem(t *testing.T) {
	f := newFake(t).says("conversations.list", `{"ok":true,"channels":[
		{"id":"C1","name":"told","created":1650000000,"num_members":0},{"id":"C2","name":"untold"},
		{"id":"C3","name":"shared","num_members":4,"is_ext_shared":true,"context_team_id":"T1","internal_team_ids":["T1","T2"],"connected_team_ids":["T2","T8","T9"]},
		{"id":"C4","name":"within","is_org_shared":true,"connected_team_ids":["T2"]}]}`)
	page := must[directory.Listing[report.Channel]](t)(f.client().Rooms(ctx(t), link, true, ""))
	for i, want := range []struct {
		counted bool
		count   int
		foreign int
	}{{true, 0, 0}, {false, 0, 0}, {true, 4, 2}, {false, 0, 0}} {
		if c := page.Items[i]; c.Counted != want.counted || c.Count != want.count || c.Foreign != want.foreign {
			t.Errorf("%+v", c)
		}
	}
	if c := page.Items[0]; c.Created.Unix() != 1650000000 || !page.Items[1].Created.IsZero() {
		t.Errorf("%+v", c)
	}
	if q := f.last().args.Encode(); q != "exclude_archived=false&limit=999&team_id=T1&types=private_channel" {
		t.Errorf("asked %s", q)
	}
}
