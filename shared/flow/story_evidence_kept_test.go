package flow_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// bounded is a house whose answers are: of every review with a line the package is
// made by Review. It seals nothing, as on AWS, where the sweep does.
func (c *company) bounded() *flow.House {
	h := c.open()
	h.Seals, h.EvidenceAtOnce = false, 1
	return h
}

// taken asks as the command does, in parts, while the house goes on.
func (c *company) taken(h *flow.House, campaign string) []byte {
	c.t.Helper()
	var out []byte
	sum := ""
	for n, of, asked := 0, 1, 0; n < of; asked++ {
		p, err := h.ReadEvidencePart(c.ctx, c.root, campaign, n, sum)
		if fault.Is(err, fault.Wait) && asked < 40 {
			if text := fault.TextOf(err); !strings.Contains(text, "package") || !strings.Contains(text, "ask again") || fault.UntilOf(err).IsZero() {
				c.t.Errorf("who waits hears %q", text)
			}
			c.clock.move(30 * time.Second)
			_ = c.survive(func() error { _, err := h.Review(c.ctx); return err })
			if _, err := c.house.Seal(c.ctx); err != nil {
				c.t.Fatal(err)
			}
			continue
		}
		c.ok(err)
		of, sum, out, n = p.Of, p.SHA256, append(out, p.Bytes...), n+1
	}
	if got := sha256.Sum256(out); hex.EncodeToString(got[:]) != sum {
		c.t.Fatalf("%d bytes have another sum than they were given", len(out))
	}
	return out
}

// TestLargeEvidence: what is too large to be made at once is made once, is the same
// bytes, and is given to others without being made again, until the review changes.
func TestLargeEvidence(t *testing.T) {
	c, d, finish := reviewed(t)
	h := c.bounded()
	if _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, ""); !fault.Is(err, fault.Wait) {
		t.Fatalf("not made yet: %v", err)
	}
	early := c.taken(h, d.ID)
	want, key := c.export(c.house, d.ID)
	if !bytes.Equal(early, want) || c.evidences(d.ID) != 1 {
		t.Errorf("%d bytes, at once %d; %d events vouch", len(early), len(want), c.evidences(d.ID))
	}
	c.verifies(early, key)

	p, err := c.store.Packing(c.ctx, d.ID)
	c.ok(err)
	if again := c.taken(c.bounded(), d.ID); !bytes.Equal(again, early) {
		t.Error("another house gives another package")
	}
	if q, err := c.store.Packing(c.ctx, d.ID); err != nil || q.Ready.ID != p.Ready.ID {
		t.Errorf("it was made again: %+v, %v", q, err)
	}

	finish()
	_, err = c.house.Seal(c.ctx)
	c.ok(err)
	if _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, ""); !fault.Is(err, fault.Wait) {
		t.Errorf("the review changed, and the first part is %v", err)
	}
	if x, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, p.Ready.SHA256); err != nil || x.SHA256 != p.Ready.SHA256 {
		t.Errorf("who has begun cannot go on: %v", err)
	}
	late := c.taken(h, d.ID)
	if want, _ := c.export(c.house, d.ID); !bytes.Equal(late, want) || bytes.Equal(late, early) {
		t.Error("the package is not that of the review as it is now")
	}
	if v := c.verifies(late, key); v.State != "completed" {
		t.Errorf("%+v", v)
	}
	if _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, p.Ready.SHA256); !fault.Is(err, fault.Conflict) {
		t.Errorf("a part of the old package: %v", err)
	}
	if _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 7, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a part that is not there: %v", err)
	}

	c.clock.move(25 * time.Hour)
	if _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, ""); !fault.Is(err, fault.Wait) {
		t.Errorf("a day later: %v", err)
	}
	if again := c.taken(h, d.ID); !bytes.Equal(again, late) {
		t.Error("made again after a day it is another package")
	}
}

