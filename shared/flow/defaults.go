package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// prepare makes a grant of its own for every private default channel of a user
// group, and baselines it, before the group is touched: Slack puts the group's
// new members into these channels by itself and never takes them out. It gives
// the accounts that may be added now; the others wait for a channel or until a
// freeze is lifted, or their grant was ended by a person since it was judged. Members who come back after
// they were left out, or whose adding Ebb overwrote, have no grant and wait for
// nothing.
func (p *pass) prepare(ctx context.Context, add []string) ([]string, error) {
	var givers []access.Grant
	wanted := map[string]bool{}
	if p.frozen = nil; len(add) > 0 {
		p.frozen = p.h.thawed(ctx, p.conn.ID) // not even known: removals go on all the same
	}
	for _, g := range p.st.Grants {
		if p.frozen == nil && slices.Contains(add, g.Account) && g.Gives(p.h.Now()) && g.Parent == "" {
			givers = append(givers, g)
			wanted[g.Account] = true
		}
	}
	for _, l := range p.st.Left {
		wanted[l.Account] = true
	}
	for _, m := range p.st.Mends {
		wanted[m.Account] = true
	}
	add = slices.DeleteFunc(slices.Clone(add), func(a string) bool { return !wanted[a] })
	if p.view.Resource.Kind != directory.UserGroup || len(p.view.Resource.Defaults) == 0 || len(add) == 0 {
		return add, nil
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
	return slices.DeleteFunc(add, func(a string) bool { return waits[a] }), p.load(ctx)
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
		if child.State != access.Active { // not baselined yet, or ended by a person meanwhile
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

// afterParents keeps back what says that a default channel is gone while the
// group's grant is not over: a write to the group that is on its way would
// bring the account into the channel again, and nobody would look.
func (p *pass) afterParents(ctx context.Context, j access.Judgment) (access.Judgment, error) {
	var early []access.Grant
	for _, v := range j.Verdicts {
		if v.Turn != access.Gone || v.Grant.Parent == "" {
			continue
		}
		parent, err := p.h.Memory.Grant(ctx, v.Grant.Parent)
		if err != nil {
			return j, err
		}
		if parent.State.Final() {
			continue
		}
		early = append(early, v.Grant)
		next, now := p.h.Now().Add(busyFor), p.h.Now()
		if at, _ := parent.Next(); at.After(next) {
			next = at.Add(time.Second)
		}
		t := access.Trouble{Code: "group", Text: "waits until Slack shows that the user group is gone too", Dormant: parent.Trouble.Dormant}
		if err := p.save(ctx, access.Step{Grants: []access.Grant{v.Grant.Trip(t, now, next)}}); err != nil {
			return j, err
		}
	}
	for _, g := range early {
		j.Verdicts = slices.DeleteFunc(slices.Clone(j.Verdicts), func(v access.Verdict) bool { return v.Grant.ID == g.ID })
		j.Closed = slices.DeleteFunc(slices.Clone(j.Closed), func(h access.Hold) bool { return h.Account == g.Account })
	}
	return j, nil
}
