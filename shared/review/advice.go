package review

import (
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// InactiveAfter is how long without activity makes an account inactive where a
// scope says nothing else.
const InactiveAfter = 90 * 24 * time.Hour

// Reason is why something is advised.
type Reason string

// The reasons.
const (
	BecauseDeactivated Reason = "deactivated"
	BecauseInactive    Reason = "inactive"
	BecauseGuest       Reason = "guest-without-end"
	BecauseAdmin       Reason = "admin-outside-group"
	BecauseExternal    Reason = "external"
	BecauseBot         Reason = "bot-admin"
	BecauseTwoFactor   Reason = "admin-without-two-factor"
	BecauseFinding     Reason = "finding"
	BecauseNew         Reason = "new"
	BecauseSame        Reason = "unchanged"
	BecauseEnds        Reason = "ends-by-itself"
	// Denied: a review denied it, and it stands all the same. Fixed: nobody at all can
	// take it away in Slack as it is; that is no advice, but something to know first.
	BecauseDenied Reason = "denied-and-stands"
	BecauseFixed  Reason = "cannot-be-removed"
)

// Advice is what is recommended and why; without a verdict: look closely. It is
// never a decision.
type Advice struct {
	Verdict Verdict
	Why     []Reason
}

// Advise recommends by what is known of a holding. What speaks against it counts
// before what speaks for it; what only asks for a look gives no verdict.
func (s Spec) Advise(h Holding, now time.Time) Advice {
	a := h.Account
	inactive := s.Scope.inactive()
	guest := a.Kind == directory.SingleChannelGuest || a.Kind == directory.MultiChannelGuest
	admin := h.Resource.Kind == directory.Workspace && h.admin() || h.Resource.Kind == directory.Role
	var against, look, with []Reason
	for _, x := range []struct {
		to   *[]Reason
		when bool
		why  Reason
	}{
		{&against, a.State == directory.Deactivated, BecauseDeactivated},
		{&against, a.Kind != directory.Bot && h.InactiveFor(now) >= inactive, BecauseInactive},
		{&against, guest && h.Held() == Standing, BecauseGuest},
		{&against, admin && s.Admins != "" && !h.InAdmins, BecauseAdmin},
		{&against, h.Earlier.Verdict == Deny && !h.Since.After(h.Earlier.At), BecauseDenied},
		{&look, admin && a.Kind == directory.Bot, BecauseBot},
		{&look, admin && h.is(NoTwoFactor, inactive, now), BecauseTwoFactor},
		{&look, h.Finding != "", BecauseFinding},
		{&look, a.Kind == directory.External, BecauseExternal},
		{&look, h.Earlier.At.IsZero() || h.New() || len(h.Changed()) > 0, BecauseNew},
		{&with, h.Held() == Granted, BecauseEnds},
		{&with, h.Earlier.Verdict == Certify && !h.New() && len(h.Changed()) == 0, BecauseSame},
	} {
		if x.when {
			*x.to = append(*x.to, x.why)
		}
	}
	var out Advice
	switch {
	case len(against) > 0:
		out = Advice{Verdict: Deny, Why: append(against, look...)}
	case len(look) > 0:
		out = Advice{Why: look}
	case len(with) > 0:
		out = Advice{Verdict: Certify, Why: with}
	}
	if h.fixed() {
		out.Why = append(out.Why, BecauseFixed)
	}
	return out
}

// fixed reports whether nobody at all can take the access away in Slack: everybody is
// in a workspace's default channel, and a primary owner hands the workspace over first.
func (h Holding) fixed() bool {
	return h.Resource.General || h.Resource.Kind == directory.Workspace && directory.WorkspaceRole(h.Slug) == directory.PrimaryOwner
}

// Fixed reports whether nobody could take the access away when it was staged.
func (f Fact) Fixed() bool { return slices.Contains(f.Advice.Why, BecauseFixed) }

// Administers reports whether the access is a role that administers a workspace or the
// organization.
func (f Fact) Administers() bool {
	return f.Kind == directory.Role || f.Kind == directory.Workspace && directory.WorkspaceRole(f.Slug).AtLeast(directory.Admin)
}

// Same reports whether a line may be certified together with all that did not
// change: certified last time, nothing of it is another, and nothing speaks
// against it.
func (f Fact) Same() bool {
	return f.Earlier.Verdict == Certify && !f.New && len(f.Changed) == 0 && f.Advice.Verdict == Certify
}
