package glance

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// looker is one look at a Slack: a house without secrets, policies or a clock
// that is not the wall's, over one file.
type looker struct {
	house    *flow.House
	table    *sqlite.Table
	token    string
	progress io.Writer
	calls    atomic.Int64
	refusal  atomic.Pointer[slack.Call] // the last call that Slack did not serve
	c        connector.Connector        // empty until Slack said whose token it is
}

func (s *Sync) open(token string, progress io.Writer) (*looker, error) {
	table, err := sqlite.Open(s.Data, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	l := &looker{table: table, token: token, progress: progress}
	tokens := connector.Tokens{User: token}
	if strings.HasPrefix(token, "xoxb-") || strings.HasPrefix(token, "xoxe.xoxb-") {
		tokens = connector.Tokens{Bot: token}
	}
	client := slack.New(slack.Config{APIURL: s.SlackAPIURL, Tokens: slack.Static(tokens), OnCall: l.called})
	l.house = &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord,
		Memory: store.New(table, store.Options{}), Slack: reader{client}, Heads: noHeads{},
		ActivityPages: 40, // two minutes of Slack's time: a look is not there every day to read on
	}
	return l, nil
}

func (l *looker) called(c slack.Call) {
	l.calls.Add(1)
	if !c.OK {
		l.refusal.Store(&c)
	}
}

// reader is the Slack client without what a connected house tries out: a look
// changes nothing in Slack, not even the date of a user group's last edit.
type reader struct{ *slack.Client }

// Probe asks nothing: whether everybody may edit user groups shows only in an
// attempt to edit one.
func (reader) Probe(context.Context, connector.Link, directory.Resource) (bool, error) {
	return false, nil
}

// noHeads: a look leaves no audit worth signing.
type noHeads struct{}

func (noHeads) Heads(context.Context) ([]audit.Head, error) { return nil, nil }
func (noHeads) HeadFrom(context.Context, int64) (audit.Head, error) {
	return audit.Head{}, nil
}
func (noHeads) AddHead(context.Context, audit.Head) error { return nil }

// stale is how old an interrupted run may be and still be today's picture.
const stale = time.Hour

// look attaches the token's workspace and carries one run to its end. What an
// interrupted sync left behind is finished first, and counts as this sync if it
// was about the same and is fresh.
func (l *looker) look(ctx context.Context, s *Sync) (connector.Run, error) {
	root, err := l.house.FirstUser(ctx, "u_first", "You")
	if err != nil {
		return connector.Run{}, err
	}
	by := access.Actor{User: root}
	c, err := l.house.Attach(ctx, by, l.token)
	if err != nil {
		return connector.Run{}, Refused("ebb sync", err, s.SlackAPIURL)
	}
	l.c = c
	began := time.Now()
	run, err := l.start(ctx, by, s)
	for err == nil {
		if run, err = l.carry(ctx, run); err != nil {
			break
		}
		if s.Confirm || same(run.Kinds, s.Kinds) && began.Sub(run.Started) < stale {
			l.c, err = l.house.Memory.Connector(ctx, c.ID)
			break
		}
		fmt.Fprintln(l.progress, "an interrupted sync is finished; beginning this one")
		run, err = l.start(ctx, by, s)
	}
	return run, err
}

// start begins a run, or gives the one that was interrupted: what was confirmed
// for it stays confirmed.
func (l *looker) start(ctx context.Context, by access.Actor, s *Sync) (connector.Run, error) {
	last, err := l.house.Memory.Run(ctx, l.c.LastRun)
	if s.Confirm && (err != nil || last.State != connector.Running) {
		return l.house.Confirm(ctx, by, l.c.ID)
	}
	return l.house.StartSync(ctx, by, l.c.ID, s.Kinds)
}

// same compares kinds; none are all of them.
func same(a, b []string) bool {
	all := func(kinds []string) []string {
		if len(kinds) == 0 {
			kinds = flow.Kinds
		}
		return slices.Compact(slices.Sorted(slices.Values(kinds)))
	}
	return slices.Equal(all(a), all(b))
}

// patience is how often in a row Slack may fail before the command gives up:
// some five minutes. A pause that Slack asks for is no failure.
const patience = 6

// carry goes on until the run is over.
func (l *looker) carry(ctx context.Context, run connector.Run) (connector.Run, error) {
	stop := l.watch(ctx, run.ID)
	defer stop()
	for run.State == connector.Running {
		l.refusal.Store(nil)
		var err error
		if run, err = l.house.SyncStep(ctx, run.ID); err != nil {
			return run, err
		}
		wait := time.Until(run.Resume)
		if run.State != connector.Running || wait <= 0 {
			continue
		}
		if err := l.explain(run, wait); err != nil {
			return run, err
		}
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-time.After(wait):
		}
	}
	return run, nil
}

// explain says why the sync waits, or that it has waited long enough.
func (l *looker) explain(run connector.Run, wait time.Duration) error {
	call := l.refusal.Load()
	if call == nil {
		call = &slack.Call{Code: "ratelimited"}
	}
	if call.Code == "ratelimited" {
		fmt.Fprintf(l.progress, "Slack asked to wait %s (%s)\n", wait.Round(time.Second), call.Method)
		return nil
	}
	if run.Tries > patience {
		return fault.New("ebb sync", fault.Backoff, "%s failed again and again (%s); the same command goes on where this one stood", call.Method, call.Code)
	}
	fmt.Fprintf(l.progress, "%s failed (%s); again in %s\n", call.Method, call.Code, wait.Round(time.Second))
	return nil
}

// watch prints how far the run is, every two seconds.
func (l *looker) watch(ctx context.Context, id string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		last := ""
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(2 * time.Second):
			}
			run, err := l.house.Memory.Run(ctx, id)
			if err != nil {
				continue
			}
			if now := progressOf(run); now != last {
				fmt.Fprintln(l.progress, now)
				last = now
			}
		}
	}()
	return func() { cancel(); <-finished }
}
