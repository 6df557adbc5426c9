package access

import (
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Access that others gave stands, whatever ends. It goes only when a person says
// so: about a finding, or in a review. That removal is a grant with an Origin. It
// gives nothing and asks no policy; it takes over what is held, so that converge ends it
// as it ends everything else: at the grant's End, counted with other grants, with
// the intent stored before the write, seen gone before it is called so, dormant
// while the account is, and stuck with a remedy where Slack refuses.

// Removal is a person's word that access which others gave is to end.
type Removal struct {
	Origin  string // what it is said about: "finding/fd_…"
	By      string // the user
	Account string
	Until   time.Time // when it ends; zero: now
}

// TakeOver is the grant that carries out a removal.
func TakeOver(id string, w Removal, r directory.Resource, now time.Time) Grant {
	g := Grant{
		ID: id, Origin: w.Origin, Connector: r.Connector, Workspace: r.Workspace, Resource: r.ID, Kind: r.Kind, Slug: "member",
		Account: w.Account, Start: now, End: w.Until, State: Active, Added: true, Created: now,
	}
	if w.Until.IsZero() {
		g.End, g.State, g.Taking, g.NextTry, g.EndedBy = now, Revoking, true, now, w.By
	}
	return g
}

// Finding is the id of the finding that a grant was made about, "" for others.
func (g Grant) Finding() string {
	id, is := strings.CutPrefix(g.Origin, "finding/")
	if !is {
		return ""
	}
	return id
}

// takeOver makes a hold Ebb's to end, where a person said so: that it stood before
// us, or was given again since, counts no more. While an old write is on its way it
// waits, like a baseline.
func (c *claim) takeOver() {
	i := slices.IndexFunc(c.grants, func(g Grant) bool { return g.Origin != "" && g.Takes() })
	if i < 0 || !c.in || !c.settled || c.hold.Ours() {
		return
	}
	g := c.grants[i]
	c.hold = Hold{
		Connector: g.Connector, Resource: g.Resource, Slug: g.Slug, Account: c.account,
		Sent: true, Since: c.now, Rev: c.hold.Rev,
	}
	c.changed = true
}

// notYet reports whether a grant that takes over what is held has not done so.
func (c *claim) notYet(g Grant) bool { return g.Origin != "" && c.in && !c.hold.Ours() }

// ToldSince reports whether a person said, after a time, that the account's access is
// to go.
func (s Standing) ToldSince(account string, t time.Time) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool {
		return g.Origin != "" && g.Account == account && g.Takes() && g.Created.After(t)
	})
}
