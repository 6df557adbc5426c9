package directory

import (
	"maps"
	"slices"
)

// Same reports whether two accounts would be stored alike.
func (a Account) Same(b Account) bool {
	if !maps.Equal(a.Roles, b.Roles) {
		return false
	}
	x, y := a, b
	x.Roles, y.Roles = nil, nil
	return x.ID == y.ID && x.Connector == y.Connector && x.Kind == y.Kind && x.State == y.State &&
		x.Handle == y.Handle && x.Name == y.Name && x.Email == y.Email && x.OrgAdmin == y.OrgAdmin &&
		x.OrgOwner == y.OrgOwner && x.Manager == y.Manager && x.TwoFactor == y.TwoFactor && x.Forgotten == y.Forgotten
}

// Same reports whether two resources would be stored alike. Owners are Ebb's
// own and Count follows the members, so neither counts.
func (r Resource) Same(b Resource) bool {
	x, y := r, b
	x.Owners, y.Owners, x.Defaults, y.Defaults = nil, nil, nil, nil
	x.Count, y.Count = 0, 0
	return x.equal(y) && slices.Equal(r.Defaults, b.Defaults)
}

func (r Resource) equal(b Resource) bool {
	return r.ID == b.ID && r.Connector == b.Connector && r.Workspace == b.Workspace && r.Kind == b.Kind &&
		r.Name == b.Name && r.Title == b.Title && r.Creator == b.Creator && r.Private == b.Private &&
		r.General == b.General && r.Archived == b.Archived && r.Shared == b.Shared && r.Reached == b.Reached &&
		r.Disabled == b.Disabled && r.Managed == b.Managed && r.Locked == b.Locked
}

// Difference is what a complete read shows against what was known.
type Difference struct {
	Added, Removed []string
}

// Compare holds a complete list of ids against the known ones. Both results
// are sorted. It must never be given a short read.
func Compare(known, seen map[string]bool) Difference {
	var d Difference
	for id := range seen {
		if !known[id] {
			d.Added = append(d.Added, id)
		}
	}
	for id := range known {
		if !seen[id] {
			d.Removed = append(d.Removed, id)
		}
	}
	slices.Sort(d.Added)
	slices.Sort(d.Removed)
	return d
}

// Suspicious reports whether so many of a kind would go at once that a person
// has to confirm it: more than twenty, and more than a fifth of what was known.
func Suspicious(removed, known int) bool {
	return removed > max(20, known/5)
}
