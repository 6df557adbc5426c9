package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// facts gathers what policy has to know for one item, from the directory as it
// is now.
type facts struct {
	conn connector.Connector
	ask  access.Ask
}

// gather reads the facts. requester is the account that asks.
func (h *House) gather(ctx context.Context, conn, requester, subject, resource, slug string, length time.Duration) (facts, error) {
	const op = "flow.gather"
	var f facts
	var err error
	if f.conn, err = h.Memory.Connector(ctx, conn); err != nil {
		return f, fault.Wrap(op, err)
	}
	q := access.Ask{Slug: slug, Length: length, OpenGroups: f.conn.OpenGroups, GroupsBy: f.conn.SignIn.GroupsBy, Now: h.Now(), Condition: h.Condition}
	if q.Resource, err = h.Memory.Resource(ctx, conn, resource); err != nil {
		return f, fault.Wrap(op, err)
	}
	if q.Slug == "" {
		q.Slug = access.Askable(q.Resource.Kind)
	}
	if q.Subject, err = h.Memory.Account(ctx, conn, subject); err != nil {
		return f, fault.Wrap(op, unknownSubject(err, subject != requester))
	}
	if q.Requester, err = h.person(ctx, conn, requester); err != nil {
		return f, fault.Wrap(op, err)
	}
	if u, err := h.Memory.UserOf(ctx, conn, subject); err == nil {
		q.SubjectUser, q.SubjectEnded = u.ID, u.Ended
	} else if !fault.Is(err, fault.NotFound) {
		return f, fault.Wrap(op, err)
	}
	if q.AppOwners, err = h.accountsOf(ctx, f.conn); err != nil {
		return f, fault.Wrap(op, err)
	}
	if q.Resource.Owners, err = h.standIns(ctx, q.Resource, q.AppOwners); err != nil {
		return f, fault.Wrap(op, err)
	}
	q.Proven, q.MayEmpty = f.proven(q.Resource), f.conn.MayEmpty()
	if q.Resource.Kind == directory.UserGroup {
		if err := h.groupFacts(ctx, &q); err != nil {
			return f, fault.Wrap(op, err)
		}
	}
	f.ask = q
	return f, nil
}

// unknownSubject says of somebody else, for whom access is asked and of whom the
// directory knows nothing, what that may mean, and at which field.
func unknownSubject(err error, other bool) error {
	if !other || !fault.Is(err, fault.NotFound) {
		return err
	}
	return &fault.Error{
		Op: "flow.gather", Kind: fault.NotFound, Field: "subject", Err: err,
		Text: "Ebb does not know this person here: who has just joined is known after the next sync, and nobody of another organization gets access through Ebb",
	}
}

// proven reports whether removal is known to work: a user group's list is
// written by one and the same call for adding and removing, so an
// administrator's user token with the scope proves it; a channel's preference
// cannot be read, so only a removal that succeeded proves it.
func (f facts) proven(r directory.Resource) bool {
	if f.conn.Proven(r.Workspace, string(r.Kind)) {
		return true
	}
	return r.Kind == directory.UserGroup && f.conn.CanGrant(directory.UserGroup)
}

// groupFacts adds the default channels, and whether the group would be empty
// after the end: no living member would stay who stands without Ebb.
func (h *House) groupFacts(ctx context.Context, q *access.Ask) error {
	for _, id := range q.Resource.Defaults {
		c, err := h.Memory.Resource(ctx, q.Resource.Connector, id)
		if fault.Is(err, fault.NotFound) {
			c = directory.Resource{ID: id, Name: id, Kind: directory.Channel, Private: true}
		} else if err != nil {
			return err
		}
		q.Defaults = append(q.Defaults, c)
	}
	st, err := h.Memory.Standing(ctx, q.Resource.Connector, q.Resource.ID)
	if err != nil {
		return err
	}
	q.Empties = true
	return h.Memory.EachHolder(ctx, q.Resource.Connector, q.Resource.ID, func(m directory.Membership) error {
		hold, ours := st.Holds[m.Account]
		if !q.Empties || ours && hold.Open() && !hold.Stood {
			return nil
		}
		a, err := h.Memory.Account(ctx, m.Connector, m.Account)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err == nil && a.Live() {
			q.Empties = false
		}
		return err
	})
}

