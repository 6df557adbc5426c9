package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

type settings struct {
	listen, tiers, export string
	events                string // where events are posted
	app                   slacktest.AppURLs
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
	f.StringVar(&s.events, "events-url", "", "where events are posted as they happen, such as http://127.0.0.1:8484/slack/events")
	f.StringVar(&s.app.Commands, "commands-url", "", "where slash commands are posted, such as http://127.0.0.1:8484/slack/commands")
	f.StringVar(&s.app.Interaction, "interaction-url", "", "where buttons, modals and shortcuts are posted")
	f.StringVar(&s.app.Options, "options-url", "", "where menus ask what they may offer")
	f.DurationVar(&s.life, "for", 0, "stop by itself after this time")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case s.tiers != "off" && s.tiers != "slack":
		return s, fmt.Errorf("-tiers is off or slack, not %q", s.tiers)
	case !slices.Contains(plans, s.options.Plan):
		return s, fmt.Errorf("no plan %q", s.options.Plan)
	case s.export != "" && s.options.Workspaces > 1:
		return s, errors.New("-export fills one workspace: leave -workspaces out")
	}
	s.options.Tiers = s.tiers == "slack"
	return s, nil
}

var plans = []string{"", slacktest.PlanFree, slacktest.PlanPro, slacktest.PlanBusiness, slacktest.PlanEnterprise}
