package store_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// TestDrafts: each save of a policy that waits is told, in its own commit; where it
// waits for a time it is due then, and decided no more.
func TestDrafts(t *testing.T) {
	h := newHouse(t)
	d := access.Draft{ID: "df_1", By: "u1", State: access.DraftWaits, At: h.now, Ripe: h.now.Add(time.Hour)}
	h.refused(second(h.SaveDraft(ctx, d, nil)), fault.Internal) // silently
	d = value[access.Draft](h)(h.SaveDraft(ctx, d, nil, h.event("policy", "policy.proposed")))
	h.same("told", h.due("tell"), "[draft df_1  0s]")
	h.same("due", h.due("act"), "[draft df_1  1h0m0s]")
	old := d
	d.State = access.DraftRefused
	value[access.Draft](h)(h.SaveDraft(ctx, d, nil, h.event("policy", "policy.refused")))
	h.same("told", h.due("tell"), "[draft df_1  0s draft df_1  0s]")
	h.same("due", h.due("act"), "[]")
	h.refused(second(h.SaveDraft(ctx, old, nil, h.event("policy", "policy.refused"))), fault.Conflict)
	h.same("told", len(h.due("tell")), 2)
}
