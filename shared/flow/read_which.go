package flow

import (
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostNear is how many candidates are named where a text means none or several.
const mostNear = 8

// Called is somebody or something that a text may mean. A person without User has
// none in Ebb yet, or it is not for the actor to know; a user without an account
// has no Account.
type Called struct {
	Connector, Slack string // id and name
	Account, User    string
	Resource         string
	Name, Small      string // what it is called, and what tells it from others
}

// Which is what a text means: One, when it is Sure, else those that are Near. What
// the actor may not see is neither: it is not there.
type Which struct {
	One  Called
	Sure bool
	Near []Called
}

// WhichPerson says who is meant by an id, a handle, an address, a name or a part
// of one, in one connector ("": in all that the actor sees). Somebody with several
// accounts of one user is one.
func (h *House) WhichPerson(ctx context.Context, by access.Actor, conn, typed string) (Which, error) {
	const op = "flow.WhichPerson"
	realms, err := h.realmsOf(ctx, by, conn)
	if err != nil {
		return Which{}, fault.Wrap(op, err)
	}
	s, err := h.sight(by)
	if err != nil {
		return Which{}, fault.Wrap(op, err)
	}
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return Which{}, nil
	}
	if s.oversees() && conn == "" {
		u, err := h.Memory.User(ctx, typed)
		if err == nil {
			return Which{One: Called{User: u.ID, Name: u.Name, Small: u.ID}, Sure: true}, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return Which{}, fault.Wrap(op, err)
		}
	}
	var sure, near []Called
	for _, r := range realms {
		w, err := r.whichAccount(ctx, typed)
		if err != nil {
			return Which{}, fault.Wrap(op, err)
		}
		if w.Sure {
			sure = append(sure, w.One)
		}
		near = append(near, w.Near...)
	}
	w := settled(sure, near, func(a, b Called) bool { return a.User != "" && a.User == b.User })
	if !w.Sure && len(w.Near) == 0 && s.oversees() && conn == "" {
		w, err = h.whichUser(ctx, by, typed)
	}
	return w, fault.Wrap(op, err)
}

// WhichResource says which resource is meant by an id, @handle, #name or a part of
// a name, in one connector ("": in all that the actor sees).
func (h *House) WhichResource(ctx context.Context, by access.Actor, conn, typed string) (Which, error) {
	const op = "flow.WhichResource"
	realms, err := h.realmsOf(ctx, by, conn)
	if err != nil {
		return Which{}, fault.Wrap(op, err)
	}
	var sure, near []Called
	if typed = strings.TrimSpace(typed); typed == "" {
		return Which{}, nil
	}
	for _, r := range realms {
		res, err := r.called(ctx, typed)
		if err == nil {
			sure = append(sure, r.calledResource(res))
			continue
		}
		if !fault.Is(err, fault.NotFound, fault.Invalid) {
			return Which{}, fault.Wrap(op, err)
		}
		found, err := h.Find(ctx, by, r.conn.ID, typed)
		if err != nil {
			return Which{}, fault.Wrap(op, err)
		}
		for _, f := range found {
			if len(near) == mostNear {
				break
			}
			near = append(near, r.calledResource(f.Resource))
		}
	}
	return settled(sure, near, func(Called, Called) bool { return false }), nil
}

// settled is one that is sure, or all that could be meant. A single near one is
// not taken for it: whoever asks chooses it.
func settled(sure, near []Called, same func(a, b Called) bool) Which {
	if len(sure) == 0 {
		return Which{Near: near[:min(len(near), mostNear)]}
	}
	for _, x := range sure[1:] {
		if !same(sure[0], x) {
			return Which{Near: sure[:min(len(sure), mostNear)]}
		}
	}
	return Which{One: sure[0], Sure: true}
}

func (h *House) realmsOf(ctx context.Context, by access.Actor, conn string) ([]*realm, error) {
	if conn == "" {
		return h.realms(ctx, by)
	}
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return nil, err
	}
	return []*realm{r}, nil
}

func (r *realm) calledResource(x directory.Resource) Called {
	return Called{Connector: r.conn.ID, Slack: r.conn.Name, Resource: x.ID, Name: access.Name(x), Small: x.Title}
}

// whichAccount is the account with this id, handle, address or whole name, else
// those that a search finds.
func (r *realm) whichAccount(ctx context.Context, typed string) (Which, error) {
	a, err := r.whoIs(ctx, typed)
	if err == nil {
		one, err := r.calledAccount(ctx, a)
		return Which{One: one, Sure: err == nil}, err
	}
	if !fault.Is(err, fault.NotFound, fault.Invalid) {
		return Which{}, err
	}
	w := accountWalk{r: r, q: AccountQuery{Search: typed}, s: Slice{Limit: mostNear}}
	p, err := w.page(ctx)
	if err != nil {
		return Which{}, err
	}
	var out Which
	name := strings.TrimPrefix(typed, "@")
	exact := 0
	for _, v := range p.Items {
		c, err := r.calledAccount(ctx, v.Account)
		if err != nil {
			return Which{}, err
		}
		out.Near = append(out.Near, c)
		if strings.EqualFold(v.Name, name) {
			exact++
			out.One = c
		}
	}
	// Whole names come first: when one that is longer follows, or nothing, there are
	// no more of this name.
	if exact == 1 && (p.Next == "" || len(p.Items) > 1) {
		return Which{One: out.One, Sure: true}, nil
	}
	return Which{Near: out.Near}, nil
}

func (r *realm) calledAccount(ctx context.Context, a directory.Account) (Called, error) {
	c := Called{Connector: r.conn.ID, Slack: r.conn.Name, Account: a.ID, Name: a.Label(), Small: a.ID}
	if a.Handle != "" {
		c.Small = "@" + a.Handle
	}
	if !r.s.oversees() {
		return c, nil
	}
	u, err := r.s.h.Memory.UserOf(ctx, r.conn.ID, a.ID)
	if fault.Is(err, fault.NotFound) {
		return c, nil
	}
	c.User = u.ID
	return c, err
}

// whichUser is the user of this name, who has no account that is found.
func (h *House) whichUser(ctx context.Context, by access.Actor, typed string) (Which, error) {
	p, err := h.ReadUsers(ctx, by, typed, Slice{Limit: mostNear})
	if err != nil {
		return Which{}, err
	}
	var sure, near []Called
	for _, u := range p.Items {
		c := Called{User: u.ID, Name: u.Name, Small: u.ID}
		near = append(near, c)
		if strings.EqualFold(u.Name, typed) {
			sure = append(sure, c)
		}
	}
	if p.Next != "" {
		sure = nil
	}
	return settled(sure, near, func(Called, Called) bool { return false }), nil
}
