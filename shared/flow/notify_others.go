package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// askedBy is the tiding whose readers a tiding has: a reminder goes to whom the
// question went.
func askedBy(t access.Tiding) access.Tiding {
	if t == access.TellRemind {
		return access.TellDecide
	}
	return t
}

// lets remembers that a person may do what a tiding asks for.
func (q *requestTale) lets(what access.Tiding, p access.Person) {
	q.may.add(what, p.Account.ID)
	if !slices.Contains(q.order[what], p.Account.ID) {
		q.order[what] = append(q.order[what], p.Account.ID)
	}
}

// instead are those who may do something in the place of some of people, and whose
// place that is.
func (q *requestTale) instead(ctx context.Context, f facts, people []access.Person) ([]access.Person, error) {
	all, err := q.h.deputies(ctx, f, people)
	var out []access.Person
	for _, d := range all {
		q.place[d.Account.ID] = d.placeOf
		out = append(out, d.Person)
	}
	return out, err
}

// rights are the accounts that may do what a tiding asks for.
type rights map[access.Tiding]map[string]bool

func (m rights) add(what access.Tiding, account string) {
	if m[what] == nil {
		m[what] = map[string]bool{}
	}
	m[what][account] = true
}

// others are who confirms an emergency, with those whom it skipped, and who may
// veto what approves itself.
func (q *requestTale) others(ctx context.Context, it access.Item) error {
	r := q.r
	f, err := q.h.gather(ctx, r.Connector, r.By, r.Subject, it.Resource, it.Slug, r.Length)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f.ask.Requester.User = r.Requester
	what, rule := access.TellEmergency, q.h.confirmers(ctx, it)
	if !it.Confirm.Open() {
		what, rule = access.TellSolo, q.h.soloRule(ctx, it)
		rule.Approvers, rule.Steps, rule.Auto = rule.Vetoers(), nil, false
	}
	people, err := q.h.approversOf(ctx, f, rule)
	if err != nil {
		return err
	}
	instead, err := q.instead(ctx, f, people)
	if err != nil {
		return err
	}
	for _, p := range append(people, instead...) {
		q.lets(what, p)
	}
	if what == access.TellSolo {
		return nil
	}
	skipped, err := q.h.approversOf(ctx, f, q.h.ruleOf(ctx, it.PolicyVersion, it.Rule).Anybody())
	for _, p := range skipped {
		q.order[what] = append(q.order[what], p.Account.ID)
	}
	return err
}

// readComments gathers what people said of the request. Which comments there are
// is in its events, their words are texts beside it; a text that was erased says
// nothing any more.
func (q *requestTale) readComments(ctx context.Context) error {
	events, err := q.h.Memory.EventsOf(ctx, "request/"+q.r.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		key := e.Data["key"]
		if e.Action != "request.commented" || key == "" {
			continue
		}
		t, err := q.h.Memory.Text(ctx, CommentText(q.r.ID, key))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		q.said[key] = t
		q.keys = append(q.keys, key)
	}
	return nil
}

// comments is the news of what people said.
func (q *requestTale) comments() []access.News {
	var out []access.News
	for _, key := range q.keys {
		if !q.said[key].Erased {
			out = append(out, access.News{What: access.TellComment, N: key, To: access.ToAll})
		}
	}
	return out
}

// whoFollows are who reads a comment: those who were asked, in the thread of the
// question, and the parties; its author is none of them.
func (q *requestTale) whoFollows(ctx context.Context, told access.Telling, n access.News) ([]reader, error) {
	author := q.said[n.N].Author
	var out []reader
	seen := map[string]bool{author: true}
	for _, m := range told.Messages {
		asks := m.What == access.TellDecide || m.What == access.TellSolo || m.What == access.TellEmergency
		if asks && m.N == "" && m.TS != "" && m.Failed == "" && !seen[m.To] {
			seen[m.To] = true
			out = append(out, reader{to: m.To, channel: m.To == m.Channel, thread: m.TS})
		}
	}
	parties, err := q.h.persons(ctx, q.r.Connector, q.r.By, q.r.Subject)
	for _, p := range parties {
		if !seen[p.to] {
			seen[p.to] = true
			out = append(out, p)
		}
	}
	return out, err
}
