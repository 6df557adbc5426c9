// Command slacktest serves a simulated Slack until it gets SIGTERM or SIGINT.
// When it is ready it prints one line of JSON: addresses, tokens and secrets,
// all made up at start. It listens on loopback unless told otherwise.
//
//	go run ./shared/slack/slacktest/cmd/slacktest -people 1000 -groups 50 -channels 100
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "slacktest:", err)
		os.Exit(1)
	}
}

type settings struct {
	listen, tiers, export string
	life                  time.Duration
	options               slacktest.Options
}

func parse(args []string) (settings, error) {
	var s settings
	f := flag.NewFlagSet("slacktest", flag.ContinueOnError)
	f.StringVar(&s.listen, "listen", "127.0.0.1:8090", "address to listen on; port 0 takes a free one")
	f.IntVar(&s.options.Workspaces, "workspaces", 1, "workspaces; more than one make an organization with org-wide tokens")
	f.IntVar(&s.options.People, "people", 1000, "people in total, bots aside")
	f.IntVar(&s.options.Groups, "groups", 50, "user groups in total")
	f.IntVar(&s.options.Channels, "channels", 100, "channels in total")
	f.Int64Var(&s.options.Seed, "seed", 1, "the same seed makes the same organization")
	f.StringVar(&s.tiers, "tiers", "off", "rate limits: off, or slack for the published tiers")
	f.StringVar(&s.options.Plan, "plan", "", "free, pro, business or enterprise (default pro, enterprise for several workspaces)")
	f.BoolVar(&s.options.Rotation, "rotation", false, "tokens from OAuth expire after 12 h and can be refreshed")
	f.StringVar(&s.export, "export", "", "fill one workspace from a Slack export (zip or folder) instead of generating it")
	f.DurationVar(&s.life, "for", 0, "stop by itself after this time")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case s.tiers != "off" && s.tiers != "slack":
		return s, fmt.Errorf("-tiers is off or slack, not %q", s.tiers)
	case !strings.Contains(" free pro business enterprise ", " "+s.options.Plan+" ") && s.options.Plan != "":
		return s, fmt.Errorf("no plan %q", s.options.Plan)
	case s.export != "" && s.options.Workspaces > 1:
		return s, errors.New("-export fills one workspace: leave -workspaces out")
	}
	s.options.Tiers = s.tiers == "slack"
	return s, nil
}

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
	if s.life > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.life)
		defer cancel()
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	return serve(ctx, org, listener, out)
}

func open(s settings) (*slacktest.Org, error) {
	if s.export != "" {
		return slacktest.NewFromExport(s.options, s.export)
	}
	return slacktest.New(s.options), nil
}

func serve(ctx context.Context, org *slacktest.Org, listener net.Listener, out io.Writer) error {
	server := &http.Server{Handler: org, ReadHeaderTimeout: 10 * time.Second}
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

// announce prints what a client needs, on one line.
func announce(org *slacktest.Org, base string, out io.Writer) error {
	return json.NewEncoder(out).Encode(map[string]any{
		"api_url": base + "/api/", "bot_token": org.BotToken(), "user_token": org.UserToken(),
		"signing_secret": org.SigningSecret(), "client_id": org.ClientID(), "client_secret": org.ClientSecret(),
		"authorize_url": base + "/oauth/v2/authorize?client_id=" + url.QueryEscape(org.ClientID()), "app_id": org.AppID(),
		"team_ids": org.TeamIDs(), "enterprise_id": org.EnterpriseID(), "stats_url": base + "/_stats",
	})
}
