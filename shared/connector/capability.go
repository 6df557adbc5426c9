package connector

import (
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Capability says what a connector can do with one kind of resource, and which
// scopes are missing for the rest (spelled as Slack does).
type Capability struct {
	Kind    directory.Kind
	Sync    bool
	Review  bool
	Grant   bool
	Missing []string
	Note    string
}

// need is what Slack demands: any one scope of each inner list.
type need struct {
	kind        directory.Kind
	sync, grant [][]string
	note        string
}

// Sources: the scope columns of Slack's method pages (users.list,
// usergroups.list, usergroups.users.update, conversations.list,
// conversations.kick, auth.teams.list, admin.roles.listAssignments).
var needs = []need{
	{kind: directory.Workspace, sync: [][]string{{"users:read"}}, note: "membership and roles of a workspace are changed by hand, by a task that says how: below Enterprise Slack has no API for it"},
	{
		kind: directory.UserGroup, sync: [][]string{{"usergroups:read"}}, grant: [][]string{{"usergroups:write"}},
	},
	{kind: directory.Channel, sync: [][]string{{"channels:read"}}, grant: [][]string{{"groups:read"}, {"groups:write"}}},
	{kind: directory.Role, sync: [][]string{{"admin.roles:read"}}, note: "admins, owners and system roles of the organization are read and reviewed; people change them by hand, by a task that says how"},
}

// Capabilities lists what the connector can do, kind by kind. Organization
// roles are not demanded where the plan has none.
func (c Connector) Capabilities() []Capability {
	if !c.Linked() {
		return nil
	}
	var out []Capability
	for _, n := range needs {
		if n.kind == directory.Role && c.Enterprise == "" {
			continue
		}
		out = append(out, c.capability(n))
	}
	return out
}

func (c Connector) capability(n need) Capability {
	k := Capability{Kind: n.kind, Note: n.note}
	if n.kind == directory.UserGroup {
		k.Note = c.handEdits() + "; " + c.lastMember()
	}
	missing := func(lists [][]string, have ...[]string) (out []string) {
		for _, any := range lists {
			if !slices.ContainsFunc(any, func(s string) bool { return slices.Contains(slices.Concat(have...), s) }) {
				out = append(out, any[0])
			}
		}
		return out
	}
	lacksSync := missing(n.sync, c.UserScopes, c.BotScopes)
	k.Sync = len(lacksSync) == 0
	k.Review = k.Sync
	k.Missing = lacksSync
	if n.kind == directory.Workspace && c.Enterprise != "" {
		if k.Note = "Ebb changes roles, and takes people out, through Slack's API; what it refuses becomes a task by hand"; !c.Administers() {
			k.Note = "membership and roles are changed by hand, by a task that says how; with the user scope " + AdministerScope + " of an organization's admin, Ebb does it"
		}
	}
	if n.grant == nil {
		return k
	}
	voices := [][]string{c.UserScopes}
	if n.kind == directory.Channel {
		voices = append(voices, c.BotScopes) // either voice may invite and remove
	}
	lacksGrant := missing(n.grant, voices...)
	k.Grant = k.Sync && len(lacksGrant) == 0
	k.Missing = append(k.Missing, lacksGrant...)
	if n.kind == directory.UserGroup && c.Plan == PlanFree {
		return Capability{Kind: n.kind, Note: "Slack's free plan has no user groups"}
	}
	return k
}

// handEdits says what becomes of an edit by hand that falls between Ebb's read of
// a user group and its write, one round trip: Slack takes whole lists only.
func (c Connector) handEdits() string {
	if c.Heard.IsZero() {
		return "Ebb has heard no event of Slack here: an edit by hand between its read and its write (one round trip) can be lost"
	}
	return "an edit by hand between Ebb's read and its write is done again when Slack's event tells of it (last heard on " + c.Heard.UTC().Format(time.DateOnly) + ")"
}

// lastMember says how a user group loses its last member here.
func (c Connector) lastMember() string {
	switch {
	case c.MayEmpty():
		return "SCIM takes a user group's last member out"
	case c.Enterprise != "" || c.Grid != "":
		return "policy (when_empty) says what becomes of a last member: on Enterprise, SCIM's groups are the identity provider's"
	case !slices.Contains(c.UserScopes, SCIMScope):
		return "policy (when_empty) says what becomes of a last member; on Business+, SCIM takes it out when the user token has the scope " + SCIMScope
	}
	return "policy (when_empty) says what becomes of a last member: SCIM did not take the user token at the last sync, which needs Business+ and an admin"
}

// Administers reports whether Slack's API changes roles and membership of a
// workspace for the connector: in an Enterprise organization, by a token that may.
func (c Connector) Administers() bool {
	return c.Enterprise != "" && slices.Contains(c.UserScopes, AdministerScope)
}

// CanGrant reports whether grants of the kind can be given and taken back.
func (c Connector) CanGrant(k directory.Kind) bool {
	return slices.ContainsFunc(c.Capabilities(), func(x Capability) bool { return x.Kind == k && x.Grant })
}
