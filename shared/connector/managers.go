package connector

import "slices"

// NoManagers says why Slack does not tell this connector who manages whom, as far as
// that is known before it is asked; "" when it is worth asking. Slack tells it
// through SCIM alone.
func (c Connector) NoManagers() string {
	switch {
	case !slices.Contains(c.UserScopes, SCIMScope):
		return "it needs the user scope " + SCIMScope + " on Business+ or Enterprise (ebb slack manifest --last-seen)"
	case c.Plan == PlanFree:
		return "Slack's free plan has no SCIM"
	case c.Enterprise == "" && c.Grid != "":
		return "the workspace belongs to an Enterprise organization, and SCIM takes the organization's token alone: connect the organization"
	}
	return ""
}
