package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/review"
)

// leftWords say why something was left out, by the codes of review.Snapshot.Left.
var leftWords = map[string]string{
	"resources:kind":           "resources of a kind that the scope does not name",
	"resources:not named":      "resources that the scope does not name",
	"resources:archived":       "archived channels: nobody can use them",
	"resources:public channel": "public channels: every full member may join them, so that membership gives nothing; the scope can include them",
	"account class":            "memberships of accounts of a class that the scope does not name",
	"held otherwise":           "memberships held otherwise than the scope asks (standing or granted)",
	"reviewed before":          "memberships that were certified before and did not come since: the scope takes only what is new",
	"no finding":               "memberships without an open finding: the scope takes only what a finding is about",
	"Ebb's own app":            "Ebb's own app, which is in the channels that it serves",
	"account not known":        "memberships of accounts that no sync could read",
}

var kindWords = map[string]string{
	"resources:workspace": "workspaces", "resources:usergroup": "user groups", "resources:channel": "channels",
	"resources:orgrole": "roles of the organization",
}

var sourceWords = map[review.Source]string{
	review.ByOwner: "the owners of the resource", review.ByCreator: "whoever created it in Slack", review.ByGroup: "the members of the user group ",
	review.ByNamed: "named accounts: ", review.ByManager: "the account's manager", review.ByFallback: "the fallback",
	review.ByMembers: "those members of the user group who may know of the private channel", review.ByKeeper: "the owners of the connector",
	review.Unassigned: "nobody: no reviewer was found",
}

// leftOut are the exclusions with their reasons, the most first.
func leftOut(left map[string]int) []leftRecord {
	out := []leftRecord{}
	for _, code := range slices.Sorted(maps.Keys(left)) {
		says := leftWords[code]
		if says == "" {
			says = code
		}
		out = append(out, leftRecord{Reason: code, Says: says, N: left[code]})
	}
	slices.SortStableFunc(out, func(a, b leftRecord) int { return b.N - a.N })
	return out
}

// populationWords say in sentences out of what the lines were taken.
func populationWords(c review.Campaign) []string {
	x := c.Snapshot
	out := []string{fmt.Sprintf("Ebb read Slack in sync run %s, which ended at %s.", orNone(x.Run), clock(x.Synced))}
	if x.RunAfter != x.Run {
		out = append(out, fmt.Sprintf("While the snapshot was taken another sync ended (%s): it spans both.", x.RunAfter))
	}
	out = append(out, fmt.Sprintf("In that run Slack told of %s accounts and of the resources and memberships below, beside what the snapshot looked at. "+
		"Where the two differ, Ebb gave or took access between the sync and the snapshot, or heard of a change in Slack, or resources outside the scope count in one of them.", thousands(x.Slack["accounts"])))
	left := 0
	for code, n := range x.Left {
		if !strings.HasPrefix(code, "resources:") {
			left += n
		}
	}
	looked := 0
	for kind, n := range x.Seen {
		if !strings.HasPrefix(kind, "resources:") {
			looked += n
		}
	}
	out = append(out, fmt.Sprintf("Of %s memberships, %s were staged as lines and %s left out, each for a reason below.", thousands(looked), thousands(x.Lines), thousands(left)))
	if looked != x.Lines+left {
		out = append(out, fmt.Sprintf("These numbers do not add up: %d are missing.", looked-x.Lines-left))
	}
	if x.Unassigned > 0 {
		out = append(out, fmt.Sprintf("For %s lines no reviewer was found when they were staged.", thousands(x.Unassigned)))
	}
	return out
}

// specWords say in sentences what was reviewed and by whom.
func specWords(s review.Spec, names map[string]string) []string {
	var kinds []string
	for _, k := range s.Scope.StagedKinds() {
		kinds = append(kinds, map[string]string{"workspace": "workspaces", "usergroup": "user groups", "channel": "private channels", "orgrole": "roles of the organization"}[string(k)])
	}
	what := "Reviewed: " + strings.Join(kinds, ", ")
	if s.Scope.Public {
		what += ", public channels too"
	}
	out := []string{what + "."}
	say := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(len(s.Scope.Resources) > 0, "Only these resources: %s.", strings.Join(s.Scope.Resources, ", "))
	var classes []string
	for _, c := range s.Scope.Accounts {
		classes = append(classes, string(c))
	}
	say(len(classes) > 0, "Only accounts of these classes: %s.", strings.Join(classes, ", "))
	say(s.Scope.InactiveDays > 0, "Inactive means not seen for %d days.", s.Scope.InactiveDays)
	say(s.Scope.Held != "", "Only %s access.", s.Scope.Held)
	say(s.Scope.New, "Only what was not certified before, or came since.")
	say(s.Scope.Findings, "Only what an open finding is about.")
	for i, l := range s.Levels {
		text := sourceWords[l.By] + l.Group + people(l.Accounts, names)
		say(true, "Level %d is reviewed by %s.", i+1, text)
	}
	say(len(s.Fallback) > 0, "Where a level finds nobody: %s.", people(s.Fallback, names))
	say(s.Self, "People might review their own access.")
	say(!s.Self, "Nobody reviewed their own access.")
	say(s.Unchanged, "What did not change since it was certified could be certified at once.")
	say(s.AtEnd == review.SkipOpen, "What nobody decided was to be left as it is.")
	say(s.AtEnd == review.RevokeOpen, "What nobody decided was to be denied.")
	return out
}

// Stands says of a denied line why it stands, and who said so.
func Stands(words string, erased bool, by string) string {
	if erased || words == "" {
		words = "(erased)"
	}
	return "could not be removed: " + words + ", given up by " + orNone(by)
}

// people are accounts with the names that are known.
func people(accounts []string, names map[string]string) string {
	var out []string
	for _, a := range accounts {
		if n := names[a]; n != "" {
			a = n + " (" + a + ")"
		}
		out = append(out, a)
	}
	return strings.Join(out, ", ")
}

// standing says in a sentence how far the campaign was.
func standing(s review.Campaign, asOf time.Time, lines map[string]int) string {
	switch {
	case !s.Settled.IsZero():
		text := "Settled at " + clock(s.Settled) + ": every line is closed, and everything that was denied was seen gone in Slack, or kept for the reason given."
		if n := lines["stands"]; n > 0 {
			text += fmt.Sprintf(" Lines that were denied, could not be removed and STILL STAND: %s, each with who said so and why.", thousands(n))
		}
		return text
	case s.State == review.Completed:
		return fmt.Sprintf("As of %s: nothing is open, and the removal of %s denied lines is still to be seen in Slack.", clock(asOf), thousands(lines["denied"]))
	}
	return fmt.Sprintf("As of %s: the review is %s. %s lines are open, and the removal of %s denied ones is still to be seen in Slack.",
		clock(asOf), s.State, thousands(lines["open"]), thousands(lines["denied"]))
}

// clock is an instant for people.
func clock(t time.Time) string {
	if t.IsZero() {
		return "no time"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// thousands is a number with its thousands apart.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
