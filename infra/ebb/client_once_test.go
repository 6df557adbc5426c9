package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

func TestOnce(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, []byte(testPolicy), 0o600))
	d.says("policy publish " + file)
	first := d.says("request @oncall --for 1h --once nightly --as ada", "pending")
	if again := d.says("request @oncall --for 1h --once nightly --as ada"); again != first {
		t.Errorf("asked twice: %s%s", first, again)
	}
	d.fails("request @oncall --for 2h --once nightly --as ada", "another body")
	d.says("request @oncall --for 1h --as ada", "pending")
	if out := d.says("requests --as ada"); strings.Count(out, "rq_") != 2 {
		t.Errorf("%s", out)
	}
}

// lossy is a way to the house that loses the first answers.
type lossy struct {
	left int
	keys []string
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	l.keys = append(l.keys, r.Header.Get("Idempotency-Key"))
	got, err := http.DefaultTransport.RoundTrip(r)
	if l.left--; l.left >= 0 && err == nil {
		got.Body.Close()
		return nil, errors.New("the line is cut")
	}
	return got, err
}

// TestLostAnswer: what was asked is asked once, though its answer was lost.
func TestLostAnswer(t *testing.T) {
	d := newDesk(t)
	line := &lossy{left: 1}
	api, err := apiclient.NewClient(os.Getenv("EBB_URL"), apiclient.WithHTTPClient(&http.Client{Transport: line}),
		apiclient.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+d.key("admin"))
			return nil
		}))
	d.ok(err)
	c, err := sure[apiclient.Connector]("", func(key string) (*http.Response, error) {
		return api.AddConnector(t.Context(), &apiclient.AddConnectorParams{IdempotencyKey: &key}, apiclient.NewConnector{Name: "Second"})
	})
	d.ok(err)
	if c.Name != "Second" || len(line.keys) != 2 || line.keys[0] != line.keys[1] || line.keys[0] == "" {
		t.Errorf("%+v by %q", c, line.keys)
	}
	if out := d.says("connectors"); strings.Count(out, "Second") != 1 {
		t.Errorf("%s", out)
	}
}
