package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/message"
)

// What is asked of Slack; ports.go says what holds for every port.

// Installer speaks to Slack about credentials, before there is a connector's
// token. Errors: fault.Reauthorize for a bad code or token, and all of Slack's
// classes. Exchange uses its code up; the others repeat safely.
type Installer interface {
	AuthorizeURL(state, redirect string, bot, user []string) string
	Exchange(ctx context.Context, code, redirect string) (connector.Installation, error)
	Identify(ctx context.Context, token string) (connector.Identity, error)
	Revoke(ctx context.Context, token string) error
}

// Listings reads Slack for a sync, the largest page at a time. A page is whole
// or an error; Next "" ends a listing. fault.Invalid with code "invalid_cursor":
// begin the listing again. fault.Misconfigured with code
// "plan_upgrade_required": the plan has no such thing.
type Listings interface {
	// Workspaces lists what an organization-wide token was granted.
	Workspaces(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Resource], error)
	Accounts(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Account], error)
	// Groups lists the workspace's user groups, disabled ones too, with members.
	Groups(ctx context.Context, l connector.Link) ([]directory.GroupListing, error)
	Channels(ctx context.Context, l connector.Link, private bool, cursor string) (directory.Listing[directory.Resource], error)
	ChannelMembers(ctx context.Context, l connector.Link, channel, cursor string) (directory.Listing[string], error)
}

// Logs reads who used Slack when, and who manages whom.
type Logs interface {
	// Logins is a page of the access logs, the newest first as far as is known.
	// fault.Misconfigured where the token may not read them, with code "paid_only"
	// where the plan has none. A link without a team is about the organization.
	Logins(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Login], error)
	// Roles is a page of who holds which system role of the organization.
	// fault.Misconfigured or fault.Permanent where the plan or the token shows none.
	Roles(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.RoleHeld], error)
	// Managers is a page of who manages whom, from SCIM. fault.Misconfigured where
	// the plan or the token has none.
	Managers(ctx context.Context, l connector.Link, cursor string) (directory.Listing[directory.Managed], error)
}

// Lookups reads one thing in Slack as it is now.
type Lookups interface {
	// Account is users.info; fault.NotFound when Slack does not know or show it.
	Account(ctx context.Context, l connector.Link, account string) (directory.Account, error)
	// View reads a user group or channel and all who hold it, completely.
	// A channel out of sight is fault.NotFound: hidden, not gone.
	View(ctx context.Context, l connector.Link, r directory.Resource) (access.View, error)
	// ReadBack reads who holds r after a write, by another method than View
	// where Slack has one; the settings are r's.
	ReadBack(ctx context.Context, l connector.Link, r directory.Resource) (access.View, error)
	// Probe reports whether the bot token alone may edit user groups, by an
	// update of group that changes nothing.
	Probe(ctx context.Context, l connector.Link, group directory.Resource) (open bool, err error)
	// CanShrink reports whether Slack's SCIM API takes the user token; what it
	// refuses for good is false and no error.
	CanShrink(ctx context.Context, l connector.Link) (bool, error)
}

// Changes writes to Slack. Only converge calls it, under the resource's lock,
// with the intent stored. A definite refusal is Permanent, Misconfigured,
// Reauthorize or Already; Wait and Backoff say that nothing happened;
// Unclear that it may have (5xx, internal_error, time-out, cut off).
type Changes interface {
	// Replace sets the whole member list of a user group and gives Slack's date
	// of the group after it (Unix seconds; 0: not told), by which the event that
	// follows is known. An empty list is fault.Permanent with code
	// "no_users_provided".
	Replace(ctx context.Context, l connector.Link, group string, members []string) (date int64, err error)
	// Shrink takes members out of a user group, the last one too, and touches
	// nobody else: SCIM's delta. Where the plan, the token or the organization
	// has no SCIM for it, fault.Misconfigured.
	Shrink(ctx context.Context, l connector.Link, group string, members []string) error
	// Disable disables a user group, so that its handle stops working.
	Disable(ctx context.Context, l connector.Link, group string) error
	// Invite adds up to 100 accounts to a channel; those that Slack refused
	// are named, the others are in.
	Invite(ctx context.Context, l connector.Link, channel string, accounts []string) ([]access.Refused, error)
	// Kick removes one account from a channel; fault.Already when it was not in.
	Kick(ctx context.Context, l connector.Link, channel, account string) error
	// SetAdmin, SetRegular and Expel change the role, or the membership, of an
	// account in the link's workspace, in an Enterprise organization; elsewhere they
	// are fault.Misconfigured. They may be repeated. SetRegular makes a full member
	// of a guest, too: look first.
	SetAdmin(ctx context.Context, l connector.Link, account string) error
	SetRegular(ctx context.Context, l connector.Link, account string) error
	Expel(ctx context.Context, l connector.Link, account string) error
}

// Voice speaks to people in Slack, in the app's name. Errors: Permanent with
// Slack's code where nobody can be reached that way ("user_not_found",
// "channel_not_found", "is_archived", "not_in_channel"), NotFound where a
// message to change is gone, Unclear where it may have been posted, Wait with the
// method and the time where Slack limits it, Misconfigured where the app has no token
// of its own; but for Unclear nothing was posted. porttest.Speaking is its contract.
type Voice interface {
	// Direct gives the direct message channel of the app with an account.
	Direct(ctx context.Context, l connector.Link, account string) (channel string, err error)
	// Post posts a card, in a thread where thread is set, and gives the message's
	// timestamp, by which Change finds it.
	Post(ctx context.Context, l connector.Link, channel, thread string, c message.Card) (ts string, err error)
	// Change replaces a message that the app posted.
	Change(ctx context.Context, l connector.Link, channel, ts string, c message.Card) error
}
