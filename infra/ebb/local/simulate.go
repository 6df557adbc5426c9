package local

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slack/slacktest/window"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// simulation is the simulated Slack of a house on a laptop: a believable
// company, or somebody's own from a workspace export. It is kept in a file
// beside the house, so that both go on where they were.
type simulation struct {
	org    *slacktest.Org
	url    string
	server *http.Server
	path   string
	mu     sync.Mutex
}

// simulate starts it.
func simulate(_ context.Context, path, listen, export string) (*simulation, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fault.Wrap("local.simulate", err)
	}
	org, err := company(path, export)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fault.New("ebb run", fault.Misconfigured, "%s is taken (%v); choose another address with --sim-listen", listen, err)
	}
	s := &simulation{org: org, url: "http://" + listener.Addr().String(), path: path}
	// Kept after every call that changed something, before its caller reads the
	// answer: a killed house finds the Slack that it left.
	org.OnCall = func(c slacktest.Call) {
		if c.Write || strings.HasPrefix(c.Method, "oauth.") || c.Method == "auth.revoke" {
			s.keep()
		}
	}
	s.keep()
	s.server = &http.Server{Handler: here(seen(org)), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// seen is the simulated Slack with the window on it, through which one is
// somebody of the company.
func seen(org *slacktest.Org) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", org)
	mux.Handle(window.Path, window.Handler(org, window.Options{
		Shortcuts: []window.Shortcut{{Name: "Request access", CallbackID: slackapp.RequestShortcut}},
	}))
	return mux
}

// company is the kept Slack, or a new one.
func company(path, export string) (*slacktest.Org, error) {
	o := slacktest.Options{Seed: 7, Workspaces: 1, People: 120, Groups: 12, Channels: 30, Plan: slacktest.PlanBusiness}
	kept, err := os.Open(path)
	if err == nil {
		defer kept.Close()
		org, err := slacktest.Load(o, kept)
		if err != nil {
			return nil, fault.New("ebb run", fault.Misconfigured, "%s cannot be read (%v); remove the folder to begin anew", path, err)
		}
		return org, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap("local.company", err)
	}
	if export != "" {
		org, err := slacktest.NewFromExport(o, export)
		if err != nil {
			return nil, fault.New("ebb run", fault.Invalid, "the export cannot be read: %v", err)
		}
		return org, nil
	}
	org := slacktest.New(o)
	furnish(org)
	return org, nil
}

// keep writes the simulated Slack beside the house, whole or not at all.
func (s *simulation) keep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	tmp := s.path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	err = errors.Join(s.org.Save(f), f.Close())
	if err == nil {
		_ = os.Rename(tmp, s.path)
	}
}

// told is how often the simulated Slack posts the events that happened.
const told = 200 * time.Millisecond

// tell lets the simulated Slack post its events to the house until ctx ends or
// the caller says so.
func (s *simulation) tell(ctx context.Context, house string) (stop func()) {
	if s == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	client := &http.Client{Timeout: 3 * time.Second}
	s.org.SetEventsURL(house+slackapp.EventsPath, client)
	s.org.SetAppURLs(slacktest.AppURLs{
		Commands: house + slackapp.CommandsPath, Interaction: house + slackapp.InteractionPath, Options: house + slackapp.OptionsPath, Self: s.url,
	}, client)
	var telling sync.WaitGroup
	telling.Go(func() {
		for ctx.Err() == nil {
			s.org.DeliverEvents(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(told):
			}
		}
	})
	return func() {
		cancel()
		telling.Wait()
	}
}

func (s *simulation) close() {
	if s == nil {
		return
	}
	s.keep()
	_ = s.server.Close()
}
