package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// LineView is a line as its reviewer sees it, with what helps to decide.
type LineView struct {
	review.Line
	ResourceName string // "#channel", "@group", or the workspace's name
	AccountName  string
	Gives        string // what it gives, in words
	GivenBy      []string
	EarlierBy    string // the name of who decided last
	Comment      string // on the note, or on the last decision; "" where there is none
	// Trouble says why what removes it needs somebody's attention; "": it does not.
	Trouble string
	// Refuses says why the actor cannot decide about it; "": they can.
	Refuses string
}

// LineFilter says which lines of a list are wanted; the zero value: all.
type LineFilter struct {
	// Show is one of "open", "noted", "left" (open and not noted), "decided", "new",
	// "changed", "unchanged", "advised" (to be denied); "": all.
	Show     string
	Resource string
	Account  string
	Search   string // in the names of resource and account
	ByPerson bool   // grouped by person instead of by resource
	// Mine are those that the actor noted so and has not submitted; "": all.
	Mine review.Verdict
}

// Shows are what a filter may show.
var Shows = []string{"left", "open", "noted", "decided", "new", "changed", "unchanged", "advised"}

func (w LineFilter) fits(l review.Line, resource, account string) bool {
	return (w.Show == "" || shows(w.Show, l)) && (w.Resource == "" || w.Resource == l.Resource) &&
		(w.Account == "" || w.Account == l.Account) && fits(w.Search, l.ID, resource, account)
}

func shows(what string, l review.Line) bool {
	noted, open := l.Draft.Verdict != "", l.State == review.LineOpen
	switch what {
	case "open":
		return open
	case "noted":
		return open && noted
	case "left":
		return open && !noted
	case "decided":
		return !open
	case "new":
		return l.New
	case "changed":
		return len(l.Changed) > 0
	case "unchanged":
		return l.Same()
	case "advised":
		return l.Advice.Verdict == review.Deny
	}
	return false
}

// ReviewView is one list as somebody works through it.
type ReviewView struct {
	Campaign CampaignView
	List     ListView
	// Decides: the actor is one of its reviewers. Place: the account in whose place;
	// "": their own right.
	Decides bool
	Place   string
	// Counts is of each of Shows, in the whole list, and of "all"; "same" are those
	// that NoteUnchanged would note.
	Counts map[string]int
	// Mine counts what the actor noted and has not submitted.
	Mine   map[review.Verdict]int
	Lines  Page[LineView]
	Found  int // lines that the filter shows
	Hidden int // lines about private resources that are not shown to the actor
}

// ReadReview reads one list: its reviewers', with the right to decide; campaign
// administrators' and auditors', to look at. Other lists are not read. When the review
// is over, its reviewers see of private resources what they may know then.
func (h *House) ReadReview(ctx context.Context, by access.Actor, campaign, assignment string, w LineFilter, s Slice) (ReviewView, error) {
	const op = "flow.ReadReview"
	out := ReviewView{Counts: map[string]int{}, Mine: map[review.Verdict]int{}}
	missing := fault.New(op, fault.NotFound, "there is no list %s of yours in this review", assignment)
	if w.Show != "" && !slices.Contains(Shows, w.Show) {
		return out, fault.At(op, "show", "there is no such part of a list; choose from %s", strings.Join(Shows, ", "))
	}
	c, err := h.ReadCampaign(ctx, by, campaign)
	if fault.Is(err, fault.NotFound) {
		return out, missing
	}
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	out.Campaign = c
	a, err := h.Memory.Assignment(ctx, campaign, assignment)
	mine := slices.ContainsFunc(c.Mine, func(x review.Assignment) bool { return x.ID == assignment })
	if fault.Is(err, fault.NotFound) || err == nil && !mine && !c.Reads {
		return out, missing
	}
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	d := &desk{by: by, campaign: c.Campaign, assignment: a, account: by.User.In(c.Connector), now: h.Now()}
	if mine {
		if out.Decides, err = h.mayReview(ctx, d, false); err != nil {
			return out, fault.Wrap(op, err)
		}
		out.Place = d.place
	}
	eye, err := h.sight(by)
	if err == nil {
		out.List, err = eye.list(ctx, a)
	}
	if err == nil {
		err = eye.lines(ctx, d, &out, w, s)
	}
	return out, fault.Wrap(op, err)
}