// TestWhoTakesLargeEvidence: each part asks anew who may, and asking begins nothing
// for those who may not.
func TestWhoTakesLargeEvidence(t *testing.T) {
	c, d, _ := reviewed(t)
	h := c.bounded()
	for _, a := range []struct {
		who  string
		kind fault.Kind
	}{{c.lin, fault.Forbidden}, {c.kit, fault.NotFound}} {
		if _, err := h.ReadEvidencePart(c.ctx, c.actor(a.who), d.ID, 0, ""); !fault.Is(err, a.kind) {
			t.Errorf("%s: %v", a.who, err)
		}
		if _, err := h.AskEvidence(c.ctx, c.actor(a.who), d.ID); !fault.Is(err, a.kind) {
			t.Errorf("%s asks: %v", a.who, err)
		}
	}
	if p, err := c.store.Packing(c.ctx, d.ID); err != nil || p.Rev != 0 {
		t.Errorf("something was begun: %+v, %v", p, err)
	}
	c.taken(h, d.ID)
	m, err := h.AskEvidence(c.ctx, c.root, d.ID)
	if err != nil || !m.Ready || m.Parts != 1 || m.Size == 0 {
		t.Errorf("%+v, %v", m, err)
	}
	p, err := c.store.Packing(c.ctx, d.ID)
	c.ok(err)
	if _, err := h.ReadEvidencePart(c.ctx, c.actor(c.lin), d.ID, 0, p.Ready.SHA256); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a part for who lost the duty: %v", err)
	}
	if m, err := c.house.AskEvidence(c.ctx, c.root, d.ID); err != nil || !m.AtOnce {
		t.Errorf("where answers are not bounded: %+v, %v", m, err)
	}
}

// TestLargeEvidenceDies: whatever goes wrong with one of the calls that make a
// package, of the table, the heads or the keys, it comes, whole, and the same.
func TestLargeEvidenceDies(t *testing.T) {
	run := func(at int, how mishap) []string {
		c := newStoryCompany(t)
		d := c.campaign(c.spec())
		c.sweep(time.Minute)
		h := c.bounded()
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		for range 3 {
			_ = c.survive(func() error { _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, ""); return err })
			_ = c.survive(func() error { _, err := h.Review(c.ctx); return err })
			c.clock.move(3 * time.Minute)
			c.fate.watching = false
			_, err := c.house.Seal(c.ctx)
			c.ok(err)
			c.fate.watching = true
		}
		c.fate.watching = false
		got := c.taken(c.bounded(), d.ID)
		if want, key := c.export(c.house, d.ID); !bytes.Equal(got, want) {
			t.Errorf("%s at call %d: another package", how.name, at)
		} else {
			c.verifies(got, key)
		}
		if p, err := c.store.Packing(c.ctx, d.ID); err != nil || !p.Next.IsZero() || p.Made.ID != "" {
			t.Errorf("%s at call %d: %+v, %v", how.name, at, p, err)
		}
		if n := c.evidences(d.ID); n != 1 {
			t.Errorf("%s at call %d: %d events vouch", how.name, at, n)
		}
		return c.fate.calls
	}
	calls := run(-1, mishap{})
	if len(calls) < 30 {
		t.Fatalf("only %d calls: %v", len(calls), calls)
	}
	kinds := map[string]bool{}
	for i, call := range calls {
		kinds[call] = true
		for _, how := range sampled(i, call) {
			run(i, how)
		}
	}
	for _, kind := range []string{"table batch", "table commit", "secret get"} {
		if !kinds[kind] {
			t.Errorf("no %s is among %v", kind, kinds)
		}
	}
}

// TestLargeEvidenceByTwo: who slept while somebody else began anew is refused, and
// takes away what it wrote.
func TestLargeEvidenceByTwo(t *testing.T) {
	c, d, _ := reviewed(t)
	c.sweep(time.Minute)
	h := c.bounded()
	_, _ = h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, "")
	slow := c.bounded()
	slow.Memory = meanwhile{slow.Memory, func() {
		c.clock.move(3 * time.Minute)
		_, err := h.Review(c.ctx)
		c.ok(err)
	}}
	_, err := slow.Review(c.ctx)
	c.ok(err)
	p, err := c.store.Packing(c.ctx, d.ID)
	c.ok(err)
	if p.Made.ID == "" || p.Tries != 2 {
		t.Fatalf("%+v", p)
	}
	got := c.taken(h, d.ID)
	if want, _ := c.export(c.house, d.ID); !bytes.Equal(got, want) || c.evidences(d.ID) != 1 {
		t.Errorf("another package, and %d events vouch", c.evidences(d.ID))
	}
	for n := range c.n + 1 {
		id := fmt.Sprintf("ep_%06d", n)
		if _, err := c.store.Packed(c.ctx, id, 0, 1); id != p.Made.ID && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s was left behind", id)
		}
	}
}

