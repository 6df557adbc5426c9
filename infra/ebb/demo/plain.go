package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// simulated is the running simulated Slack, spoken to with plain HTTP.
type simulated struct {
	API          string   `json:"api_url"`
	UserToken    string   `json:"user_token"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	Authorize    string   `json:"authorize_url"`
	Teams        []string `json:"team_ids"`

	cmd   *exec.Cmd
	owner string
}

// startSlack starts the command and reads its one line.
func startSlack(ctx context.Context, path string) (*simulated, error) {
	s := &simulated{}
	s.cmd = exec.CommandContext(ctx, path, "-listen", "127.0.0.1:0", "-people", "60", "-groups", "6", "-channels", "10", "-seed", "11", "-plan", "business", "-for", "10m")
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 3 * time.Second
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return s, err
	}
	if err := s.cmd.Start(); err != nil {
		return s, fmt.Errorf("%w (make demo builds it)", err)
	}
	return s, json.NewDecoder(out).Decode(s)
}

func (s *simulated) stop() {
	if s == nil || s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// call is one form POST of Slack's Web API, with the owner's own token.
func (s *simulated) call(ctx context.Context, method string, form url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.API+method, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+s.UserToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var said struct {
		OK    bool
		Error string
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return fmt.Errorf("%s: %s: %w", method, resp.Status, err)
	}
	if !said.OK {
		return fmt.Errorf("%s: %s", method, said.Error)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(body, into)
}

// humans are full, active members who administer nothing.
func (s *simulated) humans(ctx context.Context) ([]person, error) {
	var who struct {
		UserID string `json:"user_id"`
	}
	if err := s.call(ctx, "auth.test", nil, &who); err != nil {
		return nil, err
	}
	s.owner = who.UserID
	var list struct {
		Members []struct {
			ID       string
			RealName string `json:"real_name"`
			Deleted  bool
			Bot      bool `json:"is_bot"`
			Guest    bool `json:"is_restricted"`
			Invited  bool `json:"is_invited_user"`
			Admin    bool `json:"is_admin"`
		}
	}
	err := s.call(ctx, "users.list", url.Values{"limit": {"200"}}, &list)
	var out []person
	for _, m := range list.Members {
		if !m.Deleted && !m.Bot && !m.Guest && !m.Invited && !m.Admin && m.ID != "USLACKBOT" && m.RealName != "" {
			out = append(out, person{m.ID, m.RealName})
		}
	}
	return out, err
}

// group makes a user group with members, as its owner does by hand.
func (s *simulated) group(ctx context.Context, handle string, members ...string) (string, error) {
	var made struct{ Usergroup struct{ ID string } }
	if err := s.call(ctx, "usergroups.create", url.Values{"name": {handle}, "handle": {handle}}, &made); err != nil {
		return "", err
	}
	return made.Usergroup.ID, s.setMembers(ctx, made.Usergroup.ID, members...)
}

func (s *simulated) setMembers(ctx context.Context, group string, members ...string) error {
	return s.call(ctx, "usergroups.users.update", url.Values{"usergroup": {group}, "users": {strings.Join(members, ",")}}, nil)
}

func (s *simulated) members(ctx context.Context, group string) ([]string, error) {
	var list struct{ Users []string }
	err := s.call(ctx, "usergroups.users.list", url.Values{"usergroup": {group}}, &list)
	return list.Users, err
}

// consent opens the link like a browser, allows the installation as the owner,
// and gives the text of the page it ends on.
func (s *simulated) consent(ctx context.Context, link string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/oauth/v2/authorize") {
			q := r.URL.Query()
			q.Set("_as", s.owner)
			q.Set("_team", s.Teams[0])
			q.Set("_approve", "1")
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return "", err
	}
	resp, err := browser.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	text := plainText(string(body))
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the installation ended with %s: %s", resp.Status, text)
	}
	return text, nil
}

var (
	styles = regexp.MustCompile(`(?s)<(style|title)[^>]*>.*?</(style|title)>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

func plainText(html string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(styles.ReplaceAllString(html, ""), " ")), " ")
}

// client speaks to the house's API as one person.
type client struct{ base, key string }

func (c *client) as(key string) *client { return &client{base: c.base, key: key} }

func (c *client) get(ctx context.Context, path string, into any) error {
	return c.send(ctx, http.MethodGet, path, "", nil, into)
}

func (c *client) post(ctx context.Context, path string, body map[string]any, into any) error {
	if body == nil {
		return c.send(ctx, http.MethodPost, path, "", nil, into)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.send(ctx, http.MethodPost, path, "application/json", raw, into)
}

func (c *client) send(ctx context.Context, method, path, kind string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		var p struct{ Detail string }
		if json.Unmarshal(raw, &p) == nil && p.Detail != "" {
			return errors.New(p.Detail)
		}
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	if into == nil || !slices.Contains([]int{200, 201, 202}, resp.StatusCode) {
		return nil
	}
	return json.Unmarshal(raw, into)
}
