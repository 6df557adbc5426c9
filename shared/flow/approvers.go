package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// couldApprove names people who could approve now, as far as the directory
// knows, at most 20, and behind them who could in their place.
func (h *House) couldApprove(ctx context.Context, f facts, rule access.Rule) ([]string, error) {
	people, err := h.approversOf(ctx, f, rule)
	if err != nil {
		return nil, err
	}
	var out []string
	names := map[string]string{}
	for _, p := range people {
		names[p.Account.ID] = p.Account.Label()
		out = append(out, p.Account.Label())
	}
	instead, err := h.deputies(ctx, f, people)
	for _, d := range instead {
		out = append(out, d.Account.Label()+" in the place of "+names[d.placeOf])
	}
	return out, err
}

// approversOf are the accounts of those people.
func (h *House) approversOf(ctx context.Context, f facts, rule access.Rule) ([]access.Person, error) {
	candidates := slices.Concat(rule.Approvers.Accounts)
	groups := map[string][]directory.Resource{} // approver groups of each
	if rule.Approvers.ResourceOwners {
		candidates = append(candidates, f.ask.Resource.Owners...)
	}
	if rule.Approvers.AppOwners {
		candidates = append(candidates, f.ask.AppOwners...)
	}
	conn := f.conn.ID
	err := h.Memory.EachResource(ctx, conn, directory.UserGroup, func(r directory.Resource) error {
		if !rule.Approvers.Means(r, f.ask.Resource) {
			return nil
		}
		return h.Memory.EachHolder(ctx, conn, r.ID, func(m directory.Membership) error {
			candidates = append(candidates, m.Account)
			groups[m.Account] = append(groups[m.Account], r)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if rule.Approvers.WorkspaceAdmins {
		err = h.Memory.EachHolder(ctx, conn, f.ask.Resource.Workspace, func(m directory.Membership) error {
			if m.Slug != string(directory.Member) {
				candidates = append(candidates, m.Account)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return h.whoMay(ctx, f, rule, candidates, groups)
}

// mostApprovers is how many are looked for.
const mostApprovers = 20

// whoMay reads candidates until enough may approve. Of their user groups only
// those matter that the rule names, and these are known.
func (h *House) whoMay(ctx context.Context, f facts, rule access.Rule, candidates []string, groups map[string][]directory.Resource) ([]access.Person, error) {
	slices.Sort(candidates)
	var out []access.Person
	for _, id := range slices.Compact(candidates) {
		if len(out) == mostApprovers {
			break
		}
		p, err := h.someone(ctx, f.conn.ID, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.Groups = groups[id]
		if ok, _ := rule.MayApprove(p, f.ask); ok {
			out = append(out, p)
		}
	}
	return out, nil
}