// person is an account as policy sees it: with its user and its user groups.
func (h *House) person(ctx context.Context, conn, account string) (access.Person, error) {
	p, err := h.someone(ctx, conn, account)
	if err != nil {
		return p, err
	}
	return p, h.eachGroup(ctx, conn, account, func(r directory.Resource) { p.Groups = append(p.Groups, r) })
}

// someone is person without the user groups.
func (h *House) someone(ctx context.Context, conn, account string) (access.Person, error) {
	a, err := h.Memory.Account(ctx, conn, account)
	if err != nil {
		return access.Person{}, err
	}
	p := access.Person{Account: a}
	u, err := h.Memory.UserOf(ctx, conn, account)
	if err == nil {
		p.User, p.Ended = u.ID, u.Ended
	} else if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return p, err
}

// eachGroup calls f for each user group that an account is a member of. People
// are in hundreds of channels, none of which is read for it.
func (h *House) eachGroup(ctx context.Context, conn, account string, f func(directory.Resource)) error {
	return h.Memory.EachHeld(ctx, conn, account, func(m directory.Membership) error {
		if m.Slug != "member" || m.Kind != "" && m.Kind != directory.UserGroup {
			return nil
		}
		r, err := h.Memory.Resource(ctx, conn, m.Resource)
		if err == nil && r.Kind == directory.UserGroup {
			f(r)
		}
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
}

// confirmed is person as Slack has it now: that the account lives, its role in
// the workspace, and its membership in the approver groups of a rule. A
// directory that is an hour old gives nobody a vote.
func (h *House) confirmed(ctx context.Context, conn, workspace, account string, w access.Who) (access.Person, error) {
	p, err := h.person(ctx, conn, account)
	if err != nil {
		return p, err
	}
	if p.Account, err = h.accountNow(ctx, conn, workspace, p.Account); err != nil || len(w.Groups) == 0 {
		return p, err
	}
	var still []directory.Resource
	for _, g := range p.Groups {
		if !w.Has(g) {
			continue
		}
		v, err := h.groupNow(ctx, conn, g)
		if err != nil {
			return p, err
		}
		if v.Resource.Visible() && v.Set()[account] {
			still = append(still, v.Resource)
		}
	}
	p.Groups = still
	return p, nil
}

// accountNow reads an account from Slack, or takes what was read seconds ago.
// One that Slack does not show any more is as good as deactivated.
func (h *House) accountNow(ctx context.Context, conn, workspace string, known directory.Account) (directory.Account, error) {
	now := h.Now()
	key := conn + "/" + workspace + "/" + known.ID
	if old, ok := h.recent.Load(key); ok {
		if r := old.(recentAccount); now.Sub(r.at) < fresh && !now.Before(r.at) {
			return r.account, nil
		}
	}
	a, err := h.Slack.Account(ctx, connector.Link{Connector: conn, Team: workspace}, known.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		known.State = directory.Deactivated
	case err != nil:
		return known, err
	default:
		known.State, known.Kind, known.Roles = a.State, a.Kind, a.Over(known, workspace).Roles
		if _, in := a.Roles[workspace]; !in {
			known = known.Leave(workspace)
		}
	}
	h.recent.Store(key, recentAccount{at: now, account: known})
	return known, nil
}

// recentAccount is a read of an account with its time.
type recentAccount struct {
	at      time.Time
	account directory.Account
}

// fresh is how old a read of an approver group may be: a hundred grants that
// start together ask Slack once.
const fresh = 5 * time.Second

// groupNow reads a user group from Slack, or takes what was read seconds ago.
func (h *House) groupNow(ctx context.Context, conn string, g directory.Resource) (access.View, error) {
	now := h.Now()
	key := conn + "/" + g.ID
	if old, ok := h.recent.Load(key); ok {
		if r := old.(recent); now.Sub(r.at) < fresh && !now.Before(r.at) {
			return r.view, nil
		}
	}
	v, err := h.Slack.View(ctx, connector.Link{Connector: conn, Team: g.Workspace}, g)
	if err != nil {
		return v, err
	}
	h.recent.Store(key, recent{at: now, view: v})
	return v, nil
}

// recent is a read of a user group with its time.
type recent struct {
	at   time.Time
	view access.View
}

// accountsOf gives the Slack accounts of a connector's owners.
func (h *House) accountsOf(ctx context.Context, c connector.Connector) ([]string, error) {
	var out []string
	for _, id := range c.Owners {
		u, err := h.Memory.User(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if a := u.In(c.ID); a != "" && !u.Ended {
			out = append(out, a)
		}
	}
	return out, nil
}
