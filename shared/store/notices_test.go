package store_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

func aNotice(h *house) connector.Notice {
	return connector.Notice{ID: "Ev1", Kind: connector.UserChanged, Team: "T1", Account: "U1", Connector: "c1", Taken: h.now, Next: h.now}
}

// A notice is taken once, is due until it was served, and is known for two days
// after that.
func TestNotices(t *testing.T) {
	h := newHouse(t)
	n := aNotice(h)
	h.must(h.SaveNotice(ctx, n))
	if h.table.rows != 2 {
		t.Errorf("%d rows: the notice and its due row go in one commit", h.table.rows)
	}
	h.refused(h.SaveNotice(ctx, n), fault.Conflict)
	due := value[[]access.Due](h)(h.Due(ctx, "hear", h.now, 0))
	if len(due) != 1 || due[0] != (access.Due{At: h.now, Kind: "notice", ID: "Ev1", Connector: "c1", Urgency: 2}) {
		t.Errorf("due %+v", due)
	}
	n = value[connector.Notice](h)(h.Notice(ctx, "Ev1"))
	if n.Rev != 1 || n.Account != "U1" || !n.Served.IsZero() {
		t.Errorf("%+v", n)
	}
	n.Tries, n.Next = 1, h.now.Add(time.Minute)
	h.must(h.SaveNotice(ctx, n))
	h.refused(h.SaveNotice(ctx, n), fault.Conflict) // read before the last
	if due = value[[]access.Due](h)(h.Due(ctx, "hear", h.now, 0)); len(due) != 0 {
		t.Errorf("due %+v", due)
	}
	h.now = h.now.Add(30 * 24 * time.Hour)
	n = value[connector.Notice](h)(h.Notice(ctx, "Ev1")) // not served, so not forgotten
	n.Served = h.now
	h.must(h.SaveNotice(ctx, n))
	if due = value[[]access.Due](h)(h.Due(ctx, "hear", h.now.Add(time.Hour), 0)); len(due) != 0 {
		t.Errorf("served and due: %+v", due)
	}
	again := aNotice(h)
	h.now = h.now.Add(47 * time.Hour)
	h.refused(h.SaveNotice(ctx, again), fault.Conflict)
	h.now = h.now.Add(2 * time.Hour)
	_, err := h.Notice(ctx, "Ev1")
	h.refused(err, fault.NotFound)
}

// What may end somebody's access goes with the ends.
func TestUrgentNotices(t *testing.T) {
	h := newHouse(t)
	n := aNotice(h)
	n.Gone = true
	h.must(h.SaveNotice(ctx, n))
	if due := value[[]access.Due](h)(h.Due(ctx, "hear", h.now, 0)); len(due) != 1 || due[0].Urgency != 0 {
		t.Errorf("due %+v", due)
	}
}

// What was meant and told goes with its step, under the lock, and is forgotten
// after an hour; what is to be done again stays until it is, with an event.
func TestMending(t *testing.T) {
	h := newHouse(t)
	l := h.lock("a")
	m := access.Meant{Owner: "a", Date: 7, In: []string{"U1"}, SentAt: h.now}
	told := access.Told{Notice: "Ev1", Before: 6, Date: 7, Removed: []string{"U2"}, At: h.now}
	mend := access.Mend{Account: "U2", Back: true, After: 7, Since: h.now}
	h.refused(h.Record(ctx, l, access.Step{Mend: []access.Mend{mend}}), fault.Internal) // silently
	e := h.event("resource/c1/S1", "finding.edit-overwritten")
	h.must(h.Record(ctx, l, access.Step{Meant: &m, Told: &told, Mend: []access.Mend{mend}, Wake: h.now}, e))
	st := value[access.Standing](h)(h.Standing(ctx, "c1", "S1"))
	if len(st.Meant) != 1 || len(st.Told) != 1 || len(st.Mends) != 1 || st.Mends[0].Rev != 1 || st.Meant[0].Date != 7 {
		t.Fatalf("%+v", st)
	}
	stale := l
	l = h.lock("a")
	h.refused(h.Record(ctx, stale, access.Step{Mended: st.Mends}, e), fault.Conflict)
	h.now = h.now.Add(access.RememberedFor)
	st = value[access.Standing](h)(h.Standing(ctx, "c1", "S1"))
	if len(st.Meant)+len(st.Told) > 0 || len(st.Mends) != 1 {
		t.Errorf("an hour later: %+v", st)
	}
	h.refused(h.Record(ctx, l, access.Step{Mended: st.Mends}), fault.Internal)
	h.must(h.Record(ctx, l, access.Step{Mended: st.Mends}, e))
	if st = value[access.Standing](h)(h.Standing(ctx, "c1", "S1")); len(st.Mends) > 0 {
		t.Errorf("%+v", st.Mends)
	}
}
