package flow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// A snapshot is taken page by page. Each page is stored before lines are made of
// it, and counted in the commit that moves the campaign's cursor behind it: who
// goes on after a death finds the page as it was read, writes the same lines over
// themselves, and counts them once.

// stage carries a snapshot on until it is whole or the time is over.
func (h *House) stage(ctx context.Context, c review.Campaign, until time.Time) (review.Campaign, error) {
	conn, err := h.Memory.Connector(ctx, c.Connector)
	if err != nil {
		return c, err
	}
	s := newStager(h, c, conn)
	for c.State == review.Staging && h.Now().Before(until) {
		p, err := h.Memory.Page(ctx, c.ID, c.Snapshot.Pages)
		if fault.Is(err, fault.NotFound) {
			if p, err = s.page(ctx, c.Snapshot); err == nil {
				err = h.Memory.SavePage(ctx, p)
			}
		}
		if err != nil {
			return c, err
		}
		if c, err = h.countPage(ctx, c, conn, p); err != nil {
			return c, err
		}
	}
	return c, nil
}

// countPage makes lines of a stored page and moves the campaign behind it.
func (h *House) countPage(ctx context.Context, c review.Campaign, conn connector.Connector, p review.Page) (review.Campaign, error) {
	as := p.Assignments(c.Connector, h.Now())
	lines := make([]review.Line, 0, len(p.Facts))
	for _, f := range p.Facts {
		lines = append(lines, review.Line{
			Fact: f, Campaign: c.ID, Assignment: review.AssignmentID(c.ID, 0, f.Assigned), State: review.LineOpen,
		})
	}
	if err := h.Memory.PutLines(ctx, as, lines); err != nil {
		return c, err
	}
	c.Snapshot = c.Snapshot.Add(p)
	var events []audit.Event
	if p.Last {
		var err error
		if c.Snapshot.RunAfter, _, _, err = h.lastGoodRun(ctx, conn); err != nil {
			return c, err
		}
		c.Snapshot.Done = h.Now()
		if c, err = c.Turn(review.StagedAll, h.Now()); err != nil {
			return c, err
		}
		x := c.Snapshot
		events = append(events, h.campaignEvent(c, "campaign.staged", ebb, map[string]string{
			"run": x.Run, "run_after": x.RunAfter, "pages": number(x.Pages), "lines": number(x.Lines), "digest": x.Digest,
			"unassigned": number(x.Unassigned),
		}))
	}
	return h.Memory.SaveStaged(ctx, c, as, events...)
}

// lastGoodRun is the newest whole sync of a connector that ended well, when that
// was, and what Slack listed in it, by kind.
func (h *House) lastGoodRun(ctx context.Context, c connector.Connector) (id string, ended time.Time, counts map[string]int, err error) {
	runs, err := h.Memory.Runs(ctx, c.ID, 50)
	if err != nil {
		return "", time.Time{}, nil, err
	}
	for _, r := range runs {
		if (r.State == connector.Done || r.State == connector.Waiting) && len(r.Kinds) == 0 {
			return r.ID, r.Ended, maps.Clone(r.Counts), nil
		}
	}
	return "", c.LastGood, nil, nil
}

// stager reads the directory for pages. What it read of people is kept for all
// pages of one call.
type stager struct {
	h        *House
	c        review.Campaign
	conn     connector.Connector
	people   *people
	members  []string        // of the first level's user group
	admins   map[string]bool // of the user group of admins
	keepers  []string        // owners of the connector
	ready    bool
	resource *stagedResource
}

func newStager(h *House, c review.Campaign, conn connector.Connector) *stager {
	return &stager{h: h, c: c, conn: conn, people: newPeople(h, conn)}
}

// stagedResource is what is known of the resource at hand beside its holders.
type stagedResource struct {
	directory.Resource
	earlier  map[string]review.Earlier // by slug and account
	grants   map[string][]review.GrantFact
	findings map[string]string
}

// lookedAt is how many holdings one page looks at, found or not, so that its cursor
// moves on in a large connector of which little is in the scope.
const lookedAt = 20000

// page reads the next one behind the snapshot's cursor.
func (s *stager) page(ctx context.Context, from review.Snapshot) (review.Page, error) {
	if err := s.prepare(ctx); err != nil {
		return review.Page{}, err
	}
	b := &pageBuilder{
		Page: review.Page{Campaign: s.c.ID, N: from.Pages, Next: from.Cursor, Seen: map[string]int{}, Left: map[string]int{}},
		to:   map[string]bool{},
	}
	kinds := s.c.Scope.StagedKinds()
	for b.Next.Kind < len(kinds) {
		err := s.kind(ctx, b, kinds[b.Next.Kind])
		if errors.Is(err, errEnough) {
			return b.Page, nil
		}
		if err != nil {
			return b.Page, err
		}
		b.Next = review.Cursor{Kind: b.Next.Kind + 1}
	}
	b.Last = true
	return b.Page, nil
}

// prepare reads, once, who is in the groups that the campaign names.
func (s *stager) prepare(ctx context.Context) error {
	if s.ready {
		return nil
	}
	read := func(group string, f func(string)) error {
		if group == "" {
			return nil
		}
		return s.h.Memory.EachHolder(ctx, s.conn.ID, group, func(m directory.Membership) error {
			f(m.Account)
			return nil
		})
	}
	var err error
	s.admins = map[string]bool{}
	if s.members, err = s.h.reviewGroup(ctx, s.c, 0); err == nil {
		err = read(s.c.Admins, func(a string) { s.admins[a] = true })
	}
	if err == nil {
		s.keepers, err = s.h.accountsOf(ctx, s.conn)
	}
	s.ready = err == nil
	return err
}

