package access

import (
	"testing"
	"time"
)

func TestASessionLivesAsLongAsItsUserStaysWhoTheyWere(t *testing.T) {
	begin := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	u := User{ID: "u1", Duties: []Duty{Ordinary, Auditor}, Accounts: []Ref{{"c1", "U1"}, {"c2", "U2"}}}
	fresh := Session{ID: "ses_1", User: "u1", Standing: u.Standing(), Seen: begin, Ends: begin.Add(SessionTime)}
	for name, c := range map[string]struct {
		change func(*Session, *User)
		after  time.Duration
		lives  bool
	}{
		"at once":                {lives: true},
		"just before it is idle": {after: SessionIdle - 1, lives: true},
		"idle":                   {after: SessionIdle},
		"used, just before it is old": {
			func(s *Session, _ *User) { s.Seen = begin.Add(SessionTime - time.Hour) }, SessionTime - 1, true,
		},
		"used, and too old":    {func(s *Session, _ *User) { s.Seen = begin.Add(SessionTime) }, SessionTime, false},
		"ended":                {func(s *Session, _ *User) { s.Ended = true }, 0, false},
		"the user ended":       {func(_ *Session, u *User) { u.Ended = true }, 0, false},
		"another user":         {func(_ *Session, u *User) { u.ID = "u2" }, 0, false},
		"nobody":               {func(s *Session, u *User) { s.User, u.ID = "", "" }, 0, false},
		"the zero session":     {func(s *Session, _ *User) { *s = Session{} }, 0, false},
		"a duty more":          {func(_ *Session, u *User) { u.Duties = append(u.Duties, SuperAdministrator) }, 0, false},
		"a duty less":          {func(_ *Session, u *User) { u.Duties = []Duty{Ordinary} }, 0, false},
		"an account more":      {func(_ *Session, u *User) { u.Accounts = append(u.Accounts, Ref{"c3", "U3"}) }, 0, false},
		"an account less":      {func(_ *Session, u *User) { u.Accounts = u.Accounts[:1] }, 0, false},
		"another account":      {func(_ *Session, u *User) { u.Accounts = []Ref{{"c1", "U9"}, {"c2", "U2"}} }, 0, false},
		"the same, elsewise":   {func(_ *Session, u *User) { u.Duties = []Duty{Auditor, Ordinary} }, 0, true},
		"another name":         {func(_ *Session, u *User) { u.Name = "New" }, 0, true},
		"before it was stored": {func(s *Session, _ *User) { s.Standing = "" }, 0, false},
	} {
		s, who := fresh, u
		if c.change != nil {
			c.change(&s, &who)
		}
		if got := s.Lives(who, begin.Add(c.after)); got != c.lives {
			t.Errorf("%s: lives is %v", name, got)
		}
	}
}

func TestOnlyASessionGrowsStale(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		a     Actor
		stale bool
	}{
		"a key":              {Actor{Key: "key_1"}, false},
		"signed in just now": {Actor{Session: "s", Fresh: now}, false},
		"a moment before":    {Actor{Session: "s", Fresh: now.Add(1 - FreshTime)}, false},
		"ten minutes":        {Actor{Session: "s", Fresh: now.Add(-FreshTime)}, true},
		"nobody knows when":  {Actor{Session: "s"}, true},
	} {
		if got := c.a.Stale(now); got != c.stale {
			t.Errorf("%s: stale is %v", name, got)
		}
	}
}
