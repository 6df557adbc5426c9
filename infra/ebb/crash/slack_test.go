package crash

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// sim is the simulated Slack in a process of its own, and a plain client of it.
type sim struct {
	t            *testing.T
	API          string   `json:"api_url"`
	UserToken    string   `json:"user_token"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	Teams        []string `json:"team_ids"`
}

func startSlack(t *testing.T, seed uint64) *sim {
	t.Helper()
	cmd := exec.Command(slacktest, "-listen", "127.0.0.1:0", "-seed", fmt.Sprint(seed), "-for", "30m",
		"-people", "60", "-groups", "3", "-channels", "6", "-plan", "business")
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

// call is one form POST; an answer that is not ok ends the test.
func (s *sim) call(method string, form url.Values, into any) {
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
	var ok struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
	if err := json.Unmarshal(raw, &ok); err != nil || !ok.OK {
		s.t.Fatalf("%s: %v %s", method, err, ok.Error)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

// crew are full members without a role, whom user groups take.
func (s *sim) crew() (ids []string) {
	s.t.Helper()
	var page struct {
		Members []struct {
			ID      string
			Deleted bool
			Bot     bool `json:"is_bot"`
			Guest   bool `json:"is_restricted"`
			Invited bool `json:"is_invited_user"`
			Admin   bool `json:"is_admin"`
			Owner   bool `json:"is_owner"`
		}
	}
	s.call("users.list", url.Values{"limit": {"999"}, "team_id": {s.Teams[0]}}, &page)
	for _, p := range page.Members {
		if !p.Deleted && !p.Bot && !p.Guest && !p.Invited && !p.Admin && !p.Owner && p.ID != "USLACKBOT" {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// group makes a user group with members who stand in it.
func (s *sim) group(handle string, members ...string) string {
	s.t.Helper()
	var made struct{ Usergroup struct{ ID string } }
	s.call("usergroups.create", url.Values{"name": {handle}, "handle": {handle}}, &made)
	s.call("usergroups.users.update", url.Values{"usergroup": {made.Usergroup.ID}, "users": {strings.Join(members, ",")}}, nil)
	return made.Usergroup.ID
}

// members are who is in each user group now.
func (s *sim) members() map[string][]string {
	s.t.Helper()
	var all struct {
		Usergroups []struct {
			ID    string
			Users []string
		}
	}
	s.call("usergroups.list", url.Values{"team_id": {s.Teams[0]}, "include_users": {"true"}}, &all)
	in := map[string][]string{}
	for _, g := range all.Usergroups {
		in[g.ID] = g.Users
	}
	return in
}
