package slack_test

import (
	"reflect"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func TestRolesAsDocumented(t *testing.T) {
	f := newFake(t).says("admin.roles.listAssignments", documented(t, "admin.roles.listAssignments", "success"))
	org := connector.Link{Connector: "co_1"}
	got := must[directory.Listing[directory.RoleHeld]](t)(f.client().Roles(ctx(t), org, "page1"))
	want := []directory.RoleHeld{{Role: "Rl0A", Entity: "C123ABC456", Account: "U123ABC456"}, {Role: "Rl03", Entity: "E123ABC456", Account: "U123ABC456"}}
	if !reflect.DeepEqual(got.Items, want) || got.Next == "" {
		t.Errorf("got %+v", got)
	}
	if q := f.last().args.Encode(); q != "cursor=page1&limit=200" || f.last().voice != "user" {
		t.Errorf("asked %s in the voice %s", q, f.last().voice)
	}
	for body, want := range map[string]fault.Kind{
		documented(t, "admin.roles.listAssignments", "error"): fault.Misconfigured,
		`{"ok":false,"error":"feature_not_enabled"}`:          fault.Misconfigured,
		`{"ok":true}`: fault.Backoff,
		`{"ok":true,"role_assignments":[{"role_id":"Rl0A","entity_id":"","user_id":"U1"}]}`: fault.Backoff,
	} {
		if _, err := newFake(t).says("admin.roles.listAssignments", body).client().Roles(ctx(t), org, ""); !fault.Is(err, want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}
