package flow_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// export writes a campaign's package by a house.
func (c *company) export(h *flow.House, campaign string) ([]byte, ed25519.PublicKey) {
	c.t.Helper()
	e, err := h.ReadEvidence(c.ctx, c.root, campaign)
	c.ok(err)
	var out bytes.Buffer
	_, err = e.WriteTo(&out)
	c.ok(err)
	key, err := h.AuditKey(c.ctx, c.root)
	c.ok(err)
	pinned, err := evidence.ParseKey(key)
	c.ok(err)
	return out.Bytes(), pinned
}

// verifies holds a package against the house's key.
func (c *company) verifies(raw []byte, key ed25519.PublicKey) evidence.Verdict {
	c.t.Helper()
	v, err := evidence.Verify(bytes.NewReader(raw), int64(len(raw)), key)
	c.ok(err)
	if !v.Whole() {
		c.t.Fatalf("the package does not verify:\n%s", strings.Join(v.Broken, "\n"))
	}
	return v
}

// evidences counts the events that vouch for packages.
func (c *company) evidences(campaign string) int {
	c.t.Helper()
	all, err := c.store.EventsOf(c.ctx, evidence.Aggregate(campaign))
	c.ok(err)
	n := 0
	for _, e := range all {
		if e.Action == evidence.Action {
			n++
		}
	}
	return n
}

// reviewed is a campaign of two levels in which everything happens: certified by both
// levels, denied and removed, done by hand, gone, skipped.
func reviewed(t *testing.T) (*company, review.Campaign, func()) {
	return reviewedIn(newStoryCompany(t))
}

func reviewedIn(c *company) (*company, review.Campaign, func()) {
	c.auto(c.ada, c.shift, 6*time.Hour)
	c.on(2 * time.Minute)
	c.sync()
	s := c.spec()
	s.Scope.Kinds = nil
	s.Levels = append(s.Levels, review.Level{By: review.ByNamed, Accounts: []string{c.bob}})
	d := c.campaign(s)
	v := c.list(c.lin, d.ID)
	var workspace, rest []string
	for _, l := range v.Lines.Items {
		switch {
		case l.Resource == c.conn.Workspaces[0]:
			workspace = append(workspace, l.ID)
		case l.Resource != c.shift:
			rest = append(rest, l.ID)
		}
	}
	sam := review.LineID(c.shift, "member", c.sam)
	c.notes(c.lin, v, review.Deny, sam)
	if len(workspace) > 0 {
		c.notes(c.lin, v, review.Deny, workspace[0])
	}
	if len(rest) > 0 {
		c.notes(c.lin, v, review.Certify, rest...)
	}
	_, err := c.house.SubmitReviews(c.ctx, c.actor(c.lin), d.ID, v.List.ID)
	c.ok(err)
	return c, d, func() {
		c.sweep(10 * time.Minute)
		_, err = c.house.EndCampaign(c.ctx, c.root, d.ID, "")
		c.ok(err)
		c.reviews()
		c.sweep(10 * time.Minute)
		c.reviews()
	}
}

// TestEvidence: the package of a review that runs says how things stand, that of a
// settled one is the same bytes by whichever house, and both verify away from it.
func TestEvidence(t *testing.T) {
	c, d, finish := reviewed(t)
	early, key := c.export(c.house, d.ID)
	v := c.verifies(early, key)
	if v.Settled || !v.Pinned || v.Lines == 0 || v.Decisions == 0 || v.Events == 0 {
		t.Errorf("%+v", v)
	}
	again, _ := c.export(c.house, d.ID)
	if !bytes.Equal(early, again) || c.evidences(d.ID) != 1 {
		t.Errorf("exported again it is another package, and %d events vouch", c.evidences(d.ID))
	}
	finish()
	late, _ := c.export(c.house, d.ID)
	if v := c.verifies(late, key); v.State != "completed" || v.Lines == 0 {
		t.Errorf("%+v", v)
	}
	c.sweep(time.Hour)
	other, _ := c.export(c.open(), d.ID)
	if !bytes.Equal(late, other) || c.evidences(d.ID) != 2 {
		t.Errorf("another house gives another package, and %d events vouch", c.evidences(d.ID))
	}
	c.verifies(early, key) // what was given away stays true
	whole, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if !whole.Whole() {
		t.Errorf("audit: %q", whole.Broken)
	}
}

