package directory

import (
	"hash/fnv"
	"maps"
)

// Digest sums up what a listing of one workspace says of the account, so that
// an unchanged account is known without keeping it. Not for security.
func (a Account) Digest(workspace string) uint64 {
	h := fnv.New64a()
	put := func(parts ...string) {
		for _, p := range parts {
			h.Write([]byte(p))
			h.Write([]byte{0})
		}
	}
	name, handle, email := a.Name, a.Handle, a.Email
	if a.Forgotten {
		name, handle, email = "", "", ""
	}
	put(a.ID, string(a.Kind), string(a.State), handle, name, email, string(a.Roles[workspace]))
	for _, b := range []bool{a.OrgAdmin, a.OrgOwner, a.TwoFactor} {
		if b {
			put("1")
		} else {
			put("0")
		}
	}
	return h.Sum64()
}

// Over lays what one workspace says over what was known: roles in other
// workspaces stay, and a forgotten account stays without name.
func (a Account) Over(was Account, workspace string) Account {
	next := a
	next.Roles = maps.Clone(was.Roles)
	if next.Roles == nil {
		next.Roles = map[string]WorkspaceRole{}
	}
	if role, ok := a.Roles[workspace]; ok {
		next.Roles[workspace] = role
	}
	if next.Manager == "" {
		next.Manager = was.Manager // no listing tells it
	}
	if was.Forgotten {
		next.Forgotten, next.Name, next.Handle, next.Email = true, "", "", ""
	}
	return next
}

// Leave is the account without its role in a workspace.
func (a Account) Leave(workspace string) Account {
	a.Roles = maps.Clone(a.Roles)
	delete(a.Roles, workspace)
	return a
}
