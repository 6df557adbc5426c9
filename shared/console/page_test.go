package console

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

// TestOverview: the page says what it should, and an empty house is shown too.
func TestOverview(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	page := OverviewPage{Overview: flow.Overview{
		Now: now,
		Waiting: []flow.RequestLine{
			{Who: "Ada", What: "@oncall", Request: access.Request{ID: "rq_1", Length: 20 * time.Minute, Start: now.Add(time.Hour)}},
			{Who: "Ada", What: "a private channel", Request: access.Request{ID: "rq_2", Length: time.Hour, Items: []access.Item{{Extends: "g_1"}}}},
		},
		Grants: []flow.GrantLine{{Who: "<b>Lin</b>", What: "@oncall", Grant: access.Grant{State: access.Scheduled, Start: now.Add(time.Hour), End: now.Add(2 * time.Hour)}}},
		Groups: []flow.GroupCard{{Resource: directory.Resource{Name: "sre", Managed: true}, Members: make([]flow.MemberLine, 56)}},
	}}
	w := httptest.NewRecorder()
	render(w, page)
	got := w.Body.String()
	for _, want := range []string{
		"for 20m, from 2026-11-23 10:00:00 UTC", "with more time, 1h in all", "ebb approve rq_1 --as NAME", "is not named here",
		"begins 2026-11-23 10:00:00 UTC", "managed by the identity provider · 56 members", `data-head="Time left"`, "&lt;b&gt;Lin",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q:\n%s", want, got)
		}
	}
	w = httptest.NewRecorder()
	render(w, OverviewPage{})
	if w.Code != 200 || strings.Contains(w.Body.String(), "not named here") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
