package flow_test

import (
	"context"
	"flag"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// fate stands between the house and everything outside: it counts the calls of
// a story while it watches, and lets one of them go wrong. Every outside call
// goes through it, so that a call that is added has its rows in the matrix.
type fate struct {
	watching bool
	calls    []string // "slack usergroups.list", "table commit", "secret get", "heads add"
	at       int      // the call that goes wrong, from 0
	how      mishap
	struck   bool
	dead     bool
	table    *porttest.FaultyTable
	world    *world
}

// mishap is what goes wrong with one call.
type mishap struct {
	name  string
	slack slacktest.Fault
	table porttest.Mishap
	die   int // 1 before the call, 2 after it

	meanwhile func(*world) // what others do before the call, which itself goes well
}

// Each kind of call has its mishaps.
var (
	slackMishaps = []mishap{
		{name: "internal_error", slack: slacktest.Fault{Kind: slacktest.Fail}},
		{name: "503", slack: slacktest.Fault{Kind: slacktest.Fail, HTTPStatus: http.StatusServiceUnavailable}},
		{name: "cut", slack: slacktest.Fault{Kind: slacktest.Cut}},
		{name: "failed but happened", slack: slacktest.Fault{Kind: slacktest.FailHappened}},
		{name: "cut but happened", slack: slacktest.Fault{Kind: slacktest.CutHappened}},
		{name: "429", slack: slacktest.Fault{Kind: slacktest.RateLimit, RetryAfter: 30}},
		{name: "lands after 10s", slack: slacktest.Fault{Kind: slacktest.SlowLate, Delay: 10 * time.Second}},
		{name: "lands after 45s", slack: slacktest.Fault{Kind: slacktest.SlowLate, Delay: 45 * time.Second}},
		{name: "lands after 110s", slack: slacktest.Fault{Kind: slacktest.SlowLate, Delay: 110 * time.Second}},
		{name: "died before", die: 1},
		{name: "died after", die: 2},
	}
	readMishaps = []mishap{
		{name: "failed", table: porttest.Fail},
		{name: "died", table: porttest.DieAfter},
	}
	writeMishaps = []mishap{
		{name: "failed", table: porttest.Fail},
		{name: "failed but happened", table: porttest.FailHappened},
		{name: "unclear", table: porttest.FailUnclear},
		{name: "throttled", table: porttest.Throttle},
		{name: "died before", table: porttest.DieBefore},
		{name: "died after", table: porttest.DieAfter},
	}
	otherMishaps = []mishap{
		{name: "failed"}, {name: "died before", die: 1}, {name: "died after", die: 2},
	}
)

// full makes every call of the table go wrong too; otherwise every third does.
var full = flag.Bool("full", false, "let every call of the table go wrong, which takes minutes")

// sampled gives the mishaps of a call that a matrix tries: all of them for a call
// of Slack, a secret or a head; for every third of the many calls of the table
// one, the ways taking turns.
func sampled(i int, call string) []mishap {
	all := mishapsOf(call)
	switch {
	case !strings.HasPrefix(call, "table ") || *full:
		return all
	case i%3 != 0:
		return nil
	}
	return all[i/3%len(all):][:1]
}

// mishapsOf gives what can go wrong with a recorded call.
func mishapsOf(call string) []mishap {
	switch {
	case strings.HasPrefix(call, "slack "):
		return slackMishaps
	case call == "table get" || call == "table query":
		return readMishaps
	case strings.HasPrefix(call, "table "):
		return writeMishaps
	}
	return otherMishaps
}

// over puts the fate before the world's table.
func (f *fate) over(w *world) {
	f.world = w
	f.table = porttest.Faulty(w.raw, func(c porttest.Call) porttest.Mishap {
		return f.strikes("table " + c.Method).table
	})
	w.table = f.table
}

// strikes counts a call and gives what happens to it: mostly nothing.
func (f *fate) strikes(call string) mishap {
	if f.dead {
		panic(porttest.ErrDied)
	}
	if !f.watching {
		return mishap{}
	}
	n := len(f.calls)
	f.calls = append(f.calls, call)
	if n != f.at || f.how.name == "" {
		return mishap{}
	}
	f.struck = true
	if f.how.meanwhile != nil {
		f.watching = false
		f.how.meanwhile(f.world)
		f.watching = true
		return mishap{}
	}
	if f.how.die == 1 {
		f.die()
	}
	return f.how
}

func (f *fate) die() {
	f.dead = true
	panic(porttest.ErrDied)
}

// revive ends a death: the next house is another process.
func (f *fate) revive() {
	f.dead = false
	f.table.Revive()
}

func (f *fate) client(o *slacktest.Org) *http.Client {
	return &http.Client{Transport: fatedSlack{o.Client().Transport, f}}
}

type fatedSlack struct {
	http.RoundTripper
	f *fate
}

func (s fatedSlack) RoundTrip(r *http.Request) (*http.Response, error) {
	method := path.Base(r.URL.Path)
	if strings.Contains(r.URL.Path, "/scim/") {
		method = "scim.groups" // as slacktest calls it; its path ends in the group
		if strings.Contains(r.URL.Path, "/Users") {
			method = "scim.users"
		}
	}
	m := s.f.strikes("slack " + method)
	if m.name != "" && m.die == 0 {
		bad := m.slack
		bad.Method = method
		s.f.world.slack.Inject(bad)
	}
	resp, err := s.RoundTripper.RoundTrip(r)
	if m.die == 2 {
		s.f.die()
	}
	return resp, err
}

type fatedSecrets struct {
	*secrets
	f *fate
}

func (s fatedSecrets) Get(ctx context.Context, name string) ([]byte, string, error) {
	var value []byte
	var version string
	err := s.f.port("secret get", func() (err error) { value, version, err = s.secrets.Get(ctx, name); return err })
	return value, version, err
}

func (s fatedSecrets) Swap(ctx context.Context, name string, value []byte, was string) (string, error) {
	var version string
	err := s.f.port("secret swap", func() (err error) { version, err = s.secrets.Swap(ctx, name, value, was); return err })
	return version, err
}

type fatedHeads struct {
	*heads
	f *fate
}

func (h fatedHeads) Heads(ctx context.Context) ([]audit.Head, error) {
	var out []audit.Head
	err := h.f.port("heads list", func() (err error) { out, err = h.heads.Heads(ctx); return err })
	return out, err
}

func (h fatedHeads) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := h.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

func (h fatedHeads) AddHead(ctx context.Context, x audit.Head) error {
	return h.f.port("heads add", func() error { return h.heads.AddHead(ctx, x) })
}

// port is one call of a small port: it fails, or its caller dies.
func (f *fate) port(call string, do func() error) error {
	m := f.strikes(call)
	if m.name == "failed" {
		return fault.New(call, fault.Backoff, "this call was told to fail")
	}
	err := do()
	if m.die == 2 {
		f.die()
	}
	return err
}
