package access

import (
	"path"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Policy is a published version of the rules, tried from top to bottom. The
// zero Policy has no rule and allows nothing.
type Policy struct {
	Version   int64  // 1, 2, …; 0: none published
	Digest    string // SHA-256 of Source, hex
	Rules     []Rule
	Profiles  []Profile
	Hours     Hours  // of the organization
	Source    string // the YAML document as it was given
	By        string // user id of the publisher
	Published time.Time
}

// Rule says who may have which resources, for how long, and who approves.
type Rule struct {
	ID         string
	Line       int // in the document, 1 is the first
	Resources  Match
	Slug       string // "member"
	Requesters Who
	// When is a condition in CEL; where it does not hold, the rule does not speak.
	// One that cannot be judged denies. "": always.
	When string
	Risk Risk
	// Others may ask for somebody else; empty: everybody asks for themselves only.
	Others    Who
	Max       time.Duration // 0 allows nothing, and so keeps rules below it from allowing it
	Approvers Who           // ignored when Auto, and where there are Steps
	Steps     []Approval    // the approvals in their order
	Auto      bool
	// Tell is the channel in which those who decide are asked, "#name" or an id;
	// "": they are asked in person.
	Tell string
	// Wait is how long a request waits for a decision (0: 3 days).
	Wait time.Duration
	// Advisory admits public channels, which anybody can join again.
	Advisory bool
	// Empty says what happens when the last member of a user group would go.
	Empty Empty
	// Unproven admits resources from which Ebb has not yet removed anybody.
	Unproven bool
	// Emergency lets somebody skip the approvers.
	Emergency Emergency
	// Solo lets what an approver asks for themselves approve itself, after a while.
	Solo Solo
}

// Empty is the way out where Slack keeps a user group from becoming empty;
// where SCIM takes the last member out, nobody needs one and none is used.
// Keep names an account that stays; Disable disables the group, so that its
// handle stops working, which counts as revoked. The zero value: no way out,
// such a grant is refused when asked for.
type Empty struct {
	Keep    string
	Disable bool
}

// Match names resources: all of the parts that are set must fit, and at least
// one of IDs and Names must be set. Names are patterns as in path.Match, over
// the handle of a user group or the name of a channel.
type Match struct {
	Kind       directory.Kind
	IDs        []string
	Names      []string
	Workspaces []string
}

// Fits reports whether the resource is meant.
func (m Match) Fits(r directory.Resource) bool {
	if m.Kind != r.Kind || len(m.IDs) == 0 && len(m.Names) == 0 {
		return false
	}
	if len(m.Workspaces) > 0 && !slices.Contains(m.Workspaces, r.Workspace) {
		return false
	}
	if slices.Contains(m.IDs, r.ID) {
		return true
	}
	return slices.ContainsFunc(m.Names, func(p string) bool {
		ok, err := path.Match(p, r.Name)
		return err == nil && ok
	})
}

// Who names people. The zero value names nobody.
type Who struct {
	Anyone          bool     // every live human of the connector; never approves
	Accounts        []string // account ids
	Groups          []string // user groups: ids, or handles with @ (of the resource's own workspace)
	ResourceOwners  bool
	AppOwners       bool // owners of the connector
	WorkspaceAdmins bool // admins and owners in Slack of the resource's workspace
	// Only leaves, of those who are named, this account alone; "": all of them.
	Only string
}

// None reports whether nobody is named.
func (w Who) None() bool {
	return !w.Anyone && len(w.Accounts) == 0 && len(w.Groups) == 0 && !w.ResourceOwners && !w.AppOwners && !w.WorkspaceAdmins
}

// Person is somebody as policy sees them now.
type Person struct {
	User    string // Ebb's user id
	Ended   bool   // that user has ended, whatever Slack says of the account
	Account directory.Account
	Groups  []directory.Resource // user groups that the account is a member of
}

// Ask is a question to policy: may Requester have Subject given the resource
// for Length? Defaults are the resource's default channels where it is a user
// group, Empties says that Subject would be the group's only lasting member.
type Ask struct {
	Requester Person
	Subject   directory.Account
	// SubjectEnded: the subject's user has ended.
	SubjectEnded bool
	// SubjectUser is the subject's user in Ebb, "" when nobody owns the account:
	// a second account of the same person approves nothing.
	SubjectUser string
	Resource    directory.Resource
	Slug        string
	Length      time.Duration
	AppOwners   []string // account ids of the connector's owners
	Defaults    []directory.Resource
	Empties     bool // no living standing member would remain after the end
	MayEmpty    bool // Slack lets Ebb take a user group's last member out (SCIM)
	Proven      bool // a removal from such a resource has succeeded before
	// OpenGroups: everybody can edit this connector's user groups, so
	// membership in one approves nothing.
	OpenGroups bool
	// GroupsBy is who manages the groups of the identity provider; "": not said.
	GroupsBy  string
	Emergency bool      // the approvers are to be skipped
	Now       time.Time // for conditions over the time of day
	Condition Condition // nil: rules with a condition deny
}

// Decision is policy's answer. The zero value denies. Because is one sentence
// for the person who asked; Trail has one line for each rule that was tried.
type Decision struct {
	Allowed bool
	Auto    bool
	// Emergency: the rule's approvers are skipped, so that Auto is set.
	Emergency bool
	Rule      Rule
	Version   int64
	Hours     Hours // of the organization
	Because   string
	Trail     []string
	Gives     []string // what else it gives, in words (default channels)
}

// Has reports whether a user group is named, by id or by handle.
func (w Who) Has(g directory.Resource) bool {
	return slices.Contains(w.Groups, g.ID) || slices.Contains(w.Groups, "@"+g.Name)
}
