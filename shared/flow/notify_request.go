package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// requestTale is a request as it stands: who decides it, and what was decided.
type requestTale struct {
	h     *House
	r     access.Request
	asked message.Asked              // without names, as nobody in particular reads it
	may   rights                     // who may decide, veto, confirm
	order map[access.Tiding][]string // the same, in their order
	rooms []room                     // where those who decide are asked together
	conn  connector.Connector
	said  map[string]access.Text // comments, by their key
	keys  []string               // the same, the oldest first
	place map[string]string      // in whose place some may
}

func (h *House) requestTale(ctx context.Context, t access.Telling) (tale, error) {
	q, err := h.asItStands(ctx, t.ID)
	if err != nil {
		return tale{}, err
	}
	r, out := q.r, tale{conn: q.conn}
	out.news = slices.Concat(r.News(), q.nextSteps(), q.comments())
	out.readers = func(ctx context.Context, told access.Telling, n access.News) ([]reader, error) {
		switch n.To {
		case access.ToParties:
			return h.persons(ctx, r.Connector, r.By, r.Subject)
		case access.ToAll:
			return q.whoFollows(ctx, told, n)
		}
		return q.whoDecides(ctx, told, n)
	}
	out.card, out.after = q.card, q.relist
	return out, nil
}

// asItStands reads a request with what its messages tell.
func (h *House) asItStands(ctx context.Context, id string) (*requestTale, error) {
	r, err := h.Memory.Request(ctx, id)
	if err != nil {
		return nil, err
	}
	q := &requestTale{h: h, r: r, may: rights{}, order: map[access.Tiding][]string{}, asked: message.Asked{Request: r, Page: h.pageOf(r.ID)}, said: map[string]access.Text{}, place: map[string]string{}}
	if q.conn, err = h.Memory.Connector(ctx, r.Connector); err != nil {
		return nil, err
	}
	return q, q.read(ctx)
}

// read gathers what the cards say beside the request.
func (q *requestTale) read(ctx context.Context) error {
	waits, err := q.h.waits(ctx, q.r)
	if err != nil {
		return err
	}
	for i, it := range q.r.Items {
		a := message.AskedItem{Item: it}
		if w, ok := waits[i]; ok {
			a.Asks, a.Step, a.Of, a.Need, a.Have = w.Approvers, w.Step, w.Steps, w.Need, w.Have
		}
		if it.State == access.Pending && q.h.Now().Before(q.r.Expires) {
			if err := q.item(ctx, &a); err != nil {
				return err
			}
		}
		if it.Confirm.Open() || it.State == access.Pending && !it.SoloAt.IsZero() {
			if err := q.others(ctx, it); err != nil {
				return err
			}
		}
		q.asked.Items = append(q.asked.Items, a)
	}
	if q.asked.Reason, err = q.text(ctx, "request/"+q.r.ID); err != nil {
		return err
	}
	if err := q.readComments(ctx); err != nil {
		return err
	}
	q.asked.Comments = map[string]string{}
	for _, account := range q.deciders() {
		if q.asked.Comments[account], err = q.text(ctx, "comment/"+q.r.ID+"/"+account); err != nil {
			return err
		}
	}
	return nil
}

// item adds what policy says of an item that waits, who may decide it now, and
// what stands today.
func (q *requestTale) item(ctx context.Context, a *message.AskedItem) error {
	r, it := q.r, a.Item
	f, d, err := q.h.decideFor(ctx, r, it.Resource, it.Slug, r.Length)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	rule := d.Rule
	if rule.ID == "" {
		rule = q.h.ruleOf(ctx, it.PolicyVersion, it.Rule)
	}
	f.ask.Requester.User = r.Requester
	people, err := q.h.approversOf(ctx, f, asked(rule, it))
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(p access.Person) bool { return it.Voted(p.Account.ID, p.User) })
	instead, err := q.instead(ctx, f, people)
	if err != nil {
		return err
	}
	people = append(people, slices.DeleteFunc(instead, func(p access.Person) bool { return it.Voted(p.Account.ID, p.User) })...)
	if err := q.ask(ctx, rule, it, f.ask.Resource, people); err != nil {
		return err
	}
	if a.Asks == "" {
		a.Asks = asked(rule, it).Approvers.Words()
	}
	names, err := q.h.inWords(ctx, r.Connector, rule.Anybody().Approvers.And(asked(rule, it).Approvers))
	if err != nil {
		return err
	}
	a.Asks = names.Replace(a.Asks)
	a.Policy, a.Gives = names.Replace(d.Words()), d.Gives
	if d.Rule.ID == "" {
		a.Policy = "the rule that took it allows it no more: " + d.Because
	}
	a.Stands, err = q.stands(ctx, f.ask.Resource, it.Slug)
	return err
}