// lines reads a list whole, for its counts and groups, and furnishes one page.
func (s *sight) lines(ctx context.Context, d *desk, out *ReviewView, w LineFilter, part Slice) error {
	r, err := s.reviewRealm(ctx, d.campaign.Connector)
	if err != nil {
		return err
	}
	people := newPeople(s.h, r.conn)
	var all []review.Line
	err = s.h.Memory.LinesAfter(ctx, d.campaign.ID, d.assignment.ID, "", func(l review.Line) error {
		// Once nothing is decided any more, a list gives no right to see a private name.
		if !out.Decides || d.campaign.State != review.Running {
			known, err := r.knows(ctx, l.Fact)
			if err != nil {
				return err
			}
			if !known {
				out.Hidden++
				return nil
			}
		}
		for _, what := range Shows {
			if shows(what, l) {
				out.Counts[what]++
			}
		}
		mine := l.State == review.LineOpen && l.Draft.Verdict != "" && l.Draft.By == s.by.User.ID
		if mine {
			out.Mine[l.Draft.Verdict]++
		}
		if l.Same() && d.refuses(l) == "" && l.Draft.Verdict == "" {
			out.Counts["same"]++
		}
		if out.Counts["all"]++; w.fits(l, l.ResourceName, l.AccountName) && (w.Mine == "" || mine && l.Draft.Verdict == w.Mine) {
			all = append(all, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.Found = len(all)
	key := func(l review.Line) string { return l.ID }
	if w.ByPerson {
		key = func(l review.Line) string { return strings.ToLower(l.AccountName) + "\x00" + l.Account + "\x00" + l.ID }
	}
	slices.SortStableFunc(all, func(a, b review.Line) int { return cmp.Compare(key(a), key(b)) })
	out.Lines, err = walk(part, func(f func(review.Line) error) error {
		for _, l := range all {
			if err := f(l); err != nil {
				return err
			}
		}
		return nil
	}, key, func(l review.Line) (LineView, bool, error) {
		v, err := r.line(ctx, people, d, l)
		return v, true, err
	})
	return err
}

// knows reports whether the actor may know of the resource of a line: of a private
// one its members and owners, auditors, and whom policy lets request it.
func (r *realm) knows(ctx context.Context, f review.Fact) (bool, error) {
	if r.s.by.Is(access.Auditor) {
		return true, nil
	}
	x, err := r.look(ctx, f.Resource)
	return x.seen || !f.Private && !x.Private, err
}

// reviewRealm is the connector of a list; for an auditor or campaign administrator
// without account in it, too.
func (s *sight) reviewRealm(ctx context.Context, conn string) (*realm, error) {
	r, err := s.realm(ctx, conn)
	if !fault.Is(err, fault.NotFound) {
		return r, err
	}
	c, err := s.h.Memory.Connector(ctx, conn)
	return &realm{s: s, conn: c, held: map[string]bool{}, resources: map[string]seenResource{}, labels: map[string]string{}}, err
}

// line furnishes a line. Names are the directory's; those of then where it has none,
// unless they were erased.
func (r *realm) line(ctx context.Context, people *people, d *desk, l review.Line) (LineView, error) {
	v := LineView{Line: l, AccountName: l.AccountName, ResourceName: access.Name(directory.Resource{Kind: l.Kind, Name: l.ResourceName})}
	a, err := people.account(ctx, l.Account)
	switch {
	case err == nil && (a.Forgotten || a.Label() != l.Account):
		v.AccountName = a.Label()
	case err != nil && !fault.Is(err, fault.NotFound):
		return v, err
	}
	res, err := r.s.h.Memory.Resource(ctx, l.Connector, l.Resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return v, err
	}
	// Of a private resource a name that came since is for who may know it now.
	if seen, err2 := r.knows(ctx, review.Fact{Resource: l.Resource}); err2 != nil {
		return v, err2
	} else if err == nil && seen {
		v.ResourceName = access.Name(res)
	}
	v.Gives = gives(l, res)
	for _, g := range l.Grants {
		for _, id := range g.Approvers {
			name, err := r.label(ctx, id)
			if err != nil {
				return v, err
			}
			if name == "" {
				name = id
			}
			v.GivenBy = append(v.GivenBy, name)
		}
	}
	if l.Earlier.By != "" {
		u, err := r.s.h.Memory.User(ctx, l.Earlier.By)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, err
		}
		v.EarlierBy = u.Name
	}
	said := l.Draft
	if n := len(l.Decided); said.Comment == "" && n > 0 {
		said = l.Decided[n-1]
	}
	if said.Comment != "" {
		t, err := r.s.h.Memory.Text(ctx, LineText(l, said))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, err
		}
		v.Comment = t.Body
	}
	if l.State == review.LineDenied && l.Grant != "" {
		g, err := r.s.h.Memory.Grant(ctx, l.Grant)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, err
		}
		if err == nil && g.NeedsAttention(r.s.h.Now()) {
			v.Trouble = cmp.Or(g.Trouble.Text, "it should be gone already")
		}
	}
	if l.State == review.LineStands {
		if v.Outcome, err = r.s.h.whyStands(ctx, l.Manual); err != nil {
			return v, err
		}
	}
	v.Refuses = d.refuses(l)
	return v, nil
}

// gives says what a line's access gives, in words.
func gives(l review.Line, r directory.Resource) string {
	switch l.Kind {
	case directory.UserGroup:
		if n := len(r.Defaults); n > 0 {
			return "is mentioned with the group, approves where policy names it, and is put into its " + number(n) + " default channels"
		}
		return "is mentioned with the group, and approves where policy names it"
	case directory.Role:
		return directory.RoleGives(l.Slug)
	case directory.Channel:
		switch {
		case l.Facts.Shared:
			return "reads and writes in a channel that is shared with other organizations"
		case l.Private:
			return "reads and writes in this private channel, its history and its files"
		}
		return "is in a public channel, which every full member may read anyway"
	}
	switch directory.WorkspaceRole(l.Slug) {
	case directory.PrimaryOwner:
		return "may do everything in this workspace, and hand it over"
	case directory.Owner:
		return "administers this workspace, its admins and its billing"
	case directory.Admin:
		return "administers this workspace: members, channels, user groups and settings"
	}
	if l.Facts.AccountKind == directory.Human {
		return "is a member of this workspace and reads its public channels"
	}
	return "is a guest of this workspace, in the channels that it was put into"
}

// ReviewTask is a list that waits for the actor.
type ReviewTask struct {
	Campaign CampaignView
	Lists    []review.Assignment
	Left     int // lines
	Since    time.Time
}

// ReadReviewTasks lists the reviews in which lines wait for the actor, the earliest
// deadline first.
func (h *House) ReadReviewTasks(ctx context.Context, by access.Actor) ([]ReviewTask, error) {
	const op = "flow.ReadReviewTasks"
	eye, err := h.sight(by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out, err := eye.reviewTasks(ctx)
	return out, fault.Wrap(op, err)
}

// reviewTasks are running campaigns in which lines wait for the actor, the earliest
// deadline first.
func (s *sight) reviewTasks(ctx context.Context) ([]ReviewTask, error) {
	all, err := s.h.Memory.Campaigns(ctx, mostCampaigns)
	if err != nil {
		return nil, err
	}
	var out []ReviewTask
	for _, c := range all {
		if c.State != review.Running {
			continue
		}
		v, err := s.campaign(ctx, c)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		t := ReviewTask{Campaign: *v, Since: c.Started}
		for _, a := range v.Mine {
			if a.Left() > 0 {
				t.Lists = append(t.Lists, a)
				t.Left += a.Left()
			}
		}
		if t.Left > 0 {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b ReviewTask) int { return a.Campaign.Deadline.Compare(b.Campaign.Deadline) })
	return out, nil
}
