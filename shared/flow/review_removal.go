package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// removal is what takes denied access away: Ebb's own grants end, and what others
// gave is taken over by a grant that ends it, or, where no API does, by a person.
type removal struct {
	grants []access.Grant
	grant  string // that carries it out; "": a person does
	manual *access.Manual
	events []audit.Event
}

func (r removal) manualID() string {
	if r.manual == nil {
		return ""
	}
	return r.manual.ID
}

// ReviewOrigin is what a grant or a manual task says it comes from.
func ReviewOrigin(l review.Line) string { return "review/" + l.Campaign + "/" + l.ID }

// removal makes what removes the access of a denied line. It is saved with the
// decision.
func (h *House) removal(ctx context.Context, l review.Line, actor string) (removal, error) {
	var out removal
	conn, err := h.Memory.Connector(ctx, l.Connector)
	if err != nil {
		return out, err
	}
	res, err := h.Memory.Resource(ctx, l.Connector, l.Resource)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	if out.grants, out.events, err = h.endsOn(ctx, l, actor); err != nil {
		return out, err
	}
	account, err := h.Memory.Account(ctx, l.Connector, l.Account)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	why := byHand(conn, res, l.Slug, account)
	if why == access.ManualLastMember {
		// Where policy says what becomes of a group's last member, converge does it.
		ends, err := h.policyEnds(ctx, res, l.Account)
		if err != nil {
			return out, err
		}
		if ends {
			why = ""
		}
	}
	if why != "" {
		m := access.Manual{
			Connector: l.Connector, Workspace: l.Workspace, Resource: l.Resource, Kind: l.Kind, Slug: l.Slug, Account: l.Account,
			Origin: ReviewOrigin(l), Why: why, State: access.ManualWaits, Created: h.Now(), Next: h.Now().Add(manualLook),
		}
		if m.ID, m.Ebb = m.ManualID(), byAPI(conn, why); m.Ebb {
			m.Next = h.Now()
		}
		out.manual = &m
		out.events = append(out.events, h.manualMade(m, actor))
		return out, nil
	}
	w := access.Removal{Origin: ReviewOrigin(l), By: actor, Account: l.Account}
	g := access.TakeOver(h.NewID("g"), w, res, h.Now())
	e := h.grantEvent(g, "a reviewer denied this access")
	e.Actor = actor
	out.grant, out.grants, out.events = g.ID, append(out.grants, g), append(out.events, e)
	return out, nil
}

// policyEnds reports whether a rule says how an account leaves a user group as its
// last member: a keeper takes its place, or the group is disabled.
func (h *House) policyEnds(ctx context.Context, res directory.Resource, account string) (bool, error) {
	p, err := h.Memory.Policy(ctx, 0)
	return slices.ContainsFunc(p.Rules, func(r access.Rule) bool {
		return r.Resources.Fits(res) && (r.Empty.Disable || r.Empty.Keep != "" && r.Empty.Keep != account)
	}), err
}

// endsOn are the live grants of a line's access, at their end.
func (h *House) endsOn(ctx context.Context, l review.Line, actor string) ([]access.Grant, []audit.Event, error) {
	all, err := h.Memory.GrantsOn(ctx, l.Connector, l.Resource)
	if err != nil {
		return nil, nil, err
	}
	var mine []access.Grant
	for _, g := range all {
		if g.Account == l.Account && g.Slug == l.Slug && !over(g) {
			mine = append(mine, g)
		}
	}
	moved, events := h.turnedEarly(deniedBy(mine, ReviewOrigin(l)), actor, "")
	return moved, events, nil
}

// deniedBy are grants that end because of a line of a review.
func deniedBy(gs []access.Grant, line string) []access.Grant {
	gs = slices.Clone(gs)
	for i := range gs {
		gs[i].EndedFor = line
	}
	return gs
}

// endChildren ends the default channels that came with user groups' grants which
// end. It is a step of its own, for there may be a hundred of them; who dies before
// it is made up for when the campaign is looked at (settleAll).
func (h *House) endChildren(ctx context.Context, parents []access.Grant, actor string) error {
	for _, p := range parents {
		if p.Origin != "" {
			continue
		}
		children, err := h.children(ctx, p)
		if err != nil {
			return err
		}
		for i := 0; i < len(children); i += endsPerSave {
			part := children[i:min(i+endsPerSave, len(children))]
			moved, events := h.turnedEarly(deniedBy(part, p.EndedFor), actor, "")
			if len(moved) == 0 {
				continue
			}
			err := h.Memory.SaveGrants(ctx, moved, events...)
			if err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
			h.wake(ctx, ".end", moved...)
		}
	}
	return nil
}

// byHand says why no API takes this access away, so that a person has to; "": Ebb
// does, through converge. Sources: Slack's help on who can remove whom, and the
// documented errors of usergroups.users.update and conversations.kick.
func byHand(c connector.Connector, r directory.Resource, slug string, a directory.Account) access.ManualWhy {
	switch r.Kind {
	case directory.UserGroup:
		return groupByHand(c, r)
	case directory.Channel:
		return channelByHand(c, r, a)
	case directory.Role:
		return access.ManualOrgRole
	}
	switch directory.WorkspaceRole(slug) {
	case directory.PrimaryOwner:
		return access.ManualPrimary
	case directory.Admin, directory.Owner: // a grant of it ends by a task of its own, too
		return access.ManualRole
	}
	if a.Kind == directory.Bot {
		return access.ManualBot
	}
	return access.ManualMember
}

func groupByHand(c connector.Connector, r directory.Resource) access.ManualWhy {
	switch {
	case r.Managed:
		return access.ManualManaged
	case r.Locked:
		return access.ManualLocked
	case r.Disabled:
		return access.ManualDisabled
	case !c.CanGrant(directory.UserGroup):
		return access.ManualScope
	case r.Count <= 1 && !c.MayEmpty():
		return access.ManualLastMember
	}
	return ""
}

func channelByHand(c connector.Connector, r directory.Resource, a directory.Account) access.ManualWhy {
	switch {
	case r.General:
		return access.ManualGeneral
	case r.Archived:
		return access.ManualArchived
	case !r.Private:
		return access.ManualPublic
	case !r.Reached:
		return access.ManualUnreached
	case a.Kind == directory.Bot:
		return access.ManualBot
	case a.Roles[r.Workspace] == directory.PrimaryOwner:
		return access.ManualPrimary
	case !c.CanGrant(directory.Channel):
		return access.ManualScope
	}
	return ""
}
