package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Noting is what a reviewer notes about lines of one assignment: certify, deny, or,
// without a verdict, nothing any more. It is their own note until they submit.
type Noting struct {
	Campaign, Assignment string
	Lines                []string // ids, at most MostAtOnce
	Verdict              review.Verdict
	Comment              string
}

// MostAtOnce is how many lines one call notes.
const MostAtOnce = 1000

// Noted says what became of a Noting: how many were noted, and of the others why
// not, in words, by line.
type Noted struct {
	Lines   int
	Refused map[string]string
}

// LineText is where the comment of a decision about a line lies: each level's and
// each person's by itself.
func LineText(l review.Line, d review.Decision) string {
	return "review/" + l.Campaign + "/" + l.ID + "/" + number(d.Level) + "/" + d.Account
}

// NoteReviews notes decisions that are not submitted. Noted again, the last stands.
func (h *House) NoteReviews(ctx context.Context, by access.Actor, n Noting) (Noted, error) {
	const op = "flow.NoteReviews"
	out := Noted{Refused: map[string]string{}}
	switch {
	case len(n.Lines) == 0 || len(n.Lines) > MostAtOnce:
		return out, fault.At(op, "lines", "choose 1 to %d lines", MostAtOnce)
	case n.Verdict != "" && n.Verdict != review.Certify && n.Verdict != review.Deny:
		return out, fault.At(op, "verdict", "a line is certified or denied, not %q", string(n.Verdict))
	case len([]rune(n.Comment)) > longestReason:
		return out, fault.At(op, "comment", "the comment has more than %d characters", longestReason)
	}
	d, err := h.reviewing(ctx, by, n.Campaign, n.Assignment, false)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	size := review.MostNotes
	if n.Comment != "" {
		size = review.MostNotes / 3 // a text takes two rows beside the line's
	}
	lines := slices.Clone(n.Lines)
	slices.Sort(lines)
	for part := range slices.Chunk(slices.Compact(lines), size) {
		if err := h.notePart(ctx, d, n, part, &out); err != nil {
			return out, fault.Wrap(op, err)
		}
	}
	return out, nil
}

func (h *House) notePart(ctx context.Context, d *desk, n Noting, part []string, out *Noted) error {
	var noted int
	var refused map[string]string
	err := again(func() error {
		noted, refused = 0, map[string]string{}
		a, err := h.Memory.Assignment(ctx, n.Campaign, n.Assignment)
		if err != nil {
			return err
		}
		var lines []review.Line
		var texts []Text
		for _, id := range part {
			l, err := h.Memory.Line(ctx, n.Campaign, n.Assignment, id)
			if fault.Is(err, fault.NotFound) {
				refused[id] = "there is no such line in this list"
				continue
			}
			if err != nil {
				return err
			}
			if why := d.refuses(l); why != "" {
				refused[id] = why
				continue
			}
			was := l.Draft.Verdict
			l.Draft = review.Decision{}
			if n.Verdict != "" {
				l.Draft = review.Decision{Verdict: n.Verdict, Level: l.Level, By: d.by.User.ID, Account: d.account, For: d.place, At: h.Now()}
				text, hash, err := h.reason(ctx, LineText(l, l.Draft), d.account, n.Comment)
				if err != nil {
					return err
				}
				texts, l.Draft.Comment = append(texts, text...), hash
			}
			switch noted++; {
			case was == "" && n.Verdict != "":
				a.Noted++
			case was != "" && n.Verdict == "":
				a.Noted--
			}
			lines = append(lines, l)
		}
		if len(lines) == 0 {
			return nil
		}
		return h.Memory.SaveNotes(ctx, a, lines, texts)
	})
	if err != nil {
		return err
	}
	out.Lines += noted
	for id, why := range refused {
		out.Refused[id] = why
	}
	return nil
}

// NoteUnchanged certifies, as a note, every open line of an assignment that did not
// change since it was certified and against which nothing speaks. Only where the
// campaign allows it; what was noted already stays.
func (h *House) NoteUnchanged(ctx context.Context, by access.Actor, campaign, assignment string) (Noted, error) {
	const op = "flow.NoteUnchanged"
	d, err := h.reviewing(ctx, by, campaign, assignment, false)
	if err != nil {
		return Noted{}, fault.Wrap(op, err)
	}
	if !d.campaign.Unchanged {
		return Noted{}, fault.New(op, fault.Forbidden, "this campaign wants each line looked at; it does not allow to certify at once what did not change")
	}
	out := Noted{Refused: map[string]string{}}
	var same []string
	err = h.Memory.LinesAfter(ctx, campaign, assignment, "", func(l review.Line) error {
		if l.State == review.LineOpen && l.Draft.Verdict == "" && l.Same() && d.refuses(l) == "" {
			same = append(same, l.ID)
		}
		return nil
	})
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	n := Noting{Campaign: campaign, Assignment: assignment, Verdict: review.Certify}
	for part := range slices.Chunk(same, review.MostNotes) {
		if err := h.notePart(ctx, d, n, part, &out); err != nil {
			return out, fault.Wrap(op, err)
		}
	}
	return out, nil
}

