package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Source says where a level finds its reviewers.
type Source string

// The sources. ByMembers are of a user group only those who may know of a private
// resource. ByKeeper, an owner of the connector, is where neither a level nor the
// fallback had anybody; Unassigned where these had nobody either: campaign
// administrators reassign it.
const (
	ByOwner    Source = "owner"   // of the resource
	ByCreator  Source = "creator" // of the channel or user group, in Slack
	ByGroup    Source = "group"   // members of a user group
	ByMembers  Source = "group members"
	ByNamed    Source = "named"
	ByManager  Source = "manager" // of the account, from its profile in Slack
	ByFallback Source = "fallback"
	ByKeeper   Source = "connector owner"
	Unassigned Source = "unassigned"
)

// Sources are those that a level may name.
var Sources = []Source{ByOwner, ByCreator, ByGroup, ByNamed, ByManager}

// mostReviewers is how many accounts an assignment names. Of a larger user group the
// others review, too: who is in it is looked up with each decision.
const mostReviewers = 1000

// Level is one round of reviewers.
type Level struct {
	By       Source
	Group    string   // id, with ByGroup
	Accounts []string // with ByNamed
}

func (l Level) validate() error {
	const op = "review.Validate"
	switch {
	case !slices.Contains(Sources, l.By):
		return fault.At(op, "levels", "reviewers are found by owner, creator, group, named or manager, not %q", string(l.By))
	case l.By == ByGroup && l.Group == "":
		return fault.At(op, "levels", "say which user group reviews")
	case l.By == ByNamed && (len(l.Accounts) == 0 || len(l.Accounts) > mostNamed):
		return fault.At(op, "levels", "name 1 to %d accounts who review", mostNamed)
	}
	return nil
}

// Assigned says who reviews a line: any one of the accounts.
type Assigned struct {
	Source   Source
	Group    string // whose members they are; who still is one is looked up with each decision
	Accounts []string
}

// Crowd is what Pick knows of people beside the holding.
type Crowd struct {
	Members []string // of the level's user group
	Manager string   // of the account; "": not known
	Keepers []string // owners of the connector
	// Able reports whether an account may review at all: active, and no guest or bot.
	Able func(account string) bool
	// Knows reports whether an account may know of the resource, a private one, without
	// any review. nil: nobody does.
	Knows func(account string) bool
}

// Pick says who reviews a holding at a level. Nobody reviews their own access
// unless the campaign allows it, and nobody comes to know of a private resource by
// being named: who may not know of it is passed over, wherever they come from.
func (s Spec) Pick(level int, resource directory.Resource, account string, c Crowd) Assigned {
	l := s.Levels[level]
	var from []string
	switch l.By {
	case ByOwner:
		from = resource.Owners
	case ByCreator:
		from = []string{resource.Creator}
	case ByGroup:
		from = c.Members
	case ByNamed:
		from = l.Accounts
	case ByManager:
		from = []string{c.Manager}
	}
	for _, a := range []Assigned{{Source: l.By, Group: l.Group, Accounts: from}, {Source: ByFallback, Accounts: s.Fallback}, {Source: ByKeeper, Accounts: c.Keepers}} {
		if a.Source != ByGroup {
			a.Group = ""
		}
		if resource.Private {
			a = a.knowing(c)
		}
		if a.Accounts = s.able(a.Accounts, account, c); len(a.Accounts) > 0 {
			return a
		}
	}
	return Assigned{Source: Unassigned}
}

// knowing leaves those who may know of a private resource.
func (a Assigned) knowing(c Crowd) Assigned {
	if a.Source == ByGroup {
		a.Source = ByMembers
	}
	a.Accounts = slices.DeleteFunc(slices.Clone(a.Accounts), func(x string) bool {
		return x == "" || c.Knows == nil || !c.Able(x) || !c.Knows(x)
	})
	return a
}

// Names reports whether the accounts alone review, whoever else joins the group.
func (a Assigned) Names() bool { return a.Group == "" || a.Source == ByMembers }

func (s Spec) able(accounts []string, self string, c Crowd) []string {
	var out []string
	for _, a := range accounts {
		if a != "" && (s.Self || a != self) && c.Able(a) {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), mostReviewers)]
}

// Assignment is the list of one reviewer, or of several who share it, at one
// level. Lines counts all that were put there and not reassigned, Noted those with a
// draft, Closed those that need nothing any more of its reviewers; the others count
// what became of these.
type Assignment struct {
	ID        string
	Campaign  string
	Connector string
	Level     int
	Assigned
	Lines, Noted, Closed                   int
	Certified, Passed, Denied, Gone, Skips int
	Made                                   time.Time
	Rev                                    int64
}

// Count is the assignment after one of its open lines came to a state, or went to
// the next level (LineOpen).
func (a Assignment) Count(to LineState, noted bool) Assignment {
	a.Closed++
	if noted {
		a.Noted--
	}
	switch to {
	case LineCertified:
		a.Certified++
	case LineOpen:
		a.Passed++
	case LineDenied:
		a.Denied++
	case LineGone:
		a.Gone++
	case LineSkipped:
		a.Skips++
	}
	return a
}

// AssignmentID follows from who reviews at which level. A group is one assignment
// whoever is in it, unless only some of it review.
func AssignmentID(campaign string, level int, a Assigned) string {
	who := strings.Join(a.Accounts, ",")
	if a.Group != "" {
		who = "group:" + a.Group
	}
	if a.Source == ByMembers {
		who += ":" + strings.Join(a.Accounts, ",")
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%d\x00%s\x00%s", campaign, level, a.Source, who)))
	return "as_" + hex.EncodeToString(sum[:10])
}

// Left is how many lines wait for a submitted decision.
func (a Assignment) Left() int { return a.Lines - a.Closed }
