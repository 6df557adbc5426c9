package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// searched pages through a search.
func (c *company) searched(f flow.EventFilter, limit int) []audit.Sealed {
	c.t.Helper()
	var out []audit.Sealed
	for after := ""; ; {
		p, err := c.house.SearchEvents(c.ctx, c.root, f, flow.Slice{After: after, Limit: limit})
		c.ok(err)
		out = append(out, p.Items...)
		if after = p.Next; after == "" {
			return out
		}
	}
}

// TestSearchEvents finds what a walk over the whole trail finds, in pages of any
// size.
func TestSearchEvents(t *testing.T) {
	c := newCompany(t)
	first := c.clock.Now()
	c.given(time.Hour)
	c.sweep(30 * time.Minute)
	middle := c.clock.Now()
	c.have(c.bob, c.incident, time.Hour)
	c.sweep(3 * time.Hour)
	ada := c.actor(c.ada).User.ID
	c.sweep(time.Minute)
	all, err := c.house.ExportEvents(c.ctx, c.root, 0, 0)
	c.ok(err)
	for name, x := range map[string]struct {
		filter flow.EventFilter
		fits   func(e audit.Event) bool
	}{
		"everything":       {flow.EventFilter{}, func(audit.Event) bool { return true }},
		"ada's account":    {flow.EventFilter{Person: c.ada}, func(e audit.Event) bool { return has(e, "who "+c.ada) }},
		"ada, the person":  {flow.EventFilter{Person: ada}, func(e audit.Event) bool { return has(e, "who "+c.ada) || has(e, "who "+ada) }},
		"@oncall":          {flow.EventFilter{Resource: c.oncall}, func(e audit.Event) bool { return has(e, "what "+c.oncall) }},
		"bob's @oncall":    {flow.EventFilter{Person: c.bob, Resource: c.oncall}, func(audit.Event) bool { return false }},
		"one action":       {flow.EventFilter{Action: "grant.active"}, func(e audit.Event) bool { return e.Action == "grant.active" }},
		"grants":           {flow.EventFilter{Action: "grant."}, func(e audit.Event) bool { return strings.HasPrefix(e.Action, "grant.") }},
		"ada's grants":     {flow.EventFilter{Person: c.ada, Action: "grant."}, func(e audit.Event) bool { return strings.HasPrefix(e.Action, "grant.") && has(e, "who "+c.ada) }},
		"until the middle": {flow.EventFilter{Until: middle}, func(e audit.Event) bool { return !e.At.After(middle) }},
		"from the middle":  {flow.EventFilter{From: middle}, func(e audit.Event) bool { return !e.At.Before(middle) }},
		"before it all":    {flow.EventFilter{Until: first.Add(-time.Hour * 24)}, func(audit.Event) bool { return false }},
		"nobody":           {flow.EventFilter{Person: "UNOBODY"}, func(audit.Event) bool { return false }},
	} {
		var want []int64
		for i := len(all) - 1; i >= 0; i-- {
			if x.fits(all[i].Event) {
				want = append(want, all[i].Seal.N)
			}
		}
		for _, limit := range []int{1, 7, 200} {
			var got []int64
			for _, s := range c.searched(x.filter, limit) {
				got = append(got, s.Seal.N)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, %d a page: %v, want %v", name, limit, got, want)
			}
		}
	}
	for name, by := range map[string]access.Actor{"ada": c.actor(c.ada), "an administrator": {User: access.User{ID: "u_i", Duties: []access.Duty{access.IntegrationAdministrator}}}} {
		if _, err := c.house.SearchEvents(c.ctx, by, flow.EventFilter{}, flow.Slice{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s searches: %v", name, err)
		}
		if _, err := c.house.ExportEvents(c.ctx, by, 0, 0); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s exports: %v", name, err)
		}
	}
}

func has(e audit.Event, word string) bool {
	for _, w := range audit.Words(e) {
		if w == word {
			return true
		}
	}
	return false
}

// TestExportVerifies away from the house, part by part, and shows a change.
func TestExportVerifies(t *testing.T) {
	c := newCompany(t)
	c.given(time.Hour)
	c.sweep(3 * time.Hour)
	var all []audit.Sealed
	for after := int64(0); ; {
		part, err := c.house.ExportEvents(c.ctx, c.root, after, 7)
		c.ok(err)
		if len(part) == 0 {
			break
		}
		all = append(all, part...)
		after = part[len(part)-1].Seal.N
	}
	v, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if int64(len(all)) != v.Seals || v.Seals < 20 {
		t.Fatalf("%d lines of %d", len(all), v.Seals)
	}
	var before audit.Seal
	for _, x := range all {
		if why := x.Fits() + x.Follows(before); why != "" {
			t.Fatalf("link %d: %s", x.Seal.N, why)
		}
		before = x.Seal
	}
	for name, change := range map[string]func(x *audit.Sealed){
		"actor": func(x *audit.Sealed) { x.Event.Actor = "u_x" },
		"time":  func(x *audit.Sealed) { x.Event.At = x.Event.At.Add(time.Second) },
		"link":  func(x *audit.Sealed) { x.Seal.N++ },
		"other": func(x *audit.Sealed) { x.Event = all[4].Event },
	} {
		x := all[5]
		if change(&x); x.Fits() == "" {
			t.Errorf("%s: nobody sees it", name)
		}
	}
	if all[7].Follows(all[5].Seal) == "" {
		t.Error("a missing link is not seen")
	}
}
