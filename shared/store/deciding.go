package store

import (
	"context"
	"hash/fnv"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// SaveNotes saves drafts of decisions, their texts and the assignment's count of
// them, in one commit. It takes no event, and so refuses whatever is more than a
// draft.
func (s *Store) SaveNotes(ctx context.Context, a review.Assignment, ls []review.Line, texts []access.Text) error {
	const op = "store.SaveNotes"
	have, err := current[assignmentRecord](ctx, s, assignmentKey(a.Campaign, a.ID), a.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	rec := newAssignmentRecord(a)
	have.Noted = rec.Noted
	if a.Rev == 0 || !alike(have, rec) {
		return fault.New(op, fault.Internal, "a note was to change more of an assignment than its count")
	}
	var c change
	c.put(assignmentKey(a.Campaign, a.ID), a.Rev, rec)
	for _, l := range ls {
		was, err := current[lineRecord](ctx, s, lineOf(l), l.Rev)
		if err != nil {
			return fault.Wrap(op, err)
		}
		rec := newLineRecord(l)
		was.Draft = rec.Draft
		if l.Rev == 0 || l.Campaign != a.Campaign || l.Assignment != a.ID || l.State != review.LineOpen || !alike(was, rec) {
			return fault.New(op, fault.Internal, "a note was to change more of the line %s than its draft", l.ID)
		}
		c.put(lineOf(l), l.Rev, rec)
	}
	if err := s.addTexts(ctx, &c, texts); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.save(ctx, &c, nil))
}

// SaveReviewed saves what was decided and all that it made, with at least one
// event, in one commit. What leads new reviewers to their assignments is written
// before it, and is a hint.
func (s *Store) SaveReviewed(ctx context.Context, x review.Change, e ...audit.Event) error {
	const op = "store.SaveReviewed"
	var c change
	var found []review.Assignment
	steps := []func() error{
		func() error { return told("a review", e) },
		func() (err error) { found, err = s.addAssignments(ctx, &c, x.Assignments); return err },
		func() error { return s.addWhile(ctx, &c, x) },
		func() error { return s.addReviewed(ctx, &c, x) },
		func() error { return s.addGrants(ctx, &c, x.Grants, e) },
		func() error { return s.addManuals(ctx, &c, x.Manuals, e) },
		func() error { return s.addTexts(ctx, &c, x.Texts) },
		func() error { return s.addTold(&c, x) },
		func() error { return s.leadTo(ctx, found) },
		func() error { return s.save(ctx, &c, e) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// addWhile lets the change hold only as long as its campaign is as it has to be:
// what was on its way when a campaign ended is refused, and closing what is open
// meets nobody who opens more.
func (s *Store) addWhile(ctx context.Context, c *change, x review.Change) error {
	if x.While == "" || len(x.Assignments) == 0 {
		return nil
	}
	k := campaignKey(x.Assignments[0].Campaign)
	have, rev, err := load[campaignRecord](ctx, s, k)
	if err != nil {
		return err
	}
	if have.State != x.While {
		return fault.New("", fault.Conflict, "the review is %s, and was %s", have.State, x.While)
	}
	c.check(k, rev)
	return nil
}

func (s *Store) addManuals(ctx context.Context, c *change, ms []access.Manual, e []audit.Event) error {
	for _, m := range ms {
		if err := s.addManual(ctx, c, m, e); err != nil {
			return err
		}
	}
	return nil
}

// addAssignments adds the rows and gives those that have reviewers who are not led
// to them yet.
func (s *Store) addAssignments(ctx context.Context, c *change, as []review.Assignment) ([]review.Assignment, error) {
	var found []review.Assignment
	for _, a := range as {
		have, err := current[assignmentRecord](ctx, s, assignmentKey(a.Campaign, a.ID), a.Rev)
		if err != nil {
			return nil, err
		}
		rec := newAssignmentRecord(a)
		if a.Rev == 0 || !alike(have.Assigned, rec.Assigned) {
			found = append(found, a)
		}
		c.put(assignmentKey(a.Campaign, a.ID), a.Rev, rec)
	}
	return found, nil
}

// leadTo is lead for assignments of campaigns that are not at hand.
func (s *Store) leadTo(ctx context.Context, as []review.Assignment) error {
	created := map[string]stamp{}
	for _, a := range as {
		if _, known := created[a.Campaign]; !known {
			x, _, err := find[campaignRecord](ctx, s, campaignKey(a.Campaign), "review", a.Campaign)
			if err != nil {
				return err
			}
			created[a.Campaign] = x.Created
		}
		if err := s.lead(ctx, created[a.Campaign], []review.Assignment{a}); err != nil {
			return err
		}
	}
	return nil
}

// reviewerRow is a row of the lane "tell" that says that an account is to hear of
// a campaign. It has a number of its own: two at the same time are two rows, and
// who serves one leaves the other.
func (s *Store) reviewerRow(campaign, conn, account string) access.Due {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.newID("tell"))) // documented never to fail
	return access.Due{
		At: s.now(), Kind: "reviewer", ID: campaign + "/" + account, Connector: conn, Urgency: 1,
		Seq: int64(h.Sum64()>>12) | 1, // whole numbers are exact to 2^53 in a row
	}
}

// addTold adds a row for each account that is to hear of the change.
func (s *Store) addTold(c *change, x review.Change) error {
	campaign, conn := "", ""
	for _, l := range x.Lines {
		campaign, conn = l.Campaign, l.Connector
	}
	for _, a := range x.Assignments {
		campaign, conn = a.Campaign, a.Connector
	}
	if campaign == "" && len(x.Tell) > 0 {
		return fault.New("", fault.Internal, "somebody was to hear of a review in which nothing changed")
	}
	for _, account := range x.Tell {
		d := s.reviewerRow(campaign, conn, account)
		c.put(Key{duePart(laneTell), dueSort(d)}, 0, newDueRecord(d))
	}
	return nil
}

// TellReviewers lets accounts hear of a campaign, in plain batches.
func (s *Store) TellReviewers(ctx context.Context, campaign, conn string, accounts []string) error {
	rows := make([]access.Due, 0, len(accounts))
	for _, account := range accounts {
		rows = append(rows, s.reviewerRow(campaign, conn, account))
	}
	err := write(ctx, s, rows,
		func(d access.Due) Key { return Key{duePart(laneTell), dueSort(d)} },
		func(d access.Due) any { return newDueRecord(d) })
	return fault.Wrap("store.TellReviewers", err)
}
