package flow

import (
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// certain decides again, with the requester's user groups as Slack has them now,
// where policy gives access by itself because of them. Everybody else's answer
// is checked by an approver; here the directory would be the only witness, and
// it may be an hour old, or have a removal overtaken by a late event.
func (h *House) certain(ctx context.Context, f facts, d access.Decision) (facts, access.Decision, error) {
	if !d.Allowed || !d.Auto || !asksForGroups(d.Rule) {
		return f, d, nil
	}
	var still []directory.Resource
	for _, g := range f.ask.Requester.Groups {
		if !matters(d.Rule, g) {
			continue
		}
		v, err := h.groupNow(ctx, f.conn.ID, g)
		if err != nil {
			return f, access.Decision{}, err
		}
		if v.Resource.Visible() && v.Set()[f.ask.Requester.Account.ID] {
			still = append(still, v.Resource)
		}
	}
	f.ask.Requester.Groups = still
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return f, access.Decision{}, err
	}
	again := p.Decide(f.ask)
	if again.Allowed && again.Auto && again.Rule.ID != d.Rule.ID {
		// Of the groups that the other rule names none was read.
		return f, access.Decision{
			Rule: again.Rule, Version: again.Version, Trail: again.Trail,
			Because: "your user groups have changed in Slack since Ebb last looked; ask again in a minute",
		}, nil
	}
	return f, again, nil
}

// asksForGroups reports whether the requester's user groups have a part in what
// the rule answers.
func asksForGroups(r access.Rule) bool {
	return len(r.Requesters.Groups)+len(r.Others.Groups)+len(r.Emergency.Requesters.Groups) > 0 || strings.Contains(r.When, "groups")
}

// matters: a condition sees all user groups.
func matters(r access.Rule, g directory.Resource) bool {
	return r.Requesters.Has(g) || r.Others.Has(g) || r.Emergency.Requesters.Has(g) || strings.Contains(r.When, "groups")
}
