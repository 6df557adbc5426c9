package slack_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func groupsOf(groups ...string) string {
	return `{"ok":true,"usergroups":[` + strings.Join(groups, ",") + `]}`
}

func TestGroups(t *testing.T) {
	f := newFake(t).says("usergroups.list", groupsOf(
		`{"id":"S1","team_id":"T1","name":"On call","handle":"oncall","created_by":"U9","date_delete":0,"auto_type":null,
			"prefs":{"channels":["C1"],"groups":["G1"]},"users":["U1","U2"],"user_count":2}`,
		`{"id":"S2","name":"Marketing","handle":"marketing","date_delete":1446748865,"user_count":"0"}`,
		`{"id":"S3","handle":"admins","auto_type":"admin","users":["U1"],"user_count":"1"}`,
		`{"id":"S4","handle":"idp","is_idp_group":true,"users":["U1"],"user_count":1}`,
		`{"id":"S5","handle":"locked","is_membership_locked":true,"users":["U1"],"user_count":1}`,
		`{"id":"S6","handle":"fixed","is_editing_restricted":true,"users":["U1"],"user_count":1}`,
	))
	got := must[[]directory.GroupListing](t)(f.client().Groups(ctx(t), link))
	want := []directory.Resource{
		{ID: "S1", Name: "oncall", Title: "On call", Creator: "U9", Defaults: []string{"C1", "G1"}, Count: 2},
		{ID: "S2", Name: "marketing", Title: "Marketing", Disabled: true},
		{ID: "S3", Name: "admins", Locked: true, Count: 1},
		{ID: "S4", Name: "idp", Managed: true, Count: 1},
		{ID: "S5", Name: "locked", Locked: true, Count: 1},
		{ID: "S6", Name: "fixed", Locked: true, Count: 1},
	}
	for i, w := range want {
		w.Connector, w.Workspace, w.Kind = "co_1", "T1", directory.UserGroup
		if !reflect.DeepEqual(got[i].Resource, w) {
			t.Errorf("got  %+v\nwant %+v", got[i].Resource, w)
		}
	}
	if m := got[0].Members; !reflect.DeepEqual(m, []string{"U1", "U2"}) {
		t.Errorf("members %v", m)
	}
	if q := f.last().args.Encode(); q != "include_count=true&include_disabled=true&include_users=true&team_id=T1" || len(f.calls) != 1 {
		t.Errorf("%d calls, asked %s", len(f.calls), q)
	}
}

// Slack's documentation prints user_count as text and no members at all.
func TestGroupsAsDocumented(t *testing.T) {
	f := newFake(t).says("usergroups.list", documented(t, "usergroups.list", "success")).
		says("usergroups.users.list", documented(t, "usergroups.users.list", "success"))
	got := must[[]directory.GroupListing](t)(f.client().Groups(ctx(t), link))
	if len(got) != 3 || len(got[0].Members) != 2 || got[2].Resource.Disabled != true {
		t.Errorf("got %+v", got)
	}
	if f.methods(false) != "usergroups.list usergroups.users.list usergroups.users.list" { // the third says "0"
		t.Errorf("called %s", f.methods(false))
	}
}

// Where count and list disagree, another method decides.
func TestGroupThatCameShort(t *testing.T) {
	for name, g := range map[string]string{
		"count is higher": `{"id":"S1","users":["U1"],"user_count":2}`,
		"count is lower":  `{"id":"S1","users":["U1","U2","U3"],"user_count":2}`,
		"no count":        `{"id":"S1","users":["U1","U2"]},{"id":"S2","users":[],"user_count":0}`,
		"no users":        `{"id":"S1","user_count":2}`,
		"nothing":         `{"id":"S1"}`,
	} {
		f := newFake(t).says("usergroups.list", groupsOf(g)).says("usergroups.users.list", `{"ok":true,"users":["U1","U2","U2"]}`)
		got := must[[]directory.GroupListing](t)(f.client().Groups(ctx(t), link))
		if !reflect.DeepEqual(got[0].Members, []string{"U1", "U2"}) || got[0].Resource.Count != 2 {
			t.Errorf("%s: %+v", name, got)
		}
		if q := f.last().args.Encode(); q != "include_disabled=true&team_id=T1&usergroup=S1" {
			t.Errorf("asked %s", q)
		}
	}
	f := newFake(t).says("usergroups.list", groupsOf(`{"id":"S1","user_count":2}`)).says("usergroups.users.list", `{"ok":true}`)
	_, err := f.client().Groups(ctx(t), link)
	wantKind(t, err, fault.Backoff, "short_read")
}

// Where Slack counts nothing, members cost no call of their own.
func TestGroupsWithoutCounts(t *testing.T) {
	f := newFake(t).says("usergroups.list", groupsOf(`{"id":"S1","users":["U1","U2","U1"]}`, `{"id":"S2","users":[]}`)).
		says("usergroups.users.list", `{"ok":true,"users":["U1","U2"]}`)
	got := must[[]directory.GroupListing](t)(f.client().Groups(ctx(t), link))
	if len(f.calls) != 1 || !reflect.DeepEqual(got[0].Members, []string{"U1", "U2"}) || got[0].Resource.Count != 2 {
		t.Errorf("%d calls, %+v", len(f.calls), got)
	}
	must[access.View](t)(f.client().View(ctx(t), link, got[0].Resource))
	if f.methods(false) != "usergroups.list usergroups.list usergroups.users.list" {
		t.Errorf("the look before a write was content with %s", f.methods(false))
	}
}

// Twenty groups disagree: when Slack merely counts otherwise, ten calls prove
// it; when lists were cut, nothing of the listing is believed.
func TestManyGroupsThatDisagree(t *testing.T) {
	var groups []string
	for i := range 20 {
		groups = append(groups, fmt.Sprintf(`{"id":"S%d","users":["U1"],"user_count":%d}`, i, i+2))
	}
	for _, c := range []struct {
		users string
		kind  fault.Kind
	}{{`["U1"]`, ""}, {`["U1","U2"]`, fault.Backoff}} {
		f := newFake(t).says("usergroups.list", groupsOf(groups...)).
			does("usergroups.users.list", func(w http.ResponseWriter, _ asked) { fmt.Fprintf(w, `{"ok":true,"users":%s}`, c.users) })
		_, err := f.client().Groups(ctx(t), link)
		if fault.KindOf(err) != c.kind || len(f.calls) != 11 {
			t.Errorf("%s: %v after %d calls", c.users, err, len(f.calls))
		}
		if first := f.calls[1].args.Get("usergroup"); first != "S19" {
			t.Errorf("%s was asked first, not the largest gap", first)
		}
	}
}
