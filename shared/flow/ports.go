package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// Every port below is safe for concurrent use, wraps its errors in
// fault.Error, and may be called again after any error. Reads are strongly
// consistent. A save checks each aggregate's Rev against what is stored and
// answers fault.Conflict when somebody else was faster (nothing is written);
// fault.Unclear when it may or may not have happened: read again.

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
	SaveTemplateOnce(ctx context.Context, o access.Once, t review.Template, e ...audit.Event) (review.Template, error)
	SaveCampaignOnce(ctx context.Context, o access.Once, c review.Campaign, e ...audit.Event) (review.Campaign, error)
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

// Tellings remembers what people were told. Saves of a request, a grant, a draft or a
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
	// commit with the events that say who was told, where that is to be proven.
	SaveTelling(ctx context.Context, t access.Telling, said []access.Message, served []access.Due, e ...audit.Event) (access.Telling, error)
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

// Deliveries remembers what Slack signed for as long as it could be played again.
type Deliveries interface {
	// SaveDelivery notes a delivery by the hash of its signature; fault.Conflict
	// when it is known.
	SaveDelivery(ctx context.Context, hash string, until time.Time) error
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

// Drafts remembers policies that wait for somebody else's yes.
type Drafts interface {
	Draft(ctx context.Context, id string) (access.Draft, error)
	// Drafts lists them, decided ones too, the newest first.
	Drafts(ctx context.Context, limit int) ([]access.Draft, error)
	// SaveDraft saves a draft and, where it comes into force, the policy, in one
	// commit; while it waits for a time it is due then. Whoever is to hear of it
	// does by a row in the lane "tell" of the same commit.
	SaveDraft(ctx context.Context, d access.Draft, inForce *access.Policy, e ...audit.Event) (access.Draft, error)
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

// Trail is the audit.
type Trail interface {
	// EachEvent calls f for each event, each aggregate's in sequence.
	EachEvent(ctx context.Context, f func(audit.Event) error) error
	EventsOf(ctx context.Context, aggregate string) ([]audit.Event, error)
	// EachEventOf calls f for each event of an aggregate, in sequence.
	EachEventOf(ctx context.Context, aggregate string, f func(audit.Event) error) error
	EachSeal(ctx context.Context, f func(audit.Seal) error) error
	// SealsAfter calls f for each link behind n, in order, until f fails.
	SealsAfter(ctx context.Context, n int64, f func(audit.Seal) error) error
	// Seal appends up to limit unsealed events to the chain and gives its last
	// link and how many were added. Repeats safely.
	Seal(ctx context.Context, at time.Time, limit int) (last audit.Seal, added int, err error)
	// IndexTrail makes some more links of the chain findable and says how many; a cache.
	IndexTrail(ctx context.Context) (int, error)
	// Found lists links from n down to which a word of audit.Words leads.
	Found(ctx context.Context, word string, n int64, limit int) ([]int64, error)
	// SealAt reads one link, 0 the last; the zero Seal where there is none.
	SealAt(ctx context.Context, n int64) (audit.Seal, error)
	// Sealed reads links with their events, from n up or, falling, down.
	Sealed(ctx context.Context, n int64, falling bool, limit int) ([]audit.Sealed, error)
	// SaveEvents records events that change nothing else (denials).
	SaveEvents(ctx context.Context, e ...audit.Event) error
}

// Heads keeps signed heads of the chain outside the table, append only.
type Heads interface {
	Heads(ctx context.Context) ([]audit.Head, error)
	// HeadFrom gives the first head at or behind link n, without reading those
	// before; the zero Head where there is none.
	HeadFrom(ctx context.Context, n int64) (audit.Head, error)
	AddHead(ctx context.Context, h audit.Head) error
}
