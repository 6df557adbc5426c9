package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// prepare makes a grant of its own for every private default channel of a user
// group, and baselines it, before the group is touched: Slack puts the group's
// new members into these channels by itself and never takes them out. It gives
// the accounts that may be added now; the others wait for a channel. Members
// who come back after they were left out have no grant and wait for nothing.
func (p *pass) prepare(ctx context.Context, add []string) ([]string, error) {
	if p.view.Resource.Kind != directory.UserGroup || len(p.view.Resource.Defaults) == 0 || len(add) == 0 {
		return add, nil
	}
	var givers []access.Grant
	for _, g := range p.st.Grants {
		if slices.Contains(add, g.Account) && g.Gives(p.h.Now()) && g.Parent == "" {
			givers = append(givers, g)
		}
	}
	waits := map[string]bool{}
	for _, channel := range p.view.Resource.Defaults {
		ids, err := p.makeChildren(ctx, channel, givers)
		if err != nil {
			return nil, err
		}
		if err := p.baselined(ctx, channel, ids, waits); err != nil {
			return nil, err
		}
	}
	ready := slices.DeleteFunc(slices.Clone(add), func(a string) bool { return waits[a] })
	return ready, p.load(ctx)
}

// inherit makes the default channels' grants for a further grant on what an
// earlier one gave: Slack adds nobody then, and when the earlier one ends the
// channel has to stay with the group.
func (p *pass) inherit(ctx context.Context) error {
	if p.view.Resource.Kind != directory.UserGroup || len(p.view.Resource.Defaults) == 0 {
		return nil
	}
	in := p.view.Set()
	var givers []access.Grant
	for _, g := range p.st.Grants {
		if g.State == access.Granting && !g.Added && g.Gives(p.h.Now()) && in[g.Account] && p.st.Holds[g.Account].Ours() {
			givers = append(givers, g)
		}
	}
	if len(givers) == 0 {
		return nil
	}
	for _, channel := range p.view.Resource.Defaults {
		if _, err := p.makeChildren(ctx, channel, givers); err != nil {
			return err
		}
	}
	return p.load(ctx)
}

// makeChildren makes the grants of one default channel and gives their ids. A
// public channel is no access: anybody may join it.
func (p *pass) makeChildren(ctx context.Context, channel string, givers []access.Grant) ([]string, error) {
	r, err := p.h.Memory.Resource(ctx, p.conn.ID, channel)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err == nil && !r.Private {
		return nil, nil
	}
	var ids []string
	for _, g := range givers {
		if err := p.makeChild(ctx, g.ID, channel); err != nil {
			return nil, err
		}
		ids = append(ids, childID(g, channel))
	}
	return ids, nil
}

// baselined notes which accounts have to wait for a channel.
func (p *pass) baselined(ctx context.Context, channel string, ids []string, waits map[string]bool) error {
	if len(ids) == 0 {
		return nil
	}
	if err := p.h.converge(ctx, p.conn.ID, channel); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	for _, id := range ids {
		child, err := p.h.Memory.Grant(ctx, id)
		if err != nil {
			return err
		}
		if child.State == access.Granting || child.State == access.Stuck {
			waits[child.Account] = true
		}
	}
	return nil
}

// childID follows from the group's grant, so that a child is made once.
func childID(g access.Grant, channel string) string { return g.ID + "." + channel }

// makeChild saves the child together with its parent as it was read: whoever
// ends or extends the parent meanwhile loses that race, reads again, and finds
// the child.
func (p *pass) makeChild(ctx context.Context, parent, channel string) error {
	g, err := p.h.Memory.Grant(ctx, parent)
	if err != nil {
		return err
	}
	_, err = p.h.Memory.Grant(ctx, childID(g, channel))
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	now := p.h.Now()
	if !g.Gives(now) {
		return fault.New("flow.makeChild", fault.Conflict, "grant %s has come to its end", g.ID)
	}
	child := access.Grant{
		ID: childID(g, channel), Request: g.Request, Item: g.Item, Connector: g.Connector, Workspace: g.Workspace,
		Resource: channel, Kind: directory.Channel, Slug: "member", Account: g.Account, Parent: g.ID,
		Start: g.Start, End: g.End, State: access.Granting, NextTry: now,
		PolicyVersion: g.PolicyVersion, Rule: g.Rule, Approvers: g.Approvers, Created: now,
	}
	return p.h.Memory.SaveGrants(ctx, []access.Grant{g, child}, p.h.grantEvent(child, "a default channel of the user group"))
}
