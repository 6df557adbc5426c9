package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Before the access logs a sync reads who manages whom, where Slack tells it: SCIM's
// list of people, once a day. It is optional as they are: it needs the same wide
// scope, and a refusal is a note.

const (
	// mostManagerPages ends a read: 250,000 people.
	mostManagerPages = 500
	managersEvery    = 23 * time.Hour
)

// managers reads one page. What it says of accounts is written before the page is
// left; a step that dies reads its page again.
func (s *syncing) managers(ctx context.Context) error {
	if !s.run.Wants("accounts") {
		return s.next(ctx, connector.StepActivity)
	}
	src, err := s.h.Memory.ManagerSource(ctx, s.c.ID)
	if err != nil {
		return err
	}
	if why := s.c.NoManagers(); why != "" {
		return s.unmanaged(ctx, src, why)
	}
	now := s.h.Now()
	fresh := s.run.Cursor == "" || src.Begun.IsZero()
	switch {
	case fresh && now.Before(src.Next):
		if !src.Shown && src.Why != "" {
			s.say("managers are not shown: %s", src.Why)
		}
		return s.next(ctx, connector.StepActivity)
	case fresh:
		s.run.Cursor, src.Begun, src.Pages, src.Unknown = "", now, 0, 0
		if err := s.h.Memory.SaveManagerSource(ctx, s.c.ID, src); err != nil {
			return err
		}
	}
	l := connector.Link{Connector: s.c.ID}
	if s.c.Enterprise == "" {
		l.Team = s.c.Team
	}
	page, err := s.h.Slack.Managers(ctx, l, s.run.Cursor)
	s.run.Calls++
	if err != nil {
		return s.managersUnread(ctx, src, err)
	}
	unknown, err := s.takeManagers(ctx, page.Items)
	if err != nil {
		return err
	}
	s.run.Tries = 0
	src.Pages++
	src.Unknown += unknown
	if page.Next != "" && src.Pages < mostManagerPages {
		s.run.Cursor = page.Next
		if err := s.save(ctx); err != nil {
			return err
		}
		return s.h.Memory.SaveManagerSource(ctx, s.c.ID, src)
	}
	return s.managersRead(ctx, src)
}

func (s *syncing) managersRead(ctx context.Context, src directory.ManagerSource) error {
	found := 0
	err := s.h.Memory.EachAccount(ctx, s.c.ID, func(a directory.Account) error {
		if a.Manager != "" {
			found++
		}
		return nil
	})
	if err != nil {
		return err
	}
	now := s.h.Now()
	unknown := src.Unknown
	src = directory.ManagerSource{Shown: true, Found: found, Read: now, Next: now.Add(managersEvery)}
	if err := s.h.Memory.SaveManagerSource(ctx, s.c.ID, src); err != nil {
		return err
	}
	s.say("managers: %d accounts have one", found)
	if unknown > 0 {
		s.say("managers: Slack names somebody for %d accounts who is nobody here, by id, address or handle", unknown)
	}
	return s.next(ctx, connector.StepActivity)
}

// managedPeople are the accounts by id, and by the words that an identity provider may name
// a manager by.
type managedPeople struct {
	manager map[string]string // of each account, by id
	called  map[string]string // id by address or handle, in lower case; "": of two
}

func (s *syncing) managedPeople(ctx context.Context) (*managedPeople, error) {
	if s.managed != nil {
		return s.managed, nil
	}
	p := &managedPeople{map[string]string{}, map[string]string{}}
	err := s.h.Memory.EachAccount(ctx, s.c.ID, func(a directory.Account) error {
		p.manager[a.ID] = a.Manager
		for _, word := range []string{a.Email, a.Handle} {
			if word == "" {
				continue
			}
			word = strings.ToLower(word)
			if other, twice := p.called[word]; twice && other != a.ID {
				p.called[word] = ""
				continue
			}
			p.called[word] = a.ID
		}
		return nil
	})
	if err == nil {
		s.managed = p
	}
	return p, err
}

// means is the account that a word names: by id, as Slack's documentation has it, or
// by the address or the handle that identity providers send. Nobody manages themself.
func (p *managedPeople) means(m directory.Managed) (id string, known bool) {
	if m.Manager == "" {
		return "", true
	}
	id = p.called[strings.ToLower(m.Manager)]
	if _, is := p.manager[m.Manager]; is {
		id = m.Manager
	}
	if id == m.Account {
		return "", true
	}
	return id, id != ""
}

// takeManagers writes the managers that changed, of accounts that are known, and says
// how many are named who are nobody here.
func (s *syncing) takeManagers(ctx context.Context, page []directory.Managed) (unknown int, err error) {
	p, err := s.managedPeople(ctx)
	if err != nil {
		return 0, err
	}
	var b directory.Batch
	for _, m := range page {
		was, here := p.manager[m.Account]
		if !here {
			continue
		}
		id, known := p.means(m)
		if !known {
			unknown++
		}
		if id == was {
			continue
		}
		a, err := s.h.Memory.Account(ctx, s.c.ID, m.Account)
		if fault.Is(err, fault.NotFound) || err == nil && a.Forgotten {
			continue
		}
		if err != nil {
			return 0, err
		}
		b.Before = append(b.Before, a)
		a.Manager = id
		b.Accounts = append(b.Accounts, a)
	}
	if b.Len() == 0 {
		return unknown, nil
	}
	s.run.Wrote += len(b.Accounts)
	if err := s.h.Memory.Put(ctx, b); err != nil {
		s.managed = nil
		return 0, err
	}
	for _, a := range b.Accounts {
		p.manager[a.ID] = a.Manager
	}
	return unknown, nil
}

// managersUnread lets a passing trouble pass, and goes past what stays. What was read
// of it before still stands.
func (s *syncing) managersUnread(ctx context.Context, src directory.ManagerSource, cause error) error {
	if fault.Is(cause, fault.Conflict, fault.Reauthorize) {
		return cause
	}
	passes := fault.Is(cause, fault.Wait, fault.Backoff, fault.Pause)
	if passes && s.run.Tries < activityTries {
		return cause
	}
	src.Next, src.Begun = s.h.Now().Add(managersEvery), time.Time{}
	if !passes {
		return s.unmanaged(ctx, src, fault.TextOf(cause))
	}
	if err := s.h.Memory.SaveManagerSource(ctx, s.c.ID, src); err != nil {
		return err
	}
	s.say("managers were not read: %s", fault.TextOf(cause))
	return s.next(ctx, connector.StepActivity)
}

// unmanaged notes why nobody's manager is shown, and goes on.
func (s *syncing) unmanaged(ctx context.Context, src directory.ManagerSource, why string) error {
	if next := src.Refuse(why); next != src {
		if err := s.h.Memory.SaveManagerSource(ctx, s.c.ID, next); err != nil {
			return err
		}
	}
	s.say("managers are not shown: %s", why)
	return s.next(ctx, connector.StepActivity)
}
