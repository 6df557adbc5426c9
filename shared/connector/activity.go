package connector

import "slices"

// ActivityScope lets the access logs be read, which tell who used Slack when. It
// is the scope of SCIM, too.
var ActivityScope = SCIMScope

// NoActivity says why Slack does not tell this connector who was active, as far
// as that is known before it is asked; "" when it is worth asking.
func (c Connector) NoActivity() string {
	switch {
	case !slices.Contains(c.UserScopes, ActivityScope):
		return "it needs the user scope " + ActivityScope + " on a paid plan (ebb slack manifest --last-seen)"
	case c.Plan == PlanFree:
		return "Slack's free plan has no access logs"
	case c.Enterprise == "" && c.Grid != "":
		return "the workspace belongs to an Enterprise organization, and Slack tells a token of one workspace of third parties alone: connect the organization"
	}
	return ""
}
