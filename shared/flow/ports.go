package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/message"
)

// Every port below is safe for concurrent use, wraps its errors in
// fault.Error, and may be called again after any error. Reads are strongly
// consistent. A save checks each aggregate's Rev against what is stored and
// answers fault.Conflict when somebody else was faster (nothing is written);
// fault.Unclear when it may or may not have happened: read again.

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
}

// Voice speaks to people in Slack, in the app's name. Errors: Permanent with
// Slack's code where nobody can be reached that way ("user_not_found",
// "channel_not_found", "is_archived", "not_in_channel"), NotFound where a
// message to change is gone, Unclear where it may have been posted.
type Voice interface {
	// Direct gives the direct message channel of the app with an account.
	Direct(ctx context.Context, l connector.Link, account string) (channel string, err error)
	// Post posts a card, in a thread where thread is set, and gives the message's
	// timestamp, by which Change finds it.
	Post(ctx context.Context, l connector.Link, channel, thread string, c message.Card) (ts string, err error)
	// Change replaces a message that the app posted.
	Change(ctx context.Context, l connector.Link, channel, ts string, c message.Card) error
}

// Secrets keeps tokens and keys; secret.Store describes it.
type Secrets interface {
	Get(ctx context.Context, name string) (value []byte, version string, err error)
	Swap(ctx context.Context, name string, value []byte, was string) (version string, err error)
	Delete(ctx context.Context, name string) error
}

// Executions wakes a grant's steps at the time that each step answers
// (Step Functions). It is only an alarm clock: the row is the truth, and sweep
// carries every grant without it, so its errors are logged and nothing else.
type Executions interface {
	// Start begins an execution of that name (the grant's id, or the id with
	// ".end" for an early end) with {"grantId": grant} as its whole input.
	// fault.Already when the name was used before.
	Start(ctx context.Context, name, grant string) error
}

// Connectors remembers connectors and their invitations.
type Connectors interface {
	Connector(ctx context.Context, id string) (connector.Connector, error)
	Connectors(ctx context.Context) ([]connector.Connector, error)
	SaveConnector(ctx context.Context, c connector.Connector, e ...audit.Event) (connector.Connector, error)
	// Invitation finds by the hash of the link's word or of the state.
	Invitation(ctx context.Context, hash string) (connector.Invitation, error)
	// SaveInvitation also finds it again by its State.
	SaveInvitation(ctx context.Context, i connector.Invitation, e ...audit.Event) error
}

// Runs remembers sync runs, and which pages a run has seen.
type Runs interface {
	Run(ctx context.Context, id string) (connector.Run, error)
	Runs(ctx context.Context, conn string, limit int) ([]connector.Run, error)
	SaveRun(ctx context.Context, r connector.Run, e ...audit.Event) (connector.Run, error)
	// Saw adds the ids of one page of a listing; Seen gives all of them.
	Saw(ctx context.Context, run, listing string, page int, ids []string) error
	Seen(ctx context.Context, run, listing string) (map[string]bool, error)
}

// Directory is the cache of Slack. Writes go in plain batches, without events.
type Directory interface {
	Account(ctx context.Context, conn, id string) (directory.Account, error)
	Resource(ctx context.Context, conn, id string) (directory.Resource, error)
	// EachAccount and EachResource call f in id order until it returns an
	// error; kind "" is every kind.
	EachAccount(ctx context.Context, conn string, f func(directory.Account) error) error
	EachResource(ctx context.Context, conn string, kind directory.Kind, f func(directory.Resource) error) error
	Put(ctx context.Context, c directory.Batch) error
}

// Paging reads the directory from the middle, for lists that people page
// through: EachAccount and EachResource behind an id ("": from the beginning),
// EachHolder and EachHeld behind a membership (without its other end: from the
// beginning).
type Paging interface {
	AccountsAfter(ctx context.Context, conn, after string, f func(directory.Account) error) error
	ResourcesAfter(ctx context.Context, conn string, kind directory.Kind, after string, f func(directory.Resource) error) error
	HoldersAfter(ctx context.Context, after directory.Membership, f func(directory.Membership) error) error
	HeldAfter(ctx context.Context, after directory.Membership, f func(directory.Membership) error) error
}

