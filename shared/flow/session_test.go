package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// signIn signs the first administrator in by a link.
func (w *world) signIn() (word string, x access.Session) {
	w.t.Helper()
	link, err := w.house.MakeSignInLink(w.ctx, w.root.User.ID)
	w.ok(err)
	word, x, err = w.house.SignInByLink(w.ctx, link[strings.Index(link, "=")+1:])
	w.ok(err)
	return word, x
}

func (w *world) signedOut(word string) {
	w.t.Helper()
	_, _, err := w.house.SignedIn(w.ctx, word)
	refusedWith(w.t, err, fault.Unauthenticated, "sign in again")
}

func TestASignInLinkWorksOnceForAQuarterOfAnHour(t *testing.T) {
	c := newCompany(t)
	link, err := c.house.MakeSignInLink(c.ctx, c.root.User.ID)
	c.ok(err)
	word, ok := strings.CutPrefix(link, "http://ebb.test/signin/first?word=")
	if !ok {
		t.Fatal(link)
	}
	for range 2 { // who only looks uses nothing up
		u, err := c.house.LookAtSignInLink(c.ctx, word)
		c.ok(err)
		if u.ID != c.root.User.ID {
			t.Fatalf("%+v", u)
		}
	}
	session, x, err := c.house.SignInByLink(c.ctx, word)
	c.ok(err)
	by, _, err := c.house.SignedIn(c.ctx, session)
	c.ok(err)
	if by.User.ID != c.root.User.ID || by.Session != x.ID || !by.Fresh.Equal(c.clock.Now()) || by.Service || by.Key != "" {
		t.Fatalf("%+v", by)
	}
	_, _, err = c.house.SignInByLink(c.ctx, word)
	refusedWith(t, err, fault.Unauthenticated, "was used")
	_, err = c.house.LookAtSignInLink(c.ctx, word)
	refusedWith(t, err, fault.Unauthenticated, "was used")

	link, err = c.house.MakeSignInLink(c.ctx, c.root.User.ID)
	c.ok(err)
	c.clock.move(access.SignInLinkTime)
	for _, word := range []string{link[strings.Index(link, "=")+1:], "ebbsignin_wrong", "wrong", "", session} {
		_, _, err = c.house.SignInByLink(c.ctx, word)
		refusedWith(t, err, fault.Unauthenticated, "a new one")
	}
	_, err = c.house.MakeSignInLink(c.ctx, c.actor(c.ada).User.ID)
	refusedWith(t, err, fault.Invalid, "super administrator")
}

// Two clicks at once: one signs in.
func TestTwoClicksOnOneLink(t *testing.T) {
	c := newCompany(t)
	link, err := c.house.MakeSignInLink(c.ctx, c.root.User.ID)
	c.ok(err)
	word := link[strings.Index(link, "=")+1:]
	done := make(chan error, 8)
	for range cap(done) {
		h := c.open()
		h.NewID, h.NewWord = flow.RandomID, flow.RandomWord
		go func() {
			_, _, err := h.SignInByLink(c.ctx, word)
			done <- err
		}()
	}
	in := 0
	for range cap(done) {
		if err := <-done; err == nil {
			in++
		} else {
			refusedWith(t, err, fault.Unauthenticated, "was used")
		}
	}
	if in != 1 {
		t.Fatalf("%d signed in", in)
	}
}

func TestSessionsEnd(t *testing.T) {
	c := newCompany(t)
	word, _ := c.signIn()
	for range 7 { // in use, it lasts
		c.clock.move(100 * time.Minute)
		_, _, err := c.house.SignedIn(c.ctx, word)
		c.ok(err)
	}
	c.clock.move(20 * time.Minute) // twelve hours
	c.signedOut(word)

	word, _ = c.signIn()
	c.clock.move(access.SessionIdle)
	c.signedOut(word)
	for _, w := range []string{"", "ebbsession_no", word + "x", "ebbkey_x"} {
		c.signedOut(w)
	}
}

// A session is for who somebody was: another duty, another account, the end of
// the user, and it is over.
func TestASessionSurvivesNoChangeOfItsUser(t *testing.T) {
	c := newCompany(t)
	for name, change := range map[string]func(u *access.User){
		"duty":  func(u *access.User) { u.Duties = append(u.Duties, access.Auditor) },
		"ended": func(u *access.User) { u.Ended = true },
		"bound": func(u *access.User) {
			u.Accounts = append(u.Accounts, access.Ref{Connector: c.conn.ID, Account: c.kit})
		},
	} {
		t.Run(name, func(t *testing.T) {
			word, _ := c.signIn()
			_, _, err := c.house.SignedIn(c.ctx, word)
			c.ok(err)
			was, err := c.store.User(c.ctx, c.root.User.ID)
			c.ok(err)
			now := was
			change(&now)
			now, err = c.store.SaveUser(c.ctx, now, c.event("person/"+now.ID))
			c.ok(err)
			c.signedOut(word)
			was.Rev = now.Rev
			_, err = c.store.SaveUser(c.ctx, was, c.event("person/"+now.ID))
			c.ok(err)
		})
	}
}

func TestSigningOut(t *testing.T) {
	c := newCompany(t)
	mine, x := c.signIn()
	other, y := c.signIn()
	ada := c.actor(c.ada)
	refusedWith(t, c.house.SignOut(c.ctx, ada, x.ID), fault.NotFound, "no session")
	refusedWith(t, c.house.SignOut(c.ctx, access.Actor{User: c.root.User, Service: true}, x.ID), fault.Forbidden, "their own")
	auditor := access.Actor{User: access.User{ID: "u_audit", Duties: []access.Duty{access.Auditor}}}
	refusedWith(t, c.house.SignOut(c.ctx, auditor, x.ID), fault.Forbidden, "super administrator")
	refusedWith(t, c.house.SignOut(c.ctx, access.Actor{}, x.ID), fault.Unauthenticated, "")
	refusedWith(t, c.house.SignOut(c.ctx, c.root, "ses_none"), fault.NotFound, "")

	by, _, err := c.house.SignedIn(c.ctx, mine)
	c.ok(err)
	for range 2 { // it repeats safely
		c.ok(c.house.SignOut(c.ctx, by, x.ID))
	}
	c.signedOut(mine)
	_, _, err = c.house.SignedIn(c.ctx, other)
	c.ok(err)

	list, err := c.house.ReadSessions(c.ctx, c.root, "")
	c.ok(err)
	if len(list) != 1 || list[0].ID != y.ID || list[0].Hash != "" {
		t.Errorf("%+v", list)
	}
	_, err = c.house.ReadSessions(c.ctx, ada, c.root.User.ID)
	refusedWith(t, err, fault.Forbidden, "auditor")
	list, err = c.house.ReadSessions(c.ctx, auditor, c.root.User.ID)
	c.ok(err)
	if len(list) != 1 {
		t.Errorf("the auditor sees %+v", list)
	}
	ended := 0
	events, err := c.store.EventsOf(c.ctx, "person/"+c.root.User.ID)
	c.ok(err)
	for _, e := range events {
		if e.Action == "session.ended" {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("%d events of the end", ended)
	}
}

// Nothing that opens a door is in any row or event.
func TestNoWordOfASessionIsKept(t *testing.T) {
	c := newCompany(t)
	word, _ := c.signIn()
	c.ok(c.store.EachEvent(c.ctx, func(e audit.Event) error {
		for _, v := range e.Data {
			if strings.Contains(v, word) || strings.Contains(v, "ebbsignin_") {
				t.Errorf("%s tells %s", e.Action, v)
			}
		}
		return nil
	}))
}
