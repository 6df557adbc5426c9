package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// FindingKind is what was found. It is the last word of the event, too
// ("finding.came-back").
type FindingKind string

// The kinds.
const (
	// Came: somebody added an account to a user group or private channel. CameBack:
	// the same within a day after Ebb had taken that access back.
	Came     FindingKind = "came"
	CameBack FindingKind = "came-back"
	// EndedOutside: somebody removed what Ebb had given, before its end.
	EndedOutside FindingKind = "ended-outside"
	// EditOverwritten: a write of Ebb's undid somebody's edit of the list.
	EditOverwritten FindingKind = "edit-overwritten"
	// EmergencyUnconfirmed: nobody confirmed in time what skipped its approvers.
	EmergencyUnconfirmed FindingKind = "emergency-unconfirmed"
	// ChannelUnreachable: nobody can be asked in a channel that policy names.
	ChannelUnreachable FindingKind = "channel-unreachable"
	// OpenGroups: everybody may edit the workspace's user groups.
	OpenGroups FindingKind = "open-groups"
	// RoleRaised: an account became admin or owner. KindChanged: a guest became a
	// full member, or the other way round.
	RoleRaised  FindingKind = "role-raised"
	KindChanged FindingKind = "kind-changed"
	// OwnerGone: the owner of a resource was deactivated.
	OwnerGone FindingKind = "owner-gone"
)

// FindingKinds lists all of them, for tests and checks.
var FindingKinds = []FindingKind{
	Came, CameBack, EndedOutside, EditOverwritten, EmergencyUnconfirmed, ChannelUnreachable, OpenGroups, RoleRaised, KindChanged, OwnerGone,
}

// FindingState is what became of a finding.
type FindingState string

// The states. Accepted: the access ends by itself at Until. Removing: a person
// said that it goes, and Slack does not show it gone yet. Kept: it is right as it
// is. Gone: it went without anybody's word. A finding in any of them but Open and
// Removing opens again when the same is seen again.
const (
	FindingOpen     FindingState = "open"
	FindingAccepted FindingState = "accepted"
	FindingRemoving FindingState = "removing"
	FindingRemoved  FindingState = "removed"
	FindingKept     FindingState = "kept"
	FindingGone     FindingState = "gone"
)

// FindingStates lists all of them, for tests and checks.
var FindingStates = []FindingState{FindingOpen, FindingAccepted, FindingRemoving, FindingRemoved, FindingKept, FindingGone}

// Finding is a change that Ebb did not make, or a setting that weakens access. Of
// one account's one access there is one of each kind, however often it is shown:
// its id follows from what it is about.
type Finding struct {
	ID        string
	Connector string
	Resource  string
	Slug      string
	Account   string // "": of the resource as a whole, or of many at once
	Kind      FindingKind
	// Count is how many accounts came at once where they are too many for a
	// finding each; 0: it is about Account.
	Count int
	// Code is Slack's word, or what an account was before; Request and Grant are
	// those that it is about. GoneAt is when Ebb had taken access back that is held
	// again.
	Code    string
	Request string
	GoneAt  time.Time

	Seen   time.Time // when it was seen, the last time that it opened
	Run    string    // the sync that showed it
	Notice string    // or the event of Slack
	Times  int       // how often it opened

	State FindingState
	// Decided is when a person said By (a user) what is to be, and Until when
	// accepted access ends. Grant ends it, at Until or, Removing, now.
	Decided time.Time
	By      string
	Until   time.Time
	Grant   string
	Closed  time.Time // when it came to a state that is not open
	Rev     int64
}

// FindingID follows from what a finding is about.
func (f Finding) FindingID() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Connector, f.Resource, f.Slug, f.Account, string(f.Kind)}, "\x00")))
	return "fd_" + hex.EncodeToString(sum[:10])
}

// Waits reports whether a finding is to be decided, or is on its way.
func (f Finding) Waits() bool { return f.State == FindingOpen || f.State == FindingRemoving }

// Stands reports whether a finding is of access that stands and that Ebb can end:
// only that can be accepted for a time, or removed.
func (f Finding) Stands() bool {
	return (f.Kind == Came || f.Kind == CameBack) && f.Account != "" && f.Count == 0
}

// FindingTurn is something that happens to a finding.
type FindingTurn string

