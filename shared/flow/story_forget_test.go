package flow_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// naming lists the rows of the whole table in which a word stands.
func (w *world) naming(word string) []string {
	w.t.Helper()
	var out []string
	re := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(word) + `\b`)
	for _, row := range w.rows() {
		if re.MatchString(row.Part) || re.MatchString(row.Sort) || re.Match(row.Body) {
			out = append(out, row.Part+" "+row.Sort)
		}
	}
	return out
}

// TestForgottenInReviews: no row of the table has the name of somebody who was
// forgotten, neither of reviews that are over nor of those that run; nothing else of
// them changes, and their evidence verifies.
func TestForgottenInReviews(t *testing.T) {
	for name, on := range engines {
		t.Run(name, func(t *testing.T) { forgottenInReviews(t, on) })
	}
}

func forgottenInReviews(t *testing.T, on engine) {
	c, old, finish := reviewedIn(newStoryCompanyOn(t, slacktest.Options{Seed: 1}, on))
	finish()
	running := c.campaign(c.spec())
	draft, err := c.house.DraftCampaign(c.ctx, c.root, c.spec())
	c.ok(err)
	taken := c.taken(c.bounded(), old.ID) // a package that is kept names them, too
	_, key := c.export(c.house, old.ID)
	inReviews := 0
	for _, row := range c.naming("sam") {
		if strings.HasPrefix(row, "lines#") || strings.HasPrefix(row, "snapshot#") {
			inReviews++
		}
	}
	if inReviews < 8 {
		t.Fatalf("only %d rows of reviews name sam", inReviews)
	}
	_, err = c.house.Forget(c.ctx, c.root, c.conn.ID, c.sam)
	c.ok(err)
	before, _ := c.export(c.house, old.ID)
	c.clock.move(2 * time.Minute)
	c.reviews()
	if left := c.naming("sam"); len(left) > 0 {
		t.Errorf("sam was forgotten and stands in\n%s", strings.Join(left, "\n"))
	}
	after, _ := c.export(c.house, old.ID)
	if !bytes.Equal(before, after) || bytes.Equal(taken, after) {
		t.Error("erasing the name from the rows changed the evidence, which had none")
	}
	for _, raw := range [][]byte{taken, after} {
		c.verifies(raw, key)
	}
	if _, err := c.house.StageCampaign(c.ctx, c.root, draft.ID); err != nil {
		t.Error(err)
	}
	c.reviews()
	v := c.list(c.lin, running.ID)
	c.notes(c.lin, v, review.Deny, review.LineID(c.oncall, "member", c.sam))
	_, err = c.house.SubmitReviews(c.ctx, c.actor(c.lin), running.ID, v.List.ID)
	c.ok(err)
	c.sweep(10 * time.Minute)
	c.reviews()
	if left := c.naming("sam"); len(left) > 0 {
		t.Errorf("staged and decided after it, sam stands in\n%s", strings.Join(left, "\n"))
	}
	found, err := c.house.ReadReview(c.ctx, c.actor(c.lin), running.ID, v.List.ID, flow.LineFilter{Search: "sam"}, flow.Slice{Limit: 10})
	if err != nil || found.Found != 0 {
		t.Errorf("the name finds %d lines, %v", found.Found, err)
	}
	events, err := c.store.EventsOf(c.ctx, "person/"+c.sam)
	c.ok(err)
	if last := events[len(events)-1]; last.Action != "person.names-erased" || last.Actor != c.root.User.ID || last.Data["rows"] == "" {
		t.Errorf("%+v", last)
	}
	whole, err := c.house.Verify(c.ctx, c.root)
	c.ok(err)
	if !whole.Whole() {
		t.Errorf("audit: %q", whole.Broken)
	}
}

// TestForgottenWhileStaged: of a snapshot that is being taken lines come of pages with
// the name; they are waited for. Others are not held up by it for ever.
func TestForgottenWhileStaged(t *testing.T) {
	for name, on := range engines {
		t.Run(name, func(t *testing.T) { forgottenWhileStaged(t, on) })
	}
}

