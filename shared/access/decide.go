package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Decide answers the question by the first rule that names the resource and
// the requester. What cannot be given at all is denied before any rule.
func (p Policy) Decide(q Ask) Decision {
	no := func(format string, args ...any) Decision {
		return Decision{Version: p.Version, Because: fmt.Sprintf(format, args...)}
	}
	if why := q.Resource.Refusal(); why != "" && !q.ByHand() {
		if q.Resource.Managed && q.GroupsBy != "" {
			why += " (its groups are managed by " + q.GroupsBy + ")"
		}
		return no("%s", why)
	}
	if why := q.Resource.RefusalFor(q.Subject); why != "" {
		return no("%s", why)
	}
	if !q.Requester.Account.Live() {
		return no("%s has no active Slack account here", q.Requester.Account.Label())
	}
	if q.Requester.Ended || q.SubjectEnded {
		return no("an administrator has ended this user in Ebb; one has to bind the account anew")
	}
	if q.Length <= 0 || q.Length > Longest {
		return no("a grant lasts between a second and 360 days; ask for a shorter time")
	}
	var trail []string
	for _, r := range p.Rules {
		d, tried := r.decide(q)
		trail = append(trail, fmt.Sprintf("rule %q (line %d): %s", r.ID, r.Line, d.Because))
		if tried {
			d.Version, d.Trail, d.Hours = p.Version, trail, p.Hours
			return d
		}
	}
	d := no("no rule of the policy lets %s ask for %s", q.Requester.Account.Label(), Name(q.Resource))
	if k := q.Requester.Account.Kind; k == directory.SingleChannelGuest || k == directory.MultiChannelGuest {
		d.Because += ": a guest may ask only where a rule names them, for anyone means every full member"
	}
	if len(p.Rules) == 0 {
		d.Because = "no policy has been published, and without a policy there is no access"
	}
	d.Trail = trail
	return d
}

// ByHand reports whether what is asked for is given and taken by a person, because
// no API does: an admin's role in a workspace.
func (q Ask) ByHand() bool {
	return q.Resource.Kind == directory.Workspace && q.Slug == string(directory.Admin)
}

// Askable is what can be asked for of a kind of resource: an admin's role in a
// workspace, membership of everything else.
func Askable(k directory.Kind) string {
	if k == directory.Workspace {
		return string(directory.Admin)
	}
	return string(directory.Member)
}

// Words are what the policy says, as a sentence without its end.
func (d Decision) Words() string {
	if d.Rule.ID == "" {
		return d.Because
	}
	return fmt.Sprintf("rule %q %s", d.Rule.ID, d.Because)
}

// Past says what of the time before somebody sees who comes into a private
// channel: all of it, which no end takes back. "" of everything else.
func (q Ask) Past() string {
	if q.Resource.Kind != directory.Channel || !q.Resource.Private {
		return ""
	}
	return "shows everything that was written there before"
}

// decide answers for one rule; false: the rule does not speak of this.
func (r Rule) decide(q Ask) (Decision, bool) {
	d := Decision{Rule: r}
	switch {
	case r.Slug != q.Slug || !r.Resources.Fits(q.Resource):
		d.Because = "is about other resources"
		return d, false
	case !r.Requesters.names(q.Requester, q):
		d.Because = "does not name " + q.Requester.Account.Label() + " as a requester"
		return d, false
	}
	switch holds, deny := r.speaks(q); {
	case deny != "":
		d.Because = deny
		return d, true
	case !holds:
		d.Because = "has a condition (when) that does not hold"
		return d, false
	}
	if past := q.Past(); past != "" {
		d.Gives = append(d.Gives, past)
	}
	if q.ByHand() {
		d.Gives = append(d.Gives, "is given and taken back by hand: the owners get a task with the steps, and Ebb watches until Slack shows it")
	}
	for _, c := range q.Defaults {
		d.Gives = append(d.Gives, "puts its members into "+Name(c))
	}
	if q.Emergency && !r.Auto {
		return r.decideEmergency(q, d), true
	}
	if why := r.refuse(q); why != "" {
		d.Because, d.Gives = why, nil
		return d, true
	}
	d.Allowed, d.Auto = true, r.Auto
	d.Because = fmt.Sprintf("allows up to %s, approved by %s", Span(r.Max), r.wayWords())
	if r.Auto {
		d.Because = fmt.Sprintf("allows up to %s, approved by policy", Span(r.Max))
	}
	return d, true
}

// refuse says why the rule, which speaks of this request, denies it.
func (r Rule) refuse(q Ask) string {
	for _, why := range []string{r.refuseAsker(q), r.refuseResource(q)} {
		if why != "" {
			return why
		}
	}
	for _, s := range r.Way() {
		who := s.Approvers
		who.Anyone = false // never approves
		if !r.Auto && who.None() {
			return "names no approver, so nobody can decide"
		}
	}
	return ""
}

func (r Rule) refuseAsker(q Ask) string {
	if r.Max <= 0 {
		return "lets nobody have " + Name(q.Resource) + " through Ebb"
	}
	if q.Length > r.Max {
		return fmt.Sprintf("allows at most %s, and %s was asked for", Span(r.Max), Span(q.Length))
	}
	if q.Requester.Account.ID != q.Subject.ID && !r.Others.names(q.Requester, q) {
		return "lets " + q.Requester.Account.Label() + " ask for themselves only"
	}
	return ""
}

