package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// State is where a campaign stands.
type State string

// The states; the table in the package comment says what moves them.
const (
	Draft     State = "draft"
	Staging   State = "staging"
	Staged    State = "staged"
	Running   State = "running"
	Ending    State = "ending"
	Completed State = "completed"
	Canceled  State = "canceled"
)

// States lists all of them, for tests and checks.
var States = []State{Draft, Staging, Staged, Running, Ending, Completed, Canceled}

// Turn is something that happens to a campaign.
type Turn string

// The turns.
const (
	Stage      Turn = "stage"
	StagedAll  Turn = "staged"
	Start      Turn = "start"
	End        Turn = "end"
	Complete   Turn = "complete"
	CancelTurn Turn = "cancel"
)

// Turns lists all of them, for tests.
var Turns = []Turn{Stage, StagedAll, Start, End, Complete, CancelTurn}

var turns = map[State]map[Turn]State{
	Draft:   {Stage: Staging, CancelTurn: Canceled},
	Staging: {StagedAll: Staged, CancelTurn: Canceled},
	Staged:  {Start: Running, CancelTurn: Canceled},
	Running: {End: Ending},
	Ending:  {Complete: Completed},
}

// AtEnd says what becomes of lines that nobody decided in time.
type AtEnd string

// The zero AtEnd is no choice: a campaign has to make one.
const (
	SkipOpen   AtEnd = "skip"   // they are left as they are, and the evidence says so
	RevokeOpen AtEnd = "revoke" // they are denied
)

// Spec is what a campaign is made of before it is staged; a template keeps one.
type Spec struct {
	Name      string
	Connector string
	Scope     Scope
	// Levels review one after the other, at most MostLevels; what the first
	// certifies goes on to the second.
	Levels []Level
	// Fallback are accounts that review what a level finds nobody for.
	Fallback []string
	// Self lets people review their own access. The zero value: never.
	Self bool
	// Unchanged allows to certify at once all that did not change since it was
	// certified last.
	Unchanged bool
	AtEnd     AtEnd
	// Days is how long it runs from its start, 1 to LongestDays. Ends: it ends by
	// itself then. The zero value: it stays open, and reminds daily, until a person
	// ends it.
	Days int
	Ends bool
	// Admins is the user group outside which no account should be admin or owner;
	// "": nothing is advised about that.
	Admins string
}

// Limits of a campaign.
const (
	MostLevels   = 3
	LongestDays  = 180
	longestName  = 120
	mostNamed    = 200 // accounts, resources in a scope
	MostInactive = 3650
)

// Campaign is one user access review.
type Campaign struct {
	ID       string
	Template string // that drafted it; "": a person
	Spec
	State   State
	By      string // user id of who drafted it; "" for a template
	Created time.Time
	Policy  int64 // version of the policy in force when it was staged

	Snapshot Snapshot
	Started  time.Time
	Deadline time.Time
	Ended    time.Time
	EndedBy  string // user id; "": its deadline
	// Done is when no line was open any more; Settled is when everything that was
	// denied was seen gone, too.
	Done    time.Time
	Settled time.Time

	// Told is when the rows were put by which its reviewers hear of the start. Looked
	// is the sync (its end) against which open lines were held last, and Looking the
	// assignment behind which that goes on; "": it is not going on.
	Told    time.Time
	Looked  time.Time
	Looking string
	// Next is when somebody has to look again; zero: nobody.
	Next time.Time
	// Held says why an automatic start waits, in words; "": it does not.
	Held string
	Rev  int64
}

// Snapshot is what staging took. Cursor says where it goes on.
type Snapshot struct {
	Begun, Done time.Time
	// Run is the connector's last good sync when staging began, RunAfter when it
	// was done: where they differ the snapshot spans two.
	Run, RunAfter string
	Synced        time.Time // when Run ended
	Cursor        Cursor
	Pages         int
	Lines         int
	Digest        string // of all pages, hex; see Page.Link
	// Seen counts what was looked at by kind of resource, Left what was left out by
	// reason (Scope.Leaves), Slack what Slack told in the run, by kind.
	Seen, Left, Slack map[string]int
	Unassigned        int // lines that nobody could be found for
}

// Cursor is the last holding that a stored page looked at, in the order of kinds,
// resources, slugs and accounts.
type Cursor struct {
	Kind     int // index in the scope's kinds
	Resource string
	Slug     string
	Account  string
	Over     bool // of Resource, every holder was looked at
}

