package store_test

import (
	"testing"

	"github.com/ebb-access/ebb/shared/directory"
)

func TestManagerSourceComesBack(t *testing.T) {
	h := newHouse(t)
	if got := value[directory.ManagerSource](h)(h.ManagerSource(ctx, "c1")); got != (directory.ManagerSource{}) {
		t.Errorf("before any read: %+v", got)
	}
	want := directory.ManagerSource{
		Shown: true, Why: "of before", Found: 3, Read: start, Next: start.AddDate(0, 0, 1), Begun: start.AddDate(0, 0, 2), Pages: 4, Unknown: 5,
	}
	h.must(h.SaveManagerSource(ctx, "c1", want.Refuse("no scope")))
	h.must(h.SaveManagerSource(ctx, "c2", want.Refuse("no scope")))
	h.must(h.SaveManagerSource(ctx, "c1", want))
	if got := value[directory.ManagerSource](h)(h.ManagerSource(ctx, "c1")); got != want {
		t.Errorf("%+v", got)
	}
}
