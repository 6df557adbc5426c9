package slacktest

import (
	"cmp"
	"fmt"
	"strings"
)

// userJSON is a user as users.list and users.info print it. Fields and types are
// those of Slack's documented answers; is_invited_user and is_stranger are only
// there when true, as in recordings.
type userJSON struct {
	ID                string          `json:"id"`
	TeamID            string          `json:"team_id"`
	Name              string          `json:"name"`
	Deleted           bool            `json:"deleted"`
	Color             string          `json:"color"`
	RealName          string          `json:"real_name"`
	TZ                string          `json:"tz"`
	TZLabel           string          `json:"tz_label"`
	TZOffset          int             `json:"tz_offset"`
	Profile           profileJSON     `json:"profile"`
	IsAdmin           bool            `json:"is_admin"`
	IsOwner           bool            `json:"is_owner"`
	IsPrimaryOwner    bool            `json:"is_primary_owner"`
	IsRestricted      bool            `json:"is_restricted"`
	IsUltraRestricted bool            `json:"is_ultra_restricted"`
	IsBot             bool            `json:"is_bot"`
	IsAppUser         bool            `json:"is_app_user"`
	IsInvitedUser     bool            `json:"is_invited_user,omitempty"`
	IsStranger        bool            `json:"is_stranger,omitempty"`
	Updated           int64           `json:"updated"`
	Has2FA            bool            `json:"has_2fa"`
	Locale            string          `json:"locale,omitempty"`
	EnterpriseUser    *enterpriseUser `json:"enterprise_user,omitempty"`
}

type profileJSON struct {
	Title                 string `json:"title"`
	Phone                 string `json:"phone"`
	Skype                 string `json:"skype"`
	RealName              string `json:"real_name"`
	RealNameNormalized    string `json:"real_name_normalized"`
	DisplayName           string `json:"display_name"`
	DisplayNameNormalized string `json:"display_name_normalized"`
	FirstName             string `json:"first_name"`
	LastName              string `json:"last_name"`
	StatusText            string `json:"status_text"`
	StatusEmoji           string `json:"status_emoji"`
	AvatarHash            string `json:"avatar_hash"`
	Email                 string `json:"email,omitempty"`
	Image24               string `json:"image_24"`
	Image32               string `json:"image_32"`
	Image48               string `json:"image_48"`
	Image72               string `json:"image_72"`
	Image192              string `json:"image_192"`
	Image512              string `json:"image_512"`
	Team                  string `json:"team"`
}

type enterpriseUser struct {
	ID             string   `json:"id"`
	EnterpriseID   string   `json:"enterprise_id"`
	EnterpriseName string   `json:"enterprise_name"`
	IsAdmin        bool     `json:"is_admin"`
	IsOwner        bool     `json:"is_owner"`
	IsPrimaryOwner bool     `json:"is_primary_owner"`
	Teams          []string `json:"teams"`
}

// userView renders u as seen from a workspace; email tells whether the reader's
// token has users:read.email.
// assumed: team_id is the workspace that was asked about where the user is a
// member of it, else the home workspace; a deactivated user keeps all fields.
func (o *Org) userView(u *User, team string, email bool) *userJSON {
	if !u.in(team) {
		team = u.Team
	}
	zone := zoneOf(u.TZ)
	v := &userJSON{
		ID: u.ID, TeamID: team, Name: u.Name, Deleted: u.Deleted, Color: colorOf(u.ID), RealName: u.RealName,
		TZ: u.TZ, TZLabel: zone.label, TZOffset: zone.offset, Profile: profileOf(u, team),
		IsRestricted: u.Restricted, IsUltraRestricted: u.UltraRestricted,
		IsBot: u.Bot, IsAppUser: u.AppUser, IsInvitedUser: u.Invited, Updated: u.Updated, Has2FA: u.Has2FA,
	}
	if !u.Deleted {
		v.IsAdmin, v.IsOwner, v.IsPrimaryOwner = u.isAdmin(team), u.isOwner(team), u.isPrimary(team)
	}
	if email {
		v.Profile.Email = u.Email
	}
	if e := o.enterprise; e != nil && !u.External && u.ID != USLACKBOT {
		v.EnterpriseUser = &enterpriseUser{
			ID: u.ID, EnterpriseID: e.id, EnterpriseName: e.name, Teams: u.Teams,
			IsAdmin: u.isOrgAdmin(), IsOwner: u.OrgOwner || u.OrgPrimaryOwn, IsPrimaryOwner: u.OrgPrimaryOwn,
		}
	}
	return v
}

func profileOf(u *User, team string) profileJSON {
	first, last, _ := strings.Cut(u.RealName, " ")
	hash := fmt.Sprintf("g%011x", uint64(entryOf(u.ID).hash)*0x9e3779b1&0xfffffffffff)
	image := func(size string) string { return "https://avatars.slack.test/" + hash + "_" + size + ".png" }
	return profileJSON{
		Title: u.Title, RealName: u.RealName, RealNameNormalized: u.RealName,
		DisplayName: u.DisplayName, DisplayNameNormalized: u.DisplayName, FirstName: first, LastName: last, AvatarHash: hash,
		Image24: image("24"), Image32: image("32"), Image48: image("48"), Image72: image("72"), Image192: image("192"), Image512: image("512"),
		Team: team,
	}
}

var colors = []string{"9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836"}

func colorOf(id string) string { return colors[int(entryOf(id).hash)%len(colors)] }

type zone struct {
	label  string
	offset int // seconds east of UTC, winter time
}

// zones are the ones that the generated population lives in; winter time all
// year round, so that answers do not change with the clock.
var zones = map[string]zone{
	"America/Los_Angeles": {"Pacific Standard Time", -8 * 3600},
	"America/New_York":    {"Eastern Standard Time", -5 * 3600},
	"America/Sao_Paulo":   {"Brasilia Standard Time", -3 * 3600},
	"Europe/London":       {"Greenwich Mean Time", 0},
	"Europe/Berlin":       {"Central European Time", 3600},
	"Asia/Kolkata":        {"India Standard Time", 5*3600 + 1800},
	"Asia/Tokyo":          {"Japan Standard Time", 9 * 3600},
	"Australia/Sydney":    {"Australian Eastern Standard Time", 10 * 3600},
}

func zoneOf(name string) zone {
	z, ok := zones[name]
	if !ok {
		z.label = cmp.Or(name, "UTC")
	}
	return z
}
