package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// RequestView is a request as the actor sees it, with the free texts beside it
// ("" where there is none or it was erased).
type RequestView struct {
	access.Request
	Reason   string
	Comments map[string]string // by the account that decided
	// MayDecide: the actor could decide an item now, as far as the directory
	// knows; Approve asks Slack.
	MayDecide bool
	// MayConfirm: the same of an emergency that waits for its confirmation.
	MayConfirm bool
	// MayVeto: the same of one that would approve itself.
	MayVeto bool
	// PlaceOf is the account in whose place, as its delegate, the actor may do
	// one of the three; "": by their own right.
	PlaceOf string
	// Skipped names in words whom an emergency skipped, by item.
	Skipped   map[int]string
	Names     map[string]string             // of accounts
	Resources map[string]directory.Resource // those whose names the actor sees
	Waits     map[int]Waiting               // of the items that wait
}

// ReadRequests lists the requests that the actor sees, newest first; open:
// only those that wait for a decision.
func (h *House) ReadRequests(ctx context.Context, by access.Actor, open bool, s Slice) (Page[RequestView], error) {
	const op = "flow.ReadRequests"
	eye, err := h.sight(by)
	if err != nil {
		return Page[RequestView]{}, fault.Wrap(op, err)
	}
	read, err := h.requestsFor(ctx, eye, open)
	if err != nil {
		return Page[RequestView]{}, fault.Wrap(op, err)
	}
	known := map[string]*RequestView{} // a list that grows is judged once
	p, err := newest(s,
		read,
		requestPlace,
		func(r access.Request) (RequestView, bool, error) {
			v, ok := known[r.ID]
			if !ok {
				if v, err = eye.request(ctx, r); err != nil {
					return RequestView{}, false, err
				}
				known[r.ID] = v
			}
			if v == nil {
				return RequestView{}, false, nil
			}
			return *v, true, nil
		})
	return p, fault.Wrap(op, err)
}

func requestPlace(r access.Request) place { return place{at: r.Created, id: r.ID} }

// requestsFor is how the newest requests that the actor may see are read: from
// all of them by who oversees or owns; by others from those that they have a
// part in and, because they may decide one, from those that wait.
func (h *House) requestsFor(ctx context.Context, eye *sight, open bool) (func(n int) ([]access.Request, error), error) {
	owns := eye.oversees()
	if !owns {
		all, err := h.Memory.Connectors(ctx)
		if err != nil {
			return nil, err
		}
		owns = slices.ContainsFunc(all, func(c connector.Connector) bool { return slices.Contains(c.Owners, eye.by.User.ID) })
	}
	if open || owns {
		return func(n int) ([]access.Request, error) { return h.Memory.Requests(ctx, open, n) }, nil
	}
	return func(n int) ([]access.Request, error) {
		all, err := h.Memory.Requests(ctx, true, n)
		if err != nil {
			return nil, err
		}
		emergencies, err := h.Memory.Unconfirmed(ctx, n)
		all = append(all, emergencies...)
		for _, ref := range eye.by.User.Accounts {
			if err != nil {
				return nil, err
			}
			var own []access.Request
			own, err = h.Memory.RequestsOf(ctx, ref.Connector, ref.Account, n)
			all = append(all, own...)
		}
		return merged(all, n), err
	}, nil
}

// merged is the newest n of lists that hold the newest n each, each once.
func merged(all []access.Request, n int) []access.Request {
	slices.SortStableFunc(all, func(a, b access.Request) int { return strings.Compare(requestPlace(a).key(), requestPlace(b).key()) })
	all = slices.CompactFunc(all, func(a, b access.Request) bool { return a.ID == b.ID })
	return all[:min(n, len(all))]
}

// ReadRequest reads one request.
func (h *House) ReadRequest(ctx context.Context, by access.Actor, id string) (RequestView, error) {
	const op = "flow.ReadRequest"
	eye, err := h.sight(by)
	if err != nil {
		return RequestView{}, fault.Wrap(op, err)
	}
	r, err := h.Memory.Request(ctx, id)
	if err != nil {
		return RequestView{}, fault.Wrap(op, err)
	}
	v, err := eye.request(ctx, r)
	if err == nil && v == nil {
		err = fault.New(op, fault.NotFound, "there is no request %s", id)
	}
	if err != nil {
		return RequestView{}, fault.Wrap(op, err)
	}
	return *v, nil
}

