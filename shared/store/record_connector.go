package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/connector"
)

// connectorRecord is a connector's row. Due is the sort of its due row, "" without one.
type connectorRecord struct {
	ID            string        `json:"id"`
	Application   string        `json:"application,omitempty"`
	Name          string        `json:"name,omitempty"`
	Integration   string        `json:"integration,omitempty"`
	IdP           string        `json:"idp,omitempty"`
	GroupsBy      string        `json:"idp_groups_by,omitempty"`
	Label         string        `json:"label"`
	Enterprise    string        `json:"enterprise,omitempty"`
	Grid          string        `json:"grid,omitempty"`
	Team          string        `json:"team,omitempty"`
	Workspaces    []string      `json:"workspaces,omitempty"`
	Owners        []string      `json:"owners,omitempty"`
	Plan          string        `json:"plan,omitempty"`
	Installer     string        `json:"installer,omitempty"`
	UserScopes    []string      `json:"user_scopes,omitempty"`
	BotScopes     []string      `json:"bot_scopes,omitempty"`
	BotUser       string        `json:"bot_user,omitempty"`
	OpenGroups    bool          `json:"open_groups,omitempty"`
	RemovalProven []string      `json:"removal_proven,omitempty"`
	Heard         stamp         `json:"heard,omitzero"`
	SCIM          bool          `json:"scim,omitempty"`
	Trouble       troubleRecord `json:"trouble,omitzero"`
	Every         span          `json:"every,omitempty"`
	NextSync      stamp         `json:"next_sync,omitzero"`
	LastRun       string        `json:"last_run,omitempty"`
	LastGood      stamp         `json:"last_good,omitzero"`
	Confirmed     string        `json:"confirmed_run,omitempty"`
	Created       stamp         `json:"created,omitzero"`
	Due           string        `json:"due,omitempty"`
}

// troubleRecord is an obstacle of a connector or a grant.
type troubleRecord struct {
	Code    string `json:"code,omitempty"`
	Text    string `json:"text,omitempty"`
	Since   stamp  `json:"since,omitzero"`
	Dormant bool   `json:"dormant,omitempty"`
}

func newConnectorRecord(c connector.Connector) connectorRecord {
	return connectorRecord{
		ID: c.ID, Application: c.Application, Name: c.Name, Integration: string(c.Integration), IdP: c.SignIn.Name, GroupsBy: c.SignIn.GroupsBy, Label: string(c.Label), Enterprise: c.Enterprise, Grid: c.Grid,
		Team: c.Team, Workspaces: c.Workspaces, Owners: c.Owners, Plan: string(c.Plan), Installer: c.Installer,
		UserScopes: c.UserScopes, BotScopes: c.BotScopes, BotUser: c.BotUser, OpenGroups: c.OpenGroups,
		RemovalProven: c.RemovalProven, Heard: stamp(c.Heard), SCIM: c.SCIM,
		Trouble: troubleRecord{Code: c.Trouble.Code, Text: c.Trouble.Text, Since: stamp(c.Trouble.Since)},
		Every:   span(c.Every), NextSync: stamp(c.NextSync), LastRun: c.LastRun, LastGood: stamp(c.LastGood),
		Confirmed: c.Confirmed, Created: stamp(c.Created),
	}
}

func (r connectorRecord) connector(rev int64) connector.Connector {
	return connector.Connector{
		ID: r.ID, Application: r.Application, Name: r.Name, Integration: connector.Integration(r.Integration),
		SignIn: connector.IdentityProvider{Name: r.IdP, GroupsBy: r.GroupsBy}, Label: connector.Label(r.Label), Enterprise: r.Enterprise, Grid: r.Grid,
		Team: r.Team, Workspaces: r.Workspaces, Owners: r.Owners, Plan: connector.Plan(r.Plan), Installer: r.Installer,
		UserScopes: r.UserScopes, BotScopes: r.BotScopes, BotUser: r.BotUser, OpenGroups: r.OpenGroups,
		RemovalProven: r.RemovalProven, Heard: r.Heard.time(), SCIM: r.SCIM,
		Trouble: connector.Trouble{Code: r.Trouble.Code, Text: r.Trouble.Text, Since: r.Trouble.Since.time()},
		Every:   time.Duration(r.Every), NextSync: r.NextSync.time(), LastRun: r.LastRun, LastGood: r.LastGood.time(),
		Confirmed: r.Confirmed, Created: r.Created.time(), Rev: rev,
	}
}

// inviteRecord is an invitation's row. Every word in it is a hash.
type inviteRecord struct {
	Link      string `json:"link_hash"`
	Connector string `json:"connector"`
	By        string `json:"by,omitempty"`
	Ends      stamp  `json:"ends"`
	State     string `json:"state_hash,omitempty"`
	Browser   string `json:"browser_hash,omitempty"`
	Used      bool   `json:"used,omitempty"`
	Bot       bool   `json:"collaboration,omitempty"`
}

func newInviteRecord(i connector.Invitation) inviteRecord {
	return inviteRecord{
		Link: i.Link, Connector: i.Connector, By: i.By, Ends: stamp(i.Expires), State: i.State, Browser: i.Browser, Used: i.Used, Bot: i.Collaboration,
	}
}

func (r inviteRecord) invitation(rev int64) connector.Invitation {
	return connector.Invitation{
		Link: r.Link, Connector: r.Connector, By: r.By, Expires: r.Ends.time(), State: r.State, Browser: r.Browser, Used: r.Used, Collaboration: r.Bot, Rev: rev,
	}
}
