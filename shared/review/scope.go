package review

import (
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Class is a sort of account that a scope names.
type Class string

// The classes. Admins are admins and owners of the workspace at hand or of the
// organization. Inactive counts where Slack's plan shows last activity.
const (
	Members          Class = "members"
	Guests           Class = "guests"
	Externals        Class = "externals"
	Bots             Class = "bots"
	Admins           Class = "admins"
	DeactivatedClass Class = "deactivated"
	Inactive         Class = "inactive"
	NoTwoFactor      Class = "no two-factor"
)

// Classes lists all of them, for tests and checks.
var Classes = []Class{Members, Guests, Externals, Bots, Admins, DeactivatedClass, Inactive, NoTwoFactor}

// Scope says what of a connector is reviewed. The zero Scope is all of it but
// public channels.
type Scope struct {
	// Kinds of resources; empty: Reviewable without the roles of an organization, which
	// the flow adds where there is one.
	Kinds []directory.Kind
	// Public takes public channels too.
	Public    bool
	Resources []string // ids; empty: all of the kinds
	// Accounts takes accounts of any of these classes; empty: all.
	Accounts []Class
	// InactiveDays is what Inactive means, 1 to MostInactive; 0: 90.
	InactiveDays int
	Held         Held // only access held that way; "": any
	New          bool // only what was not reviewed before, or came since
	Findings     bool // only what an open finding is about
}

// Reviewable are the kinds of resources in the order in which they are staged.
var Reviewable = []directory.Kind{directory.Workspace, directory.UserGroup, directory.Channel, directory.Role}

// Held says by whose doing access is held.
type Held string

// Granted access has a live grant of Ebb's; everything else stands.
const (
	Standing Held = "standing"
	Granted  Held = "granted"
)

// StagedKinds are the kinds that the scope stages, in their order.
func (s Scope) StagedKinds() []directory.Kind {
	if len(s.Kinds) == 0 {
		return []directory.Kind{directory.Workspace, directory.UserGroup, directory.Channel}
	}
	return slices.DeleteFunc(slices.Clone(Reviewable), func(k directory.Kind) bool { return !slices.Contains(s.Kinds, k) })
}

func (s Scope) validate() error {
	const op = "review.Validate"
	for _, k := range s.Kinds {
		if !slices.Contains(Reviewable, k) {
			return fault.At(op, "kinds", "there is nothing to review in a %q; these are reviewed: workspace, usergroup, channel, orgrole", string(k))
		}
	}
	for _, c := range s.Accounts {
		if !slices.Contains(Classes, c) {
			return fault.At(op, "accounts", "there is no class of accounts %q", string(c))
		}
	}
	switch {
	case s.Held != "" && s.Held != Standing && s.Held != Granted:
		return fault.At(op, "held", "access is held standing or granted, not %q", string(s.Held))
	case s.InactiveDays < 0 || s.InactiveDays > MostInactive:
		return fault.At(op, "inactive_days", "say 1 to %d days", MostInactive)
	case len(s.Resources) > mostNamed:
		return fault.At(op, "resources", "at most %d resources by name; take a kind instead", mostNamed)
	}
	return nil
}

// TakesResource reports whether holders of the resource are looked at; otherwise
// why not, as a code of Snapshot.Left.
func (s Scope) TakesResource(r directory.Resource) (bool, string) {
	switch {
	case !slices.Contains(s.StagedKinds(), r.Kind):
		return false, "kind"
	case len(s.Resources) > 0:
		return slices.Contains(s.Resources, r.ID), "not named"
	case r.Kind == directory.Channel && r.Archived:
		return false, "archived"
	case r.Kind == directory.Channel && !r.Private && !s.Public:
		return false, "public channel"
	}
	return true, ""
}

// Leaves says why a holding is not in the scope, as a code of Snapshot.Left; "":
// it is in it.
func (s Scope) Leaves(h Holding, now time.Time) string {
	switch {
	case len(s.Accounts) > 0 && !slices.ContainsFunc(s.Accounts, func(c Class) bool { return h.is(c, s.inactive(), now) }):
		return "account class"
	case s.Held != "" && h.Held() != s.Held:
		return "held otherwise"
	case s.New && !h.New():
		return "reviewed before"
	case s.Findings && h.Finding == "":
		return "no finding"
	}
	return ""
}

func (s Scope) inactive() time.Duration {
	if s.InactiveDays == 0 {
		return InactiveAfter
	}
	return time.Duration(s.InactiveDays) * 24 * time.Hour
}

// is reports whether the holding's account is of a class.
func (h Holding) is(c Class, inactive time.Duration, now time.Time) bool {
	a := h.Account
	switch c {
	case Members:
		return a.Kind == directory.Human && a.State != directory.Deactivated
	case Guests:
		return a.Kind == directory.SingleChannelGuest || a.Kind == directory.MultiChannelGuest
	case Externals:
		return a.Kind == directory.External
	case Bots:
		return a.Kind == directory.Bot
	case Admins:
		return a.OrgAdmin || a.OrgOwner || h.admin()
	case DeactivatedClass:
		return a.State == directory.Deactivated
	case Inactive:
		return h.InactiveFor(now) >= inactive
	case NoTwoFactor:
		return h.TwoFactorKnown && a.Kind != directory.Bot && a.State == directory.Active && !a.TwoFactor
	}
	return false
}

// admin reports whether the account administers the workspace at hand.
func (h Holding) admin() bool {
	ws := h.Resource.Workspace
	if h.Resource.Kind == directory.Workspace {
		ws = h.Resource.ID
	}
	return h.Account.Administers(ws)
}