// desk is one actor in front of one assignment.
type desk struct {
	by         access.Actor
	campaign   review.Campaign
	assignment review.Assignment
	account    string // the actor's
	place      string // the account in whose place they decide; "": their own right
	now        time.Time
}

// noteHolds is how long a note that was not submitted keeps others from a shared line.
const noteHolds = 24 * time.Hour

// own reports whether a line is about the actor, or about whom they stand in for, and
// therefore nothing of theirs, neither to decide nor to hand on.
func (d *desk) own(l review.Line) bool {
	return !d.campaign.Self && (l.Account == d.account || d.place != "" && l.Account == d.place)
}

// before reports whether the actor, or whom they stand in for, decided about the line
// at a level before: several levels are several people.
func (d *desk) before(l review.Line) bool {
	return slices.ContainsFunc(l.Decided, func(x review.Decision) bool {
		return x.By == d.by.User.ID || slices.ContainsFunc([]string{x.Account, x.For}, func(a string) bool {
			return a != "" && (a == d.account || a == d.place)
		})
	})
}

// refuses says why the actor cannot decide about a line; "": they can.
func (d *desk) refuses(l review.Line) string {
	switch {
	case l.State != review.LineOpen:
		return "this line is " + string(l.State) + " already"
	case l.Level != d.assignment.Level:
		return "this line is at another level now"
	case d.own(l):
		return "this is your own access, or that of whom you stand in for; somebody else has to decide"
	case d.before(l):
		return "you decided about this line at an earlier level; somebody else has to now"
	case l.Draft.Verdict != "" && l.Draft.By != d.by.User.ID && d.now.Sub(l.Draft.At) < noteHolds:
		return "somebody else has noted a decision about this line, and has not submitted it yet"
	}
	return ""
}

// reviewing finds out in whose right an actor decides in an assignment: their own,
// or that of somebody who delegates to them. For whom neither is true there is no
// such assignment. now: Slack itself is asked, as before every decision that counts.
func (h *House) reviewing(ctx context.Context, by access.Actor, campaign, assignment string, now bool) (*desk, error) {
	const op = "flow.reviewing"
	missing := fault.New(op, fault.NotFound, "there is no list %s of yours in this review", assignment)
	c, err := h.Memory.Campaign(ctx, campaign)
	if fault.Is(err, fault.NotFound) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	if by.Service {
		return nil, fault.New(op, fault.Forbidden, "a service's key cannot review; a person has to")
	}
	if _, err := h.sight(by); err != nil {
		return nil, err
	}
	a, err := h.Memory.Assignment(ctx, campaign, assignment)
	account := by.User.In(c.Connector)
	if fault.Is(err, fault.NotFound) || err == nil && account == "" {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	d := &desk{by: by, campaign: c, assignment: a, account: account, now: h.Now()}
	may, err := h.mayReview(ctx, d, now)
	switch {
	case err != nil:
		return nil, err
	case !may:
		return nil, missing
	case c.State != review.Running:
		return nil, fault.New(op, fault.Invalid, "this review is %s; nothing in it can be decided", c.State)
	}
	return d, nil
}

// mayReview reports whether the desk's actor may decide, and notes in whose place.
func (h *House) mayReview(ctx context.Context, d *desk, now bool) (bool, error) {
	who := access.Who{}
	if d.assignment.Group != "" {
		who.Groups = []string{d.assignment.Group}
		conn, err := h.Memory.Connector(ctx, d.campaign.Connector)
		if err != nil || conn.OpenGroups {
			return false, err // everybody could make themselves a reviewer
		}
	}
	read := func(account string) (bool, error) {
		if d.assignment.Names() && !slices.Contains(d.assignment.Accounts, account) {
			return false, nil
		}
		conn := d.campaign.Connector
		p, err := h.person(ctx, conn, account)
		if err == nil && now {
			p, err = h.confirmed(ctx, conn, "", account, who)
		}
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		if err != nil || !p.Account.Live() || p.Account.Kind != directory.Human || p.Ended {
			return false, err
		}
		return d.assignment.Group == "" || slices.ContainsFunc(p.Groups, func(g directory.Resource) bool { return g.ID == d.assignment.Group && !g.Disabled }), nil
	}
	if ok, err := read(d.account); ok || err != nil {
		return ok, err
	}
	me, err := h.someone(ctx, d.campaign.Connector, d.account)
	if err == nil && now {
		me, err = h.confirmed(ctx, d.campaign.Connector, "", d.account, access.Who{})
	}
	if err != nil || me.Ended || !me.Account.Live() || me.Account.Kind != directory.Human {
		return false, err
	}
	given, err := h.delegators(ctx, d.campaign.Connector, d.account)
	if err != nil {
		return false, err
	}
	for _, x := range given {
		if u, err := h.Memory.UserOf(ctx, x.Connector, x.From); err != nil || u.ID != x.FromUser || u.Ended {
			continue // the account is another person's now, or nobody's
		}
		if ok, err := read(x.From); ok || err != nil {
			d.place = x.From
			return ok, err
		}
	}
	return false, nil
}
