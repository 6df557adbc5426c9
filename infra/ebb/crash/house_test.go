package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// place is where a house lives and the Slack that it speaks to.
type place struct {
	dir   string
	slack *sim
}

// house is one life of "ebb run".
type house struct {
	cmd   *exec.Cmd
	url   string
	dir   string
	errs  bytes.Buffer
	ready chan struct{}
	ended chan struct{}
	once  sync.Once
	http  *http.Client
}

// begin starts the process and does not wait for it.
func (p place) begin(t *testing.T) *house {
	t.Helper()
	h := &house{dir: p.dir, ready: make(chan struct{}), ended: make(chan struct{})}
	h.cmd = exec.Command(ebb, "run", "--dir", p.dir, "--listen", "127.0.0.1:0", "--slack-api-url", p.slack.API, "--simulated", "--for", "30m")
	h.cmd.Env = append(os.Environ(), "EBB_SLACK_CLIENT_ID="+p.slack.ClientID, "EBB_SLACK_CLIENT_SECRET="+p.slack.ClientSecret)
	h.cmd.Stderr = &h.errs
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go h.listen(out)
	h.http = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}}
	t.Cleanup(h.kill)
	return h
}

func (h *house) listen(out io.Reader) {
	defer close(h.ended)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "house "):
			h.url = strings.TrimSpace(strings.TrimPrefix(line, "house"))
		case line == "ready":
			close(h.ready)
		}
	}
	_ = h.cmd.Wait() // it was killed
}

// wait gives nil once the house is ready.
func (h *house) wait() error {
	select {
	case <-h.ready:
		return nil
	case <-h.ended:
		return errors.New(h.errs.String())
	case <-time.After(20 * time.Second):
		return errors.New("not ready within 20 s")
	}
}

// kill is SIGKILL, and the wait until the process is gone.
func (h *house) kill() {
	h.once.Do(func() {
		_ = h.cmd.Process.Kill()
		<-h.ended
		h.http.CloseIdleConnections()
	})
}

// admin is the key that the house made for its administrator.
func (h *house) admin() (string, error) {
	raw, err := os.ReadFile(filepath.Join(h.dir, "keys.json"))
	if err != nil {
		return "", err
	}
	keys := map[string]string{}
	err = json.Unmarshal(raw, &keys)
	return keys["admin"], err
}

// answer is what came back; status 0: nothing did, and nobody knows.
type answer struct {
	status int
	body   []byte
}

func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

// said decodes a success.
func said[T any](a answer) (T, error) {
	var out T
	if !a.ok() {
		return out, fmt.Errorf("status %d: %s", a.status, a.body)
	}
	return out, json.Unmarshal(a.body, &out)
}

// call is one request. An answer that was cut off is none.
func (h *house) call(key, method, path string, body any, once string) answer {
	kind, raw := "application/json", []byte(nil)
	switch b := body.(type) {
	case string:
		kind, raw = "application/yaml", []byte(b)
	case nil:
	default:
		raw, _ = json.Marshal(b)
	}
	req, err := http.NewRequest(method, h.url+path, bytes.NewReader(raw))
	if err != nil {
		return answer{}
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if once != "" {
		req.Header.Set("Idempotency-Key", once)
	}
	resp, err := h.http.Do(req)
	if err != nil {
		return answer{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}
	}
	return answer{status: resp.StatusCode, body: text}
}

// list reads all pages of a list; path ends where a query goes on.
func list[T any](h *house, key, path string) ([]T, error) {
	type page struct {
		Items  []T
		Cursor string
	}
	var all []T
	for next := ""; ; {
		p, err := said[page](h.call(key, "GET", path+"limit=200"+next, nil, ""))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, p.Items...)
		if p.Cursor == "" {
			return all, nil
		}
		next = "&cursor=" + p.Cursor
	}
}