// Finding leads to accounts by the words of their names and by what few have. It
// gives hints, as they were once written: the account's own row says what is so.
// Directory.Put keeps them.
type Finding interface {
	// AccountsCalled calls f for each word that begins with typed (lower case), by
	// word and account, behind after, until f fails.
	AccountsCalled(ctx context.Context, conn, typed string, after directory.Lead, f func(directory.Lead) error) error
	// AccountsWith calls f for the ids of accounts with a property, behind after.
	AccountsWith(ctx context.Context, conn string, what directory.Facet, after string, f func(account string) error) error
	// Unname takes away every word that leads to an account, old ones too.
	Unname(ctx context.Context, conn, account string) error
	// Index fills in what leads to the next accounts behind one and gives the last
	// of them, "" when that was all; Indexed reports whether it ever was. A
	// directory that was begun without needs it once.
	Index(ctx context.Context, conn, after string) (last string, err error)
	Indexed(ctx context.Context, conn string) (bool, error)
}

// Holdings reads what Ebb knows of who holds what through it.
type Holdings interface {
	// Hold gives the zero Hold where Ebb never touched the entitlement.
	Hold(ctx context.Context, conn, resource, slug, account string) (access.Hold, error)
	// GrantsOn lists the grants on a resource that were begun and are not over.
	GrantsOn(ctx context.Context, conn, resource string) ([]access.Grant, error)
	// EndedOf and EndedOn list those that are over, the last closed first.
	EndedOf(ctx context.Context, conn, account string, limit int) ([]access.Grant, error)
	EndedOn(ctx context.Context, conn, resource string, limit int) ([]access.Grant, error)
	// EachOwned calls f for each resource that was given owners.
	EachOwned(ctx context.Context, conn string, f func(resource string, owners []string) error) error
}

// Naming finds resources as one types.
type Naming interface {
	// ResourcesNamed calls f for user groups and channels of which a word of the
	// name or title begins with typed (lower case; "": all), by that word, until f
	// fails. It gives hints: as they were once written, without owners and default
	// channels, one and the same maybe twice, some gone or renamed.
	ResourcesNamed(ctx context.Context, conn, typed string, f func(directory.Resource) error) error
}

// Owners are Ebb's own knowledge, which a sync never touches.
type Owners interface {
	// SetOwners replaces the owners (account ids) of a resource.
	SetOwners(ctx context.Context, conn, resource string, owners []string, e ...audit.Event) error
}

// Memberships is the cache of who holds what. Batches of it go through Directory.Put.
type Memberships interface {
	// EachHolder calls f for each membership of a resource, by slug and account.
	EachHolder(ctx context.Context, conn, resource string, f func(directory.Membership) error) error
	// EachHeld calls f for each membership of an account.
	EachHeld(ctx context.Context, conn, account string, f func(directory.Membership) error) error
	// Holds reports whether the account holds it, as far as is known.
	Holds(ctx context.Context, m directory.Membership) (bool, error)
}

// Requests remembers requests with the grants that their decisions made.
type Requests interface {
	Request(ctx context.Context, id string) (access.Request, error)
	Requests(ctx context.Context, openOnly bool, limit int) ([]access.Request, error)
	// RequestsOf lists those that an account asked for, that are for it, and
	// that it decided, newest first.
	RequestsOf(ctx context.Context, conn, account string, limit int) ([]access.Request, error)
	// Unconfirmed lists those of which an emergency waits for its confirmation.
	Unconfirmed(ctx context.Context, limit int) ([]access.Request, error)
	// SaveRequest saves the request, new grants and texts in one commit.
	SaveRequest(ctx context.Context, r access.Request, grants []access.Grant, texts []Text, e ...audit.Event) (access.Request, error)
}

// Repeats remembers which calls were answered, for a day. The saves write the
// note in the commit of what the call made; fault.Conflict when the note is
// there already.
type Repeats interface {
	Once(ctx context.Context, id string) (access.Once, error)
	SaveRequestOnce(ctx context.Context, o access.Once, r access.Request, grants []access.Grant, texts []Text, e ...audit.Event) (access.Request, error)
	SaveConnectorOnce(ctx context.Context, o access.Once, c connector.Connector, e ...audit.Event) (connector.Connector, error)
}

// Text is a free text of a person: About is the aggregate it belongs to
// ("request/rq_1"), Author the account that wrote it.
type Text = access.Text

// Grants remembers grants.
type Grants interface {
	Grant(ctx context.Context, id string) (access.Grant, error)
	Grants(ctx context.Context, liveOnly bool, limit int) ([]access.Grant, error)
	// GrantsOf lists an account's grants, live ones only; account "" is every
	// account of the connector.
	GrantsOf(ctx context.Context, conn, account string) ([]access.Grant, error)
	SaveGrants(ctx context.Context, gs []access.Grant, e ...audit.Event) error
}

