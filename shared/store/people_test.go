package store_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

func TestAnAccountBelongsToOneUser(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "person.made")
	ref := func(account string) access.Ref { return access.Ref{Connector: "c1", Account: account} }
	u, err := h.SaveUser(ctx, access.User{ID: "u1", Name: "Ann", Accounts: []access.Ref{ref("U1"), ref("U2"), ref("U2")}}, e)
	h.must(err)
	_, err = h.SaveUser(ctx, access.User{ID: "u2", Accounts: []access.Ref{ref("U2")}}, e)
	h.refused(err, fault.Conflict)
	_, err = h.SaveUser(ctx, access.User{ID: "u2"})
	h.refused(err, fault.Internal)
	_, err = h.SaveUser(ctx, access.User{ID: "u1"}, e)
	h.refused(err, fault.Conflict)

	u.Accounts = []access.Ref{ref("U1"), ref("U3")}
	u, err = h.SaveUser(ctx, u, e)
	h.must(err)
	_, err = h.SaveUser(ctx, access.User{ID: "u2", Accounts: []access.Ref{ref("U2")}}, e)
	h.must(err)
	for account, want := range map[string]string{"U1": "u1", "U2": "u2", "U3": "u1"} {
		if got := value[access.User](h)(h.UserOf(ctx, "c1", account)); got.ID != want {
			t.Errorf("%s belongs to %s, want %s", account, got.ID, want)
		}
	}
	if got := value[access.User](h)(h.User(ctx, "u1")); got.Rev != u.Rev || got.Name != "Ann" {
		t.Errorf("%+v", got)
	}
	_, err = h.UserOf(ctx, "c2", "U1")
	h.refused(err, fault.NotFound)
	_, err = h.User(ctx, "u9")
	h.refused(err, fault.NotFound)
}

// Two users who take one account at once: one gets it.
func TestARaceForAnAccount(t *testing.T) {
	h := newHouse(t)
	accounts := []access.Ref{{Connector: "c1", Account: "U1"}}
	h.table.trip = func(call string) (error, bool) {
		if call == "commit" {
			h.table.trip = nil
			_, err := h.SaveUser(ctx, access.User{ID: "u2", Accounts: accounts}, h.event("person/u2", "person.made"))
			h.must(err)
		}
		return nil, false
	}
	_, err := h.SaveUser(ctx, access.User{ID: "u1", Accounts: accounts}, h.event("person/u1", "person.made"))
	h.refused(err, fault.Conflict)
	_, err = h.User(ctx, "u1")
	h.refused(err, fault.NotFound)
}

func TestKeys(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "key.made")
	k := access.Key{ID: "key_1", Hash: "ab12", User: "u1", Created: h.now}
	h.refused(h.SaveKey(ctx, k), fault.Internal)
	h.must(h.SaveKey(ctx, k, e))
	h.refused(h.SaveKey(ctx, k, e), fault.Conflict)
	k = value[access.Key](h)(h.Key(ctx, "ab12"))
	k.Used = h.now.Add(time.Hour)
	h.must(h.SaveKey(ctx, k))
	k = value[access.Key](h)(h.Key(ctx, "ab12"))
	if k.Rev != 2 || !k.Used.Equal(h.now.Add(time.Hour)) {
		t.Errorf("%+v", k)
	}
	k.Ended, k.Used = true, h.now.Add(2*time.Hour)
	h.refused(h.SaveKey(ctx, k), fault.Internal)
	h.must(h.SaveKey(ctx, k, e))
	_, err := h.Key(ctx, "none")
	h.refused(err, fault.NotFound)
}

