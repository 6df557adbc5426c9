package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

func (h *house) named(typed string) []string {
	h.t.Helper()
	var out []string
	h.must(h.ResourcesNamed(ctx, "c1", typed, func(r directory.Resource) error {
		if !slices.Contains(out, r.ID) {
			out = append(out, r.ID)
		}
		return nil
	}))
	slices.Sort(out)
	return out
}

// Resources are found by the beginnings of their words; what was renamed or
// removed leaves hints, and what is removed under its name none.
func TestResourcesAreFoundByWords(t *testing.T) {
	h := newHouse(t)
	resource := func(id string, kind directory.Kind, name, title string) directory.Resource {
		return directory.Resource{ID: id, Connector: "c1", Kind: kind, Name: name, Title: title, Private: id == "C2", Defaults: []string{"C9"}}
	}
	all := []directory.Resource{
		resource("S1", directory.UserGroup, "oncall", "On call, Europe"), resource("S2", directory.UserGroup, "eng-oncall.eu", ""),
		resource("C1", directory.Channel, "on#odd", ""), resource("C2", directory.Channel, "ünder_way", ""),
		resource("T1", directory.Workspace, "oncall", ""),
	}
	h.must(h.Put(ctx, directory.Batch{Resources: all}))
	for typed, want := range map[string][]string{
		"on": {"C1", "S1", "S2"}, "oncall": {"S1", "S2"}, "eu": {"S1", "S2"}, "call": {"S1"}, "on#": {"C1"}, "ün": {"C2"}, "way": {"C2"}, "ncall": nil,
		"": {"C1", "C2", "S1", "S2"}, "eng-oncall": {"S2"}, "on call": {"S1"}, "%": nil,
	} {
		if got := h.named(typed); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, not %v", typed, got, want)
		}
	}
	h.must(h.Put(ctx, directory.Batch{GoneResources: all[:1]}))
	if got := h.named("oncall"); !slices.Equal(got, []string{"S2"}) {
		t.Errorf("after it has gone: %v", got)
	}
}

// Among many resources a menu is answered from a few rows.
func TestFindingAmongMany(t *testing.T) {
	h := newHouse(t)
	const n = 20_000
	var all []directory.Resource
	for i := range n {
		all = append(all, directory.Resource{ID: fmt.Sprintf("C%06d", i), Connector: "c1", Kind: directory.Channel, Name: fmt.Sprintf("team%d-project-%d", i%1000, i)})
	}
	h.must(h.Put(ctx, directory.Batch{Resources: all}))
	began := time.Now()
	count := 0
	h.must(h.ResourcesNamed(ctx, "c1", "19999", func(r directory.Resource) error { count++; return nil }))
	if took := time.Since(began); count != 1 || took > time.Second {
		t.Errorf("%d found in %s", count, took)
	} else {
		t.Logf("one of %d found in %s", n, took)
	}
}
