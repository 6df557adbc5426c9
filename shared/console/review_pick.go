package console

import (
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

// mostPicks is how many a picker offers at once.
const mostPicks = 12

// pickPeople fills a picker with full members, by name or handle.
func (v *visit) pickPeople(conn string, p Picker, chosen []string) (Picker, error) {
	p.Typed = v.field(p.Field + "_q")
	for _, id := range chosen {
		a, err := v.s.house.ReadAccount(v.ctx(), v.by, conn, id)
		if err != nil && !hidden(err) {
			return p, err
		}
		p.Chosen = append(p.Chosen, Pick{ID: id, Says: labelOr(a.Label(), id), Small: handle(a.Handle)})
	}
	if p.Typed == "" || conn == "" {
		return p, nil
	}
	found, err := v.s.house.ReadAccounts(v.ctx(), v.by, conn, flow.AccountQuery{Search: trimAt(p.Typed)}, flow.Slice{Limit: mostPicks})
	if hidden(err) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	for _, a := range found.Items {
		if !slices.Contains(chosen, a.ID) {
			p.Found = append(p.Found, Pick{ID: a.ID, Says: a.Label(), Small: handle(a.Handle)})
		}
	}
	return p, nil
}

// pickResources fills one with what the reader may see; kind "" is every kind that
// is reviewed.
func (v *visit) pickResources(conn string, p Picker, chosen []string, kind directory.Kind) (Picker, error) {
	p.Typed = v.field(p.Field + "_q")
	for _, id := range chosen {
		r, err := v.s.house.ReadResource(v.ctx(), v.by, conn, id)
		switch {
		case hidden(err):
			p.Chosen = append(p.Chosen, Pick{ID: id, Says: "one that you may not see"})
		case err != nil:
			return p, err
		default:
			p.Chosen = append(p.Chosen, Pick{ID: id, Says: access.Name(r.Resource), Small: r.Title})
		}
	}
	if p.Typed == "" || conn == "" {
		return p, nil
	}
	found, err := v.s.house.ReadResources(v.ctx(), v.by, conn, flow.ResourceQuery{Search: p.Typed, Kind: kind}, flow.Slice{Limit: mostPicks})
	if hidden(err) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	for _, r := range found.Items {
		if !slices.Contains(chosen, r.ID) {
			p.Found = append(p.Found, Pick{ID: r.ID, Says: access.Name(r.Resource), Small: r.Title})
		}
	}
	return p, nil
}

func labelOr(label, id string) string {
	if label == "" {
		return id
	}
	return label
}

func handle(s string) string {
	if s == "" {
		return ""
	}
	return "@" + s
}

func trimAt(s string) string {
	if s != "" && s[0] == '@' {
		return s[1:]
	}
	return s
}
