package bench

import (
	"bytes"
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/housetest"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/store"
)

// packageMemory is what making the evidence of 200,000 lines takes at most, MiB of the
// process, in a quarter of what function review has.
const packageMemory = 256.0

// packaged ends a review and makes its evidence as function review does: into rows of
// the table, which are then given in parts.
func packaged(ctx context.Context, t *testing.T, h *flow.House, mem *store.Store, root access.Actor, id string) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.EndCampaign(ctx, root, id, review.SkipOpen)
	ok(err)
	for c := (review.Campaign{}); c.Settled.IsZero(); {
		_, err := h.Review(ctx)
		ok(err)
		c, err = mem.Campaign(ctx, id)
		ok(err)
	}
	h.Secrets, h.Heads, h.Seals, h.EvidenceAtOnce = housetest.NewSecrets(), &housetest.Heads{}, true, flow.EvidenceAtOnce
	for n := 1; n > 0; {
		n, err = h.Seal(ctx)
		ok(err)
	}
	_, err = h.AskEvidence(ctx, root, id)
	ok(err)
	runtime.GC()
	most, stop := heapPeak()
	began := time.Now()
	m := flow.Making{}
	for range 20 {
		_, err = h.Review(ctx)
		ok(err)
		if m, err = h.AskEvidence(ctx, root, id); m.Ready || err != nil {
			break
		}
	}
	ok(err)
	stop()
	if !m.Ready {
		t.Fatalf("the package is not there: %s", m.Says)
	}
	told("evidence of 200,000 lines, made into rows", time.Since(began).Seconds(), "s")
	told("the same: size", float64(m.Size)/(1<<20), "MiB")
	atMost(t, "the same: memory", *most/(1<<20), packageMemory, "MiB")
	var whole bytes.Buffer
	began = time.Now()
	for n, sum := 0, ""; n < m.Parts; n++ {
		p, err := h.ReadEvidencePart(ctx, root, id, n, sum)
		ok(err)
		sum = p.SHA256
		whole.Write(p.Bytes)
	}
	told("the same: a part of 4 MiB given", time.Since(began).Seconds()*1000/float64(m.Parts), "ms")
	text, err := h.AuditKey(ctx, root)
	ok(err)
	key, err := evidence.ParseKey(text)
	ok(err)
	v, err := evidence.Verify(bytes.NewReader(whole.Bytes()), int64(whole.Len()), key)
	if err != nil || !v.Whole() || v.Lines != reviewGroups*reviewMembers {
		t.Errorf("%+v, %v", v, err)
	}
}
