package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Submitted says what became of what a reviewer submitted.
type Submitted struct {
	Certified, Passed, Denied int
	Gone                      int // not held any more
	Refused                   map[string]string
	Left                      int // lines of the list that still wait
	// More is how many that were noted are not submitted yet, because the time of one
	// call was over: submit again.
	More int
}

// submitFor is how long one call submits or reassigns: a Lambda behind the API has
// 29 seconds.
const submitFor = 15 * time.Second

// SubmitReviews submits what the actor noted in an assignment. From here on it
// stands: what is denied is removed, what is certified goes to the next level or
// is done. What was submitted before a death stays submitted; called again, the
// rest follows. That somebody keeps administering a workspace is said by who has just
// signed in.
func (h *House) SubmitReviews(ctx context.Context, by access.Actor, campaign, assignment string) (Submitted, error) {
	const op = "flow.SubmitReviews"
	out := Submitted{Refused: map[string]string{}}
	d, err := h.reviewing(ctx, by, campaign, assignment, true)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	const askAnew = "to certify who administers a workspace takes a sign-in within the last ten minutes"
	var ids []string
	err = h.Memory.LinesAfter(ctx, campaign, assignment, "", func(l review.Line) error {
		if l.State == review.LineOpen && l.Draft.Verdict != "" && l.Draft.By == by.User.ID {
			if needsFresh(l) && by.Stale(h.Now()) {
				return stale(op, askAnew)
			}
			ids = append(ids, l.ID)
		}
		return nil
	})
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	if len(ids) == 0 {
		return out, fault.New(op, fault.Invalid, "nothing is noted in this list: certify or deny lines first")
	}
	s := &submission{h: h, desk: d, people: newPeople(h, connector.Connector{ID: d.campaign.Connector}), decide: func(l review.Line) (review.Decision, string) {
		if l.Draft.Verdict == "" || l.Draft.By != by.User.ID {
			return review.Decision{}, "nothing of yours is noted about this line any more"
		}
		if why := d.refuses(l); why != "" {
			return review.Decision{}, why
		}
		if needsFresh(l) && by.Stale(h.Now()) {
			return review.Decision{}, askAnew // noted since they were counted
		}
		x := l.Draft
		x.At, x.For = h.Now(), d.place
		return x, ""
	}, actor: by.User.ID, action: "review.submitted", until: h.Now().Add(submitFor), out: &out}
	if err := s.run(ctx, ids); err != nil {
		return out, fault.Wrap(op, err)
	}
	a, err := h.Memory.Assignment(ctx, campaign, assignment)
	out.Left = a.Left()
	return out, fault.Wrap(op, err)
}

// needsFresh reports whether what is noted about a line asks for a fresh sign-in.
func needsFresh(l review.Line) bool {
	return l.Draft.Verdict == review.Certify && l.Administers()
}

// submission carries decisions out, some lines in a commit.
type submission struct {
	h      *House
	desk   *desk
	people *people
	// decide gives the decision about an open line, or why there is none.
	decide func(review.Line) (review.Decision, string)
	actor  string
	action string
	until  time.Time // zero: to the end
	out    *Submitted
}

// rowsAtOnce is how many rows of lines and what they made one commit takes; the
// assignments, the event and what tells of it need some more.
const rowsAtOnce = 60

// run decides lines by id.
func (s *submission) run(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		if !s.until.IsZero() && s.h.Now().After(s.until) {
			s.out.More = len(ids)
			return nil
		}
		done, err := s.part(ctx, ids)
		if err != nil {
			return err
		}
		ids = ids[done:]
	}
	return nil
}

// batch is what one commit is to save.
type batch struct {
	review.Change
	events  []audit.Event
	words   []string
	counts  Submitted
	refused map[string]string
	rows    int
	to      map[string]int // index in Assignments
}

