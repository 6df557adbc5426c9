// Package glance is Ebb for somebody who only wants to see: one sync of a
// workspace or organization into a file, and listings of that file. It stores
// no token, changes nothing in Slack and needs no house that runs.
package glance

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
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

// memoryLimit is where the garbage collector begins to try harder, in bytes: a
// look at 100,000 accounts and a million memberships fits into a small machine.
const memoryLimit = 160 << 20

// Run syncs until the run is over, waiting where Slack asks to.
func (s *Sync) Run(ctx context.Context) error {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return s.sync(ctx, os.Stdin, os.Stdout, os.Stderr)
}

func (s *Sync) sync(ctx context.Context, in io.Reader, out, progress io.Writer) error {
	token, err := readToken(s.Token, in)
	if err != nil {
		return err
	}
	if err := CheckURL("ebb sync", s.SlackAPIURL, progress); err != nil {
		return err
	}
	for i, k := range s.Kinds {
		if s.Kinds[i] = strings.TrimSpace(k); !slices.Contains(flow.Kinds, s.Kinds[i]) {
			return fault.New("ebb sync", fault.Invalid, "--kinds knows %s, and not %q", strings.Join(flow.Kinds, ", "), k)
		}
	}
	if s.Quiet {
		progress = io.Discard
	}
	_, err = os.Stat(s.Data)
	made := errors.Is(err, fs.ErrNotExist)
	l, err := s.open(token, progress)
	if err != nil {
		return err
	}
	began := time.Now()
	run, err := l.look(ctx, s)
	if cerr := l.table.Close(); err == nil {
		err = cerr
	}
	switch {
	case err != nil && made && l.c.ID == "":
		_ = os.Remove(s.Data) // nothing is in it
		return err
	case ctx.Err() != nil:
		return fault.New("ebb sync", fault.Backoff, "stopped; the same command goes on where this one stood")
	case err != nil:
		return err
	}
	report(out, l.c, run, l.calls.Load(), time.Since(began), s.Data)
	if run.State == connector.Failed {
		return fault.New("ebb sync", fault.Misconfigured, "the sync stopped: %s", ownWords(strings.Join(run.Notes, "; ")))
	}
	return nil
}

// readToken takes the token from the flag or from standard input.
func readToken(flag string, in io.Reader) (string, error) {
	if flag = strings.TrimSpace(flag); flag != "-" && flag != "" {
		return flag, nil
	}
	if flag == "" {
		return "", fault.New("ebb sync", fault.Invalid, "--token is empty: give a user or bot token, or - to read it from standard input")
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
