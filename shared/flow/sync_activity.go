package flow

import (
	"cmp"
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// The last step of a sync reads who was active, where Slack tells it. It comes
// last because it is slow (20 calls a minute, of which it takes half) and nothing
// waits for it: whatever goes wrong, the rest of the sync stands. It is optional,
// because it needs the widest of Slack's scopes.

const (
	// mostActivityPages ends a read: a million entries, in less than two hours.
	mostActivityPages = 1000
	// activityEvery is between two reads, little less than a day so that a daily
	// sync does not slip.
	activityEvery = 23 * time.Hour
	// activityTries in a row may fail before the sync goes on without.
	activityTries = 10
)

// activity reads one page of the access logs, from the newest back to what an
// earlier read has seen. The rows come before the source, and the source's end
// before the run's: a step that dies reads its page again.
func (s *syncing) activity(ctx context.Context) error {
	if !s.run.Wants("accounts") {
		return s.next(ctx, connector.StepFinish)
	}
	src, err := s.h.Memory.ActivitySource(ctx, s.c.ID)
	if err != nil {
		return err
	}
	if why := s.c.NoActivity(); why != "" {
		return s.inactive(ctx, src, why)
	}
	now := s.h.Now()
	fresh := s.run.Cursor == "" || src.Reading.Begun.IsZero() // the latter: a step died when all was read
	switch {
	case fresh && now.Before(src.Next):
		if !src.Shown && src.Why != "" {
			s.say("last activity is not shown: %s", src.Why)
		}
		return s.next(ctx, connector.StepFinish)
	case fresh:
		s.run.Cursor, src = "", src.Begin(now)
		if err := s.h.Memory.SaveActivitySource(ctx, s.c.ID, src); err != nil {
			return err
		}
	}
	if until, ok := s.pace("team.accessLogs"); !ok {
		return s.rest(ctx, until)
	}
	l := connector.Link{Connector: s.c.ID}
	if s.c.Enterprise == "" {
		l.Team = s.c.Team
	}
	page, err := s.h.Slack.Logins(ctx, l, s.run.Cursor)
	s.run.Calls++
	if err != nil {
		return s.unread(ctx, src, err)
	}
	if err := s.takeActivity(ctx, page.Items); err != nil {
		return err
	}
	src = src.Took(page.Items)
	s.run.Tries = 0
	whole := page.Next == "" || src.Enough()
	if !whole && src.Reading.Pages < cmp.Or(s.h.ActivityPages, mostActivityPages) {
		// The run first: a page that counts twice would look out of order.
		s.run.Cursor = page.Next
		if err := s.save(ctx); err != nil {
			return err
		}
		return s.h.Memory.SaveActivitySource(ctx, s.c.ID, src)
	}
	pages := src.Reading.Pages
	src = src.Finish(whole)
	src.Next = now.Add(activityEvery)
	if err := s.h.Memory.SaveActivitySource(ctx, s.c.ID, src); err != nil {
		return err
	}
	switch {
	case !src.Shown:
		s.say("last activity is not shown: %s", src.Why)
	case whole:
		s.say("last activity: %d pages of Slack's access logs were read; nothing is missing since %s", pages, src.From.Format(time.DateOnly))
	default:
		s.say("last activity: %d pages of Slack's access logs were read, which is the most; what is older than %s is missing", pages, src.From.Format(time.DateOnly))
	}
	return s.next(ctx, connector.StepFinish)
}

// takeActivity writes the days that are worth it, of accounts that the directory
// knows and did not forget.
func (s *syncing) takeActivity(ctx context.Context, page []directory.Login) error {
	if s.active == nil {
		s.active = map[string]time.Time{}
		err := s.h.Memory.EachActive(ctx, s.c.ID, "", func(a directory.Activity) error {
			s.active[a.Account] = a.Last
			return nil
		})
		if err != nil {
			s.active = nil
			return err
		}
	}
	var rows []directory.Activity
	place := map[string]int{}
	for _, l := range page {
		last, known := s.active[l.Account]
		if !(directory.Activity{Last: last}).Outdated(l.At) {
			continue
		}
		if !known {
			a, err := s.h.Memory.Account(ctx, s.c.ID, l.Account)
			if fault.Is(err, fault.NotFound) || err == nil && a.Forgotten {
				s.active[l.Account] = s.h.Now() // so that it is not asked for again
				continue
			}
			if err != nil {
				return err
			}
		}
		day := directory.Activity{Account: l.Account, Last: directory.Day(l.At)}
		s.active[l.Account] = day.Last
		if i, twice := place[l.Account]; twice {
			rows[i] = day
			continue
		}
		place[l.Account] = len(rows)
		rows = append(rows, day)
	}
	if len(rows) == 0 {
		return nil
	}
	s.run.Wrote += len(rows)
	if err := s.h.Memory.SaveActive(ctx, s.c.ID, rows); err != nil {
		s.active = nil
		return err
	}
	return nil
}

// unread lets a passing trouble pass, and goes past what stays.
func (s *syncing) unread(ctx context.Context, src directory.ActivitySource, cause error) error {
	if fault.Is(cause, fault.Conflict, fault.Reauthorize) {
		return cause
	}
	passes := fault.Is(cause, fault.Wait, fault.Backoff, fault.Pause) || fault.CodeOf(cause) == "invalid_cursor"
	if passes && s.run.Tries < activityTries {
		return cause
	}
	src.Next = s.h.Now().Add(activityEvery)
	if passes { // what was read of it before still counts, until it is stale
		src.Reading = directory.ActivityReading{}
		if err := s.h.Memory.SaveActivitySource(ctx, s.c.ID, src); err != nil {
			return err
		}
		s.say("last activity was not read: %s", fault.TextOf(cause))
		return s.next(ctx, connector.StepFinish)
	}
	return s.inactive(ctx, src, fault.TextOf(cause))
}

// inactive notes why nothing is shown, and goes on.
func (s *syncing) inactive(ctx context.Context, src directory.ActivitySource, why string) error {
	if next := src.Refuse(why); next != src {
		if err := s.h.Memory.SaveActivitySource(ctx, s.c.ID, next); err != nil {
			return err
		}
	}
	s.say("last activity is not shown: %s", why)
	return s.next(ctx, connector.StepFinish)
}
