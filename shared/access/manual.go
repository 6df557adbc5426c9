package access

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Manual is something to be done in Slack that no API of Slack does, so that a
// person has to: it waits for the owners, with the exact steps, and is over only
// when Slack shows it done. In an Enterprise organization Slack has an API for roles
// and membership of a workspace; then Ebb is who does it, and people hear of it where
// Slack refused.
type Manual struct {
	ID        string
	Connector string
	Workspace string
	Resource  string
	Kind      directory.Kind
	Slug      string
	Account   string
	Give      bool // else it is to be taken away
	// Origin is what it is done for: "review/uc_…/S1/member/U1", "grant/g_…".
	Origin string
	Why    ManualWhy
	// Ebb: Slack has an API for it here, and Ebb does it. Refused is why it could not
	// so far, a code of Slack's; then it is a person's, and Ebb goes on trying.
	Ebb     bool
	Refused string
	State   ManualState
	// SaidBy said, at Said, that it is done; Slack has not shown it yet.
	SaidBy  string
	Said    time.Time
	Created time.Time
	// Next is when people are reminded, or it is held against Slack again.
	Next   time.Time
	Nagged int
	Closed time.Time
	// GivenUpBy is the user who gave it up; Reason is the keyed hash of why, as in the
	// audit. The words are a text of their own.
	GivenUpBy string
	Reason    string
	Rev       int64
}

// ManualWhy is why no API does it.
type ManualWhy string

// The reasons.
const (
	ManualPublic     ManualWhy = "public-channel"
	ManualGeneral    ManualWhy = "general-channel"
	ManualUnreached  ManualWhy = "channel-out-of-sight"
	ManualArchived   ManualWhy = "archived-channel"
	ManualManaged    ManualWhy = "group-of-identity-provider"
	ManualLocked     ManualWhy = "locked-group"
	ManualDisabled   ManualWhy = "disabled-group"
	ManualLastMember ManualWhy = "last-member"
	ManualPrimary    ManualWhy = "primary-owner"
	ManualRole       ManualWhy = "workspace-role"
	ManualMember     ManualWhy = "workspace-membership"
	ManualOrgRole    ManualWhy = "organization-role"
	ManualBot        ManualWhy = "bot"
	ManualScope      ManualWhy = "not-authorized" // the connector's token may not
)

// ManualState is what became of it.
type ManualState string

// The states. Said: a person says that it is done; only a look into Slack makes it
// done. Dropped: nobody wants it any more, or what it was about is gone. Given up: a
// review's denial that nobody carries out, as a person said with a reason; the access
// stands.
const (
	ManualWaits   ManualState = "waits"
	ManualSaid    ManualState = "said done"
	ManualDone    ManualState = "done"
	ManualDropped ManualState = "dropped"
	ManualGivenUp ManualState = "given up"
)

// ManualStates lists all of them, for tests and checks.
var ManualStates = []ManualState{ManualWaits, ManualSaid, ManualDone, ManualDropped, ManualGivenUp}

// ManualTurn is something that happens to a manual task.
type ManualTurn string

// The turns. See: a look into Slack that is younger than the task shows it done.
// Miss: one that is younger than what was said shows it not done. Drop: nobody
// wants it any more. Give up: a person says that it will not be done, and why.
const (
	SayManual  ManualTurn = "say"
	SeeManual  ManualTurn = "see"
	MissManual ManualTurn = "miss"
	DropManual ManualTurn = "drop"
	GiveUp     ManualTurn = "give up"
)

// ManualTurns lists all of them, for tests.
var ManualTurns = []ManualTurn{SayManual, SeeManual, MissManual, DropManual, GiveUp}

var manualTurns = map[ManualState]map[ManualTurn]ManualState{
	ManualWaits: {SayManual: ManualSaid, SeeManual: ManualDone, DropManual: ManualDropped, GiveUp: ManualGivenUp},
	ManualSaid:  {SeeManual: ManualDone, MissManual: ManualWaits, DropManual: ManualDropped, GiveUp: ManualGivenUp},
}

// Turn moves the task, or says fault.Conflict when its state does not allow it.
func (m Manual) Turn(t ManualTurn, now time.Time) (Manual, error) {
	to, ok := manualTurns[m.State][t]
	if !ok {
		return m, fault.New("access.Turn", fault.Conflict, "a manual task that is %s cannot be turned by %s", m.State, t)
	}
	m.State = to
	switch {
	case !m.Waits():
		m.Closed, m.Next = now, time.Time{}
	case t == MissManual:
		m.SaidBy, m.Said = "", time.Time{}
	}
	return m, nil
}

// Asks reports whether it waits for people.
func (m Manual) Asks() bool { return m.State == ManualWaits && (!m.Ebb || m.Refused != "") }

// Waits reports whether it is not over.
func (m Manual) Waits() bool { return m.State == ManualWaits || m.State == ManualSaid }

// OfRole reports whether the task is about a role that a member has. Taken away, they
// stay a member: who words the task must not send anybody to put them out.
func (m Manual) OfRole() bool { return m.Slug != "" && m.Slug != string(directory.Member) }

// OfReview reports whether it carries out what a reviewer denied, and of which
// campaign.
func (m Manual) OfReview() (campaign string, is bool) {
	rest, is := strings.CutPrefix(m.Origin, "review/")
	campaign, _, _ = strings.Cut(rest, "/")
	return campaign, is
}

// Hopeless reports whether nobody at all can do it in Slack as it is.
func (m Manual) Hopeless() bool { return m.Why == ManualGeneral || m.Why == ManualPrimary }

// ManualText is where the words lie with which a manual task was given up.
func ManualText(id string) string { return "manual/" + id }

// ManualID follows from what the task is for, so that it is made once.
func (m Manual) ManualID() string {
	dir := "take"
	if m.Give {
		dir = "give"
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{m.Origin, m.Connector, m.Resource, m.Slug, m.Account, dir}, "\x00")))
	return "mt_" + hex.EncodeToString(sum[:10])
}
