package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// What access reviews are made of, in the words of pages.

// reviewKinds are what can be reviewed.
var reviewKinds = map[directory.Kind]string{
	directory.Workspace: "workspaces: who is a member, an admin or an owner",
	directory.UserGroup: "user groups",
	directory.Channel:   "private channels",
	directory.Role:      "roles of an Enterprise organization",
}

// reviewClasses are the sorts of accounts.
var reviewClasses = map[review.Class]string{
	review.Members:          "full members",
	review.Guests:           "guests",
	review.Externals:        "people of other organizations",
	review.Bots:             "apps and bots",
	review.Admins:           "admins and owners",
	review.DeactivatedClass: "deactivated accounts",
	review.Inactive:         "inactive accounts",
	review.NoTwoFactor:      "accounts without a second factor",
}

// reviewSources are who reviews.
var reviewSources = map[review.Source]string{
	review.ByOwner:    "the owner of the resource",
	review.ByCreator:  "who created the channel or user group",
	review.ByGroup:    "the members of a user group",
	review.ByNamed:    "people whom I name",
	review.ByManager:  "the account's manager in Slack",
	review.ByFallback: "the fallback",
	review.ByMembers:  "those of a user group who may know of a private channel",
	review.ByKeeper:   "the owners of the connector",
	review.Unassigned: "nobody could be found",
}

// listSources are why a list is somebody's.
var listSources = map[review.Source]string{
	review.ByOwner:    "own the resource",
	review.ByCreator:  "created it in Slack",
	review.ByGroup:    "by their user group",
	review.ByNamed:    "by name",
	review.ByManager:  "manage the account",
	review.ByFallback: "the fallback",
	review.ByMembers:  "by their user group, and know of the private channel",
	review.ByKeeper:   "own the connector",
	review.Unassigned: "nobody could be found",
}

// reasonWords are why something is advised.
var reasonWords = map[review.Reason]string{
	review.BecauseDeactivated: "the account is deactivated",
	review.BecauseInactive:    "inactive for long",
	review.BecauseGuest:       "a guest without an end",
	review.BecauseAdmin:       "an admin outside the admins' group",
	review.BecauseExternal:    "from another organization",
	review.BecauseBot:         "an app with an admin's rights",
	review.BecauseTwoFactor:   "an admin without a second factor",
	review.BecauseFinding:     "a finding is open about it",
	review.BecauseSame:        "nothing changed since it was certified",
	review.BecauseEnds:        "it ends by itself",
	review.BecauseDenied:      "denied before, and it stands",
}

// changeWords are what is another than when it was decided last.
var changeWords = map[string]string{
	"account-kind":  "another kind of account",
	"account-state": "the account's state",
	"held":          "how it is held",
	"shared":        "shared with others, or no more",
	"privacy":       "private, or no more",
	"given-anew":    "given anew",
}

// leftWords are why something is not in a snapshot.
var leftWords = map[string]string{
	"kind":            "of a kind that is not reviewed",
	"not named":       "not among the named",
	"archived":        "archived",
	"public channel":  "public channels, which everybody may join",
	"account class":   "accounts of another sort",
	"held otherwise":  "held in another way",
	"reviewed before": "certified before, and not changed",
	"no finding":      "without an open finding",
	"Ebb's own app":   "for Ebb's own app",
}

// campaignStates are where a campaign stands.
var campaignStates = map[review.State]string{
	review.Draft:     "Draft",
	review.Staging:   "Taking the snapshot",
	review.Staged:    "Ready to start",
	review.Running:   "Running",
	review.Ending:    "Ending",
	review.Completed: "Completed",
	review.Canceled:  "Canceled",
}

// lineStates are what became of a line.
var lineStates = map[review.LineState]string{
	review.LineOpen:      "Open",
	review.LineCertified: "Certified",
	review.LineDenied:    "Denied",
	review.LineRemoved:   "Removed, and seen gone",
	review.LineKept:      "Kept",
	review.LineStands:    "Denied, still standing",
	review.LineGone:      "Gone by itself",
	review.LineSkipped:   "Skipped",
}

