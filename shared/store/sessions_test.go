package store_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

func TestSessions(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "session.begun")
	x := access.Session{ID: "ses_1", Hash: "aa", User: "u1", Spends: "s1", Created: h.now, Seen: h.now, Ends: h.now.Add(time.Hour)}
	h.refused(h.SaveSession(ctx, x), fault.Internal)
	h.must(h.SaveSession(ctx, x, e))
	h.refused(h.SaveSession(ctx, x, e), fault.Conflict)
	_, err := h.Session(ctx, "bb")
	h.refused(err, fault.NotFound)
	_, err = h.SessionByID(ctx, "ses_9")
	h.refused(err, fault.NotFound)

	x = value[access.Session](h)(h.SessionByID(ctx, "ses_1"))
	x.Seen = h.now.Add(15 * time.Minute)
	h.must(h.SaveSession(ctx, x)) // its last use alone needs no event
	x = value[access.Session](h)(h.Session(ctx, "aa"))
	if x.Rev != 2 || !x.Seen.Equal(h.now.Add(15*time.Minute)) {
		t.Errorf("%+v", x)
	}
	for _, change := range []func(*access.Session){
		func(x *access.Session) { x.Ended = true },
		func(x *access.Session) { x.Authenticated = h.now },
		func(x *access.Session) { x.Standing = "other" },
	} {
		y := x
		change(&y)
		h.refused(h.SaveSession(ctx, y), fault.Internal)
	}
	y := x
	y.User = "u2"
	h.refused(h.SaveSession(ctx, y, e), fault.Internal)
	y = x
	y.Ends = h.now.Add(time.Minute)
	h.refused(h.SaveSession(ctx, y, e), fault.Internal)
	x.Ended = true
	h.must(h.SaveSession(ctx, x, e))
}

// What one session used up, no other one can use; the refused one is nowhere.
func TestASessionSpendsOnce(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "session.begun")
	h.must(h.SaveSession(ctx, access.Session{ID: "ses_1", Hash: "aa", User: "u1", Spends: "s1", Ends: h.now}, e))
	before := h.table.everything()
	h.refused(h.SaveSession(ctx, access.Session{ID: "ses_2", Hash: "bb", User: "u1", Spends: "s1", Ends: h.now}, e), fault.Conflict)
	if h.table.everything() != before {
		t.Error("the refused session left something")
	}
}

func TestSessionsByUserNewestFirst(t *testing.T) {
	h := newHouse(t)
	for i, id := range []string{"ses_2", "ses_1", "ses_3"} {
		user := "u1"
		if id == "ses_3" {
			user = "u1#x"
		}
		h.must(h.SaveSession(ctx, access.Session{
			ID: id, Hash: "h" + id, User: user, Created: h.now.Add(time.Duration(i) * time.Minute), Ends: h.now.Add(time.Hour),
		}, h.event("person/u1", "session.begun")))
	}
	all := value[[]access.Session](h)(h.SessionsOf(ctx, "u1"))
	if len(all) != 2 || all[0].ID != "ses_1" || all[1].ID != "ses_2" {
		t.Errorf("%+v", all)
	}
	h.now = h.now.Add(26 * time.Hour)
	if all = value[[]access.Session](h)(h.SessionsOf(ctx, "u1")); len(all) != 0 {
		t.Errorf("a day after their end: %+v", all)
	}
}

func TestSignInLinks(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "signin.link-made")
	l := access.SignInLink{Hash: "aa", User: "u1", Created: h.now, Expires: h.now.Add(15 * time.Minute)}
	h.refused(h.SaveSignInLink(ctx, l), fault.Internal)
	h.must(h.SaveSignInLink(ctx, l, e))
	h.refused(h.SaveSignInLink(ctx, l, e), fault.Conflict)
	if got := value[access.SignInLink](h)(h.SignInLink(ctx, "aa")); got != l {
		t.Errorf("%+v", got)
	}
	h.must(h.SaveSession(ctx, access.Session{ID: "ses_1", Hash: "ww", User: "u1", Spends: "aa", Ends: h.now.Add(time.Hour)}, e))
	if got := value[access.SignInLink](h)(h.SignInLink(ctx, "aa")); !got.Used {
		t.Errorf("%+v", got)
	}
	_, err := h.SignInLink(ctx, "bb")
	h.refused(err, fault.NotFound)
}

func TestSignInRules(t *testing.T) {
	h := newHouse(t)
	e := h.event("signin", "signin.rules-set")
	rules := value[access.SignInRules](h)(h.SignInRules(ctx))
	if rules != (access.SignInRules{}) {
		t.Errorf("%+v", rules)
	}
	rules.ByEmail = true
	_, err := h.SaveSignInRules(ctx, rules)
	h.refused(err, fault.Internal)
	saved := value[access.SignInRules](h)(h.SaveSignInRules(ctx, rules, e))
	_, err = h.SaveSignInRules(ctx, rules, e)
	h.refused(err, fault.Conflict)
	if got := value[access.SignInRules](h)(h.SignInRules(ctx)); !got.ByEmail || got != saved {
		t.Errorf("%+v, saved %+v", got, saved)
	}
}

func TestRefusedSignInsAreCounted(t *testing.T) {
	h := newHouse(t)
	e := h.event("signin", "signin.refused")
	r := value[access.Refusals](h)(h.Refusals(ctx, h.now))
	if r.N != 0 || !r.Hour.Equal(h.now) {
		t.Errorf("%+v", r)
	}
	r.N = 3
	h.refused(h.SaveRefusals(ctx, r), fault.Internal)
	h.must(h.SaveRefusals(ctx, r, e))
	h.refused(h.SaveRefusals(ctx, r, e), fault.Conflict)
	if r = value[access.Refusals](h)(h.Refusals(ctx, h.now)); r.N != 3 || r.Rev != 1 {
		t.Errorf("%+v", r)
	}
}

// Who somebody is at an issuer belongs to one user, as an account does.
func TestIdentitiesBelongToOneUser(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "person.identified")
	id := access.Identity{Issuer: "https://idp.example", Subject: "a#b"}
	u := value[access.User](h)(h.SaveUser(ctx, access.User{ID: "u1", Identities: []access.Identity{id}}, e))
	if got := value[access.User](h)(h.UserBy(ctx, id)); got.ID != "u1" || len(got.Identities) != 1 || got.Identities[0] != id {
		t.Errorf("%+v", got)
	}
	_, err := h.SaveUser(ctx, access.User{ID: "u2", Identities: []access.Identity{id}}, e)
	h.refused(err, fault.Conflict)
	_, err = h.UserBy(ctx, access.Identity{Issuer: id.Issuer, Subject: "a"})
	h.refused(err, fault.NotFound)
	u.Identities = nil
	value[access.User](h)(h.SaveUser(ctx, u, e))
	_, err = h.UserBy(ctx, id)
	h.refused(err, fault.NotFound)
	value[access.User](h)(h.SaveUser(ctx, access.User{ID: "u2", Identities: []access.Identity{id}}, e))
}
