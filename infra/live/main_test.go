package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// fake answers with some grants or an error.
type fake struct {
	all []access.Grant
	err error
}

func (f fake) Grants(_ context.Context, liveOnly bool, limit int) ([]access.Grant, error) {
	if !liveOnly {
		panic("all grants of all times were asked for")
	}
	return f.all[:min(limit, len(f.all))], f.err
}

func TestRun(t *testing.T) {
	one := access.Grant{ID: "g_1", Account: "U1", Resource: "S1", State: access.Active, End: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	many := make([]access.Grant, 60)
	for name, c := range map[string]struct {
		house fake
		code  int
		says  string
	}{
		"none":       {fake{}, none, "No grant is live."},
		"one":        {fake{all: []access.Grant{one}}, some, "g_1  U1 on S1  active, ends 2026-11-23T12:00:00Z"},
		"many":       {fake{all: many}, some, "  and more\n"},
		"unreadable": {fake{err: fault.New("x", fault.Backoff, "throttled")}, unknown, "could not be read"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), c.house, &out); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: %d\n%s", name, code, out.String())
		}
	}
}
