package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostDelegations is how many that are not over an account may have.
const mostDelegations = 20

// Delegate names an account that may decide in the actor's place from start
// (zero: now) to end, at most 90 days. Whether each may decide is judged with
// every decision. An actor's own act; a service's key names nobody.
func (h *House) Delegate(ctx context.Context, by access.Actor, conn, to string, start, end time.Time) (access.Delegation, error) {
	const op = "flow.Delegate"
	now := h.Now()
	if start.Before(now) {
		start = now
	}
	d := access.Delegation{Connector: conn, FromUser: by.User.ID, To: to, Start: start, End: end, Created: now}
	var err error
	if d.From, err = h.delegator(by, conn); err == nil {
		err = h.checkDelegate(ctx, by, d)
	}
	if err != nil {
		return access.Delegation{}, fault.Wrap(op, err)
	}
	d.ID = h.NewID("dg")
	d, err = h.Memory.SaveDelegation(ctx, d, h.event("delegation/"+d.ID, "delegation.made", who(by), map[string]string{
		"connector": conn, "from": d.From, "to": d.To, "start": stamp(d.Start), "end": stamp(d.End), "key": by.Key,
	}))
	return d, fault.Wrap(op, err)
}

// delegator is the account of a person who delegates.
func (h *House) delegator(by access.Actor, conn string) (string, error) {
	if by.Service {
		return "", fault.New("flow.delegator", fault.Forbidden, "a service's key cannot delegate; a person has to")
	}
	return h.asker(by, conn)
}

func (h *House) checkDelegate(ctx context.Context, by access.Actor, d access.Delegation) error {
	const op = "flow.checkDelegate"
	switch {
	case !d.End.After(d.Start):
		return fault.At(op, "end", "the end has to be after the start, and not over")
	case d.End.Sub(d.Start) > access.LongestDelegation, d.Start.Sub(d.Created) > access.LongestDelegation:
		return fault.At(op, "end", "somebody decides for you for at most 90 days, from a start within 90 days")
	}
	p, err := h.someone(ctx, d.Connector, d.To)
	if err != nil {
		return err
	}
	switch {
	case d.To == d.From || p.User == by.User.ID:
		return fault.At(op, "account", "this is yourself; name somebody else")
	case !p.Account.Live() || p.Account.Kind != directory.Human || p.Ended:
		return fault.At(op, "account", "%s is not an active member of the organization", p.Account.Label())
	}
	all, err := h.Memory.DelegationsOf(ctx, d.Connector, d.From)
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(all, func(x access.Delegation) bool { return x.Over(d.Created) || x.From != d.From })
	if len(open) >= mostDelegations {
		return fault.New(op, fault.Invalid, "%d delegations of yours are not over; end one first", len(open))
	}
	return nil
}

// EndDelegation takes a delegation back, by who made it or got it, or a Super
// Administrator. Ending it again changes nothing.
func (h *House) EndDelegation(ctx context.Context, by access.Actor, id string) (access.Delegation, error) {
	const op = "flow.EndDelegation"
	var out access.Delegation
	if by.Service {
		return out, fault.New(op, fault.Forbidden, "a service's key cannot end a delegation; a person has to")
	}
	err := again(func() error {
		d, err := h.Memory.Delegation(ctx, id)
		if err != nil {
			return err
		}
		account := by.User.In(d.Connector)
		party := account != "" && !by.User.Ended && (account == d.From || account == d.To)
		if !party && !by.Is(access.SuperAdministrator) {
			return fault.New(op, fault.NotFound, "there is no delegation %s", id)
		}
		if out = d; d.Ended {
			return nil
		}
		d.Ended = true
		out, err = h.Memory.SaveDelegation(ctx, d, h.event("delegation/"+d.ID, "delegation.ended", who(by), map[string]string{
			"connector": d.Connector, "from": d.From, "to": d.To, "key": by.Key,
		}))
		return err
	})
	return out, fault.Wrap(op, err)
}

// DelegationView is a delegation with the names of both.
type DelegationView struct {
	access.Delegation
	Names map[string]string // of accounts
	Holds bool              // now
}

// ReadDelegations lists what the actor delegates and what is delegated to them
// in a connector, without what is over.
func (h *House) ReadDelegations(ctx context.Context, by access.Actor, conn string) ([]DelegationView, error) {
	const op = "flow.ReadDelegations"
	r, err := h.realm(ctx, by, conn)
	if err != nil || r.me.Account.ID == "" {
		return nil, fault.Wrap(op, err)
	}
	all, err := h.Memory.DelegationsOf(ctx, conn, r.me.Account.ID)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []DelegationView
	for _, d := range all {
		if d.Over(h.Now()) {
			continue
		}
		names, err := r.named(ctx, d.From, d.To)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, DelegationView{Delegation: d, Names: names, Holds: d.Holds(h.Now())})
	}
	return out, nil
}

// delegators are those for whom an account may decide now.
func (h *House) delegators(ctx context.Context, conn, account string) ([]access.Delegation, error) {
	all, err := h.Memory.DelegationsOf(ctx, conn, account)
	return slices.DeleteFunc(all, func(d access.Delegation) bool { return d.To != account || !d.Holds(h.Now()) }), err
}

// entitled judges who decides: the actor by their own right, or for the first
// of those who delegate to them who has the right now (then the Vote names
// both). named are the people whom the rule names, may is the rule's judgment.
// why is why neither may.
func (h *House) entitled(ctx context.Context, by access.Actor, account string, f facts, named access.Who, may func(access.Person) (bool, string)) (v access.Vote, why string, err error) {
	v = access.Vote{Account: account, User: by.User.ID, At: h.Now()}
	workspace := f.ask.Resource.Workspace
	p, err := h.confirmed(ctx, f.conn.ID, workspace, account, named)
	if err != nil {
		return v, "", err
	}
	p.User = by.User.ID
	ok, why := may(p)
	if ok {
		return v, "", nil
	}
	if may, _ := access.MayStandIn(p, f.ask); !may {
		return v, why, nil
	}
	given, err := h.delegators(ctx, f.conn.ID, account)
	if err != nil {
		return v, "", err
	}
	for _, d := range given {
		from, err := h.confirmed(ctx, f.conn.ID, workspace, d.From, named)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return v, "", err
		}
		if from.User != d.FromUser || from.User == by.User.ID {
			continue // the account is another person's now, or the delegate's own
		}
		if ok, _ := may(from); ok {
			v.For, v.ForUser = d.From, d.FromUser
			return v, "", nil
		}
	}
	return v, why, nil
}