// meanwhile lets others do something before a packing's first rows are written.
type meanwhile struct {
	flow.Memory
	do func()
}

func (m meanwhile) EachAssignment(ctx context.Context, campaign string, f func(review.Assignment) error) error {
	m.do()
	return m.Memory.EachAssignment(ctx, campaign, f)
}

// TestRestlessEvidence: a review that changes while it is read is read again later,
// less and less often, and who waits hears why and when.
func TestRestlessEvidence(t *testing.T) {
	c, d, _ := reviewed(t)
	h := c.bounded()
	c.clock.move(time.Minute) // nothing is sealed any more
	_, err := c.house.EndCampaign(c.ctx, c.root, d.ID, "")
	c.ok(err)
	for n := range 12 {
		_, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, "")
		if text := fault.TextOf(err); !fault.Is(err, fault.Wait) || n > 0 && (!strings.Contains(text, "could not be made yet: ") || !strings.Contains(text, " UTC on, ask again then")) {
			t.Fatalf("%d: %v", n, err)
		}
		_, err = h.Review(c.ctx)
		c.ok(err)
		c.clock.move(time.Minute)
	}
	p, err := c.store.Packing(c.ctx, d.ID)
	if err != nil || p.Tries < 3 || p.Tries > 5 {
		t.Errorf("begun %d times in twelve minutes, %v", p.Tries, err)
	}
	c.verifies(c.taken(h, d.ID), func() []byte { _, key := c.export(c.house, d.ID); return key }())
}

// TestWhatKeepsEvidenceWaiting: a line that changes while the package is read begins it
// anew, and who waits hears how many lines are to be decided, or to be settled. What
// only people were told, and a task that is reminded of, keeps nobody waiting.
func TestWhatKeepsEvidenceWaiting(t *testing.T) {
	c, d, finish := reviewed(t)
	made := func(meanwhileDo func()) string {
		t.Helper()
		h := c.bounded()
		_, _ = h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, "")
		h.Memory = meanwhile{h.Memory, meanwhileDo}
		_, err := h.Review(c.ctx)
		c.ok(err)
		h.Memory = c.house.Memory
		m, err := h.AskEvidence(c.ctx, c.root, d.ID)
		c.ok(err)
		return m.Says
	}
	sealed := func(e ...audit.Event) {
		c.ok(c.store.SaveEvents(c.ctx, e...))
		_, err := c.house.Seal(c.ctx)
		c.ok(err)
	}
	all, err := c.house.ReadManuals(c.ctx, c.root, true)
	c.ok(err)
	if len(all) == 0 {
		t.Fatal("nobody has to do anything by hand")
	}
	reminder, told := c.event("manual/"+all[0].ID), c.event("review/"+d.ID+"/"+c.lin)
	reminder.Action, told.Action = "manual.reminded", "review.told"
	before, err := c.store.EventsOf(c.ctx, reminder.Aggregate)
	c.ok(err)
	reminder.Data = before[0].Data
	told.Data = map[string]string{"campaign": d.ID, "account": c.lin, "what": "reminder", "n": "week-1"}
	list := c.event("review/" + d.ID + "/" + c.list(c.lin, d.ID).List.ID)

	if says := made(func() { sealed(list) }); !strings.Contains(says, "while it was read, with ") || !strings.Contains(says, " to be decided; it is begun anew from 0") {
		t.Errorf("while people decide: %q", says)
	}
	c.clock.move(5 * time.Minute)
	if says := made(func() { sealed(told, reminder); c.ok(c.store.SaveEvents(c.ctx, told)) }); !strings.Contains(says, "the package is made") {
		t.Errorf("while people are told: %q", says)
	}
	raw := c.taken(c.bounded(), d.ID)
	_, key := c.export(c.house, d.ID)
	c.verifies(raw, key)
	if n := strings.Count(unzip(t, raw)["events.jsonl"], "manual.reminded"); n != 1 {
		t.Errorf("%d reminders are in it", n)
	}
	finish()
	_, err = c.house.Seal(c.ctx)
	c.ok(err)
	c.clock.move(5 * time.Minute)
	if says := made(func() { sealed(list) }); !strings.Contains(says, "1 denied line still to be settled") {
		t.Errorf("while what was denied goes: %q", says)
	}
}