// stands is what the subject has today, as far as is known.
func (q *requestTale) stands(ctx context.Context, res directory.Resource, slug string) (string, error) {
	held, err := q.h.Memory.Holds(ctx, directory.Membership{Connector: q.r.Connector, Resource: res.ID, Slug: slug, Account: q.r.Subject})
	if err != nil {
		return "", err
	}
	others := fmt.Sprintf("%d people are", res.Count)
	switch {
	case held && res.Count == 1:
		return "a member today, and the only one", nil
	case held:
		return fmt.Sprintf("a member today, one of %d", res.Count), nil
	case res.Count == 0:
		others = "nobody is"
	case res.Count == 1:
		others = "1 person is"
	}
	return "not a member today; " + others, nil
}

func (q *requestTale) text(ctx context.Context, about string) (string, error) {
	t, err := q.h.Memory.Text(ctx, about)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return t.Body, err
}

// deciders are the accounts that had a say.
func (q *requestTale) deciders() []string {
	var out []string
	for _, it := range q.r.Items {
		for _, account := range append(approvers(it), it.DecidedBy) {
			if account != "" && !slices.Contains(out, account) {
				out = append(out, account)
			}
		}
	}
	return out
}

// card is what one reader sees. Who decides is the reviewer of private resources
// and sees their names; who asked knows them; for whom it was asked learns them
// with the access.
func (q *requestTale) card(ctx context.Context, n access.News, r reader, due bool) (message.Card, error) {
	all := !r.channel && (r.to != q.r.Subject || r.to == q.r.By || q.approved())
	accounts := append([]string{q.r.By, q.r.Subject, q.place[r.to]}, q.deciders()...)
	var resources []string
	for _, it := range q.r.Items {
		resources = append(resources, it.Resource)
	}
	a := q.asked
	var err error
	if a.Names, err = q.h.names(ctx, q.r.Connector, all, accounts, resources); err != nil {
		return message.Card{}, err
	}
	if r.channel {
		if a, err = q.inChannel(ctx, a, r.to); err != nil {
			return message.Card{}, err
		}
	}
	a.May = due && (q.may[askedBy(n.What)][r.to] || r.channel)
	a.PlaceOf = q.place[r.to]
	switch n.What {
	case access.TellEmergency:
		return a.EmergencyCard(n.N != ""), nil
	case access.TellSolo:
		return a.Solo(), nil
	case access.TellComment:
		said := q.said[n.N]
		if _, named := a.Names.People[said.Author]; !named {
			more, err := q.h.names(ctx, q.r.Connector, false, []string{said.Author}, nil)
			if err != nil {
				return message.Card{}, err
			}
			a.Names.People[said.Author] = more.People[said.Author]
		}
		return a.Commented(said.Author, said.Body, r.thread == ""), nil
	case access.TellRemind:
		return a.Remind(), nil
	case access.TellOutcome:
		return a.Outcome(r.to), nil
	}
	return a.Decide(), nil
}

func (q *requestTale) approved() bool {
	return slices.ContainsFunc(q.r.Items, func(it access.Item) bool { return it.State == access.Approved })
}

// pageOf is where the console shows a request.
func (h *House) pageOf(request string) string { return h.URL + "/requests/" + request }