func forgottenWhileStaged(t *testing.T, on engine) {
	c := newStoryCompanyOn(t, slacktest.Options{Seed: 1}, on)
	d, err := c.house.DraftCampaign(c.ctx, c.root, c.spec())
	c.ok(err)
	d, err = c.house.StageCampaign(c.ctx, c.root, d.ID)
	c.ok(err)
	p := review.Page{Campaign: d.ID}
	p.Facts = []review.Fact{{
		ID: review.LineID(c.oncall, "member", c.sam), Connector: c.conn.ID, Resource: c.oncall, Slug: "member", Account: c.sam, AccountName: "sam",
		Assigned: review.Assigned{Source: review.ByNamed, Accounts: []string{c.lin}},
	}}
	p.Next = review.Cursor{Kind: 9}
	p.Last = true
	c.ok(c.store.SavePage(c.ctx, p)) // by who died before its lines
	_, err = c.house.Forget(c.ctx, c.root, c.conn.ID, c.sam)
	c.ok(err)
	c.clock.move(2 * time.Minute)
	c.reviews()
	c.clock.move(2 * time.Minute)
	c.reviews()
	if d, err = c.store.Campaign(c.ctx, d.ID); err != nil || d.State != review.Staged || d.Snapshot.Lines != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	if left := c.naming("sam"); len(left) > 0 {
		t.Errorf("sam stands in\n%s", strings.Join(left, "\n"))
	}
}

// TestForgettingDies: whatever goes wrong with one of the calls of an erasure, the name
// is gone in the end.
func TestForgettingDies(t *testing.T) {
	run := func(at int, how mishap) []string {
		c := newStoryCompany(t)
		d := c.campaign(c.spec())
		c.sweep(time.Minute)
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		c.person(func() error { _, err := c.house.Forget(c.ctx, c.root, c.conn.ID, c.sam); return err })
		for range 3 {
			c.clock.move(2 * time.Minute)
			_ = c.survive(func() error { _, err := c.house.Review(c.ctx); return err })
		}
		c.fate.watching = false
		c.clock.move(5 * time.Minute)
		c.reviews()
		if left := c.naming("sam"); len(left) > 0 {
			t.Errorf("%s at call %d: sam stands in\n%s", how.name, at, strings.Join(left, "\n"))
		}
		if e, err := c.store.Erasure(c.ctx, c.conn.ID, c.sam); err != nil || !e.Next.IsZero() || e.Behind != d.ID {
			t.Errorf("%s at call %d: %+v, %v", how.name, at, e, err)
		}
		return c.fate.calls
	}
	calls := run(-1, mishap{})
	if len(calls) < 30 {
		t.Fatalf("only %d calls: %v", len(calls), calls)
	}
	for i, call := range calls {
		for _, how := range sampled(i, call) {
			run(i, how)
		}
	}
}

// TestForgottenWhilePacked: a package that was begun with the name is given to nobody.
func TestForgottenWhilePacked(t *testing.T) {
	c, d, _ := reviewed(t)
	c.sweep(time.Minute)
	h := c.bounded()
	_, _ = h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, "")
	slow := c.bounded()
	slow.Memory = meanwhile{slow.Memory, func() {
		_, err := c.house.Forget(c.ctx, c.root, c.conn.ID, c.sam)
		c.ok(err)
		c.clock.move(time.Minute + time.Second)
		_, err = h.Review(c.ctx)
		c.ok(err)
	}}
	_, err := slow.Review(c.ctx)
	c.ok(err)
	if p, err := c.store.Packing(c.ctx, d.ID); err != nil || p.Made.ID != "" || p.Ready.ID != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := h.ReadEvidencePart(c.ctx, c.root, d.ID, 0, ""); !fault.Is(err, fault.Wait) {
		t.Errorf("%v", err)
	}
	text := unzip(t, c.taken(h, d.ID))
	for file, body := range text {
		if strings.Contains(body, `"sam"`) || strings.Contains(body, ",sam,") {
			t.Errorf("%s names sam", file)
		}
	}
	if !strings.Contains(text["lines.csv"], c.sam) {
		t.Error("sam's lines are not there")
	}
}
