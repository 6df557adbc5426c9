package reporting

import (
	"context"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
)

// mostLogPages bounds what is read of the access logs. An entry is a person, an
// address and a program; Slack serves 20 pages a minute, and a report takes two.
const mostLogPages = 20

// activity reads when people were last active, as far back as the report asks,
// where the token and the plan show it. Whatever goes wrong here, the rest of the
// report stands.
func (s *survey) activity(ctx context.Context, who connector.Identity) error {
	var l connector.Link // with a workspace, Slack tells an organization of third parties alone
	if !who.OrgWide {
		l.Team = who.Team
	}
	limit := s.now().AddDate(0, 0, -s.inactiveDays)
	seen, src := map[string]time.Time{}, directory.ActivitySource{}.Begin(s.now())
	for cursor := ""; ; {
		var page directory.Listing[directory.Login]
		err := s.patiently(ctx, func() (err error) {
			page, err = s.client.Logins(ctx, l, cursor)
			return err
		})
		if err != nil {
			return s.noActivity(ctx, err)
		}
		for _, login := range page.Items {
			if login.At.After(seen[login.Account]) {
				seen[login.Account] = login.At
			}
		}
		src = src.Took(page.Items)
		s.tell("access logs, accounts", len(seen), page.Next == "")
		r := src.Reading
		whole := page.Next == "" || !r.Loose && r.Oldest.Before(limit)
		if whole || r.Pages == mostLogPages {
			src = src.Finish(whole)
			break
		}
		cursor = page.Next
	}
	if !src.Shown {
		s.picture.Gap(report.Activity, src.Why+".")
		return nil
	}
	s.picture.Seen, s.picture.SeenFrom = seen, src.From
	return nil
}

// noActivity says why the access logs are not shown.
func (s *survey) noActivity(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	why, gap := missing(err, "admin (a wide one: an admin's user token, on a paid plan)")
	switch code := fault.CodeOf(err); {
	case code == "paid_only":
		why = "Slack keeps access logs on paid plans only."
	case !gap:
		why = "Slack's access logs could not be read (" + code + ")."
	}
	s.picture.Gap(report.Activity, why)
	fmt.Fprintf(s.progress, "last activity: not shown: %s\n", why)
	return nil
}
