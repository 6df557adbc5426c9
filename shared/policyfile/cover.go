package policyfile

import (
	"path"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// This file says when one rule takes all that another one means. Its answers
// err to "no": a rule is called unreachable, or a group guarded by a rule
// above, only where that is certain.

// parts splits a match into matches of a single id or name.
func parts(m access.Match) []access.Match {
	var out []access.Match
	for _, id := range m.IDs {
		out = append(out, access.Match{Kind: m.Kind, IDs: []string{id}, Workspaces: m.Workspaces})
	}
	for _, n := range m.Names {
		out = append(out, access.Match{Kind: m.Kind, Names: []string{n}, Workspaces: m.Workspaces})
	}
	return out
}

// takes reports whether m fits all that part, of one id or name, fits.
func takes(m, part access.Match) bool {
	if m.Kind != part.Kind || !within(part.Workspaces, m.Workspaces) {
		return false
	}
	if slices.Contains(m.Names, "*") || len(part.IDs) == 1 && slices.Contains(m.IDs, part.IDs[0]) {
		return true
	}
	return len(part.Names) == 1 && slices.ContainsFunc(m.Names, func(wide string) bool { return includes(wide, part.Names[0]) })
}

// always reports whether the earlier rule speaks whenever the later one would.
func always(earlier, later access.Rule) bool {
	return earlier.When == "" || earlier.When == later.When && earlier.Risk == later.Risk
}

// within: workspaces left out are all of them.
func within(narrow, wide []string) bool {
	return len(wide) == 0 || len(narrow) > 0 && subset(narrow, wide)
}

// includes reports whether every name that the pattern narrow fits is fitted
// by wide: the same, a plain name, or a fixed beginning or end before a star.
func includes(wide, narrow string) bool {
	const special = `*?[\`
	if wide == narrow || wide == "*" {
		return true
	}
	if !strings.ContainsAny(narrow, special) {
		ok, err := path.Match(wide, narrow)
		return err == nil && ok
	}
	if start, ok := strings.CutSuffix(wide, "*"); ok && !strings.ContainsAny(start, special) {
		return strings.HasPrefix(narrow, start)
	}
	if end, ok := strings.CutPrefix(wide, "*"); ok && !strings.ContainsAny(end, special) {
		// "[-x]" ends like a name and means a letter, so brackets are not compared.
		return strings.HasSuffix(narrow, end) && !strings.ContainsAny(narrow, `[\`)
	}
	return false
}

// covers reports whether w names all the requesters of the rule. "anyone" is
// every full member; that is everybody who can be in a user group, but accounts
// and owners may be guests, who can ask for a channel, or for somebody else.
func covers(w access.Who, r access.Rule) bool {
	of := r.Requesters
	all := w.Anyone && r.Resources.Kind == directory.UserGroup && r.Others.None()
	switch {
	case of.Anyone && !w.Anyone,
		!w.Anyone && !subset(of.Groups, w.Groups),
		of.WorkspaceAdmins && !w.WorkspaceAdmins && !w.Anyone,
		!all && !subset(of.Accounts, w.Accounts),
		!all && of.ResourceOwners && !w.ResourceOwners,
		!all && of.AppOwners && !w.AppOwners:
		return false
	}
	return true
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

func onlyAccounts(w access.Who) bool {
	return len(w.Accounts) > 0 && !w.Anyone && len(w.Groups) == 0 && !w.ResourceOwners && !w.AppOwners && !w.WorkspaceAdmins
}