// Converging remembers what converge needs of one resource.
type Converging interface {
	// Lock takes the resource's lock for owner, or fault.Conflict while
	// somebody else holds it. Unlock gives it back if owner still has it.
	Lock(ctx context.Context, conn, resource, owner string, now time.Time) (access.Lock, error)
	Unlock(ctx context.Context, l access.Lock) error
	// Standing reads the live grants that were begun, holds, the write on its
	// way and who was left out.
	Standing(ctx context.Context, conn, resource string) (access.Standing, error)
	// Intend and Record save under the lock: the commit fails with
	// fault.Conflict when the lock is no longer its owner's.
	Record(ctx context.Context, l access.Lock, s access.Step, e ...audit.Event) error
}

// Due finds what has to be looked at.
type Due interface {
	// Due lists rows up to a time, oldest first. lane "hear" (events of Slack), "act" (grants, requests,
	// resources, notices), "sync", or "tell" (what people are to hear of).
	Due(ctx context.Context, lane string, until time.Time, limit int) ([]access.Due, error)
	// Pause remembers that a method of a connector rests until a time; Pauses
	// gives those that still rest at now.
	Pause(ctx context.Context, conn, method string, until time.Time) error
	Pauses(ctx context.Context, conn string, now time.Time) (map[string]time.Time, error)
	// Turn takes a turn at a method that rests and gives its time: now, when it
	// does not rest. A turn that is not used is lost.
	Turn(ctx context.Context, conn, method string, w access.Wish, now time.Time) (time.Time, error)
}

// Tellings remembers what people were told. Saves of a request, a grant or a
// connector put a row into the lane "tell" in the same commit where somebody is
// to hear of the change.
type Tellings interface {
	// Telling reads what was told of a "request", "grant" or "connector"; the zero
	// Telling where nothing was.
	Telling(ctx context.Context, kind, id string) (access.Telling, error)
	// SaveNews records events that change nothing else, and a due row for telling
	// of the aggregate.
	SaveNews(ctx context.Context, kind, id, conn string, e ...audit.Event) error
	// SaveTelling saves who tells and when there is more to tell, the messages
	// that changed, and takes away the rows of the lane that were served, in one
	// commit.
	SaveTelling(ctx context.Context, t access.Telling, said []access.Message, served []access.Due) (access.Telling, error)
}

// Notices remembers what Slack told until it was served, and for two days that
// it was.
type Notices interface {
	Notice(ctx context.Context, id string) (connector.Notice, error)
	// SaveNotice saves a notice with its due row; a new one whose id is known is
	// fault.Conflict.
	SaveNotice(ctx context.Context, n connector.Notice) error
}

// Presses remembers what people did in Slack until it was served, and for two
// days that it was.
type Presses interface {
	Press(ctx context.Context, id string) (access.Press, error)
	// SavePress saves a press with its due row and, a new one, its words; a new
	// one whose id is known is fault.Conflict. Served, the words go.
	SavePress(ctx context.Context, p access.Press) error
}

// Findings remembers changes that Ebb did not make, and what became of them.
type Findings interface {
	Finding(ctx context.Context, id string) (directory.Finding, error)
	// Findings lists those of a connector, the last seen first; waiting: only those
	// that are open or on their way. FindingsOf lists all of one resource.
	Findings(ctx context.Context, conn string, waiting bool, limit int) ([]directory.Finding, error)
	FindingsOf(ctx context.Context, conn, resource string) ([]directory.Finding, error)
	// SaveFindings saves findings with the grants and texts of what decided them in
	// one commit, with at least one event, and a due row for telling of each
	// resource that they are about.
	SaveFindings(ctx context.Context, fs []directory.Finding, grants []access.Grant, texts []Text, e ...audit.Event) error
}

// Policies remembers every version of the policy.
type Policies interface {
	// Policy gives a version, 0 the newest; without any, the zero Policy.
	Policy(ctx context.Context, version int64) (access.Policy, error)
	SavePolicy(ctx context.Context, p access.Policy, e ...audit.Event) error
}

// Freezes remembers what stops new access.
type Freezes interface {
	// Freezes lists the newest freeze of the house and of each connector that
	// ever had one, lifted ones too.
	Freezes(ctx context.Context) ([]access.Freeze, error)
	// SaveFreeze saves a freeze with the text that says why; Waking, it is due.
	SaveFreeze(ctx context.Context, f access.Freeze, texts []Text, e ...audit.Event) (access.Freeze, error)
}

// Kills remembers the kill switches that were pressed.
type Kills interface {
	Kill(ctx context.Context, id string) (access.Kill, error)
	// Kills lists them, the newest first.
	Kills(ctx context.Context, limit int) ([]access.Kill, error)
	// SaveKill saves one with the text that says why; until Next is zero it is due.
	SaveKill(ctx context.Context, k access.Kill, texts []Text, e ...audit.Event) (access.Kill, error)
}