// Turn moves the campaign, or says fault.Conflict when its state does not allow it.
func (c Campaign) Turn(t Turn, now time.Time) (Campaign, error) {
	to, ok := turns[c.State][t]
	if !ok {
		return c, fault.New("review.Turn", fault.Conflict, "%s", c.refusal(t))
	}
	c.State = to
	switch to {
	case Staging:
		c.Snapshot = Snapshot{Begun: now}
		c.Next = now
	case Staged, Canceled:
		c.Next = time.Time{}
	case Running:
		c.Started, c.Deadline = now, now.Add(time.Duration(c.Days)*24*time.Hour)
		c.Next = now
	case Ending:
		c.Ended, c.Next = now, now
	case Completed:
		c.Done, c.Next = now, now
	}
	return c, nil
}

// refusal says why a turn cannot be, and what can.
func (c Campaign) refusal(t Turn) string {
	now := "this access review is " + string(c.State)
	switch {
	case t == Start && c.State == Draft:
		return "this access review is still a draft and has no snapshot: stage it, look at its lists, then start it"
	case t == CancelTurn && (c.State == Running || c.State == Ending):
		return now + " and is not canceled any more: end it, what is open can be skipped"
	case t == End && (c.State == Draft || c.State == Staging || c.State == Staged):
		return now + " and was never started, so that there is nothing to end: cancel it"
	case t == Stage && (c.State == Running || c.State == Ending):
		return now + ", and its snapshot does not change any more: draft another one"
	case c.State == Completed || c.State == Canceled:
		return now + ", and that is final: draft another one"
	}
	return fmt.Sprintf("%s: one cannot %s it now", now, t)
}

// Open reports whether lines of the campaign can be decided.
func (c Campaign) Open() bool { return c.State == Running }

// Validate says what is wrong with a spec, in words for whoever wrote it.
func (s Spec) Validate() error {
	const op = "review.Validate"
	switch {
	case strings.TrimSpace(s.Name) == "" || len([]rune(s.Name)) > longestName:
		return fault.At(op, "name", "give it a name of at most %d characters", longestName)
	case s.Connector == "":
		return fault.At(op, "connector", "say which connector is reviewed")
	case len(s.Levels) == 0:
		return fault.At(op, "levels", "say who reviews")
	case len(s.Levels) > MostLevels:
		return fault.At(op, "levels", "at most %d levels review one after the other", MostLevels)
	case s.AtEnd != SkipOpen && s.AtEnd != RevokeOpen:
		return fault.At(op, "at_end", "say what becomes of lines that nobody decides: skip or revoke")
	case s.Days < 1 || s.Days > LongestDays:
		return fault.At(op, "days", "it runs for 1 to %d days", LongestDays)
	case len(s.Fallback) > mostNamed:
		return fault.At(op, "fallback", "at most %d accounts", mostNamed)
	}
	for _, l := range s.Levels {
		if err := l.validate(); err != nil {
			return err
		}
	}
	return s.Scope.validate()
}

// Copy is a spec that shares nothing with s.
func (s Spec) Copy() Spec {
	s.Levels = slices.Clone(s.Levels)
	s.Fallback = slices.Clone(s.Fallback)
	s.Scope.Kinds = slices.Clone(s.Scope.Kinds)
	s.Scope.Resources = slices.Clone(s.Scope.Resources)
	s.Scope.Accounts = slices.Clone(s.Scope.Accounts)
	return s
}

// Terms are short facts of a spec for the audit: what is reviewed, by whom, and what
// becomes of what nobody decides. Its name is somebody's free text and is not there;
// of long lists there is a digest.
func (s Spec) Terms() map[string]string {
	var levels []string
	for _, l := range s.Levels {
		text := string(l.By)
		if l.Group != "" {
			text += ":" + l.Group
		}
		if len(l.Accounts) > 0 {
			text += ":" + short(l.Accounts)
		}
		levels = append(levels, text)
	}
	out := map[string]string{
		"connector": s.Connector, "levels": strings.Join(levels, " "), "fallback": short(s.Fallback),
		"at_end": string(s.AtEnd), "days": strconv.Itoa(s.Days), "admins": s.Admins,
		"kinds": short(words(s.Scope.StagedKinds())), "resources": short(s.Scope.Resources), "accounts": short(words(s.Scope.Accounts)),
		"held": string(s.Scope.Held),
	}
	for name, set := range map[string]bool{
		"self": s.Self, "unchanged": s.Unchanged, "ends": s.Ends, "public": s.Scope.Public, "new": s.Scope.New, "findings": s.Scope.Findings,
	} {
		if set {
			out[name] = "yes"
		}
	}
	if s.Scope.InactiveDays > 0 {
		out["inactive_days"] = strconv.Itoa(s.Scope.InactiveDays)
	}
	return out
}

// short lists a few, or sums up many.
func short(list []string) string {
	if len(list) <= 12 {
		return strings.Join(list, ",")
	}
	h := sha256.New()
	put(h, list...)
	return strconv.Itoa(len(list)) + " of them, sha256 " + hex.EncodeToString(h.Sum(nil))
}

func words[T ~string](list []T) []string {
	var out []string
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}
