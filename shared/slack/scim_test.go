package slack_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// scimServer answers SCIM with one status and body, and keeps the last request.
type scimServer struct {
	status       int
	body         string
	after        string
	method, path string
	sent, token  string
}

func (s *scimServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	s.method, s.path, s.sent, s.token = r.Method, r.URL.Path, string(raw), r.Header.Get("Authorization")
	if s.after != "" {
		w.Header().Set("Retry-After", s.after)
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

func (s *scimServer) client(t *testing.T, tokens connector.Tokens) *slack.Client {
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return slack.New(slack.Config{APIURL: server.URL + "/api/", Tokens: slack.Static(tokens), Now: func() time.Time { return clock }})
}

var both = connector.Tokens{User: userToken, Bot: botToken}

func TestShrinkSendsADeltaInTheAdminsVoice(t *testing.T) {
	s := &scimServer{status: http.StatusNoContent}
	if err := s.client(t, both).Shrink(ctx(t), asBot, "S1", []string{"U1", "U2"}); err != nil {
		t.Fatal(err)
	}
	const want = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
		`{"op":"remove","path":"members[value eq U1]"},{"op":"remove","path":"members[value eq U2]"}]}`
	if s.sent != want || s.method != http.MethodPatch || s.path != "/scim/v2/Groups/S1" || s.token != "Bearer "+userToken {
		t.Errorf("%s %s as %s: %s", s.method, s.path, s.token, s.sent)
	}
}

// An id goes into a path and a filter: what is none is never sent, and neither
// is a removal that names nobody.
func TestShrinkSendsIdsAlone(t *testing.T) {
	for _, c := range []struct {
		group   string
		members []string
	}{
		{"S1", nil}, {"S1", []string{""}}, {"S1", []string{"U1] or x[y eq U2"}}, {"", []string{"U1"}}, {"../Users/U1", []string{"U1"}},
	} {
		s := &scimServer{status: http.StatusNoContent}
		wantKind(t, s.client(t, both).Shrink(ctx(t), link, c.group, c.members), fault.Invalid, "")
		if s.method != "" {
			t.Errorf("%+v was sent", c)
		}
	}
}

func TestSCIMErrors(t *testing.T) {
	detail := func(d string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"` + d + `","status":400}`
	}
	older := `{"Errors":{"description":"invalid_authentication","code":401}}`
	for name, c := range map[string]struct {
		status      int
		body, after string
		kind        fault.Kind // of Shrink
		code        string
	}{
		"no business plan":   {403, detail("plus_teams_only"), "", fault.Misconfigured, "plus_teams_only"},
		"a workspace of one": {403, detail("non_org_teams_only"), "", fault.Misconfigured, "non_org_teams_only"},
		"no admin":           {403, detail("permission_denied"), "", fault.Misconfigured, "permission_denied"},
		"the older shape":    {401, older, "", fault.Misconfigured, "invalid_authentication"},
		"a new code":         {403, detail("not_on_mondays"), "", fault.Misconfigured, "not_on_mondays"},
		"a new refusal":      {400, detail("odd_request"), "", fault.Permanent, "odd_request"},
		"no code at all":     {400, detail("What you ask is odd: xoxp-1"), "", fault.Permanent, "unreadable_code"},
		"unknown group":      {404, detail("group_not_found"), "", fault.Permanent, "group_not_found"},
		"a proxy":            {403, "<html>log in</html>", "", fault.Misconfigured, "http_403"},
		"a redirect":         {302, "", "", fault.Misconfigured, "http_302"},
		"limited":            {429, detail("ratelimited"), "7", fault.Wait, "ratelimited"},
		"locked":             {429, detail("resource_locked"), "2", fault.Wait, "resource_locked"},
		"unwell":             {500, "", "", fault.Unclear, "http_500"},
		"away":               {503, detail("service_unavailable"), "", fault.Unclear, "http_503"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scimServer{status: c.status, body: c.body, after: c.after}
			err := s.client(t, both).Shrink(ctx(t), link, "S1", []string{"U1"})
			wantKind(t, err, c.kind, c.code)
			if fault.TextOf(err) == "" || strings.Contains(err.Error(), "xoxp") {
				t.Errorf("%v", err)
			}
			if held := fault.MethodOf(err) != ""; held != (c.code == "ratelimited") {
				t.Errorf("other groups held back: %v", held)
			}
			can, err := s.client(t, both).CanShrink(ctx(t), link)
			if refused := c.kind == fault.Misconfigured || c.kind == fault.Permanent; can || (err == nil) != refused {
				t.Errorf("asking first: %v %v", can, err)
			}
		})
	}
}

// A write that may have arrived is unclear, one that never left is not.
func TestSCIMBrokenOnTheWay(t *testing.T) {
	broken := func(err error) *slack.Client {
		return slack.New(slack.Config{
			APIURL: "http://slack.test/api/", Tokens: slack.Static(both),
			HTTP: &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) { return nil, err })},
		})
	}
	err := broken(errors.New("connection reset")).Shrink(ctx(t), link, "S1", []string{"U1"})
	wantKind(t, err, fault.Unclear, "connection_lost")
	_, err = broken(errors.New("connection reset")).CanShrink(ctx(t), link)
	wantKind(t, err, fault.Backoff, "connection_lost")
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSCIMNeedsTheUserToken(t *testing.T) {
	s := &scimServer{status: http.StatusNoContent}
	wantKind(t, s.client(t, connector.Tokens{Bot: botToken}).Shrink(ctx(t), link, "S1", []string{"U1"}), fault.Misconfigured, "no_user_token")
	if s.method != "" {
		t.Error("it was sent")
	}
}

// Where SCIM is follows from where the Web API is, unless somebody says.
func TestWhereSCIMIs(t *testing.T) {
	for _, c := range []struct{ api, scim, want string }{
		{"", "", "https://api.slack.com/scim/v2/Groups/S1"},
		{"https://slack.com/api", "", "https://api.slack.com/scim/v2/Groups/S1"},
		{slack.GovAPIURL, "", "https://api.slack-gov.com/scim/v2/Groups/S1"},
		{"http://127.0.0.1:8485/api/", "", "http://127.0.0.1:8485/scim/v2/Groups/S1"},
		{"", "https://scim.example/v2", "https://scim.example/v2/Groups/S1"},
	} {
		got := ""
		client := slack.New(slack.Config{
			APIURL: c.api, SCIMURL: c.scim, Tokens: slack.Static(both),
			HTTP: &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
				got = r.URL.String()
				return nil, errors.New("seen")
			})},
		})
		_ = client.Shrink(ctx(t), link, "S1", []string{"U1"})
		if got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// The simulated Slack: on Business+ the last member goes and the empty list
// reads back as one; on Pro and in an organization SCIM has nothing to do.
func TestShrinkInTheSimulatedSlack(t *testing.T) {
	admin := func(o *slacktest.Org) func(*slack.Config) {
		team := o.TeamIDs()[0]
		spec := slacktest.TokenSpec{User: o.PrimaryOwner(team), Team: team, Scopes: []string{"admin", "usergroups:read", "usergroups:write"}}
		return func(c *slack.Config) { c.Tokens = slack.Static(connector.Tokens{User: o.Token(spec)}) }
	}
	o := slacktest.NewEmpty(slacktest.Options{Seed: 1, Plan: slacktest.PlanBusiness})
	ada := o.AddUser(slacktest.User{Name: "ada"})
	group := o.AddGroup(slacktest.Group{Handle: "solo", Members: []string{ada}})
	here := connector.Link{Connector: "co_1", Team: o.TeamIDs()[0]}
	c := simulated(o, admin(o))
	if can, err := c.CanShrink(ctx(t), here); !can || err != nil {
		t.Fatal(can, err)
	}
	if err := c.Shrink(ctx(t), here, group, []string{ada}); err != nil {
		t.Fatal(err)
	}
	r := directory.Resource{ID: group, Kind: directory.UserGroup}
	for name, read := range map[string]func() ([]string, error){
		"view":      func() ([]string, error) { v, err := c.View(ctx(t), here, r); return v.Members, err },
		"read back": func() ([]string, error) { v, err := c.ReadBack(ctx(t), here, r); return v.Members, err },
	} {
		if members, err := read(); err != nil || len(members) > 0 {
			t.Errorf("%s of an empty user group: %v %v", name, members, err)
		}
	}
	pro := slacktest.NewEmpty(slacktest.Options{Seed: 1})
	org := slacktest.NewEmpty(slacktest.Options{Seed: 1, Workspaces: 2})
	for _, o := range []*slacktest.Org{pro, org} {
		if can, err := simulated(o, admin(o)).CanShrink(ctx(t), connector.Link{Team: o.TeamIDs()[0]}); can || err != nil {
			t.Errorf("%v: %v %v", slices.Collect(slices.Values(o.TeamIDs())), can, err)
		}
	}
}
