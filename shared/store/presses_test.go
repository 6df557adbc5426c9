package store_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

func aPress(h *house) access.Press {
	return access.Press{
		ID: "pr_1", Act: access.ActDeny, Connector: "c1", Account: "U1", Target: "rq_1", Words: "not today",
		Until: h.now.Add(time.Hour), Subject: "U2", Resources: []string{"S1"}, Start: h.now, Length: time.Hour, Emergency: true, Profile: "p",
		Taken: h.now, Next: h.now.Add(20 * time.Second),
	}
}

// A press is taken once and due until it was served; its words go then, and the
// rest is known for two days.
func TestPresses(t *testing.T) {
	h := newHouse(t)
	p := aPress(h)
	h.must(h.SavePress(ctx, p))
	h.refused(h.SavePress(ctx, p), fault.Conflict)
	if due := value[[]access.Due](h)(h.Due(ctx, "act", h.now, 0)); len(due) != 0 {
		t.Errorf("due while whoever took it is at it: %+v", due)
	}
	due := value[[]access.Due](h)(h.Due(ctx, "act", p.Next, 0))
	if len(due) != 1 || due[0] != (access.Due{At: p.Next, Kind: "press", ID: "pr_1", Connector: "c1", Urgency: 1}) {
		t.Errorf("due %+v", due)
	}
	got := value[access.Press](h)(h.Press(ctx, "pr_1"))
	want := p
	want.Rev = 1
	if !samePress(got, want) {
		t.Errorf("%+v, not %+v", got, want)
	}
	got.Tries, got.Next, got.Words = 1, h.now.Add(time.Minute), "" // words are written once
	h.must(h.SavePress(ctx, got))
	h.refused(h.SavePress(ctx, got), fault.Conflict) // read before the last
	got = value[access.Press](h)(h.Press(ctx, "pr_1"))
	if got.Words != "not today" || got.Tries != 1 {
		t.Errorf("%+v", got)
	}
	got.Served = h.now
	h.must(h.SavePress(ctx, got))
	if due := value[[]access.Due](h)(h.Due(ctx, "act", h.now.Add(time.Hour), 0)); len(due) != 0 {
		t.Errorf("served and due: %+v", due)
	}
	if got = value[access.Press](h)(h.Press(ctx, "pr_1")); got.Words != "" {
		t.Errorf("the words stay: %+v", got)
	}
	_, err := h.Text(ctx, "press/pr_1")
	h.refused(err, fault.NotFound)
	if n, err := h.ForgetTexts(ctx, "U1", audit.Event{At: h.now, Aggregate: "person/U1", Action: "person.forgotten"}); n != 0 || err != nil {
		t.Errorf("%d texts of whose words have gone, %v", n, err)
	}
	h.now = h.now.Add(47 * time.Hour)
	h.refused(h.SavePress(ctx, aPress(h)), fault.Conflict)
	h.now = h.now.Add(2 * time.Hour)
	_, err = h.Press(ctx, "pr_1")
	h.refused(err, fault.NotFound)
}

// A delivery is known until it could not be played again.
func TestDeliveries(t *testing.T) {
	h := newHouse(t)
	until := h.now.Add(15 * time.Minute)
	h.must(h.SaveDelivery(ctx, "abc", until))
	h.must(h.SaveDelivery(ctx, "abd", until))
	h.now = h.now.Add(14 * time.Minute)
	h.refused(h.SaveDelivery(ctx, "abc", until), fault.Conflict)
	h.now = h.now.Add(2 * time.Minute)
	h.must(h.SaveDelivery(ctx, "abc", h.now.Add(time.Minute)))
}

// Whoever is forgotten is forgotten in what still waits, and it can be served.
func TestWordsOfAPressAreForgotten(t *testing.T) {
	h := newHouse(t)
	h.must(h.SavePress(ctx, aPress(h)))
	if n, err := h.ForgetTexts(ctx, "U1", audit.Event{At: h.now, Aggregate: "person/U1", Action: "person.forgotten"}); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	p := value[access.Press](h)(h.Press(ctx, "pr_1"))
	if p.Words != "" {
		t.Errorf("%+v", p)
	}
	p.Served = h.now
	h.must(h.SavePress(ctx, p))
}

func samePress(a, b access.Press) bool {
	for _, p := range []*access.Press{&a, &b} {
		p.Until, p.Start, p.Taken, p.Next = p.Until.UTC(), p.Start.UTC(), p.Taken.UTC(), p.Next.UTC()
	}
	same := len(a.Resources) == len(b.Resources) && a.Resources[0] == b.Resources[0]
	a.Resources, b.Resources = nil, nil
	return same && a.ID == b.ID && a.Act == b.Act && a.Account == b.Account && a.Target == b.Target && a.Words == b.Words && a.Subject == b.Subject &&
		a.Until.Equal(b.Until) && a.Start.Equal(b.Start) && a.Length == b.Length && a.Emergency == b.Emergency && a.Profile == b.Profile &&
		a.Taken.Equal(b.Taken) && a.Next.Equal(b.Next) && a.Rev == b.Rev && a.Connector == b.Connector
}
