package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slack/slacktest/window"
)

func run(ctx context.Context, args []string, out io.Writer) error {
	s, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	org, err := open(s)
	if err != nil {
		return err
	}
	ctx = withGoRun(ctx)
	if s.life > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.life)
		defer cancel()
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	s.app.Self = "http://" + listener.Addr().String()
	org.SetAppURLs(s.app, nil)
	if s.events != "" {
		defer tell(ctx, org, s.events)()
	}
	return serve(ctx, org, listener, out)
}

// told is how often what happened is posted.
const told = 200 * time.Millisecond

// tell posts events until the caller says so. Whoever is not there yet gets them
// when it is, within Slack's three attempts.
func tell(ctx context.Context, org *slacktest.Org, url string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	org.SetEventsURL(url, nil)
	var telling sync.WaitGroup
	telling.Go(func() {
		for ctx.Err() == nil {
			org.DeliverEvents(ctx)
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

func open(s settings) (*slacktest.Org, error) {
	if s.export != "" {
		return slacktest.NewFromExport(s.options, s.export)
	}
	return slacktest.New(s.options), nil
}

func serve(ctx context.Context, org *slacktest.Org, listener net.Listener, out io.Writer) error {
	server := &http.Server{Handler: seen(org), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := announce(org, "http://"+listener.Addr().String(), out); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		return server.Close()
	}
	return nil
}

// seen is Slack with the window on it.
func seen(org *slacktest.Org) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", org)
	mux.Handle(window.Path, window.Handler(org, window.Options{
		Shortcuts: []window.Shortcut{{Name: "Request access", CallbackID: "request_access"}},
	}))
	return mux
}

// announce prints what a client needs, on one line.
func announce(org *slacktest.Org, base string, out io.Writer) error {
	return json.NewEncoder(out).Encode(map[string]any{
		"api_url": base + "/api/", "bot_token": org.BotToken(), "user_token": org.UserToken(), "app_token": org.AppToken(),
		"signing_secret": org.SigningSecret(), "client_id": org.ClientID(), "client_secret": org.ClientSecret(),
		"authorize_url": base + "/oauth/v2/authorize", "app_id": org.AppID(),
		"team_ids": org.TeamIDs(), "enterprise_id": org.EnterpriseID(), "stats_url": base + "/_stats", "window_url": base + window.Path,
	})
}
