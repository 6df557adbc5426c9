package bench

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sim is a simulated Slack in a process of its own, and a plain client of it.
type sim struct {
	t             *testing.T
	API           string   `json:"api_url"`
	SigningSecret string   `json:"signing_secret"`
	UserToken     string   `json:"user_token"`
	ClientID      string   `json:"client_id"`
	ClientSecret  string   `json:"client_secret"`
	Stats         string   `json:"stats_url"`
	Teams         []string `json:"team_ids"`
}

func startSlack(t *testing.T, args ...string) *sim {
	t.Helper()
	cmd := exec.Command(slacktest, append([]string{"-listen", "127.0.0.1:0", "-seed", "1", "-for", "25m"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	s := &sim{t: t}
	if err := json.NewDecoder(out).Decode(s); err != nil {
		t.Fatalf("the simulated Slack did not start: %v", err)
	}
	return s
}

// call is one form POST; an answer that is not ok ends the test unless its code
// is among those forgiven.
func (s *sim) call(method string, form url.Values, into any, forgiven ...string) bool {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.API+method, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+s.UserToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var raw json.RawMessage
	var said struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
	if !said.OK {
		if !strings.Contains(" "+strings.Join(forgiven, " ")+" ", " "+said.Error+" ") {
			s.t.Fatalf("%s: %s", method, said.Error)
		}
		return false
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			s.t.Fatalf("%s: %v", method, err)
		}
	}
	return true
}

type person struct {
	ID, Name string
	Deleted  bool
	Bot      bool `json:"is_bot"`
	Guest    bool `json:"is_restricted"`
	Invited  bool `json:"is_invited_user"`
	Admin    bool `json:"is_admin"`
	Owner    bool `json:"is_owner"`
}

// full reports whether user groups take the person.
func (p person) full() bool {
	return !p.Deleted && !p.Bot && !p.Guest && !p.Invited && p.ID != "USLACKBOT"
}

// people are all of one workspace.
func (s *sim) people(team string) (out []person) {
	s.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Members  []person
			Metadata struct {
				Next string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		s.call("users.list", url.Values{"limit": {"999"}, "cursor": {cursor}, "team_id": {team}}, &page)
		out = append(out, page.Members...)
		if cursor = page.Metadata.Next; cursor == "" {
			return out
		}
	}
}

func (s *sim) groups(team string) (ids []string) {
	s.t.Helper()
	var list struct{ Usergroups []struct{ ID string } }
	s.call("usergroups.list", url.Values{"team_id": {team}}, &list)
	for _, g := range list.Usergroups {
		ids = append(ids, g.ID)
	}
	return ids
}

// fill gives each user group of the workspace 5,000 members, the most that Slack
// allows, until there are so many memberships.
func (s *sim) fill(memberships int) (total int) {
	s.t.Helper()
	var ids []string
	for _, p := range s.people(s.Teams[0]) {
		if p.full() {
			ids = append(ids, p.ID)
		}
	}
	const most = 5000
	ids = append(ids, ids[:most]...)
	for i, g := range s.groups(s.Teams[0]) {
		if total >= memberships {
			break
		}
		from := i * most % (len(ids) - most)
		if s.call("usergroups.users.update", url.Values{"usergroup": {g}, "users": {strings.Join(ids[from:from+most], ",")}}, nil, "permission_denied") {
			total += most
		}
	}
	if total < memberships {
		s.t.Fatalf("the simulated Slack took only %d memberships", total)
	}
	return total
}

// calls are what Slack itself counted, once it counts no further: it counts a
// call after it has answered it.
func (s *sim) calls() (by map[string]int) {
	s.t.Helper()
	for {
		was := by
		if by = s.counted(); was != nil && maps.Equal(was, by) {
			return by
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *sim) counted() map[string]int {
	s.t.Helper()
	resp, err := http.Get(s.Stats)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var stats struct {
		Methods map[string]struct{ Calls int }
	}
	if err := json.NewDecoder(resp.Body).Decode(&stats); err != nil {
		s.t.Fatal(err)
	}
	by := map[string]int{}
	for m, n := range stats.Methods {
		by[m] = n.Calls
	}
	return by
}

// since are the calls after an earlier count.
func since(before, after map[string]int) map[string]int {
	out := map[string]int{}
	for m, n := range after {
		if n > before[m] {
			out[m] = n - before[m]
		}
	}
	return out
}
