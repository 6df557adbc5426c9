package slacktest

import (
	"fmt"
	"maps"
)

// Preferences of a workspace that Slack shows in no API; names as the Audit Logs
// API has them (pref.who_can_...).
const (
	PrefEditUserGroups    = "who_can_edit_user_groups"
	PrefRemoveFromPrivate = "who_can_remove_from_private_channels"
	PrefRemoveFromPublic  = "who_can_remove_from_public_channels"
	prefEveryone          = "everyone"
	prefAdmins            = "admins"
	prefOwners            = "owners"
)

// The defaults are Slack's: help articles 115004952926 (user groups) and
// 201898668 (removing people from channels).
var prefDefaults = map[string]string{
	PrefEditUserGroups:    prefAdmins,
	PrefRemoveFromPrivate: prefEveryone,
	PrefRemoveFromPublic:  prefAdmins,
}

func defaultPrefs() map[string]string { return maps.Clone(prefDefaults) }

// SetPref sets a preference of a workspace (an empty team means all) to
// "everyone", "admins" or "owners". Names and values that Slack does not have
// panic.
func (o *Org) SetPref(team, name, value string) {
	defer o.lock()()
	if _, ok := prefDefaults[name]; !ok {
		panic(fmt.Sprintf("slacktest: no preference %q", name))
	}
	if value != prefEveryone && value != prefAdmins && value != prefOwners {
		panic(fmt.Sprintf("slacktest: preference %s cannot be %q", name, value))
	}
	for _, t := range o.teams {
		if team == "" || t.id == team {
			t.prefs[name] = value
		}
	}
}

// may tells whether a preference lets u act in t. Bots count as plain members,
// guests as nobody.
// assumed: who administers or owns the organization does so in each workspace.
func (t *team) may(u *User, pref string) bool {
	switch t.pref(pref) {
	case prefEveryone:
		return !u.isGuest()
	case prefAdmins:
		return u.isAdmin(t.id) || u.isOrgAdmin()
	}
	return u.isOwner(t.id) || u.OrgOwner || u.OrgPrimaryOwn
}
