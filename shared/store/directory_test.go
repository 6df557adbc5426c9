package store_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func member(resource, account string) directory.Membership {
	return directory.Membership{Connector: "c1", Resource: resource, Slug: "member", Account: account, Since: start}
}

func TestDirectoryComesBack(t *testing.T) {
	h := newHouse(t)
	a := directory.Account{ID: "U1", Connector: "c1", Kind: directory.Human, State: directory.Active, Name: "Ann", Roles: map[string]directory.WorkspaceRole{"T1": directory.Admin}}
	group := directory.Resource{ID: "S1", Connector: "c1", Kind: directory.UserGroup, Name: "oncall", Defaults: []string{"C1"}}
	channel := directory.Resource{ID: "C1", Connector: "c1", Kind: directory.Channel, Name: "incident"}
	h.must(h.Put(ctx, directory.Batch{
		Accounts: []directory.Account{a, {ID: "U2", Connector: "c1"}, {ID: "U1", Connector: "c2"}, a}, Resources: []directory.Resource{group, channel},
		Memberships: []directory.Membership{member("S1", "U2"), member("S1", "U1"), member("C1", "U1")},
	}))
	if got := value[directory.Account](h)(h.Account(ctx, "c1", "U1")); !reflect.DeepEqual(got, a) {
		t.Errorf("%+v", got)
	}
	var seen string
	h.must(h.EachAccount(ctx, "c1", func(a directory.Account) error { seen += a.ID + " "; return nil }))
	h.must(h.EachResource(ctx, "c1", "", func(r directory.Resource) error { seen += r.ID + " "; return nil }))
	h.must(h.EachResource(ctx, "c1", directory.UserGroup, func(r directory.Resource) error { seen += r.ID + " "; return nil }))
	h.must(h.EachHolder(ctx, "c1", "S1", func(m directory.Membership) error { seen += m.Account + " "; return nil }))
	h.must(h.EachHeld(ctx, "c1", "U1", func(m directory.Membership) error { seen += m.Resource + " "; return nil }))
	if want := "U1 U2 C1 S1 S1 U1 U2 C1 S1 "; seen != want {
		t.Errorf("walked %q, want %q", seen, want)
	}
	h.must(h.Put(ctx, directory.Batch{GoneAccounts: []directory.Account{a}, GoneResources: []directory.Resource{channel}, GoneMemberships: []directory.Membership{member("S1", "U1"), member("S1", "U2")}, Memberships: []directory.Membership{member("S1", "U2")}}))
	for m, want := range map[directory.Membership]bool{member("S1", "U1"): false, member("S1", "U2"): true, member("C1", "U1"): true} {
		if got := value[bool](h)(h.Holds(ctx, m)); got != want {
			t.Errorf("%s holds %s: %v", m.Account, m.Resource, got)
		}
	}
	dated := member("S1", "U3")
	dated.Date = 7
	h.must(h.Put(ctx, directory.Batch{Memberships: []directory.Membership{dated}}))
	for m, want := range map[directory.Membership]int64{member("S1", "U3"): 7, member("S1", "U2"): 0, member("S1", "U1"): 0} {
		if got := value[int64](h)(h.HeldAsOf(ctx, m)); got != want {
			t.Errorf("%s holds %s as of %d, want %d", m.Account, m.Resource, got, want)
		}
	}
	_, err := h.Account(ctx, "c1", "")
	h.refused(err, fault.NotFound)
	_, err = h.Account(ctx, "c1", "U1")
	h.refused(err, fault.NotFound)
	_, err = h.Resource(ctx, "c1", "C1")
	h.refused(err, fault.NotFound)
	if err := h.EachHolder(ctx, "c1", "S1", func(directory.Membership) error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("the caller's error became %v", err)
	}
}

