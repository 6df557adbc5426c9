package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// house is one running "ebb run".
type house struct {
	cmd    *exec.Cmd
	url    string
	dir    string
	stderr *safeBuffer
	done   chan struct{}
}

// startHouse starts the house over the simulated Slack and waits until it is
// ready. Its lines about calls to Slack are printed.
func startHouse(ctx context.Context, dir string, sim *simulated, quiet bool) (*house, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	h := &house{dir: dir, stderr: &safeBuffer{}, done: make(chan struct{})}
	h.cmd = exec.CommandContext(ctx, self, "run", "--dir", dir, "--listen", "127.0.0.1:0", "--slack-api-url", sim.API,
		"--authorize-url", strings.SplitN(sim.Authorize, "?", 2)[0], "--trace", "--simulated", "--for", "5m")
	h.cmd.Env = append(os.Environ(), "EBB_SLACK_CLIENT_ID="+sim.ClientID, "EBB_SLACK_CLIENT_SECRET="+sim.ClientSecret)
	h.cmd.Stderr = h.stderr
	h.cmd.Cancel = func() error { return h.cmd.Process.Signal(syscall.SIGTERM) }
	h.cmd.WaitDelay = 2 * time.Second
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go h.listen(out, ready, quiet)
	select {
	case <-ready:
		return h, nil
	case <-h.done:
		return h, fmt.Errorf("the house did not start: %s", h.stderr.String())
	case <-time.After(20 * time.Second):
		return h, errors.New("the house was not ready within 20 s")
	}
}

// listen reads the house's lines until it ends.
func (h *house) listen(out io.Reader, ready chan struct{}, quiet bool) {
	defer close(h.done)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "house "):
			h.url = strings.TrimSpace(strings.TrimPrefix(line, "house"))
		case line == "ready":
			close(ready)
		case strings.HasPrefix(line, "slack> ") && !quiet:
			fmt.Println("     " + line)
		}
	}
	_ = h.cmd.Wait()
}

// kill ends the house as a power cut does.
func (h *house) kill() {
	if h == nil || h.cmd.Process == nil {
		return
	}
	_ = h.cmd.Process.Kill()
	<-h.done
}

func (h *house) errors() string {
	if h == nil {
		return ""
	}
	return h.stderr.String()
}

// client reads a key that the house made for this laptop.
func (h *house) client(name string) (*client, error) {
	raw, err := os.ReadFile(filepath.Join(h.dir, "keys.json"))
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	if err := json.Unmarshal(raw, &keys); err != nil {
		return nil, err
	}
	return &client{base: h.url, key: keys[name]}, nil
}

// safeBuffer is a buffer that two goroutines may use.
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
