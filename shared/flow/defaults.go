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
// the accounts that may be added now; the others wait for a channel.
func (p *pass) prepare(ctx context.Context, add []string) ([]string, error) {
	if p.view.Resource.Kind != directory.UserGroup || len(p.view.Resource.Defaults) == 0 || len(add) == 0 {
		return add, nil
	}
	ready := slices.Clone(add)
	for _, channel := range p.view.Resource.Defaults {
		ok, err := p.prepareChannel(ctx, channel, add)
		if err != nil {
			return nil, err
		}
		ready = slices.DeleteFunc(ready, func(a string) bool { return !ok[a] })
	}
	return ready, nil
}

// prepareChannel makes and baselines the grants of one default channel. A
// public channel is no access: anybody may join it.
func (p *pass) prepareChannel(ctx context.Context, channel string, add []string) (map[string]bool, error) {
	ok := map[string]bool{}
	r, err := p.h.Memory.Resource(ctx, p.conn.ID, channel)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	public := err == nil && !r.Private
	var ids []string
	for _, g := range p.st.Grants {
		if !slices.Contains(add, g.Account) || !g.Gives(p.h.Now()) || g.Parent != "" {
			continue
		}
		if public {
			ok[g.Account] = true
			continue
		}
		if err := p.makeChild(ctx, g, channel); err != nil {
			return nil, err
		}
		ids = append(ids, childID(g, channel))
	}
	if len(ids) == 0 {
		return ok, nil
	}
	if err := p.h.converge(ctx, p.conn.ID, channel); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	for _, id := range ids {
		child, err := p.h.Memory.Grant(ctx, id)
		if err != nil {
			return nil, err
		}
		if child.State != access.Granting && child.State != access.Stuck {
			ok[child.Account] = true
		}
	}
	return ok, nil
}

// childID follows from the group's grant, so that a child is made once.
func childID(g access.Grant, channel string) string { return g.ID + "." + channel }

func (p *pass) makeChild(ctx context.Context, g access.Grant, channel string) error {
	_, err := p.h.Memory.Grant(ctx, childID(g, channel))
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	child := access.Grant{
		ID: childID(g, channel), Request: g.Request, Item: g.Item, Connector: g.Connector, Workspace: g.Workspace,
		Resource: channel, Kind: directory.Channel, Slug: "member", Account: g.Account, Parent: g.ID,
		Start: g.Start, End: g.End, State: access.Granting, NextTry: p.h.Now(),
		PolicyVersion: g.PolicyVersion, Rule: g.Rule, Approvers: g.Approvers, Created: p.h.Now(),
	}
	err = p.h.Memory.SaveGrants(ctx, []access.Grant{child}, p.h.grantEvent(child, "a default channel of the user group"))
	if fault.Is(err, fault.Conflict) {
		return nil // somebody else made it
	}
	return err
}
