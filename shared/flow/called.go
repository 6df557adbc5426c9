package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// mostNamed is how many ids of one rule get their names; the others stay ids.
const mostNamed = 40

// inWords puts the names of people and user groups into words of policy, in the place
// of their ids: policy names both by id, because a name can be given to another. What
// the directory does not know keeps its id.
func (h *House) inWords(ctx context.Context, conn string, w access.Who) (*strings.Replacer, error) {
	names := map[string]string{}
	for _, id := range slices.Concat(w.Accounts[:min(len(w.Accounts), mostNamed)], []string{w.Only}) {
		if id == "" {
			continue
		}
		a, err := h.Memory.Account(ctx, conn, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil {
			names[id] = a.Label()
		}
	}
	groups, err := h.groupNames(ctx, conn, w)
	if err != nil {
		return nil, err
	}
	for id, name := range groups {
		names[id] = name
	}
	return replacer(names), nil
}

// groupNames are the handles of the user groups that policy names by id.
func (h *House) groupNames(ctx context.Context, conn string, w access.Who) (map[string]string, error) {
	names := map[string]string{}
	for _, id := range w.Groups[:min(len(w.Groups), mostNamed)] {
		if strings.HasPrefix(id, "@") {
			continue
		}
		g, err := h.Memory.Resource(ctx, conn, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil {
			names[id] = access.Name(g)
		}
	}
	return names, nil
}

// replacer takes the longest of several ids that begin alike.
func replacer(names map[string]string) *strings.Replacer {
	var ids, pairs []string
	for id := range names {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, id := range ids {
		pairs = append(pairs, id, names[id])
	}
	return strings.NewReplacer(pairs...)
}

// refusal is an error that says why policy lets the actor not, by name.
func (h *House) refusal(ctx context.Context, f facts, rule access.Rule, what, why string) error {
	if names, err := h.inWords(ctx, f.conn.ID, rule.Approvers); err == nil {
		why = names.Replace(why)
	}
	return fault.New("policy", fault.Forbidden, "%s: %s", what, why)
}
