package reporting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/slack"
)

// survey is one reading of a Slack by token, listing by listing. What the token may
// not read becomes a gap; everything else is read.
type survey struct {
	desk
	client   *slack.Client
	picture  report.Picture
	accounts map[string]int // where an account stands in the picture
	channels map[string]bool
	shown    int // listings that were not refused
	// inactiveDays is how far back the access logs are asked for.
	inactiveDays int
	said         time.Time
}

func (s *survey) read(ctx context.Context, who connector.Identity) error {
	s.picture.Source = report.Source{Origin: report.Token, Name: who.TeamName, Spaces: 1}
	if s.picture.Source.Name == "" {
		s.picture.Source.Name = "Slack"
	}
	teams := []string{who.Team}
	if who.OrgWide {
		spaces, err := all(ctx, s, "workspaces", func(cursor string) (directory.Listing[directory.Resource], error) {
			return s.client.Workspaces(ctx, connector.Link{}, cursor)
		})
		if err != nil {
			return err
		}
		teams = nil
		for _, w := range spaces {
			teams = append(teams, w.ID)
		}
		s.picture.Source.Spaces = len(teams)
	}
	for _, team := range teams {
		if err := s.workspace(ctx, connector.Link{Team: team}); err != nil {
			return err
		}
	}
	if s.shown == 0 {
		return fault.New(op, fault.Misconfigured,
			"this token may read none of people, groups and channels: give its app the scopes users:read, users:read.email, usergroups:read, channels:read and groups:read, install it again, and use its new token")
	}
	s.gaps(who)
	return s.activity(ctx, who)
}

// workspace reads one workspace. Members of channels are not read: their number
// comes with the channel, and who they are would cost a call for each.
func (s *survey) workspace(ctx context.Context, l connector.Link) error {
	for _, part := range []struct {
		part  report.Part
		scope string
		read  func() error
	}{
		{report.People, "users:read", func() error { return s.people(ctx, l) }},
		{report.Groups, "usergroups:read", func() error { return s.groups(ctx, l) }},
		{report.Public, "channels:read", func() error { return s.rooms(ctx, l, false) }},
		{report.Private, "groups:read", func() error { return s.rooms(ctx, l, true) }},
	} {
		err := part.read()
		why, gap := missing(err, part.scope)
		switch {
		case gap:
			s.picture.Gap(part.part, why)
			fmt.Fprintf(s.progress, "%s: not shown: %s\n", part.part, why)
		case err != nil:
			return err
		default:
			s.shown++
		}
	}
	return nil
}

// missing reports whether an error means that the token, or the plan, does not show
// a part; everything else ends the reading.
func missing(err error, scope string) (string, bool) {
	switch code := fault.CodeOf(err); {
	case err == nil || !fault.Is(err, fault.Misconfigured, fault.Permanent, fault.Forbidden):
		return "", false
	case code == "missing_scope":
		return "needs the scope " + scope + ". Allow it in the app's settings, install the app again, and use its new token.", true
	case code == "plan_upgrade_required" || code == "paid_teams_only" || code == "paid_only":
		return "Slack's plan of this workspace has none.", true
	case code == "not_allowed_token_type":
		return "Slack does not show it to this kind of token (" + code + "); a user token (xoxp-) sees more.", true
	case code == "":
		return "", false
	default:
		return "Slack refused it (" + code + ").", true
	}
}

func (s *survey) people(ctx context.Context, l connector.Link) error {
	list, err := all(ctx, s, "people", func(cursor string) (directory.Listing[report.Account], error) {
		return s.client.Roster(ctx, l, cursor)
	})
	for _, a := range list {
		at, twice := s.accounts[a.ID]
		if !twice {
			s.accounts[a.ID] = len(s.picture.Accounts)
			s.picture.Accounts = append(s.picture.Accounts, a)
			continue
		}
		// The same account in another workspace: its roles add up, and who is at
		// home anywhere is no stranger.
		was := s.picture.Accounts[at]
		if was.Kind == directory.External || a.Kind != directory.External {
			was.SecondFactor, was.Changed = a.SecondFactor, a.Changed
			was.Account = a.Over(was.Account, l.Team)
		}
		s.picture.Accounts[at] = was
	}
	return err
}

func (s *survey) groups(ctx context.Context, l connector.Link) error {
	var list []directory.GroupListing
	err := s.patiently(ctx, func() (err error) {
		list, err = s.client.Groups(ctx, l)
		return err
	})
	s.picture.Groups = append(s.picture.Groups, list...)
	s.tell("user groups", len(list), true)
	return err
}

func (s *survey) rooms(ctx context.Context, l connector.Link, private bool) error {
	what := "public channels"
	if private {
		what = "private channels"
	}
	list, err := all(ctx, s, what, func(cursor string) (directory.Listing[report.Channel], error) {
		return s.client.Rooms(ctx, l, private, cursor)
	})
	for _, c := range list {
		if !s.channels[c.ID] { // several workspaces list what they share
			s.channels[c.ID] = true
			s.picture.Channels = append(s.picture.Channels, c)
		}
	}
	return err
}

// gaps are what a token does not show, besides what it was refused.
func (s *survey) gaps(who connector.Identity) {
	p := &s.picture
	emails, factors, others := false, false, false
	for _, a := range p.Accounts {
		emails = emails || a.Email != ""
		factors = factors || a.SecondFactor != ""
		others = others || a.SecondFactor != "" && a.ID != who.Account
	}
	_, refused := p.Gaps[report.People]
	switch {
	case refused || emails:
	case len(who.Scopes) > 0 && !slices.Contains(who.Scopes, "users:read.email"):
		p.Gap(report.Emails, "need the scope users:read.email.")
	default:
		p.Gap(report.Emails, "Slack shows none to this token.")
	}
	switch {
	case refused || others:
	case factors:
		p.Gap(report.Factors, "Slack tells this token about its owner alone. The user token of an admin or owner is told more.")
	default:
		p.Gap(report.Factors, "Slack tells this token about nobody. The user token of an admin or owner is told more.")
	}
	stranger := func(a report.Account) bool { return a.Kind == directory.External }
	shared := func(c report.Channel) bool { return c.Shared }
	if !slices.ContainsFunc(p.Accounts, stranger) && slices.ContainsFunc(p.Channels, shared) {
		p.Gap(report.Strangers, "channels are shared with other organizations, and Slack's list of people has none of theirs. ebb sync reads who is in each channel.")
	}
	_, public := p.Gaps[report.Public]
	_, private := p.Gaps[report.Private]
	if public && private {
		p.Gap(report.Shared, "needs the scopes channels:read and groups:read.")
	}
	p.Gap(report.Apps, "the log of apps is in an export of the workspace: ebb report --export FILE.zip")
	p.Gap(report.Days, "a token for a report reads nothing of messages, their days neither. An export shows them by the names of its files.")
}