// part decides as many of the first lines as one commit takes, and says how many.
func (s *submission) part(ctx context.Context, ids []string) (int, error) {
	var b *batch
	done := 0
	err := again(func() error {
		b = &batch{refused: map[string]string{}, to: map[string]int{}}
		done = 0
		a, err := s.h.Memory.Assignment(ctx, s.desk.campaign.ID, s.desk.assignment.ID)
		if err != nil {
			return err
		}
		b.Assignments, b.to[a.ID], b.While = []review.Assignment{a}, 0, s.desk.campaign.State
		for _, id := range ids {
			if b.rows >= rowsAtOnce || len(b.Assignments) >= 20 || len(b.words) >= review.MostDecided {
				break
			}
			if err := s.line(ctx, b, id); err != nil {
				return err
			}
			done++
		}
		if len(b.words) == 0 {
			return nil
		}
		more := map[string]string{"account": s.desk.account, "for": s.desk.place}
		b.events = append(b.events, s.h.linesEvent(s.desk.campaign, a.ID, s.action, s.actor, b.words, more))
		b.tell(s.desk.account)
		b.tell(a.Accounts...)
		return s.h.Memory.SaveReviewed(ctx, b.Change, b.events...)
	})
	if err != nil {
		return 0, err
	}
	s.h.wake(ctx, ".end", slices.DeleteFunc(slices.Clone(b.Grants), func(g access.Grant) bool { return !g.Takes() })...)
	s.out.Certified += b.counts.Certified
	s.out.Passed += b.counts.Passed
	s.out.Denied += b.counts.Denied
	s.out.Gone += b.counts.Gone
	for id, why := range b.refused {
		s.out.Refused[id] = why
	}
	return done, s.h.endChildren(ctx, b.Grants, s.actor)
}

// line puts one line's decision into the batch.
func (s *submission) line(ctx context.Context, b *batch, id string) error {
	c := s.desk.campaign
	l, err := s.h.Memory.Line(ctx, c.ID, s.desk.assignment.ID, id)
	if fault.Is(err, fault.NotFound) {
		b.refused[id] = "the line went to somebody else meanwhile"
		return nil
	}
	if err != nil {
		return err
	}
	if l.State != review.LineOpen {
		b.refused[id] = "this line is " + string(l.State) + " already"
		return nil
	}
	d, why := s.decide(l)
	if why != "" {
		b.refused[id] = why
		return nil
	}
	held, err := s.h.stillHeld(ctx, l)
	if err != nil {
		return err
	}
	noted := l.Draft.Verdict != ""
	if !held {
		next, err := l.Turn(review.VanishLine, s.h.Now())
		if err != nil {
			return err
		}
		next.Outcome = "not held any more when it was to be decided"
		b.close(next, noted)
		b.counts.Gone++
		b.words = append(b.words, l.ID+"=gone")
		return nil
	}
	next, err := l.Decide(d, len(c.Levels))
	if err != nil {
		return err
	}
	word := l.ID + "=" + string(d.Verdict)
	if d.Comment != "" {
		word += "+" + d.Comment
	}
	b.words = append(b.words, word)
	switch next.State {
	case review.LineOpen:
		return s.pass(ctx, b, l, next, noted)
	case review.LineDenied:
		b.counts.Denied++
		return s.deny(ctx, b, next, noted)
	}
	b.counts.Certified++
	b.close(next, noted)
	return nil
}

// close puts a line that needs nobody any more into the batch.
func (b *batch) close(l review.Line, noted bool) {
	b.Lines = append(b.Lines, l)
	b.Assignments[0] = b.Assignments[0].Count(l.State, noted)
	b.rows += 3
}

// pass hands a line to the next level's reviewers.
func (s *submission) pass(ctx context.Context, b *batch, was, next review.Line, noted bool) error {
	c := s.desk.campaign
	to, err := s.h.pick(ctx, c, s.people, next)
	if err != nil {
		return err
	}
	b.counts.Passed++
	b.Assignments[0] = b.Assignments[0].Count(review.LineOpen, noted)
	return s.h.moveLine(ctx, c, b, was, next, to)
}

