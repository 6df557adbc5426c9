package slack

import (
	"net/http"

	"github.com/ebb-access/ebb/shared/fault"
)

// ofSCIM are the codes of SCIM (docs.slack.dev, "SCIM API", errors), those that
// a removal can meet. A bad token is no Reauthorize here: SCIM has one word for
// a token that died and for one that was never allowed in, and the Web API, asked
// in the same pass, says which it is.
var ofSCIM = map[string]class{
	"group_not_found":        {fault.Permanent, "SCIM does not show this user group, so that it cannot take its last member out"},
	"invalid_authentication": {fault.Misconfigured, "SCIM does not take the connector's user token: " + reinstall + " as an admin, and allow the scope admin"},
	"missing_scope":          {fault.Misconfigured, "the connector's user token lacks the scope admin, which SCIM needs: " + reinstall + " and allow it"},
	"non_org_teams_only":     {fault.Misconfigured, "the workspace belongs to an Enterprise organization, where SCIM knows the identity provider's groups alone"},
	"permission_denied":      {fault.Misconfigured, "the account that connected Slack may not use SCIM: " + askAdmin},
	"plus_teams_only":        {fault.Misconfigured, "SCIM needs Slack's Business+ plan"},
	"unknown_user":           {fault.Permanent, "SCIM does not know this account"},
}

// classOfSCIM finds the class of a code, or of the status where the code is new.
func classOfSCIM(code string, status int) class {
	if k, ok := ofSCIM[code]; ok {
		return k
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return class{fault.Misconfigured, "SCIM does not let the connector's user token do this: " + askAdmin + ", with the scope admin"}
	case http.StatusNotFound:
		return ofSCIM["group_not_found"]
	}
	return class{fault.Permanent, "SCIM refused this with a code that Ebb does not know"}
}
