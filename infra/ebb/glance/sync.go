// Package glance is Ebb for somebody who only wants to see: one sync of a
// workspace or organization into a file, and listings of that file. It stores
// no token, changes nothing in Slack and needs no house that runs.
package glance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// Sync is the command ebb sync.
type Sync struct {
	SlackAPIURL string   `name:"slack-api-url" default:"https://slack.com/api/" help:"Slack's Web API; another host for GovSlack or the simulated Slack."`
	Token       string   `required:"" placeholder:"TOKEN|-" help:"A user or bot token; - reads it from standard input, so that it stays out of the shell's history."`
	Data        string   `required:"" placeholder:"FILE.db" help:"The SQLite file to fill; made when missing."`
	Kinds       []string `help:"accounts, workspaces, usergroups, channels; all of them when missing."`
	Confirm     bool     `help:"Believe the removals that the last sync held back."`
	Quiet       bool     `help:"No progress."`
}

// Run syncs until the run is over, waiting where Slack asks to.
func (s *Sync) Run(ctx context.Context) error {
	return s.sync(ctx, os.Stdin, os.Stdout, os.Stderr)
}

func (s *Sync) sync(ctx context.Context, in io.Reader, out, progress io.Writer) error {
	token, err := readToken(s.Token, in)
	if err != nil {
		return err
	}
	for _, k := range s.Kinds {
		if !slices.Contains(flow.Kinds, k) {
			return fault.New("ebb sync", fault.Invalid, "--kinds knows %s, and not %q", strings.Join(flow.Kinds, ", "), k)
		}
	}
	if s.Quiet {
		progress = io.Discard
	}
	var calls atomic.Int64
	house, done, err := s.house(token, func(slack.Call) { calls.Add(1) })
	if err != nil {
		return err
	}
	defer done()
	began := time.Now()
	run, c, err := s.look(ctx, house, token, progress)
	if err != nil {
		return err
	}
	report(out, c, run, calls.Load(), time.Since(began), s.Data)
	if run.State == connector.Failed {
		return fault.New("ebb sync", fault.Misconfigured, "the sync stopped: %s", strings.Join(run.Notes, "; "))
	}
	return nil
}

// readToken takes the token from the flag or from standard input.
func readToken(flag string, in io.Reader) (string, error) {
	if flag != "-" {
		return strings.TrimSpace(flag), nil
	}
	line, err := bufio.NewReader(io.LimitReader(in, 1<<16)).ReadString('\n')
	if token := strings.TrimSpace(line); token != "" {
		return token, nil
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	return "", fault.New("ebb sync", fault.Invalid, "standard input holds no token; pipe one in, or give it with --token")
}

// house is a house without secrets, policies or a clock that is not the wall's.
func (s *Sync) house(token string, onCall func(slack.Call)) (*flow.House, func(), error) {
	table, err := sqlite.Open(s.Data, sqlite.Options{})
	if err != nil {
		return nil, nil, err
	}
	tokens := connector.Tokens{User: token}
	if strings.HasPrefix(token, "xoxb-") || strings.HasPrefix(token, "xoxe.xoxb-") {
		tokens = connector.Tokens{Bot: token}
	}
	h := &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord,
		Memory: store.New(table, store.Options{}),
		Slack:  slack.New(slack.Config{APIURL: s.SlackAPIURL, Tokens: slack.Static(tokens), OnCall: onCall}),
		Heads:  noHeads{},
	}
	return h, func() { _ = table.Close() }, nil
}

// noHeads: a look leaves no audit worth signing.
type noHeads struct{}

func (noHeads) Heads(context.Context) ([]audit.Head, error) { return nil, nil }
func (noHeads) AddHead(context.Context, audit.Head) error   { return nil }

// look attaches the token's workspace and carries one run to its end.
func (s *Sync) look(ctx context.Context, h *flow.House, token string, progress io.Writer) (connector.Run, connector.Connector, error) {
	root, err := h.FirstUser(ctx, "u_first", "You")
	if err != nil {
		return connector.Run{}, connector.Connector{}, err
	}
	by := access.Actor{User: root}
	c, err := h.Attach(ctx, by, token)
	if err != nil {
		return connector.Run{}, c, err
	}
	start := func() (connector.Run, error) { return h.StartSync(ctx, by, c.ID, s.Kinds) }
	if s.Confirm {
		start = func() (connector.Run, error) { return h.Confirm(ctx, by, c.ID) }
	}
	run, err := start()
	if err != nil {
		return run, c, err
	}
	if run, err = carry(ctx, h, run, progress); err != nil {
		return run, c, err
	}
	c, err = h.Memory.Connector(ctx, c.ID)
	return run, c, err
}

// carry goes on until the run is over. A run that an interrupted sync left
// behind is carried on where it stood.
func carry(ctx context.Context, h *flow.House, run connector.Run, progress io.Writer) (connector.Run, error) {
	stop := watch(ctx, h, run.ID, progress)
	defer stop()
	for run.State == connector.Running {
		var err error
		if run, err = h.SyncStep(ctx, run.ID); err != nil {
			return run, err
		}
		wait := time.Until(run.Resume)
		if run.State != connector.Running || wait <= 0 {
			continue
		}
		fmt.Fprintf(progress, "Slack asked to wait %s\n", wait.Round(time.Second))
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-time.After(wait):
		}
	}
	return run, nil
}

// watch prints how far the run is, every two seconds.
func watch(ctx context.Context, h *flow.House, id string, progress io.Writer) (stop func()) {
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
			run, err := h.Memory.Run(ctx, id)
			if err != nil {
				continue
			}
			if now := fmt.Sprintf("%s: %s", run.Step, counts(run)); now != last {
				fmt.Fprintln(progress, now)
				last = now
			}
		}
	}()
	return func() { cancel(); <-finished }
}

func counts(r connector.Run) string {
	var parts []string
	for _, k := range []string{"workspaces", "accounts", "usergroups", "channels", "memberships"} {
		if n, ok := r.Counts[k]; ok {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	return strings.Join(parts, ", ")
}

// report is the summary.
func report(out io.Writer, c connector.Connector, r connector.Run, calls int64, took time.Duration, file string) {
	fmt.Fprintf(out, "Slack: %s (%s), plan %s\n", c.Name, c.ID[len("con_"):], c.Plan)
	for _, k := range []string{"workspaces", "accounts", "usergroups", "channels", "memberships"} {
		if n, ok := r.Counts[k]; ok {
			fmt.Fprintf(out, "%-12s %d\n", k, n)
		}
	}
	for k, n := range r.Removals {
		fmt.Fprintf(out, "waits        %d %s would go; more than a fifth at once is believed only when you say so: look at Slack, then run this again with --confirm\n", n, k)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(out, "note         %s\n", n)
	}
	fmt.Fprintf(out, "rows written %d\ncalls        %d\nseconds      %.1f\nfile         %s\n", r.Wrote, calls, took.Seconds(), file)
}
