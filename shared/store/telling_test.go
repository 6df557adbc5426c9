package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// A finding and the row that has people told of it come together; two at once are
// both there.
func TestNewsIsDue(t *testing.T) {
	h := newHouse(t)
	for range 2 {
		h.must(h.SaveNews(ctx, "resource", "c1/S1", "c1", h.event("resource/c1/S1", "finding.came-back")))
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if err := h.SaveNews(ctx, "resource", "c1/S2", "c1", audit.Event{Aggregate: "resource/c1/S2", Action: "finding.came-back"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	due := value[[]access.Due](h)(h.Due(ctx, "tell", time.Now().Add(1000*24*time.Hour), 0))
	rows := map[string]int{}
	for _, d := range due {
		if d.Kind != "resource" || d.Connector != "c1" || d.Seq == 0 {
			t.Errorf("%+v", d)
		}
		rows[d.ID]++
	}
	for _, id := range []string{"c1/S1", "c1/S2"} {
		if events := value[[]audit.Event](h)(h.EventsOf(ctx, "resource/"+id)); len(events) != 2 || rows[id] != 2 {
			t.Errorf("%s: %d events, %d rows", id, len(events), rows[id])
		}
	}
	told := value[access.Telling](h)(h.SaveTelling(ctx, access.Telling{Kind: "resource", ID: "c1/S1", Connector: "c1"}, nil, due[:1]))
	if left := value[[]access.Due](h)(h.Due(ctx, "tell", time.Now().Add(1000*24*time.Hour), 0)); len(left) != len(due)-1 || told.Rev != 1 {
		t.Errorf("after one was served: %d rows, %+v", len(left), told)
	}
}

// That somebody was told, and the event that proves it, are there together or not
// at all.
func TestTellingIsProven(t *testing.T) {
	h := newHouse(t)
	told := access.Telling{Kind: "reviewer", ID: "uc_1/U1", Connector: "c1"}
	m := access.Message{What: access.TellReview, To: "U1", Connector: "c1", Channel: "D1", TS: "1.0"}
	event := h.event("review/uc_1/U1", "review.told")
	saved := value[access.Telling](h)(h.SaveTelling(ctx, told, []access.Message{m}, nil, event))
	if _, err := h.SaveTelling(ctx, told, []access.Message{m}, nil, event); !fault.Is(err, fault.Conflict) {
		t.Errorf("told by two at once: %v", err)
	}
	m.Rev, m.Digest = 1, "another"
	value[access.Telling](h)(h.SaveTelling(ctx, saved, []access.Message{m}, nil))
	if events := value[[]audit.Event](h)(h.EventsOf(ctx, "review/uc_1/U1")); len(events) != 1 || events[0].Action != "review.told" {
		t.Errorf("%d events: %+v", len(events), events)
	}
}
