package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// FindingView is a finding as who decides about it sees it.
type FindingView struct {
	directory.Finding
	Resource directory.Resource // of what is gone from the directory its id alone
	Names    map[string]string  // of accounts
	Decider  string             // the name of the user who decided; "" for nobody
	Comment  string             // on the decision; "" where it was erased, or none
	// Grant ends the access, where a person said so; its trouble is what stands in
	// the way.
	Ends *access.Grant
	// Decides: the actor is one of those who decide about it, and no auditor alone.
	Decides bool
	// Refuses says of each decision why it cannot be made now, in words.
	Refuses map[directory.FindingTurn]string
}

// May reports whether a decision can be made, as far as is known.
func (v FindingView) May(t directory.FindingTurn) bool { return v.Decides && v.Refuses[t] == "" }

// FindingFilter says which findings are wanted; the zero value: all of them.
type FindingFilter struct {
	Connector string
	Resource  string
	Account   string
	Kind      directory.FindingKind
	Waiting   bool // only what is to be decided, or on its way
}

func (w FindingFilter) fits(f directory.Finding) bool {
	return (w.Resource == "" || w.Resource == f.Resource) && (w.Account == "" || w.Account == f.Account) &&
		(w.Kind == "" || w.Kind == f.Kind) && (!w.Waiting || f.Waits())
}

// ReadFindings lists the findings about which the actor decides, what waits first
// and then what was decided, the last seen first.
func (h *House) ReadFindings(ctx context.Context, by access.Actor, w FindingFilter, s Slice) (Page[FindingView], error) {
	const op = "flow.ReadFindings"
	realms, err := h.findingRealms(ctx, by, w.Connector)
	if err != nil {
		return Page[FindingView]{}, fault.Wrap(op, err)
	}
	known := map[string]*FindingView{}
	p, err := newest(s,
		func(n int) ([]directory.Finding, error) {
			var all []directory.Finding
			for _, r := range realms {
				for _, waiting := range []bool{true, false} {
					if w.Waiting && !waiting {
						continue
					}
					fs, err := h.Memory.Findings(ctx, r.conn.ID, waiting, n)
					if err != nil {
						return nil, err
					}
					all = append(all, fs...)
				}
			}
			slices.SortStableFunc(all, func(a, b directory.Finding) int {
				return compareKeys(findingPlace(a), findingPlace(b))
			})
			all = slices.CompactFunc(all, func(a, b directory.Finding) bool { return a.ID == b.ID })
			return all[:min(n, len(all))], nil
		},
		findingPlace,
		func(f directory.Finding) (FindingView, bool, error) {
			if !w.fits(f) {
				return FindingView{}, false, nil
			}
			v, ok := known[f.ID]
			if !ok {
				i := slices.IndexFunc(realms, func(r *realm) bool { return r.conn.ID == f.Connector })
				if v, err = realms[i].finding(ctx, f); err != nil {
					return FindingView{}, false, err
				}
				known[f.ID] = v
			}
			if v == nil {
				return FindingView{}, false, nil
			}
			return *v, true, nil
		})
	return p, fault.Wrap(op, err)
}

func compareKeys(a, b place) int {
	switch ka, kb := a.key(), b.key(); {
	case ka < kb:
		return -1
	case ka > kb:
		return 1
	}
	return 0
}

func findingPlace(f directory.Finding) place {
	p := place{at: f.Seen, id: f.ID}
	if !f.Waits() {
		p.part = 1
	}
	return p
}

// findingRealms are the connectors that the actor has to do with, or the one named.
func (h *House) findingRealms(ctx context.Context, by access.Actor, conn string) ([]*realm, error) {
	if conn == "" {
		return h.realms(ctx, by)
	}
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return nil, err
	}
	return []*realm{r}, nil
}

// ReadFinding reads one finding.
func (h *House) ReadFinding(ctx context.Context, by access.Actor, id string) (FindingView, error) {
	const op = "flow.ReadFinding"
	missing := fault.New(op, fault.NotFound, "there is no finding %s", id)
	eye, err := h.sight(by)
	if err != nil {
		return FindingView{}, fault.Wrap(op, err)
	}
	f, err := h.Memory.Finding(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return FindingView{}, missing
	}
	if err != nil {
		return FindingView{}, fault.Wrap(op, err)
	}
	in, err := eye.realm(ctx, f.Connector)
	if fault.Is(err, fault.NotFound) {
		return FindingView{}, missing
	}
	if err != nil {
		return FindingView{}, fault.Wrap(op, err)
	}
	v, err := in.finding(ctx, f)
	if err == nil && v == nil {
		return FindingView{}, missing
	}
	if err != nil {
		return FindingView{}, fault.Wrap(op, err)
	}
	return *v, nil
}

// finding is a finding as the actor sees it; nil: not at all. Auditors read what
// others decide.
func (r *realm) finding(ctx context.Context, f directory.Finding) (*FindingView, error) {
	x, err := r.look(ctx, f.Resource)
	if err != nil {
		return nil, err
	}
	admin := r.s.by.Is(access.IntegrationAdministrator)
	decides := r.owns || admin || slices.ContainsFunc(x.Owners, r.is)
	if !decides && !r.s.by.Is(access.Auditor) || x.known && !x.seen {
		return nil, nil
	}
	if !x.known && !r.owns && !r.s.oversees() {
		return nil, nil
	}
	v := &FindingView{Finding: f, Resource: x.Resource}
	if !x.known {
		v.Resource = directory.Resource{ID: f.Resource, Connector: f.Connector}
	}
	v.Decides = decides && !r.s.by.Service
	if v.Refuses, err = r.refusals(ctx, f, v.Resource); err != nil {
		return nil, err
	}
	return v, r.furnish(ctx, v)
}

// furnish adds the names, the comment and the grant.
func (r *realm) furnish(ctx context.Context, v *FindingView) error {
	var err error
	if v.Names, err = r.named(ctx, v.Account); err != nil {
		return err
	}
	if v.By != "" {
		u, err := r.s.h.Memory.User(ctx, v.By)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		v.Decider = u.Name
		t, err := r.s.h.Memory.Text(ctx, FindingText(v.Finding))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		v.Comment = t.Body
	}
	if v.Grant == "" {
		return nil
	}
	g, err := r.s.h.Memory.Grant(ctx, v.Grant)
	if err == nil {
		v.Ends = &g
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