// TestEvidenceOfSomebodyForgotten: names and comments go, and what is left verifies.
func TestEvidenceOfSomebodyForgotten(t *testing.T) {
	c, d, finish := reviewed(t)
	finish()
	before, key := c.export(c.house, d.ID)
	_, err := c.house.Forget(c.ctx, c.root, c.conn.ID, c.sam)
	c.ok(err)
	_, err = c.house.Forget(c.ctx, c.root, c.conn.ID, c.lin)
	c.ok(err)
	after, _ := c.export(c.house, d.ID)
	c.verifies(before, key)
	c.verifies(after, key)
	x, y := unzip(t, before), unzip(t, after)
	if bytes.Equal(before, after) || !strings.Contains(x["decisions.csv"], "as agreed") || !strings.Contains(y["decisions.csv"], "(erased)") {
		t.Error("nothing says that the comments of somebody who was forgotten were erased")
	}
	for file, text := range y {
		for _, word := range []string{"as agreed", ",sam,", `"sam"`, ">sam<", ",lin,", `"lin"`, ">lin<"} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s of somebody who was forgotten", file, word)
			}
		}
	}
	if !strings.Contains(x["lines.csv"], ",sam,") || !strings.Contains(x["review.html"], ">sam<") || !strings.Contains(x["lines.jsonl"], `"lin"`) {
		t.Error("the names were never there")
	}
}

// TestWhoReadsEvidence: auditors alone, and nothing of a review that was not started.
func TestWhoReadsEvidence(t *testing.T) {
	c := newStoryCompany(t)
	d, err := c.house.DraftCampaign(c.ctx, c.root, c.spec())
	c.ok(err)
	if _, err := c.house.ReadEvidence(c.ctx, c.root, d.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("a draft: %v", err)
	}
	d = c.campaign(c.spec())
	if _, err := c.house.ReadEvidence(c.ctx, c.actor(c.lin), d.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a reviewer: %v", err)
	}
	if _, err := c.house.ReadEvidence(c.ctx, c.actor(c.kit), d.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else: %v", err)
	}
	h := c.open()
	h.Seals = false
	if _, err := h.ReadEvidence(c.ctx, c.root, d.ID); !fault.Is(err, fault.Wait) {
		t.Errorf("a house that may not seal: %v", err)
	}
	c.sweep(time.Minute)
	if _, err := h.ReadEvidence(c.ctx, c.root, d.ID); !fault.Is(err, fault.Wait) {
		t.Errorf("the package's own event is not sealed: %v", err)
	}
	c.sweep(time.Minute)
	if _, err := h.ReadEvidence(c.ctx, c.root, d.ID); err != nil {
		t.Errorf("after the sweep: %v", err)
	}
}

// lying is a table in which a removed line was made a certified one.
type lying struct{ flow.Memory }

func (m lying) LinesAfter(ctx context.Context, campaign, assignment, after string, f func(review.Line) error) error {
	return m.Memory.LinesAfter(ctx, campaign, assignment, after, func(l review.Line) error {
		if l.State == review.LineRemoved {
			l.State, l.Decided = review.LineCertified, slices.Clone(l.Decided)
			l.Decided[0].Verdict = review.Certify
		}
		return f(l)
	})
}

// TestEvidenceFindsWhatTheTableSays: a table that was changed behind the audit's back
// exports what contradicts it, however the house signs it.
func TestEvidenceFindsWhatTheTableSays(t *testing.T) {
	c, d, finish := reviewed(t)
	finish()
	h := c.open()
	h.Memory = lying{h.Memory}
	raw, key := c.export(h, d.ID)
	got, err := evidence.Verify(bytes.NewReader(raw), int64(len(raw)), key)
	c.ok(err)
	if text := strings.Join(got.Broken, "\n"); !strings.Contains(text, "is not what was submitted") || !strings.Contains(text, "is certified, and the audit says removed") {
		t.Errorf("%q", got.Broken)
	}
}
