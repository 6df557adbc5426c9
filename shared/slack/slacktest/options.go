package slacktest

import "time"

// Plans that Slack sells, lowest first. User groups need at least PlanPro, SCIM
// at least PlanBusiness, admin.* and several workspaces need PlanEnterprise.
const (
	PlanFree       = "free"
	PlanPro        = "pro"
	PlanBusiness   = "business"
	PlanEnterprise = "enterprise"
)

// Options say what kind of Slack is simulated. The zero value is one workspace
// on the Pro plan, without rate limits, on the wall clock.
type Options struct {
	// Seed fixes ids, names, tokens and memberships: the same options give the
	// same organization.
	Seed int64

	// Totals over all workspaces, not counts per workspace. People counts every
	// user object that is a person: full members, guests, invited, deactivated
	// and a few external people. Bots, the app's bot and USLACKBOT come on top.
	// Groups and Channels include the special ones (#general, disabled, ...).
	Workspaces, People, Groups, Channels int

	// Tiers switches Slack's published rate limits on.
	Tiers bool

	// Plan is one of the Plan constants. Empty means enterprise when there are
	// several workspaces, else pro. Several workspaces are always enterprise.
	Plan string

	// Now is the clock of the simulation; nil means time.Now. It is called with
	// the organization locked and so must not call back into it.
	Now func() time.Time

	// RedirectURLs are the redirect addresses in the app's settings. Empty means
	// that any address is accepted (assumed; Slack demands at least one).
	RedirectURLs []string

	// Rotation switches token rotation on for tokens that OAuth issues: access
	// tokens live 12 h and come with a refresh token.
	Rotation bool

	// CursorLife ends paging cursors after this time; zero means never. Slack
	// says that cursors expire and does not say when.
	CursorLife time.Duration

	// HideDeactivatedInGroups leaves deactivated accounts out of the member lists
	// of user groups, though the stored list keeps them. Slack does not document
	// which it is; the default shows them.
	HideDeactivatedInGroups bool

	// HideDeactivatedInChannels does the same for conversations.members, which
	// has been reported to list them (adsr/irslackd#67).
	HideDeactivatedInChannels bool
}

func (o Options) withDefaults() Options {
	if o.Workspaces < 1 {
		o.Workspaces = 1
	}
	if o.Workspaces > 1 {
		o.Plan = PlanEnterprise
	}
	if o.Plan == "" {
		o.Plan = PlanPro
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
