package slacktest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// stage is a small organization behind a real HTTP server, on a clock that the
// test moves. Every refusal that it sees must be one that Slack documents, or
// stand in assumedCodes.
type stage struct {
	t    *testing.T
	org  *Org
	http *httptest.Server
	at   time.Time
	tok  string // token of the next calls
}

var generalCodes = []string{
	"not_authed", "invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_allowed_token_type", "missing_scope",
	"invalid_arguments", "invalid_post_type", "missing_post_type", "invalid_form_data", "unknown_method", "ratelimited", "internal_error",
	"team_access_not_granted", "request_timeout", "fatal_error",
}

// assumedCodes are real codes of Slack in places where its pages do not name them.
var assumedCodes = map[string][]string{
	"no_such_subteam":                       {"usergroups.users.update", "usergroups.update", "usergroups.enable", "usergroups.disable"},
	"single_channel_guests_cannot_be_added": {"usergroups.users.update"}, // in the page's prose
	"name_already_exists":                   {"usergroups.update"},
	"handle_already_exists":                 {"usergroups.update"},
	"forbidden_handle":                      {"usergroups.update"},
	"name_too_long":                         {"usergroups.update"},
	"invalid_channel_provided":              {"usergroups.update"},
	"too_many_linked_channels":              {"usergroups.create"},
	"invalid_limit":                         {"users.list", "admin.conversations.search", "admin.teams.owners.list"},
	"user_not_found":                        {"users.conversations"},
	"code_already_used":                     {"oauth.v2.access", "openid.connect.token"},
	"invalid_json":                          {"usergroups.users.update"}, // docs, "Using the Web API"
	"json_not_object":                       {"usergroups.users.update"},
}

func newStage(t *testing.T, o Options) *stage {
	s := &stage{t: t, at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return s.at }
	s.org = NewEmpty(o)
	s.serve()
	return s
}

func (s *stage) serve() {
	s.org.OnCall = s.judge
	s.http = httptest.NewServer(s.org)
	s.t.Cleanup(s.http.Close)
	s.tok = s.org.UserToken()
}

func (s *stage) judge(c Call) {
	spec := methods[c.Method]
	if c.OK || c.Error == "" || c.Status != http.StatusOK || spec == nil {
		return
	}
	if !slices.Contains(generalCodes, c.Error) && !spec.documents(c.Error) && !slices.Contains(assumedCodes[c.Error], c.Method) {
		s.t.Errorf("%s answered %s, which Slack does not document for it", c.Method, c.Error)
	}
}

// call posts a form and decodes the answer; args are pairs.
func (s *stage) call(method string, args ...string) map[string]any {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	body, _ := s.do(s.request(method, "application/x-www-form-urlencoded", form.Encode()))
	return body
}

func (s *stage) request(method, contentType, body string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.http.URL+"/api/"+method, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if s.tok != "" {
		r.Header.Set("Authorization", "Bearer "+s.tok)
	}
	return r
}

func (s *stage) do(r *http.Request) (map[string]any, *http.Response) {
	s.t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	var body map[string]any
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &body); err != nil {
			s.t.Fatalf("%s: %v in %s", r.URL, err, raw)
		}
	}
	return body, res
}

// ok calls and fails the test unless Slack says yes.
func (s *stage) ok(method string, args ...string) map[string]any {
	s.t.Helper()
	body := s.call(method, args...)
	if body["ok"] != true {
		s.t.Fatalf("%s %v: %v", method, args, body)
	}
	return body
}

// refused calls and fails the test unless Slack says this code.
func (s *stage) refused(code, method string, args ...string) map[string]any {
	s.t.Helper()
	body := s.call(method, args...)
	if body["error"] != code {
		s.t.Errorf("%s %v: %v, not %s", method, args, body, code)
	}
	return body
}

func (s *stage) member(name string) string {
	return s.org.AddUser(User{Name: name, RealName: name, Email: name + "@umbra.example"})
}

// at digs through maps and lists: at(body, "usergroup", "users", 0).
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func texts(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, e := range list {
		text, _ := e.(string)
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}