func (r Rule) refuseResource(q Ask) string {
	res := q.Resource
	switch {
	case res.Kind == directory.Channel && !res.Private && !r.Advisory:
		return "says nothing of public channels (advisory: true), and anybody can join #" + res.Name + " without Ebb"
	case !q.Proven && !r.Unproven && !q.ByHand():
		return "does not accept (unproven_removal: accept) that Ebb has never removed anybody from such a " + string(res.Kind) + " here"
	case res.Kind == directory.UserGroup && q.Empties && !q.MayEmpty && r.Empty == (Empty{}):
		return "does not say what happens (when_empty) when @" + res.Name + " would lose its last member, which Slack's user group API does not allow"
	case res.Kind == directory.UserGroup && q.Empties && !q.MayEmpty && r.Empty.Keep == q.Subject.ID && !r.Empty.Disable:
		return "keeps that very account (when_empty) as the last member of @" + res.Name + ", so its access could not end"
	}
	for _, c := range q.Defaults {
		if c.Private && !c.Reached {
			return "cannot allow it: @" + res.Name + " puts its members into a private channel that Ebb cannot see; invite Ebb's app into the group's private default channels"
		}
	}
	return ""
}

// LastMember says in words what becomes of a user group whose last member goes
// at the end of this access; "" where somebody stays anyway.
func (r Rule) LastMember(q Ask) string {
	name := Name(q.Resource)
	switch {
	case !q.Empties || q.Resource.Kind != directory.UserGroup:
		return ""
	case q.MayEmpty:
		return "leaves " + name + " empty when it ends: SCIM takes the last member out"
	case r.Empty.Keep != "":
		return "leaves " + r.Empty.Keep + " in " + name + " when it ends, because Slack keeps one member in it"
	case r.Empty.Disable:
		return "disables " + name + " when it ends, because Slack keeps one member in it; its handle stops working"
	}
	return ""
}

// MayApprove reports whether the approver may decide this item now, and why
// not, where the rule is the one At the item's stage. Neither the requester nor the subject ever approves; nor does a
// deactivated account, a guest, a bot or somebody from outside.
func (r Rule) MayApprove(approver Person, q Ask) (bool, string) {
	a := approver.Account
	switch {
	case !a.Live() || a.Kind != directory.Human || approver.Ended:
		return false, a.Label() + " is not an active member of the organization"
	case a.ID == q.Requester.Account.ID || approver.User != "" && approver.User == q.Requester.User:
		return false, "whoever asks does not approve"
	case a.ID == q.Subject.ID || approver.User != "" && approver.User == q.SubjectUser:
		return false, "whoever gets the access does not approve it"
	case r.Auto:
		return false, "this needs no approval"
	}
	who := r.Approvers
	who.Anyone = false
	if !who.names(approver, q) {
		return false, "rule " + fmt.Sprintf("%q", r.ID) + " asks " + r.Approvers.Words()
	}
	return true, ""
}

// names reports whether a person is meant. Groups of an OpenGroups connector
// name nobody.
func (w Who) names(p Person, q Ask) bool {
	a := p.Account
	switch {
	case !a.Live(), w.Only != "" && w.Only != a.ID:
		return false
	case w.Anyone && a.Kind == directory.Human,
		slices.Contains(w.Accounts, a.ID),
		w.ResourceOwners && slices.Contains(q.Resource.Owners, a.ID),
		w.AppOwners && slices.Contains(q.AppOwners, a.ID),
		w.WorkspaceAdmins && a.Administers(q.Resource.Workspace):
		return true
	}
	if q.OpenGroups {
		return false
	}
	return slices.ContainsFunc(p.Groups, func(g directory.Resource) bool {
		return !g.Disabled && w.Means(g, q.Resource)
	})
}

// Means reports whether a user group is named for what concerns a resource: by
// its id wherever it is, by its handle in the resource's own workspace.
func (w Who) Means(g, about directory.Resource) bool {
	return slices.Contains(w.Groups, g.ID) || w.Has(g) && near(g, about)
}

// near keeps a handle from naming a group of another workspace: each workspace
// has its own handles, and who may make groups in one has no say in the next.
func near(g, r directory.Resource) bool {
	return g.Workspace == "" || g.Workspace == r.Workspace
}

// Words names the people for a sentence.
func (w Who) Words() string {
	if w.Only != "" {
		return w.Only
	}
	var out []string
	add := func(yes bool, s string) {
		if yes {
			out = append(out, s)
		}
	}
	add(w.Anyone, "anyone")
	out = append(out, w.Accounts...)
	out = append(out, w.Groups...)
	add(w.ResourceOwners, "the resource's owners")
	add(w.AppOwners, "the application's owners")
	add(w.WorkspaceAdmins, "workspace admins")
	if len(out) == 0 {
		return "nobody"
	}
	return strings.Join(out, " or ")
}

// Name is what people call a resource: @oncall, #incident.
func Name(r directory.Resource) string {
	switch r.Kind {
	case directory.UserGroup:
		return "@" + r.Name
	case directory.Channel:
		return "#" + r.Name
	}
	return r.Name
}

// Span spells a time without empty parts: 2h, 90m is 1h30m, 3 days is 3d.
func Span(d time.Duration) string {
	day := 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
