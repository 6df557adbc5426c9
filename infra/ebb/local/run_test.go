package local

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// lines is what a house prints.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func command(dir string) *Run {
	return &Run{Dir: dir, Listen: "127.0.0.1:0", SimListen: "127.0.0.1:0"}
}

// start runs a simulated house until stop.
func start(t *testing.T, dir string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := &lines{}, make(chan error, 1)
	go func() { ended <- command(dir).serve(ctx, out) }()
	for begun := time.Now(); !strings.Contains(out.String(), "ready\n"); time.Sleep(10 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("the house did not start: %v\n%s", err, out)
		default:
		}
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("not ready:\n%s", out)
		}
	}
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if !strings.Contains(out.String(), "No access is out") {
			t.Errorf("%s", out)
		}
	})
}

// refuses wants an error of a house that is started.
func refuses(t *testing.T, r *Run, words ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := r.serve(ctx, &lines{})
	if err == nil {
		t.Fatalf("started, and should say %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v does not say %q", err, w)
		}
	}
}

// TestFolder is one folder from its first start to its loss of parts.
func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "house")
	stop := start(t, dir)
	defer stop()
	refuses(t, command(dir), "another ebb run (pid ", "uses this folder")
	stop()

	other := command(dir)
	other.SlackAPIURL = "https://slack.example/api/"
	refuses(t, other, "belongs to the simulated Slack", "--dir")

	keys := filepath.Join(dir, "keys.json")
	must(t, os.Remove(keys))
	start(t, dir)()
	raw, err := os.ReadFile(keys)
	must(t, err)
	for _, name := range []string{"admin", "ada", "lin", "sam"} {
		if !strings.Contains(string(raw), `"`+name+`"`) {
			t.Errorf("no key of %s was made again: %s", name, raw)
		}
	}

	for _, part := range []string{"slack.json", "secrets.age", "ebb.db"} {
		path := filepath.Join(dir, part)
		must(t, os.Rename(path, path+".kept"))
		refuses(t, command(dir), part, "missing", "backup")
		if exists(path) && part != "ebb.db" {
			t.Errorf("%s was invented", part)
		}
		must(t, os.Rename(path+".kept", path))
	}
	start(t, dir)()
}

func TestFolderOfAnotherSlack(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "house.json"), []byte(`{"slack":"https://slack.com/api"}`), 0o600))
	refuses(t, command(dir), "belongs to the Slack at https://slack.com/api", "--slack-api-url")
	d, err := claim(dir)
	must(t, err)
	defer d.close()
	must(t, d.belongs("https://slack.com/api/"))
	if d.belongs("https://slack-gov.com/api/") == nil {
		t.Error("another real Slack was let in")
	}
}

func TestFolderOfOthers(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o777)) //nolint:gosec // what must be refused
	refuses(t, command(dir), "chmod go-w")
	file := filepath.Join(dir, "README.md")
	must(t, os.WriteFile(file, nil, 0o600))
	refuses(t, command(file), "is a file")
}

// TestReplace: what lies in the way is not written through.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "keys.json")
	must(t, os.WriteFile(victim, []byte("kept"), 0o600))
	must(t, os.Symlink(victim, path+".new"))
	must(t, replace(path, []byte("{}")))
	if raw, _ := os.ReadFile(victim); string(raw) != "kept" {
		t.Errorf("%s", raw)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestHost(t *testing.T) {
	h := here(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{
		"127.0.0.1:8484": 200, "127.0.0.1": 200, "localhost": 200, "localhost:1": 200, "[::1]:8484": 200, "[::1]": 200, "127.8.8.8": 200,
		"evil.example": 421, "evil.example:8484": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "10.0.0.1": 421, "": 421, "0.0.0.0": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
	}
	house, err := Open(t.TempDir(), "http://127.0.0.1", Slack{}, nil)
	must(t, err)
	defer house.Close()
	h = Edges(house, true)
	r := httptest.NewRequest(http.MethodGet, "http://evil.example/v1/me", nil)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("%d", w.Code)
	}
}

// TestQuiet: that work was broken off is an error only while the house runs.
func TestQuiet(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out := &lines{}
	log := slog.New(quiet{slog.NewTextHandler(out, nil), ctx}).With("a", 1).WithGroup("b")
	busy := fault.New("x", fault.Backoff, "busy")
	log.Error("running", "error", busy)
	stop()
	log.Error("stopping", "error", fault.Wrap("y", busy))
	log.Error("stopping", "error", context.Canceled)
	log.Error("broken", "error", errors.New("disk full"))
	if got := out.String(); !strings.Contains(got, "running") || strings.Contains(got, "stopping") || !strings.Contains(got, "disk full") {
		t.Errorf("%s", got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