// showWords are the parts of a list.
var showWords = []Choice{
	{Value: "", Says: "All"},
	{Value: "left", Says: "To decide"},
	{Value: "noted", Says: "Noted"},
	{Value: "advised", Says: "Advised to deny"},
	{Value: "new", Says: "New"},
	{Value: "changed", Says: "Changed"},
	{Value: "unchanged", Says: "Unchanged"},
	{Value: "decided", Says: "Closed"},
}

// everyWords are the periods of templates.
var everyWords = map[review.Every]string{review.Monthly: "every month", review.Quarterly: "every three months", review.Yearly: "every year"}

// adviceWords is a recommendation with its reasons, and how it looks. That something
// is new, or cannot be removed, is said by its tag.
func adviceWords(a review.Advice) (says, tone string) {
	var why []string
	for _, r := range a.Why {
		if r == review.BecauseNew || r == review.BecauseFixed {
			continue
		}
		why = append(why, cmp.Or(reasonWords[r], string(r)))
	}
	because := strings.Join(why, "; ")
	switch {
	case a.Verdict == review.Deny:
		return "Deny: " + because, "bad"
	case a.Verdict == review.Certify:
		return "Certify: " + because, "good"
	case because != "":
		return "Look: " + because, ""
	}
	return "", ""
}

// changedWords says what changed.
func changedWords(codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, cmp.Or(changeWords[c], c))
	}
	return strings.Join(out, ", ")
}

// Tally is a count with what it counts.
type Tally struct {
	N    int
	Says string
}

// leftTally are the exclusions of a snapshot, in words, the largest first.
func leftTally(left map[string]int) []Tally {
	var out []Tally
	for code, n := range left {
		word, resources := strings.CutPrefix(code, "resources:")
		says := cmp.Or(leftWords[word], word)
		if resources {
			says = "resource" + plural(n) + ": " + says
		}
		out = append(out, Tally{N: n, Says: says})
	}
	slices.SortFunc(out, func(a, b Tally) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Says, b.Says)) })
	return out
}