// request is a request as the actor sees it; nil: not at all.
func (s *sight) request(ctx context.Context, r access.Request) (*RequestView, error) {
	in, err := s.realm(ctx, r.Connector)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := &RequestView{Request: r}
	if v.MayDecide, err = in.mayDecide(ctx, r, &v.PlaceOf); err != nil {
		return nil, err
	}
	if v.MayConfirm, err = in.mayConfirm(ctx, r, &v.PlaceOf); err != nil {
		return nil, err
	}
	if v.MayVeto, err = in.mayVeto(ctx, r, &v.PlaceOf); err != nil {
		return nil, err
	}
	decided := v.MayConfirm || v.MayVeto || slices.ContainsFunc(r.Items, func(it access.Item) bool {
		return in.is(it.DecidedBy) || in.is(it.DecidedFor) || in.is(it.Confirm.By) || slices.ContainsFunc(approvers(it), in.is)
	})
	if !v.MayDecide && !decided && !in.is(r.By) && !in.is(r.Subject) && !in.manages() {
		return nil, nil
	}
	if v.Waits, err = s.h.waits(ctx, r); err != nil {
		return nil, err
	}
	v.Skipped = s.h.skipped(ctx, r)
	return v, in.fill(ctx, v, v.MayDecide || decided)
}

// fill adds names and texts. A reviewer sees the resources' names.
func (r *realm) fill(ctx context.Context, v *RequestView, reviewer bool) error {
	accounts := []string{v.By, v.Subject}
	if v.PlaceOf != "" {
		accounts = append(accounts, v.PlaceOf)
	}
	v.Resources = map[string]directory.Resource{}
	v.Comments = map[string]string{}
	for _, it := range v.Items {
		x, err := r.look(ctx, it.Resource)
		if err != nil {
			return err
		}
		if x.known && (x.seen || reviewer) {
			v.Resources[it.Resource] = x.Resource
		}
		for _, account := range append(approvers(it), it.DecidedBy, it.DecidedFor, it.Confirm.By, it.Confirm.For, it.Handed, it.Confirm.Handed) {
			if account == "" || slices.Contains(accounts, account) {
				continue
			}
			accounts = append(accounts, account)
			if v.Comments[account], err = r.text(ctx, "comment/"+v.ID+"/"+account); err != nil {
				return err
			}
		}
	}
	var err error
	if v.Reason, err = r.text(ctx, "request/"+v.ID); err != nil {
		return err
	}
	v.Names, err = r.named(ctx, accounts...)
	return err
}

func (r *realm) text(ctx context.Context, about string) (string, error) {
	t, err := r.s.h.Memory.Text(ctx, about)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return t.Body, err
}

// mayDecide reports whether the actor could decide a waiting item, by the
// policy in force and, as in voteItem, by the request's own where that says
// nothing any more. It does not ask Slack.
func (r *realm) mayDecide(ctx context.Context, q access.Request, place *string) (bool, error) {
	if r.s.by.Service || !r.full() || r.is(q.By) || r.is(q.Subject) || !r.s.h.Now().Before(q.Expires) {
		return false, nil
	}
	for _, it := range q.Items {
		if it.State != access.Pending {
			continue
		}
		f, d, err := r.s.h.decide(ctx, q.Connector, q.By, q.Subject, it.Resource, it.Slug, q.Length)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		rule := d.Rule
		if rule.ID == "" {
			rule = r.s.h.ruleOf(ctx, it.PolicyVersion, it.Rule)
		}
		f.ask.Requester.User = q.Requester
		rule = asked(rule, it)
		may := func(p access.Person) bool {
			ok, _ := rule.MayApprove(p, f.ask)
			return ok && !it.Voted(p.Account.ID, p.User)
		}
		if r.could(f, place, may) && !it.Voted(r.me.Account.ID, r.me.User) {
			return true, nil
		}
	}
	return false, nil
}

// mayConfirm reports whether the actor could confirm an emergency of the
// request, as far as the directory knows.
func (r *realm) mayConfirm(ctx context.Context, q access.Request, place *string) (bool, error) {
	if r.s.by.Service || !r.full() || r.is(q.By) || r.is(q.Subject) {
		return false, nil
	}
	for _, it := range q.Items {
		if !it.Confirm.Open() {
			continue
		}
		f, err := r.s.h.gather(ctx, q.Connector, q.By, q.Subject, it.Resource, it.Slug, q.Length)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		f.ask.Requester.User = q.Requester
		rule := r.s.h.confirmers(ctx, it)
		if r.could(f, place, func(p access.Person) bool { ok, _ := rule.MayApprove(p, f.ask); return ok }) {
			return true, nil
		}
	}
	return false, nil
}

// skipped names in words whom an emergency skipped, by item.
func (h *House) skipped(ctx context.Context, r access.Request) map[int]string {
	if !r.Emergency {
		return nil
	}
	out := map[int]string{}
	for i, it := range r.Items {
		if !it.Confirm.Due.IsZero() {
			out[i] = h.ruleOf(ctx, it.PolicyVersion, it.Rule).Skipped()
		}
	}
	return out
}
