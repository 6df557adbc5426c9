package slack_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// The simulated Slack names managers through SCIM, on pages; on a plan without SCIM
// it refuses for good.
func TestManagersOfAWorkspace(t *testing.T) {
	o := slacktest.NewEmpty(slacktest.Options{Seed: 1, Plan: slacktest.PlanBusiness})
	boss := o.AddUser(slacktest.User{Name: "boss"})
	for range 1100 {
		o.AddUser(slacktest.User{Manager: boss})
	}
	c, pages := simulated(o), 0
	l := connector.Link{Connector: "co_1", Team: o.TeamIDs()[0]}
	got := all(t, func(cursor string) (directory.Listing[directory.Managed], error) {
		pages++
		return c.Managers(ctx(t), l, cursor)
	})
	led := slices.DeleteFunc(slices.Clone(got), func(m directory.Managed) bool { return m.Manager != boss })
	if len(led) != 1100 || len(got) < 1101 || pages != 3 {
		t.Errorf("%d of %d accounts have a manager, on %d pages", len(led), len(got), pages)
	}
	if _, err := c.Managers(ctx(t), l, "x"); !fault.Is(err, fault.Backoff) {
		t.Errorf("a place that is none: %v", err)
	}
	pro := slacktest.NewEmpty(slacktest.Options{Seed: 1})
	if _, err := simulated(pro).Managers(ctx(t), connector.Link{Connector: "co_1", Team: pro.TeamIDs()[0]}, ""); !fault.Is(err, fault.Misconfigured) {
		t.Errorf("below Business+: %v", err)
	}
}

// Both spellings of the extension and of the manager's id are read; an answer that
// is cut short is no end of the list.
func TestManagersAreSpelledTwoWays(t *testing.T) {
	for body, want := range map[string]string{
		`{"totalResults":1,"Resources":[{"id":"U1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"managerId":"U2"}}}]}`: "U2",
		`{"totalResults":1,"Resources":[{"id":"U1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"U3"}}}]}`:     "U3",
		`{"totalResults":1,"Resources":[{"id":"U1","urn:scim:schemas:extension:enterprise:1.0":{"manager":{"managerId":"lin@example.com"}}}]}`:     "lin@example.com",
		`{"totalResults":1,"Resources":[{"id":"U1"}]}`: "",
	} {
		got, err := (&scimServer{status: http.StatusOK, body: body}).client(t, connector.Tokens{User: userToken}).Managers(ctx(t), link, "")
		if err != nil || len(got.Items) != 1 || got.Items[0].Manager != want || got.Next != "" {
			t.Errorf("%s: %+v %v", body, got, err)
		}
	}
	for _, body := range []string{`{}`, `{"totalResults":2,"Resources":[]}`, `{"Resources":[{"id":"U1"}]}`, `{"totalResults":1,"Resources":[{"id":""}]}`, `[]`, `<html>`} {
		if got, err := (&scimServer{status: http.StatusOK, body: body}).client(t, connector.Tokens{User: userToken}).Managers(ctx(t), link, ""); !fault.Is(err, fault.Backoff) || len(got.Items) > 0 {
			t.Errorf("%s: %+v %v", body, got, err)
		}
	}
}