// The turns.
const (
	SeeFinding    FindingTurn = "see"    // it is shown, perhaps again
	AcceptFinding FindingTurn = "accept" // a person: until a time
	RemoveFinding FindingTurn = "remove" // a person: now
	KeepFinding   FindingTurn = "keep"   // a person: it is right as it is
	TookFinding   FindingTurn = "took"   // Slack shows gone what was to go
	LostFinding   FindingTurn = "lost"   // it went by itself
)

// FindingTurns lists all of them, for tests.
var FindingTurns = []FindingTurn{SeeFinding, AcceptFinding, RemoveFinding, KeepFinding, TookFinding, LostFinding}

var findingTurns = map[FindingState]map[FindingTurn]FindingState{
	"":              {SeeFinding: FindingOpen},
	FindingOpen:     {AcceptFinding: FindingAccepted, RemoveFinding: FindingRemoving, KeepFinding: FindingKept, LostFinding: FindingGone},
	FindingRemoving: {TookFinding: FindingRemoved, KeepFinding: FindingKept},
	FindingAccepted: {SeeFinding: FindingOpen},
	FindingRemoved:  {SeeFinding: FindingOpen},
	FindingKept:     {SeeFinding: FindingOpen},
	FindingGone:     {SeeFinding: FindingOpen},
}

// Turn moves the finding, or says fault.Conflict when its state does not allow it.
func (f Finding) Turn(t FindingTurn, now time.Time) (Finding, error) {
	to, ok := findingTurns[f.State][t]
	if !ok {
		return f, fault.New("directory.Turn", fault.Conflict, "a finding that is %s cannot be turned by %s", f.State, t)
	}
	f.State = to
	switch to {
	case FindingOpen, FindingRemoving:
		f.Closed = time.Time{}
	default:
		f.Closed = now
	}
	return f, nil
}

// See is the finding after something showed it: seen says what, and when. It
// reports whether that is news; what stands open, or was shown by the same run or
// event before, is none.
func (f Finding) See(seen Finding, now time.Time) (Finding, bool) {
	same := f.Run == seen.Run && f.Notice == seen.Notice && f.Run+f.Notice != ""
	if f.Waits() || f.Rev > 0 && same {
		return f, false
	}
	next, err := f.Turn(SeeFinding, now)
	if err != nil {
		return f, false
	}
	seen.ID, seen.Rev, seen.Times = seen.FindingID(), f.Rev, f.Times+1
	seen.State, seen.Closed = next.State, next.Closed
	return seen, true
}

// MostFindings is how many findings of one resource one look makes; of more there
// is one that counts them.
const MostFindings = 20

// FewFindings keeps each finding where they are few; where they are many, one
// without an account says how many there are of a kind.
func FewFindings(all []Finding) []Finding {
	if len(all) <= MostFindings {
		return all
	}
	var out []Finding
	for _, f := range all {
		i := slices.IndexFunc(out, func(x Finding) bool { return x.Kind == f.Kind && x.Resource == f.Resource })
		if i < 0 {
			f.Account, f.Count, f.GoneAt = "", 0, time.Time{}
			i, out = len(out), append(out, f)
		}
		out[i].Count++
	}
	return out
}

// roles from least to most.
var roles = []WorkspaceRole{Member, Admin, Owner, PrimaryOwner}

// AtLeast reports whether a role is another one or more.
func (r WorkspaceRole) AtLeast(x WorkspaceRole) bool {
	return slices.Index(roles, r) >= max(slices.Index(roles, x), 0)
}

// Risen are the findings about an account that came to more in a workspace than it
// was, or became another kind of account. One that was not known before, or not in
// the workspace, has none: it is new, not changed.
func Risen(was, next Account, workspace string) []Finding {
	var out []Finding
	before, known := was.Roles[workspace]
	f := Finding{Connector: next.Connector, Resource: workspace, Account: next.ID}
	if !known || next.State == Deactivated {
		return nil
	}
	if now := next.Roles[workspace]; slices.Index(roles, now) > slices.Index(roles, before) {
		f.Kind, f.Slug, f.Code = RoleRaised, string(now), string(before)
		out = append(out, f)
	}
	if next.OrgOwner && !was.OrgOwner || next.OrgAdmin && !was.OrgAdmin {
		f.Kind, f.Slug, f.Code = RoleRaised, "org-admin", ""
		if next.OrgOwner {
			f.Slug = "org-owner"
		}
		out = append(out, f)
	}
	if was.Kind != "" && next.Kind != was.Kind {
		f.Kind, f.Slug, f.Code = KindChanged, string(next.Kind), string(was.Kind)
		out = append(out, f)
	}
	return out
}