func TestOwnersSurviveASync(t *testing.T) {
	h := newHouse(t)
	group := directory.Resource{ID: "S1", Connector: "c1", Kind: directory.UserGroup, Name: "oncall", Owners: []string{"somebody"}}
	put := func() { h.must(h.Put(ctx, directory.Batch{Resources: []directory.Resource{group}})) }
	put()
	h.refused(h.SetOwners(ctx, "c1", "S1", []string{"U1"}), fault.Internal)
	h.must(h.SetOwners(ctx, "c1", "S1", []string{"U1"}, h.event("resource/c1/S1", "resource.owners")))
	h.must(h.SetOwners(ctx, "c1", "S1", []string{"U1", "U2"}, h.event("resource/c1/S1", "resource.owners")))
	put()
	got := value[directory.Resource](h)(h.Resource(ctx, "c1", "S1"))
	h.must(h.EachResource(ctx, "c1", directory.UserGroup, func(r directory.Resource) error {
		if !reflect.DeepEqual(r, got) {
			t.Errorf("walked %+v, read %+v", r, got)
		}
		return nil
	}))
	if !reflect.DeepEqual(got.Owners, []string{"U1", "U2"}) {
		t.Errorf("owners: %q", got.Owners)
	}
	h.checkTrail(2)
}

// Half a batch: the row that a sync compares with is the last to appear and
// the last to go, so that the next sync mends the other one.
func TestHalfABatchIsMendedByTheNext(t *testing.T) {
	h := newHouse(t)
	many := func(n int) (out []directory.Membership) {
		for i := range n {
			out = append(out, member("S1", fmt.Sprintf("U%05d", i)))
		}
		return out
	}
	known := func() int {
		n := 0
		h.must(h.EachHolder(ctx, "c1", "S1", func(directory.Membership) error { n++; return nil }))
		return n
	}
	batches := 0
	h.table.trip = func(call string) (error, bool) {
		if call == "batch" {
			batches++
		}
		if call == "batch" && batches == 2 {
			return fault.New("test", fault.Backoff, "not now"), false
		}
		return nil, false
	}
	h.refused(h.Put(ctx, directory.Batch{Memberships: many(1500)}), fault.Backoff)
	if held := len(h.table.part("held#*")); known() != 0 || held != 1500 {
		t.Errorf("known %d, held %d", known(), held)
	}
	h.must(h.Put(ctx, directory.Batch{Memberships: many(1500)}))
	batches = 0
	h.refused(h.Put(ctx, directory.Batch{GoneMemberships: many(1500)}), fault.Backoff)
	if held := len(h.table.part("held#*")); known() != 1500 || held != 0 {
		t.Errorf("known %d, held %d", known(), held)
	}
}

// TestAfter: a list goes on behind an id, with the owners of what comes.
func TestAfter(t *testing.T) {
	h := newHouse(t)
	b := directory.Batch{}
	for _, id := range []string{"A1", "B2", "C3"} {
		b.Accounts = append(b.Accounts, directory.Account{Connector: "c1", ID: id})
		b.Resources = append(b.Resources, directory.Resource{Connector: "c1", ID: id, Kind: directory.Channel})
	}
	h.must(h.Put(ctx, b))
	h.must(h.SetOwners(ctx, "c1", "C3", []string{"U1"}, h.event("resource/c1/C3", "resource.owners")))
	for after, want := range map[string]string{"": "A1 B2 C3 A1 B2 C3[U1] ", "A1": "B2 C3 B2 C3[U1] ", "B": "B2 C3 B2 C3[U1] ", "C3": ""} {
		got := ""
		h.must(h.AccountsAfter(ctx, "c1", after, func(a directory.Account) error {
			got += a.ID + " "
			return nil
		}))
		h.must(h.ResourcesAfter(ctx, "c1", directory.Channel, after, func(r directory.Resource) error {
			if got += r.ID; len(r.Owners) > 0 {
				got += fmt.Sprint(r.Owners)
			}
			got += " "
			return nil
		}))
		if got != want {
			t.Errorf("after %q: %q, want %q", after, got, want)
		}
	}
}
