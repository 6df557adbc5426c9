package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/review"
)

// A reviewer has one message for each level of a campaign at which they decide, which
// shows how far they are and stays true until the end, and reminders while lines
// wait. Whoever they delegate to has them, too, and reads in whose place: that somebody
// else was told proves nothing of the reviewer, so the evidence has the reviewer's alone.

// reviewerTale is a campaign as one of its reviewers hears of it.
type reviewerTale struct {
	h       *House
	c       review.Campaign
	conn    connector.Connector
	account string
	person  access.Person
	lists   []review.Assignment
	instead map[string]bool // accounts that stand in for them now
}

func (h *House) reviewerTale(ctx context.Context, t access.Telling) (tale, error) {
	campaign, account, _ := strings.Cut(t.ID, "/")
	v := &reviewerTale{h: h, account: account}
	out := tale{readers: v.readers, card: v.card, proof: v.proof}
	var err error
	if v.c, err = h.Memory.Campaign(ctx, campaign); err != nil {
		return out, err
	}
	if v.conn, err = h.Memory.Connector(ctx, v.c.Connector); err != nil {
		return out, err
	}
	out.conn = v.conn
	if v.person, err = h.person(ctx, v.c.Connector, account); err != nil {
		return out, err
	}
	if v.lists, err = h.listsFor(ctx, v.c, v.person); err != nil {
		return out, err
	}
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return out, err
	}
	out.news, out.next = v.news(t, p.Hours)
	return out, nil
}

// hears reports whether the reviewer is somebody to write to: an active full member.
func (v *reviewerTale) hears() bool {
	return v.person.Account.Live() && !v.person.Ended && v.person.Account.Kind == directory.Human
}

// news is what the reviewer should have heard by now.
func (v *reviewerTale) news(t access.Telling, hours access.Hours) (news []access.News, next time.Time) {
	if v.c.State != review.Running || !v.hears() {
		return nil, time.Time{}
	}
	var since time.Time // when they heard of it first
	for level := range review.MostLevels {
		if v.sum(level).Left() > 0 {
			news = append(news, access.News{What: access.TellReview, N: levelWord(level), To: access.ToReviewer})
		}
		m, told := t.Find(access.News{What: access.TellReview, N: levelWord(level)}, v.account)
		if told && (since.IsZero() || m.At.Before(since)) {
			since = m.At
		}
	}
	if len(news) == 0 {
		return nil, time.Time{}
	}
	now := v.h.Now()
	zone := access.Location(hours.Zone, hours.Offsets)
	last, next := v.c.Remind(now, func(t time.Time) time.Time { return hours.After(t, time.Second).In(zone) })
	if since.IsZero() || !last.At.After(since) {
		return news, next // what they hear now says it all
	}
	n := access.News{What: access.TellReviewRemind, N: last.N, To: access.ToReviewer}
	if _, had := t.Find(n, v.account); had {
		return append(news, n), next
	}
	// Nobody sent it while people worked: it waits until they do again.
	if begins := hours.After(now, time.Second); begins.After(now.Add(time.Second)) {
		return news, begins
	}
	return append(news, n), next
}

// levelWord names the message of a level; the first one's is the campaign's.
func levelWord(level int) string {
	if level == 0 {
		return ""
	}
	return "level-" + number(level+1)
}

// sum adds up the reviewer's lists of a level; -1: of all of them.
func (v *reviewerTale) sum(level int) review.Assignment {
	var out review.Assignment
	for _, a := range v.lists {
		if level >= 0 && a.Level != level {
			continue
		}
		out.Lines += a.Lines
		out.Closed += a.Closed
		out.Certified += a.Certified
		out.Passed += a.Passed
		out.Denied += a.Denied
		out.Gone += a.Gone
		out.Skips += a.Skips
	}
	return out
}

func (v *reviewerTale) readers(ctx context.Context, _ access.Telling, _ access.News) ([]reader, error) {
	out := []reader{{to: v.account}}
	instead, err := v.h.deputies(ctx, facts{conn: v.conn}, []access.Person{v.person})
	v.instead = map[string]bool{}
	for _, d := range instead {
		v.instead[d.Account.ID] = true
		out = append(out, reader{to: d.Account.ID})
	}
	return out, err
}

func (v *reviewerTale) card(_ context.Context, n access.News, to reader, due bool) (message.Card, error) {
	r := message.Reviewing{Campaign: v.c, Now: v.h.Now()}
	if to.to != v.account {
		r.PlaceOf, r.People = v.account, map[string]string{v.account: v.person.Account.Label()}
		r.Back = v.c.State == review.Running && !v.instead[to.to]
	}
	if n.What == access.TellReviewRemind {
		r.Of, r.Page = v.sum(-1), v.page(-1)
		return r.Remind(n.N, due), nil
	}
	for r.Level = range review.MostLevels {
		if levelWord(r.Level) == n.N {
			break
		}
	}
	r.Of, r.Page = v.sum(r.Level), v.page(r.Level)
	return r.Card(), nil
}

// page is where the console shows what is left: the list, where it is one.
func (v *reviewerTale) page(level int) string {
	var left []string
	for _, a := range v.lists {
		if (level < 0 || a.Level == level) && a.Left() > 0 {
			left = append(left, a.ID)
		}
	}
	if len(left) == 1 {
		return v.h.URL + "/reviews/" + v.c.ID + "/lists/" + left[0]
	}
	return v.h.URL + "/reviews/" + v.c.ID
}

// proof is the event by which the evidence knows who was told and reminded. What
// reached nobody is said so.
func (v *reviewerTale) proof(m access.Message) []audit.Event {
	if m.To != v.account {
		return nil
	}
	what, action := "started", "review.told"
	if m.What == access.TellReviewRemind {
		what = "reminder"
	}
	if m.Failed != "" {
		action = "review.not-told"
	}
	return []audit.Event{v.h.event("review/"+v.c.ID+"/"+v.account, action, ebb, map[string]string{
		"campaign": v.c.ID, "account": v.account, "what": what, "n": m.N, "why": m.Failed,
	})}
}

// reviewsOf are the running campaigns in which lines wait for an account, for the
// list of the day.
func (h *House) reviewsOf(ctx context.Context, conn, account string) ([]message.Reviewing, error) {
	all, err := h.Memory.Campaigns(ctx, mostCampaigns)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c review.Campaign) bool { return c.State != review.Running || c.Connector != conn })
	if len(all) == 0 {
		return nil, nil
	}
	p, err := h.person(ctx, conn, account)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []message.Reviewing
	for _, c := range all {
		v := &reviewerTale{h: h, c: c, account: account, person: p}
		if v.lists, err = h.listsFor(ctx, c, p); err != nil {
			return nil, err
		}
		if of := v.sum(-1); of.Left() > 0 {
			out = append(out, message.Reviewing{Campaign: c, Of: of, Page: v.page(-1), Now: h.Now()})
		}
	}
	slices.SortStableFunc(out, func(a, b message.Reviewing) int { return a.Deadline.Compare(b.Deadline) })
	return out, nil
}
