package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// owner speaks to the simulated Slack with plain HTTP, as its owner.
type owner struct {
	base, token, id, team string
	calls                 atomic.Int64
}

func (o *owner) call(ctx context.Context, method string, form url.Values, into any) error {
	o.calls.Add(1)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.base+"/api/"+method, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+o.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var said struct {
		OK    bool
		Error string
	}
	if err := json.Unmarshal(raw, &said); err != nil || !said.OK {
		return fmt.Errorf("%s: %s %s %w", method, resp.Status, said.Error, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

func (o *owner) setMembers(ctx context.Context, group string, members ...string) error {
	return o.call(ctx, "usergroups.users.update", url.Values{"usergroup": {group}, "users": {strings.Join(members, ",")}}, nil)
}

func (o *owner) members(ctx context.Context, group string) ([]string, error) {
	var list struct{ Users []string }
	err := o.call(ctx, "usergroups.users.list", url.Values{"usergroup": {group}}, &list)
	slices.Sort(list.Users)
	return list.Users, err
}

// consent opens the link like a browser and allows the installation.
func (o *owner) consent(ctx context.Context, link string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/oauth/v2/authorize") {
			q := r.URL.Query()
			q.Set("_as", o.id)
			q.Set("_team", o.team)
			q.Set("_approve", "1")
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return err
	}
	resp, err := browser.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the installation ended with %s: %s", resp.Status, body)
	}
	return err
}

// client speaks to the house's API as one person. An answer that was lost (5xx)
// or that asks to wait (429) is asked for again, with the same Idempotency-Key.
type client struct{ base, key string }

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
	once := fmt.Sprintf("e2e-%d", time.Now().UnixNano())
	for try := 1; ; try++ {
		status, raw, err := c.once(ctx, method, path, kind, once, body)
		switch {
		case err != nil:
			return err
		case status >= 500 && try < 8:
			time.Sleep(200 * time.Millisecond)
			continue
		case status == http.StatusTooManyRequests && try < 8: // nothing happened: Slack asks to wait
			time.Sleep(time.Second)
			continue
		case status >= 300:
			return fmt.Errorf("%s %s: %d %s", method, path, status, raw)
		case into == nil || len(raw) == 0:
			return nil
		}
		return json.Unmarshal(raw, into)
	}
}

// answer is one answer of any kind, asked for once.
func (c *client) answer(ctx context.Context, path string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp, raw, err
}

func (c *client) once(ctx context.Context, method, path, kind, once string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", once)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, raw, err
}

// safeBuffer is a buffer that many may use.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