// kind goes on with the resources of a kind, the one at the cursor first.
func (s *stager) kind(ctx context.Context, b *pageBuilder, k directory.Kind) error {
	if b.Next.Resource != "" && !b.Next.Over {
		r, err := s.h.Memory.Resource(ctx, s.conn.ID, b.Next.Resource)
		if err == nil {
			err = s.holders(ctx, b, r)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return s.h.Memory.ResourcesAfter(ctx, s.conn.ID, k, b.Next.Resource, func(r directory.Resource) error {
		b.Next = review.Cursor{Kind: b.Next.Kind, Resource: r.ID, Over: true}
		b.Seen["resources:"+string(k)]++
		if takes, why := s.c.Scope.TakesResource(r); !takes {
			b.Left["resources:"+why]++
			return nil
		}
		b.Next.Over = false
		return s.holders(ctx, b, r)
	})
}

// holders goes on with who holds a resource, behind the cursor.
func (s *stager) holders(ctx context.Context, b *pageBuilder, r directory.Resource) error {
	x, err := s.about(ctx, r)
	if err != nil {
		return err
	}
	behind := directory.Membership{Connector: s.conn.ID, Resource: r.ID, Slug: b.Next.Slug, Account: b.Next.Account}
	err = s.h.Memory.HoldersAfter(ctx, behind, func(m directory.Membership) error {
		if b.looked == lookedAt {
			return errEnough
		}
		f, why, err := s.fact(ctx, x, m)
		if err != nil {
			return err
		}
		if why == "" && !b.fits(f) {
			return errEnough
		}
		b.looked++
		b.Next.Slug, b.Next.Account = m.Slug, m.Account
		b.Seen[string(r.Kind)]++
		if why != "" {
			b.Left[why]++
			return nil
		}
		b.add(f)
		return nil
	})
	if err == nil {
		b.Next = review.Cursor{Kind: b.Next.Kind, Resource: r.ID, Over: true}
	}
	return err
}

// about reads what is known of a resource beside its holders, once while its
// holders fill several pages.
func (s *stager) about(ctx context.Context, r directory.Resource) (*stagedResource, error) {
	if s.resource != nil && s.resource.ID == r.ID {
		return s.resource, nil
	}
	x := &stagedResource{Resource: r, earlier: map[string]review.Earlier{}, grants: map[string][]review.GrantFact{}, findings: map[string]string{}}
	err := s.h.Memory.EachEarlier(ctx, s.conn.ID, r.ID, func(slug, account string, e review.Earlier) error {
		x.earlier[slug+"/"+account] = e
		return nil
	})
	if err != nil {
		return nil, err
	}
	grants, err := s.h.Memory.GrantsOn(ctx, s.conn.ID, r.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		if g.Origin == "" && g.Gives(s.h.Now()) {
			x.grants[g.Account] = append(x.grants[g.Account], review.GrantFact{ID: g.ID, Rule: g.Rule, Approvers: slices.Clone(g.Approvers), End: g.End})
		}
	}
	findings, err := s.h.Memory.FindingsOf(ctx, s.conn.ID, r.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range findings {
		if f.State == directory.FindingOpen && f.Account != "" {
			x.findings[f.Account] = f.ID
		}
	}
	s.resource = x
	return x, nil
}

// fact makes a line's fact of a membership; why is why it is not in the scope.
func (s *stager) fact(ctx context.Context, x *stagedResource, m directory.Membership) (review.Fact, string, error) {
	if m.Account == s.conn.BotUser {
		return review.Fact{}, "Ebb's own app", nil
	}
	a, err := s.people.account(ctx, m.Account)
	if fault.Is(err, fault.NotFound) {
		return review.Fact{}, "account not known", nil
	}
	if err != nil {
		return review.Fact{}, "", err
	}
	now := s.h.Now()
	hold := review.Holding{
		Resource: x.Resource, Slug: m.Slug, Account: a, Since: m.Since, Grants: x.grants[m.Account], Finding: x.findings[m.Account],
		Earlier: x.earlier[m.Slug+"/"+m.Account], InAdmins: s.admins[m.Account], TwoFactorKnown: len(s.conn.UserScopes) > 0,
	}
	if hold.LastActive, hold.Unseen, err = s.people.active(ctx, a); err != nil {
		return review.Fact{}, "", err
	}
	if why := s.c.Scope.Leaves(hold, now); why != "" {
		return review.Fact{}, why, nil
	}
	to := s.c.Pick(0, x.Resource, a.ID, review.Crowd{
		Members: s.members, Manager: a.Manager, Keepers: s.keepers, Able: s.people.able(ctx), Knows: s.people.knows(ctx, x.Resource),
	})
	if s.people.err != nil {
		return review.Fact{}, "", s.people.err
	}
	return s.c.Fact(hold, to, now), "", nil
}

// pageBuilder is a page that is being read.
type pageBuilder struct {
	review.Page
	to     map[string]bool // its assignments
	looked int
}

// fits reports whether the page has room for a fact.
func (b *pageBuilder) fits(f review.Fact) bool {
	id := review.AssignmentID(b.Campaign, 0, f.Assigned)
	return len(b.Facts) < review.PageLines && (b.to[id] || len(b.to) < review.PageReviewers)
}

func (b *pageBuilder) add(f review.Fact) {
	b.to[review.AssignmentID(b.Campaign, 0, f.Assigned)] = true
	b.Facts = append(b.Facts, f)
}
