package store_test

import (
	"errors"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

func TestActivityComesBack(t *testing.T) {
	h := newHouse(t)
	day := directory.Day(start)
	h.must(h.SaveActive(ctx, "c1", []directory.Activity{{Account: "U2", Last: start}, {Account: "U1", Last: start.AddDate(0, 0, -40)}, {Account: "U#3", Last: start}}))
	h.must(h.SaveActive(ctx, "c2", []directory.Activity{{Account: "U1", Last: start}}))
	for account, want := range map[string]time.Time{"U1": day.AddDate(0, 0, -40), "U2": day, "U#3": day, "U4": {}, "": {}} {
		if got := value[time.Time](h)(h.LastActive(ctx, "c1", account)); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", account, got, want)
		}
	}
	all := func(after string) (out []string) {
		h.must(h.EachActive(ctx, "c1", after, func(a directory.Activity) error { out = append(out, a.Account); return nil }))
		return out
	}
	if got := all(""); !reflect.DeepEqual(got, []string{"U#3", "U1", "U2"}) {
		t.Errorf("%v", got)
	}
	if got := all("U1"); !reflect.DeepEqual(got, []string{"U2"}) {
		t.Errorf("behind U1: %v", got)
	}
	if err := h.EachActive(ctx, "c1", "", func(directory.Activity) error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("the caller's error became %v", err)
	}
	h.must(h.SaveActive(ctx, "c1", []directory.Activity{{Account: "U#3"}}))
	h.must(h.Put(ctx, directory.Batch{GoneAccounts: []directory.Account{{ID: "U1", Connector: "c1"}}}))
	if got := all(""); !reflect.DeepEqual(got, []string{"U2"}) {
		t.Errorf("what was forgotten and who is gone: %v", got)
	}
	if got := value[time.Time](h)(h.LastActive(ctx, "c2", "U1")); got.IsZero() {
		t.Error("another connector's account went too")
	}
}

func TestActivitySourceComesBack(t *testing.T) {
	h := newHouse(t)
	if got := value[directory.ActivitySource](h)(h.ActivitySource(ctx, "c1")); got != (directory.ActivitySource{}) {
		t.Errorf("before any read: %+v", got)
	}
	want := directory.ActivitySource{Shown: true, From: start.AddDate(0, -3, 0), Read: start, Next: start.AddDate(0, 0, 1)}
	h.must(h.SaveActivitySource(ctx, "c1", want.Refuse("no scope")))
	h.must(h.SaveActivitySource(ctx, "c1", want))
	if got := value[directory.ActivitySource](h)(h.ActivitySource(ctx, "c1")); got != want {
		t.Errorf("%+v", got)
	}
}
