package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// Attach makes the connector for looking only: whoever holds any token of a
// workspace may see in Ebb what the token sees, before anything is installed.
// The token is not stored. The connector's id follows from the workspace, so
// that a second look compares with the first.
func (h *House) Attach(ctx context.Context, by access.Actor, token string) (connector.Connector, error) {
	const op = "flow.Attach"
	if !by.Is(access.SuperAdministrator) {
		return connector.Connector{}, fault.New(op, fault.Forbidden, "adding a connector needs the duty super administrator")
	}
	who, err := h.Slack.Identify(ctx, token)
	if err != nil {
		return connector.Connector{}, fault.Wrap(op, err)
	}
	got := connector.Installation{
		Installer: who.Account, Team: who.Team, TeamName: who.TeamName, Enterprise: who.Enterprise, OrgWide: who.OrgWide,
	}
	if who.Bot {
		got.BotScopes, got.BotUser = who.Scopes, who.Account
	} else {
		got.UserScopes = who.Scopes
	}
	id := "con_" + got.Team
	if got.OrgWide {
		id = "con_" + got.Enterprise
	}
	c, err := h.Memory.Connector(ctx, id)
	if fault.Is(err, fault.NotFound) {
		c, err = connector.Connector{
			ID: id, Application: "slack", Label: connector.NotConnected, Owners: []string{by.User.ID},
			Plan: connector.PlanUnknown, Every: DefaultEvery, Created: h.Now(),
		}, nil
	}
	if err != nil {
		return c, fault.Wrap(op, err)
	}
	c = installed(c, got, who, h.Now())
	c, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.attached", by.User.ID, map[string]string{"team": c.Team, "enterprise": c.Enterprise}))
	return c, fault.Wrap(op, err)
}
