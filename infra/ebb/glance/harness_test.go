package glance

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// stranger is somebody with a token and a file, and nothing else.
type stranger struct {
	t     *testing.T
	url   string
	token string
	file  string
	kinds []string
	said  string // progress of the last command
}

// newStranger looks at a simulated Slack with its administrator's user token.
func newStranger(t *testing.T, o slacktest.Options) (*stranger, *slacktest.Org) {
	t.Helper()
	org := slacktest.New(o)
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	return &stranger{t: t, url: server.URL + "/api/", token: org.UserToken(), file: filepath.Join(t.TempDir(), "look.db")}, org
}

// sync runs ebb sync and gives its summary.
func (s *stranger) sync(flags ...func(*Sync)) (string, error) {
	s.t.Helper()
	return s.syncUntil(s.t.Context(), flags...)
}

func (s *stranger) syncUntil(ctx context.Context, flags ...func(*Sync)) (string, error) {
	s.t.Helper()
	c := Sync{SlackAPIURL: s.url, Token: s.token, Data: s.file, Kinds: s.kinds}
	for _, f := range flags {
		f(&c)
	}
	var out, progress bytes.Buffer
	err := c.sync(ctx, strings.NewReader(s.token+"\n"), &out, &progress)
	s.said = progress.String()
	if all := out.String() + s.said + text(err); strings.Contains(all, s.token) && len(s.token) > 8 {
		s.t.Errorf("the token is printed: %s", all)
	}
	return out.String(), err
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error() + fault.TextOf(err)
}

// must is sync where nothing may fail.
func (s *stranger) must(flags ...func(*Sync)) string {
	s.t.Helper()
	out, err := s.sync(flags...)
	if err != nil {
		s.t.Fatalf("%v\n%s%s", err, out, s.said)
	}
	return out
}

func confirm(c *Sync) { c.Confirm = true }

// list is ebb directory list in JSON.
func (s *stranger) list(what string) []map[string]any {
	s.t.Helper()
	var rows []map[string]any
	if err := json.Unmarshal([]byte(s.print(what, "json")), &rows); err != nil {
		s.t.Fatalf("the listing of %s is no JSON: %v", what, err)
	}
	return rows
}

func (s *stranger) print(what, format string) string {
	s.t.Helper()
	var out bytes.Buffer
	if err := (&List{What: what, Data: s.file, Format: format}).list(s.t.Context(), &out); err != nil {
		s.t.Fatal(err)
	}
	return out.String()
}

// number finds a line of the summary.
func number(t *testing.T, summary, line string) int {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + line + ` +(\d+)`).FindStringSubmatch(summary)
	if found == nil {
		t.Fatalf("no line %q in:\n%s", line, summary)
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// calls are what Slack itself counted.
func calls(org *slacktest.Org) (total int, by map[string]int) {
	by = map[string]int{}
	for m, s := range org.Stats() {
		by[m] = s.Calls
		total += s.Calls
	}
	return total, by
}

func wantError(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("got %v, want %s", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(fault.TextOf(err), w) {
			t.Errorf("%q does not say %q", fault.TextOf(err), w)
		}
	}
}
