package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ebb-access/ebb/infra/ebb/ownkey"
)

// house is a running "ebb run" over a simulated Slack, and a plain client of its
// API as one person.
type house struct {
	t    *testing.T
	dir  string
	url  string
	key  string
	conn string
	stop func()
}

func startHouse(t *testing.T, s *sim) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	h.start(s)
	t.Cleanup(func() { h.stop() })
	return h
}

// again stops the house and starts another process in the same folder.
func (h *house) again(s *sim) {
	h.t.Helper()
	h.stop()
	h.start(s)
}

func (h *house) start(s *sim) {
	t := h.t
	t.Helper()
	cmd := exec.Command(ebb, "run", "--dir", h.dir, "--listen", "127.0.0.1:0", "--slack-api-url", s.API, "--simulated", "--for", "20m")
	cmd.Env = append(os.Environ(), "EBB_SLACK_CLIENT_ID="+s.ClientID, "EBB_SLACK_CLIENT_SECRET="+s.ClientSecret, "EBB_SLACK_SIGNING_SECRET="+s.SigningSecret)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if at, ok := strings.CutPrefix(lines.Text(), "house "); ok {
			h.url = strings.TrimSpace(at)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	h.stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(errs.String())
		}
	}
	raw, err := os.ReadFile(filepath.Join(h.dir, "keys.json"))
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	keys := map[string]string{}
	if err := json.Unmarshal(raw, &keys); err != nil {
		t.Fatal(err)
	}
	h.key = keys["admin"]
}

// send calls the API; whatever is no success ends the test.
func (h *house) send(method, path string, body, into any) {
	h.t.Helper()
	kind, raw := "application/json", []byte(nil)
	switch b := body.(type) {
	case string:
		kind, raw = "application/yaml", []byte(b)
	case nil:
	default:
		raw, _ = json.Marshal(b)
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, bytes.NewReader(raw))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.key)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if resp.StatusCode >= 300 {
		h.t.Fatalf("%s %s: %s %s", method, path, resp.Status, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			h.t.Fatal(err)
		}
	}
}

// connect completes a connector with the owner's token and waits for its first
// sync.
func (h *house) connect(s *sim) {
	h.t.Helper()
	var c struct{ ID, Label string }
	h.send("POST", "/v1/connectors", map[string]any{"name": "Umbra"}, &c)
	h.conn = c.ID
	h.send("PUT", "/v1/connectors/"+c.ID+"/token", map[string]any{"token": s.UserToken}, nil)
	for end := time.Now().Add(30 * time.Second); c.Label != "Connected"; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("the connector is %s", c.Label)
		}
		h.send("GET", "/v1/connectors/"+h.conn, nil, &c)
	}
}

// as is the same house for another person, who makes a key.
func (h *house) as(s *sim, p person) *house {
	h.t.Helper()
	key, err := ownkey.Make(h.t.Context(), h.url, s.Teams[0], p.ID, "bench")
	if err != nil {
		h.t.Fatal(err)
	}
	return &house{t: h.t, url: h.url, key: key, conn: h.conn}
}

// request asks for a user group, and gives the request's id.
func (h *house) request(group string, length time.Duration) string {
	h.t.Helper()
	var r struct{ ID string }
	h.send("POST", "/v1/requests", map[string]any{"connector": h.conn, "resources": []string{group}, "seconds": int(length.Seconds()), "reason": "bench"}, &r)
	return r.ID
}

// approve gives the grant's id.
func (h *house) approve(request string) string {
	h.t.Helper()
	var r struct{ Items []struct{ Grant string } }
	h.send("POST", "/v1/requests/"+request+"/approve", map[string]any{}, &r)
	if len(r.Items) != 1 || r.Items[0].Grant == "" {
		h.t.Fatalf("the approval made no grant: %+v", r)
	}
	return r.Items[0].Grant
}

// end is when a grant ends.
func (h *house) end(grant string) time.Time {
	h.t.Helper()
	var g struct{ End time.Time }
	h.send("GET", "/v1/grants/"+grant, nil, &g)
	return g.End
}

// policyOf lets the people of one user group approve.
func policyOf(leads string) string {
	return fmt.Sprintf(`version: 1
rules:
  - id: bench
    resources: {kind: usergroup, names: ["bench-*"]}
    requesters: {anyone: true}
    max: 1h
    approve: {groups: ["@%s"]}
`, leads)
}