// seenTally are what staging looked at, by kind.
func seenTally(seen map[string]int) []Tally {
	var out []Tally
	for _, k := range review.Reviewable {
		one := strings.NewReplacer("usergroup", "user group", "orgrole", "role of the organization").Replace(string(k))
		if n := seen["resources:"+string(k)]; n > 0 {
			out = append(out, Tally{N: n, Says: one + plural(n)})
		}
		if n := seen[string(k)]; n > 0 {
			out = append(out, Tally{N: n, Says: "membership" + plural(n) + " of " + one + "s"})
		}
	}
	return out
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// listName says whose a list is.
func listName(l flow.ListView) string {
	if l.Group != "" {
		return "members of " + l.Group
	}
	if len(l.Accounts) == 0 {
		return "Nobody yet"
	}
	var out []string
	for i, id := range l.Accounts {
		if i == 10 { // of more no names are read
			break
		}
		out = append(out, person(l.Names, id))
	}
	slices.Sort(out)
	if n := len(l.Accounts); n > 3 {
		out = append(out[:3], fmt.Sprintf("%d more", n-3))
	}
	return strings.Join(out, ", ")
}

// accountBadge is what is said of an account beside its name; "" for a person of
// one's own who is active.
func accountBadge(f review.Facts) []string {
	var out []string
	if f.AccountKind != directory.Human {
		out = append(out, string(f.AccountKind))
	}
	if f.AccountState != directory.Active {
		out = append(out, string(f.AccountState))
	}
	return out
}

// specWords says a spec in sentences; people and groups are named by name.
func (v *visit) specWords(s review.Spec) ([]Fact, error) {
	n := namer{v: v, conn: s.Connector}
	out := []Fact{{"What", strings.Join(scopeWords(s.Scope, n.resources(s.Scope.Resources)), "; ")}}
	for i, l := range s.Levels {
		says := reviewSources[l.By]
		switch l.By {
		case review.ByGroup:
			says = "members of " + n.resource(l.Group)
		case review.ByNamed:
			says = n.accounts(l.Accounts)
		}
		head := "Reviewers"
		if len(s.Levels) > 1 {
			head = fmt.Sprintf("Reviewers, level %d", i+1)
		}
		out = append(out, Fact{head, says})
	}
	if len(s.Fallback) > 0 {
		out = append(out, Fact{"Fallback", n.accounts(s.Fallback)})
	}
	if s.Admins != "" {
		out = append(out, Fact{"Admins' group", n.resource(s.Admins)})
	}
	may := []string{"nobody reviews their own access"}
	if s.Self {
		may[0] = "people may review their own access"
	}
	if s.Unchanged {
		may = append(may, "what did not change may be certified at once")
	}
	out = append(out, Fact{"Rules", upper(strings.Join(may, "; "))})
	end := count(s.Days, "day", "days") + " from its start"
	if s.Ends {
		end += ", then it ends by itself"
	} else {
		end += ", then it reminds daily until somebody ends it"
	}
	return append(out, Fact{"Runs", end}, Fact{"What nobody decides", atEndWords[s.AtEnd]}), n.err
}

// Fact is one line of a page's facts.
type Fact struct{ Head, Says string }

var atEndWords = map[review.AtEnd]string{
	review.SkipOpen:   "is skipped: it stays as it is, and the evidence says so",
	review.RevokeOpen: "is denied and removed",
}

func scopeWords(s review.Scope, named string) []string {
	var kinds []string
	for _, k := range s.StagedKinds() {
		word := reviewKinds[k]
		if k == directory.Channel && s.Public {
			word = "channels, public ones too"
		}
		word, _, _ = strings.Cut(word, ":")
		kinds = append(kinds, word)
	}
	out := []string{upper(strings.Join(kinds, ", "))}
	if named != "" {
		out = append(out, "only "+named)
	}
	if len(s.Accounts) > 0 {
		var who []string
		for _, c := range s.Accounts {
			says := cmp.Or(reviewClasses[c], string(c))
			if c == review.Inactive {
				says += fmt.Sprintf(" (%d days)", cmp.Or(s.InactiveDays, 90))
			}
			who = append(who, says)
		}
		out = append(out, "only "+strings.Join(who, ", "))
	}
	switch s.Held {
	case review.Standing:
		out = append(out, "only standing access")
	case review.Granted:
		out = append(out, "only what Ebb gave")
	}
	if s.New {
		out = append(out, "only what is new or changed since the last review")
	}
	if s.Findings {
		out = append(out, "only what a finding is about")
	}
	return out
}

// namer names accounts and resources as far as the reader may know them, a few of
// each; it keeps the first error.
type namer struct {
	v    *visit
	conn string
	err  error
}

// mostNamed is how many of a list are named; of the others there is a number.
const mostNamed = 8

func (n *namer) keep(err error) {
	if n.err == nil {
		n.err = err
	}
}

func (n *namer) list(ids []string, name func(string) string) string {
	var out []string
	for i, id := range ids {
		if i == mostNamed {
			out = append(out, fmt.Sprintf("%d more", len(ids)-i))
			break
		}
		out = append(out, name(id))
	}
	return strings.Join(out, ", ")
}

func (n *namer) accounts(ids []string) string  { return n.list(ids, n.account) }
func (n *namer) resources(ids []string) string { return n.list(ids, n.resource) }

func (n *namer) account(id string) string {
	a, err := n.v.s.house.ReadAccount(n.v.ctx(), n.v.by, n.conn, id)
	if hidden(err) {
		return id
	}
	n.keep(err)
	return a.Label()
}

func (n *namer) resource(id string) string {
	r, err := n.v.s.house.ReadResource(n.v.ctx(), n.v.by, n.conn, id)
	if hidden(err) {
		return "one that you may not see"
	}
	n.keep(err)
	return access.Name(r.Resource)
}
