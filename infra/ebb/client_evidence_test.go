package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/infra/ebb/local"
)

// hurried is a house that says "again in a second", and goes on as soon as it said
// so; a test has no quarter of a minute.
type hurried struct {
	http.ResponseWriter
	then func()
}

func (w hurried) WriteHeader(status int) {
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
		w.then()
	}
	w.ResponseWriter.WriteHeader(status)
}

// TestExportOfWhatIsMade: an export asks for a package that is too large to be made
// at once, says that it waits, and has it when it is there.
func TestExportOfWhatIsMade(t *testing.T) {
	d := newHands(t)
	id := d.id("review draft --name Autumn --kinds usergroup --reviewers named:lin --fallback ada --days 14 --at-end skip")
	d.says("review stage " + id)
	d.on(time.Second)
	d.says("review start " + id)
	d.on(time.Second)
	d.house.EvidenceAtOnce = 1
	edges, waits := local.Edges(d.house, true), 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		edges.ServeHTTP(hurried{w, func() {
			waits++
			_, err := d.house.Review(r.Context())
			d.ok(err)
			_, err = d.house.Review(r.Context())
			d.ok(err)
		}}, r)
	}))
	t.Cleanup(s.Close)
	t.Setenv("EBB_URL", s.URL)
	file := filepath.Join(d.dir, "review.zip")
	stderr := os.Stderr
	read, write, err := os.Pipe()
	d.ok(err)
	os.Stderr = write
	out, err := d.ebb("review", "export", id, "--out", file)
	os.Stderr = stderr
	d.ok(write.Close())
	said, _ := io.ReadAll(read)
	if err != nil || !strings.Contains(out, "SHA-256") || waits != 1 || !strings.Contains(string(said), "waiting: the package is too large to be made at once") {
		t.Fatalf("%v after %d times: %q, and said %q", err, waits, out, said)
	}
	d.says("review verify "+file+" --key "+strings.TrimSpace(d.says("audit key")), "This package verifies.")
	if _, err := os.Stat(file + ".part"); err == nil {
		t.Error("half of it was left behind")
	}
}