// People remembers users.
type People interface {
	User(ctx context.Context, id string) (access.User, error)
	UserOf(ctx context.Context, conn, account string) (access.User, error)
	UserBy(ctx context.Context, id access.Identity) (access.User, error)
	// EachUser calls f in id order, behind after, until it returns an error.
	EachUser(ctx context.Context, after string, f func(access.User) error) error
	SaveUser(ctx context.Context, u access.User, e ...audit.Event) (access.User, error)
}

// Keys remembers API keys, by their hash.
type Keys interface {
	Key(ctx context.Context, hash string) (access.Key, error)
	KeyByID(ctx context.Context, id string) (access.Key, error)
	// KeysOf lists a user's keys by id, ended ones too.
	KeysOf(ctx context.Context, user string) ([]access.Key, error)
	SaveKey(ctx context.Context, k access.Key, e ...audit.Event) error
}

// Sessions remembers who is signed in, by the hash of the session's word. The
// table forgets a session a day after its end.
type Sessions interface {
	Session(ctx context.Context, hash string) (access.Session, error)
	SessionByID(ctx context.Context, id string) (access.Session, error)
	// SessionsOf lists a user's sessions, newest first, ended ones too.
	SessionsOf(ctx context.Context, user string) ([]access.Session, error)
	// SaveSession saves a session with at least one event, unless only its last
	// use moved. What a new one spends is used up in the same commit, which is
	// fault.Conflict when it was already.
	SaveSession(ctx context.Context, x access.Session, e ...audit.Event) error
}

// Voucher asks an issuer of OpenID Connect who somebody is. Errors:
// fault.Unauthenticated for an answer that is not genuine, not of this journey,
// or used; fault.Misconfigured where a person has to change the client;
// fault.Backoff where the issuer does not answer. A code works once.
type Voucher interface {
	// AuthorizeURL is where the issuer asks a browser's person.
	AuthorizeURL(ctx context.Context, s access.SignIn) (string, error)
	// Vouch exchanges the code that the issuer sent back.
	Vouch(ctx context.Context, s access.SignIn, code string) (access.Vouched, error)
}

// SignIns remembers what a sign-in is made of before there is a session.
type SignIns interface {
	// SignInLink finds a link by the hash of its word, with whether it was spent.
	SignInLink(ctx context.Context, hash string) (access.SignInLink, error)
	// SaveSignInLink saves a new link; the table forgets it a day after it expired.
	SaveSignInLink(ctx context.Context, l access.SignInLink, e ...audit.Event) error
	// SignInRules gives the rules; the zero value before somebody set them.
	SignInRules(ctx context.Context) (access.SignInRules, error)
	SaveSignInRules(ctx context.Context, r access.SignInRules, e ...audit.Event) (access.SignInRules, error)
}

// Knocks counts refused sign-ins. The table forgets an hour after a day.
type Knocks interface {
	Refusals(ctx context.Context, hour time.Time) (access.Refusals, error)
	SaveRefusals(ctx context.Context, r access.Refusals, e ...audit.Event) error
}

// Delegations remembers who decides in whose place.
type Delegations interface {
	Delegation(ctx context.Context, id string) (access.Delegation, error)
	// DelegationsOf lists what an account delegates and what is delegated to it,
	// without what was taken back.
	DelegationsOf(ctx context.Context, conn, account string) ([]access.Delegation, error)
	SaveDelegation(ctx context.Context, d access.Delegation, e ...audit.Event) (access.Delegation, error)
}

// Texts are read for people and erased by ebb forget.
type Texts interface {
	Text(ctx context.Context, about string) (access.Text, error)
	// ForgetTexts erases what the account wrote and says how many.
	ForgetTexts(ctx context.Context, author string, e audit.Event) (int, error)
}

// Trail is the audit.
type Trail interface {
	// EachEvent calls f for each event, each aggregate's in sequence.
	EachEvent(ctx context.Context, f func(audit.Event) error) error
	EventsOf(ctx context.Context, aggregate string) ([]audit.Event, error)
	EachSeal(ctx context.Context, f func(audit.Seal) error) error
	// Seal appends up to limit unsealed events to the chain and gives its last
	// link and how many were added. Repeats safely.
	Seal(ctx context.Context, at time.Time, limit int) (last audit.Seal, added int, err error)
	// SaveEvents records events that change nothing else (denials).
	SaveEvents(ctx context.Context, e ...audit.Event) error
}

// Heads keeps signed heads of the chain outside the table, append only.
type Heads interface {
	Heads(ctx context.Context) ([]audit.Head, error)
	AddHead(ctx context.Context, h audit.Head) error
}
