package directory

import "strings"

// Roles of an Enterprise organization. Slack has two sorts: admins and owners of the
// organization, which each account carries, and what it calls system roles, which
// somebody is given for the organization, a workspace or a channel.

// RoleHeld is one role that an account holds on an entity: the organization (E…), a
// workspace (T…) or a channel (C…).
type RoleHeld struct {
	Role    string // Slack's id (Rl…), OrgAdminRole or OrgOwnerRole
	Entity  string
	Account string
}

// OrgAdminRole and OrgOwnerRole stand for what Slack has no role id for.
const (
	OrgAdminRole = "admin"
	OrgOwnerRole = "owner"
)

// roleNames are Slack's own (docs.slack.dev, admin.roles.addAssignments). No method
// lists them, nor the custom ones, which go by their id.
var roleNames = map[string]string{
	OrgAdminRole: "Organization Admin",
	OrgOwnerRole: "Organization Owner",
	"Rl01":       "Channel Admin",
	"Rl02":       "Role Admin",
	"Rl03":       "User Admin",
	"Rl04":       "Legal Holds Admin",
	"Rl05":       "Conversation Admin",
	"Rl09":       "DLP Admin",
	"Rl0A":       "Channel Manager",
	"Rl0B":       "Slack Platform Developer",
	"Rl0C":       "Audit Logs Admin",
	"Rl0D":       "Integrations Manager",
	"Rl0E":       "Message Activity Manager",
	"Rl0F":       "Exports Admin",
	"Rl0G":       "Sales Admin",
	"Rl0J":       "Security Admin",
	"Rl0K":       "Workflow Admin",
	"Rl0L":       "Analytics Admin",
}

// RoleName is what Slack calls a role.
func RoleName(role string) string {
	if name := roleNames[role]; name != "" {
		return name
	}
	return "custom role " + role
}

// roleGives is what a role lets its holders do, after Slack's help on organization
// roles and its page of system roles.
var roleGives = map[string]string{
	OrgAdminRole: "administers the organization: its members, its workspaces and most of its settings",
	OrgOwnerRole: "may do everything in the organization: security, billing, and who else administers it",
	"Rl01":       "manages channels, private ones too",
	"Rl02":       "gives and takes the organization's system roles",
	"Rl03":       "manages members and guests",
	"Rl04":       "places legal holds on people's messages and files",
	"Rl05":       "manages conversations",
	"Rl09":       "reads messages that rules of data loss prevention caught",
	"Rl0A":       "manages a channel: its members, its settings and its archiving",
	"Rl0C":       "reads the organization's audit logs",
	"Rl0D":       "approves and manages apps and integrations",
	"Rl0F":       "exports messages and files",
	"Rl0J":       "manages security settings",
	"Rl0K":       "manages workflows",
	"Rl0L":       "reads analytics",
}

// RoleGives says in words what a role gives.
func RoleGives(role string) string {
	if gives := roleGives[role]; gives != "" {
		return gives
	}
	return "has this role of the organization; Slack's settings say what it gives"
}

// Resource is the id of what is held: the role on its entity.
func (h RoleHeld) Resource() string { return h.Role + "." + h.Entity }

// RoleOf is the role in such an id, the slug of its entitlement too.
func RoleOf(resource string) string {
	role, _, _ := strings.Cut(resource, ".")
	return role
}

// OrgWide reports whether the role id of a resource is one that accounts carry
// themselves, which is read without admin.roles:read.
func OrgWide(resource string) bool {
	role := RoleOf(resource)
	return role == OrgAdminRole || role == OrgOwnerRole
}
