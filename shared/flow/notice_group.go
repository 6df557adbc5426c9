package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// hearGroup reads a user group that is new, or that was disabled or enabled. Its
// name and the like wait for the sync: Slack sends this event with each change
// of members too, and one read is a workspace's whole list.
func (h *House) hearGroup(ctx context.Context, c connector.Connector, n connector.Notice) error {
	r, err := h.Memory.Resource(ctx, c.ID, n.Resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil && r.Disabled == n.Gone {
		return nil
	}
	return h.cameIntoSight(ctx, c, n, r, directory.UserGroup)
}

// cameIntoSight reads a resource that an event names and takes it into the
// directory with its members; grants on it that slept are looked at.
func (h *House) cameIntoSight(ctx context.Context, c connector.Connector, n connector.Notice, r directory.Resource, kind directory.Kind) error {
	l := linkOf(c, n)
	l.AsBot = kind == directory.Channel
	known := r.Count > 0 || kind == directory.UserGroup && r.ID != "" // its members were read before
	if r.ID == "" {
		r = directory.Resource{ID: n.Resource, Connector: c.ID, Workspace: l.Team, Kind: kind}
	}
	read := h.Now()
	v, err := h.Slack.View(ctx, l, r)
	if fault.Is(err, fault.NotFound) {
		return nil // gone, or out of sight, again
	}
	if err != nil {
		return err
	}
	b, err := h.asSeen(ctx, v)
	if err != nil {
		return err
	}
	st, err := h.Memory.Standing(ctx, c.ID, r.ID)
	if err == nil && known {
		by := shownBy{access.Look{From: read, Now: h.Now()}, "", n.ID}
		err = h.driftOf(ctx, c, v.Resource, st, &b, by)
	}
	if err == nil {
		// The members first: the resource's row says that they were read.
		err = h.Memory.Put(ctx, directory.Batch{Memberships: b.Memberships, GoneMemberships: b.GoneMemberships})
	}
	if err == nil {
		err = h.Memory.Put(ctx, directory.Batch{Resources: b.Resources})
	}
	if err != nil || len(st.Grants)+len(st.Mends) == 0 || !v.Resource.Visible() {
		return err
	}
	return h.converge(ctx, c.ID, r.ID)
}

// driftOf judges who is new in a batch, and leaves out of it of whom nothing is
// certain.
func (h *House) driftOf(ctx context.Context, c connector.Connector, r directory.Resource, st access.Standing, b *directory.Batch, by shownBy) error {
	var fresh, gone []string
	for _, m := range b.Memberships {
		fresh = append(fresh, m.Account)
	}
	for _, m := range b.GoneMemberships {
		gone = append(gone, m.Account)
	}
	known, err := h.drift(ctx, c, r, st, fresh, by)
	if err != nil {
		return err
	}
	b.Memberships = slices.DeleteFunc(b.Memberships, func(m directory.Membership) bool { return !slices.Contains(known, m.Account) })
	return h.lost(ctx, c.ID, r.ID, gone, by.Now)
}

// asSeen is what a complete read changes in the directory. Where a suspicious
// number would go, the sync asks an owner first, and nobody goes here.
func (h *House) asSeen(ctx context.Context, v access.View) (directory.Batch, error) {
	in := v.Set()
	v.Resource.Count = len(v.Members)
	b := directory.Batch{Resources: []directory.Resource{v.Resource}}
	known := 0
	err := h.Memory.EachHolder(ctx, v.Resource.Connector, v.Resource.ID, func(m directory.Membership) error {
		known++
		if in[m.Account] {
			delete(in, m.Account)
		} else {
			b.GoneMemberships = append(b.GoneMemberships, m)
		}
		return nil
	})
	if directory.Suspicious(len(b.GoneMemberships), known) {
		b.GoneMemberships = nil
	}
	for a := range in {
		b.Memberships = append(b.Memberships, directory.Membership{
			Connector: v.Resource.Connector, Resource: v.Resource.ID, Slug: "member", Account: a, Since: h.Now(), Kind: v.Resource.Kind, Date: v.Date,
		})
	}
	return b, err
}