func TestKeysByUser(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "key.made")
	for _, k := range []access.Key{{ID: "key_2", Hash: "bb", User: "u1"}, {ID: "key_1", Hash: "aa", User: "u1"}, {ID: "key_3", Hash: "cc", User: "u1#x"}} {
		h.must(h.SaveKey(ctx, k, e))
	}
	k := value[access.Key](h)(h.KeyByID(ctx, "key_2"))
	if k.Hash != "bb" {
		t.Errorf("%+v", k)
	}
	k.Ended = true
	h.must(h.SaveKey(ctx, k, e))
	all := value[[]access.Key](h)(h.KeysOf(ctx, "u1"))
	if len(all) != 2 || all[0].ID != "key_1" || all[1].ID != "key_2" || !all[1].Ended {
		t.Errorf("%+v", all)
	}
	k = all[0]
	k.User = "u2"
	h.refused(h.SaveKey(ctx, k, e), fault.Internal)
	h.refused(h.SaveKey(ctx, access.Key{ID: "key_1", Hash: "dd", User: "u2"}, e), fault.Conflict)
	_, err := h.KeyByID(ctx, "key_9")
	h.refused(err, fault.NotFound)
}

func TestUsersByID(t *testing.T) {
	h := newHouse(t)
	for _, id := range []string{"u3", "u1", "u2"} {
		u := value[access.User](h)(h.SaveUser(ctx, access.User{ID: id}, h.event("person/"+id, "person.made")))
		u.Ended = id == "u2"
		value[access.User](h)(h.SaveUser(ctx, u, h.event("person/"+id, "person.ended")))
	}
	for after, want := range map[string]string{"": "u1 u2 u3 ", "u1": "u2 u3 ", "u3": ""} {
		got := ""
		h.must(h.EachUser(ctx, after, func(u access.User) error {
			got += u.ID + " "
			return nil
		}))
		if got != want {
			t.Errorf("after %q: %q, want %q", after, got, want)
		}
	}
}

func TestPolicyVersionsFollowEachOther(t *testing.T) {
	h := newHouse(t)
	e := h.event("policy", "policy.published")
	if p := value[access.Policy](h)(h.Policy(ctx, 0)); p.Version != 0 || p.Rules != nil {
		t.Errorf("before the first: %+v", p)
	}
	for v := range int64(12) {
		p := access.Policy{Version: v + 1, Source: "rules: []", Rules: []access.Rule{{ID: "r", Max: time.Hour}}}
		h.refused(h.SavePolicy(ctx, p), fault.Internal)
		h.must(h.SavePolicy(ctx, p, e))
	}
	for _, v := range []int64{0, 11, 12, 14} {
		h.refused(h.SavePolicy(ctx, access.Policy{Version: v}, e), fault.Conflict)
	}
	if p := value[access.Policy](h)(h.Policy(ctx, 0)); p.Version != 12 || len(p.Rules) != 1 {
		t.Errorf("newest: %+v", p)
	}
	if p := value[access.Policy](h)(h.Policy(ctx, 3)); p.Version != 3 {
		t.Errorf("version 3: %+v", p)
	}
	_, err := h.Policy(ctx, 13)
	h.refused(err, fault.NotFound)
}

// Who saves somebody has to be who they were, or nothing is saved.
func TestUsersAreSavedByWhoIsStillThere(t *testing.T) {
	h := newHouse(t)
	e := h.event("person/u1", "person.duties-changed")
	by := value[access.User](h)(h.SaveUser(ctx, access.User{ID: "u_by"}, h.event("person/u_by", "person.made")))
	u := value[access.User](h)(h.SaveUserBy(ctx, access.User{ID: "u1"}, by, e))
	_, err := h.SaveUserBy(ctx, u, by)
	h.refused(err, fault.Internal)
	changed := value[access.User](h)(h.SaveUser(ctx, by, h.event("person/u_by", "person.ended")))
	before := h.table.everything()
	_, err = h.SaveUserBy(ctx, u, by, e)
	h.refused(err, fault.Conflict)
	if h.table.everything() != before {
		t.Error("the refused save left something")
	}
	value[access.User](h)(h.SaveUserBy(ctx, u, changed, e))
}
