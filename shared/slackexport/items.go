package slackexport

import (
	"cmp"
	"unique"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/report"
)

// user is what is read of a person.
type user struct {
	ID           string `json:"id"`
	Team         string `json:"team_id"`
	Name         string `json:"name"`
	RealName     string `json:"real_name"`
	Deleted      bool   `json:"deleted"`
	Admin        bool   `json:"is_admin"`
	Owner        bool   `json:"is_owner"`
	PrimaryOwner bool   `json:"is_primary_owner"`
	Restricted   bool   `json:"is_restricted"`
	Single       bool   `json:"is_ultra_restricted"`
	Bot          bool   `json:"is_bot"`
	WorkflowBot  bool   `json:"is_workflow_bot"`
	ConnectorBot bool   `json:"is_connector_bot"`
	Invited      bool   `json:"is_invited_user"`
	Stranger     bool   `json:"is_stranger"`
	SecondFactor *bool  `json:"has_2fa"`
	Updated      moment `json:"updated"`
	Enterprise   struct {
		Admin        bool `json:"is_admin"`
		Owner        bool `json:"is_owner"`
		PrimaryOwner bool `json:"is_primary_owner"`
	} `json:"enterprise_user"`
	Profile struct {
		RealName    string `json:"real_name"`
		DisplayName string `json:"display_name"`
		Email       string `json:"email"`
	} `json:"profile"`
}

// slackbot is the one bot whose is_bot is false.
const slackbot = "USLACKBOT"

func (u user) kind() directory.AccountKind {
	switch {
	case u.Bot, u.WorkflowBot, u.ConnectorBot, u.ID == slackbot:
		return directory.Bot
	case u.Stranger:
		return directory.External
	case u.Single: // is_restricted comes with it
		return directory.SingleChannelGuest
	case u.Restricted:
		return directory.MultiChannelGuest
	}
	return directory.Human
}

func (u user) state() directory.AccountState {
	switch {
	case u.Deleted:
		return directory.Deactivated
	case u.Invited:
		return directory.Invited
	}
	return directory.Active
}

func (u user) role() directory.WorkspaceRole {
	switch {
	case u.PrimaryOwner:
		return directory.PrimaryOwner
	case u.Owner:
		return directory.Owner
	case u.Admin:
		return directory.Admin
	}
	return directory.Member
}

func (u user) account() report.Account {
	a := directory.Account{
		ID: u.ID, Kind: u.kind(), State: u.state(), Handle: u.Name, Email: u.Profile.Email,
		Name:      cmp.Or(u.RealName, u.Profile.RealName, u.Profile.DisplayName),
		OrgAdmin:  u.Enterprise.Admin || u.Enterprise.Owner || u.Enterprise.PrimaryOwner,
		OrgOwner:  u.Enterprise.Owner || u.Enterprise.PrimaryOwner,
		TwoFactor: u.SecondFactor != nil && *u.SecondFactor,
	}
	if a.Kind != directory.External {
		a.Roles = map[string]directory.WorkspaceRole{cmp.Or(u.Team, "export"): u.role()}
	}
	return report.Account{Account: a, SecondFactor: report.Said(u.SecondFactor), Changed: u.Updated.Time}
}

func (b *reading) users(file string) error {
	n := 0
	return each(b.archive, file, func(u user) error {
		n++
		if err := b.meet(file, n, u.ID); err != nil {
			return err
		}
		b.strangers = b.strangers || u.Stranger
		b.emails = b.emails || u.Profile.Email != ""
		b.factors = b.factors || u.SecondFactor != nil
		b.into.Accounts = append(b.into.Accounts, u.account())
		return nil
	})
}

// channel is what is read of a channel: not its topic, and nothing that was said.
type channel struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Created   moment   `json:"created"`
	Creator   string   `json:"creator"`
	Archived  bool     `json:"is_archived"`
	General   bool     `json:"is_general"`
	ExtShared *bool    `json:"is_ext_shared"`
	Connected []string `json:"connected_team_ids"`
	Members   []string `json:"members"`
}

func (b *reading) channels(file string, private bool) error {
	n := 0
	return each(b.archive, file, func(c channel) error {
		n++
		if err := b.meet(file, n, c.ID); err != nil {
			return err
		}
		b.shared = b.shared || c.ExtShared != nil
		for i, m := range c.Members { // each id once in memory, not once a channel
			c.Members[i] = unique.Make(m).Value()
		}
		b.into.Channels = append(b.into.Channels, report.Channel{
			Resource: directory.Resource{
				ID: c.ID, Kind: directory.Channel, Name: cmp.Or(c.Name, c.ID), Creator: c.Creator, Private: private, Archived: c.Archived,
				General: c.General, Shared: c.ExtShared != nil && *c.ExtShared, Count: len(c.Members), Reached: true,
			},
			Created: c.Created.Time, Counted: c.Members != nil, Members: c.Members, Foreign: len(c.Connected),
			LastDay: b.lastDay(c.Name, c.ID),
		})
		return nil
	})
}

// change is an entry of the log of apps.
type change struct {
	AppID   words  `json:"app_id"`
	AppType words  `json:"app_type"`
	ID      words  `json:"service_id"`
	Type    words  `json:"service_type"`
	Change  words  `json:"change_type"`
	User    words  `json:"user_id"`
	Name    words  `json:"user_name"`
	Date    moment `json:"date"`
}

func (b *reading) apps(file string) error {
	return each(b.archive, file, func(c change) error {
		b.into.Apps = append(b.into.Apps, report.App{
			Name: string(cmp.Or(c.AppType, c.Type)), ID: string(cmp.Or(c.AppID, c.ID)), Change: string(c.Change),
			By: string(c.User), ByName: string(c.Name), At: c.Date.Time,
		})
		return nil
	})
}
