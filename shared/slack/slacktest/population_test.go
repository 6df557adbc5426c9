package slacktest

import (
	"reflect"
	"testing"
	"time"
)

func someday() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

func TestTheSameSeedMakesTheSameOrganization(t *testing.T) {
	o := Options{Seed: 5, Workspaces: 3, People: 500, Groups: 30, Channels: 90, Now: someday}
	a, b := New(o), New(o)
	if !reflect.DeepEqual(a.Users(), b.Users()) || !reflect.DeepEqual(a.Groups(), b.Groups()) || !reflect.DeepEqual(a.Channels(), b.Channels()) {
		t.Error("two organizations of one seed differ")
	}
	if a.BotToken() != b.BotToken() || a.SigningSecret() != b.SigningSecret() {
		t.Error("their secrets differ")
	}
	o.Seed++
	if New(o).BotToken() == a.BotToken() {
		t.Error("another seed makes the same tokens")
	}
}

func TestThePopulationIsMixed(t *testing.T) {
	org := New(Options{Seed: 1, Workspaces: 5, People: 5000, Groups: 250, Channels: 1000, Now: someday})
	n := map[string]int{}
	for _, u := range org.Users() {
		if u.Bot || u.ID == USLACKBOT {
			n["bots"]++
			continue
		}
		n["people"]++
		for kind, is := range map[string]bool{
			"single": u.UltraRestricted, "multi": u.Restricted && !u.UltraRestricted, "deactivated": u.Deleted, "invited": u.Invited,
			"external": u.External, "two workspaces": len(u.Teams) > 1, "admins": len(u.AdminOf) > 0, "primary": len(u.PrimaryOwnerOf) > 0,
			"full": !u.Restricted && !u.Deleted && !u.Invited && !u.External,
		} {
			if is {
				n[kind]++
			}
		}
	}
	for _, c := range org.Channels() {
		for kind, is := range map[string]bool{"private": c.Private, "archived": c.Archived, "connected": len(c.ExtTeams) > 0, "spanning": len(c.Teams) > 1} {
			if is {
				n[kind]++
			}
		}
		n["channels"]++
	}
	for _, g := range org.Groups() {
		for kind, is := range map[string]bool{"disabled": g.Disabled, "idp": g.IDPManaged, "locked": g.MembershipLocked, "defaults": len(g.Channels) > 0} {
			if is {
				n[kind]++
			}
		}
		n["groups"]++
		if len(g.Members) < 3 || len(g.Members) > 60 {
			t.Error("a group of", len(g.Members))
		}
	}
	for kind, between := range map[string][2]int{
		"people": {5000, 5000}, "full": {4150, 4350}, "single": {50, 180}, "multi": {80, 230}, "deactivated": {230, 430}, "invited": {80, 230},
		"external": {8, 60}, "two workspaces": {20, 80}, "admins": {50, 200}, "primary": {5, 5}, "bots": {7, 40}, "channels": {1000, 1000},
		"private": {330, 480}, "archived": {50, 120}, "connected": {15, 70}, "spanning": {20, 80}, "groups": {250, 250}, "disabled": {10, 20},
		"idp": {5, 5}, "locked": {5, 5}, "defaults": {30, 60},
	} {
		if n[kind] < between[0] || n[kind] > between[1] {
			t.Errorf("%d %s, not %d to %d", n[kind], kind, between[0], between[1])
		}
	}
	for _, id := range org.TeamIDs() {
		if all := org.team(id).users.len(); all < 980 || all > 1080 {
			t.Errorf("%d in one of five workspaces", all)
		}
	}
}

func TestALargeOrganizationIsBuiltInSeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds 100,000 people")
	}
	began := time.Now()
	org := New(Options{Seed: 1, Workspaces: 5, People: 100_000, Groups: 1000, Channels: 22_000})
	memberships := 0
	for _, c := range org.channels {
		memberships += c.members.len()
	}
	if took := time.Since(began); memberships < 900_000 || took > time.Minute {
		t.Errorf("%d memberships in %s", memberships, took)
	}
}