// pick says who reviews a line at its level now.
func (h *House) pick(ctx context.Context, c review.Campaign, p *people, l review.Line) (review.Assigned, error) {
	r, err := h.lineResource(ctx, l)
	if err != nil {
		return review.Assigned{}, err
	}
	a, err := p.account(ctx, l.Account)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return review.Assigned{}, err
	}
	members, err := h.reviewGroup(ctx, c, l.Level)
	if err != nil {
		return review.Assigned{}, err
	}
	conn, err := h.Memory.Connector(ctx, c.Connector)
	if err != nil {
		return review.Assigned{}, err
	}
	keepers, err := h.accountsOf(ctx, conn)
	if err != nil {
		return review.Assigned{}, err
	}
	p.conn = conn
	able := p.able(ctx)
	to := c.Pick(l.Level, r, l.Account, review.Crowd{Members: members, Manager: a.Manager, Keepers: keepers, Knows: p.knows(ctx, r), Able: func(id string) bool {
		// Several levels are several people.
		decided := slices.ContainsFunc(l.Decided, func(x review.Decision) bool { return x.Account == id || x.For == id })
		return !decided && able(id)
	}})
	return to, p.err
}

// lineResource is the resource of a line as it is now; a private one, where it was
// private when the line was staged.
func (h *House) lineResource(ctx context.Context, l review.Line) (directory.Resource, error) {
	r, err := h.Memory.Resource(ctx, l.Connector, l.Resource)
	if fault.Is(err, fault.NotFound) {
		r, err = directory.Resource{ID: l.Resource, Connector: l.Connector, Workspace: l.Workspace, Kind: l.Kind}, nil
	}
	r.Private = r.Private || l.Private
	return r, err
}

// moveLine puts a line into another assignment, which is made where it is new, and
// takes it from where it was. The batch holds both assignments' counts.
func (h *House) moveLine(ctx context.Context, c review.Campaign, b *batch, was, next review.Line, to review.Assigned) error {
	id := review.AssignmentID(c.ID, next.Level, to)
	i, ok := b.to[id]
	if !ok {
		a, err := h.Memory.Assignment(ctx, c.ID, id)
		if fault.Is(err, fault.NotFound) {
			a, err = review.Assignment{ID: id, Campaign: c.ID, Connector: c.Connector, Level: next.Level, Assigned: to, Made: h.Now()}, nil
			b.rows++ // whom it is to be found by is written before
		}
		if err != nil {
			return err
		}
		i = len(b.Assignments)
		b.to[id], b.Assignments = i, append(b.Assignments, a)
	}
	b.Assignments[i].Lines++
	next.Assignment, next.Rev = id, 0
	b.Lines, b.Moved = append(b.Lines, next), append(b.Moved, was)
	b.rows += 2
	b.tell(to.Accounts...)
	return nil
}

// mostHear is how many accounts one commit lets hear of it. Those who share a list
// with more see it true with their next reminder.
const mostHear = 5

// tell lets accounts hear of the change, those that are named first before others.
func (b *batch) tell(accounts ...string) {
	for _, account := range accounts {
		if account != "" && len(b.Tell) < mostHear && !slices.Contains(b.Tell, account) {
			b.Tell = append(b.Tell, account)
		}
	}
}

// deny puts a denied line and what removes its access into the batch.
func (s *submission) deny(ctx context.Context, b *batch, l review.Line, noted bool) error {
	r, err := s.h.removal(ctx, l, s.actor)
	if err != nil {
		return err
	}
	l.Grant, l.Manual = r.grant, r.manualID()
	b.close(l, noted)
	b.Grants = append(b.Grants, r.grants...)
	if r.manual != nil {
		b.Manuals = append(b.Manuals, *r.manual)
	}
	b.events = append(b.events, r.events...)
	b.rows += 1 + 7*len(r.grants)
	if r.manual != nil {
		b.rows += 7
	}
	return nil
}
