package access

import (
	"fmt"

	"github.com/ebb-access/ebb/shared/directory"
)

// Because says in a sentence why no API does what the task asks for. Sources:
// Slack's help pages on removing people from channels and workspaces and on user
// groups; the documented errors of conversations.kick and usergroups.users.update.
func (m Manual) Because() string {
	switch {
	case m.Ebb && m.Refused != "":
		return "Ebb tried it through Slack's API, which refused (" + m.Refused + "); it tries again, and a person may be faster."
	case m.Ebb:
		return "Ebb does this through Slack's API; nobody needs to do anything."
	}
	switch m.Why {
	case ManualPublic:
		return "This is a public channel: every full member may join it again. To keep people out, make it private."
	case ManualGeneral:
		return "Everybody is in this channel, and Slack lets nobody be taken out of it."
	case ManualUnreached:
		return "Ebb's app is not in this private channel, so that it can neither see nor change who is."
	case ManualArchived:
		return "The channel is archived; nobody can be taken out of it as long as it is."
	case ManualManaged:
		return "The user group is filled by your identity provider, and Slack lets nobody else change it."
	case ManualLocked:
		return "The user group is locked in Slack, or filled by Slack itself."
	case ManualDisabled:
		return "The user group is disabled; Slack does not change the members of such a group."
	case ManualLastMember:
		return "This is the last member, and Slack keeps a user group from becoming empty."
	case ManualPrimary:
		return "This is the primary owner of the workspace, whom nobody can take out or demote."
	case ManualRole:
		return "Ebb changes no roles of a workspace: Slack has an API for it on Enterprise only, for a token with the scope admin.users:write."
	case ManualMember:
		return "Ebb takes nobody out of a workspace: Slack has an API for it on Enterprise only, for a token with the scope admin.users:write."
	case ManualOrgRole:
		return "Ebb changes no roles of the organization: a token that could would administer all of Slack."
	case ManualBot:
		return "This is an app or a bot; it is removed by removing or changing its app."
	case ManualScope:
		return "Ebb's connector is not authorized to change this."
	}
	return ""
}

// Steps are what to do in Slack, one sentence each. groupsBy says who manages the
// groups that come from the identity provider; "": not said.
func (m Manual) Steps(r directory.Resource, a directory.Account, groupsBy string) []string {
	who, where := a.Label(), Name(r)
	const orGiveUp = "If neither is to happen, a campaign administrator gives this task up with a reason: the access stays, and the review says so."
	last := "Then press Sync now, or wait for the next sync: this task closes by itself when Slack shows it."
	if m.Give {
		return []string{
			"In Slack's admin pages (Manage members), find " + who + ".",
			fmt.Sprintf("Open the menu at the end of the line, choose Change account type, and make %s %s of %s.", who, article(m.Slug), where),
			last,
		}
	}
	if a.State == directory.Deactivated && (m.Why == ManualGeneral || m.Why == ManualMember) {
		return []string{who + " is deactivated already, which is all that there is to do in Slack.", last}
	}
	switch m.Why {
	case ManualPublic:
		return []string{
			"Open " + where + " in Slack, click its name, then Members.",
			"Find " + who + " and choose Remove from channel.",
			"If they must not come back: Settings > Change to a private channel.",
			last,
		}
	case ManualUnreached, ManualScope, ManualBot:
		if m.Kind == directory.Channel {
			return []string{
				"Open " + where + " in Slack, click its name, then Members (a member of the channel has to).",
				"Find " + who + " and choose Remove from channel. To let Ebb do it the next time, invite its app: /invite.",
				last,
			}
		}
		if m.Why == ManualBot {
			return []string{"In Slack's admin pages, open Installed apps and find " + who + ".", "Remove the app, or its place in " + where + ".", last}
		}
		return []string{"In Slack, open People > User groups > " + where + ".", "Edit members, take " + who + " out, and save.", last}
	case ManualGeneral:
		return []string{"Deactivate " + who + " if they are to see nothing of this workspace; only that takes somebody out of " + where + ".", last, orGiveUp}
	case ManualArchived:
		return []string{"Unarchive " + where + ".", "Take " + who + " out: click its name, Members, Remove from channel.", "Archive it again.", last}
	case ManualManaged:
		where := "In your identity provider"
		if groupsBy != "" {
			where += " (" + groupsBy + ")"
		}
		return []string{where + ", take " + who + " out of the group that fills " + Name(r) + ".", "Let it push the change to Slack.", last}
	case ManualLocked:
		return []string{"An owner of the workspace opens People > User groups > " + where + " and unlocks it, or changes the rule that fills it.", "Take " + who + " out, and save.", last}
	case ManualDisabled:
		return []string{"Nothing is given by " + where + " while it is disabled.", "To clean it up: enable it under People > User groups, take " + who + " out, and disable it again.", last}
	case ManualLastMember:
		return []string{"Add somebody else to " + where + " first (People > User groups), or disable the group.", "Then take " + who + " out.", last}
	case ManualPrimary:
		return []string{"The primary owner hands the workspace over: Settings & administration > Transfer ownership.", "Then change the account type of " + who + " under Manage members.", last, orGiveUp}
	case ManualOrgRole:
		if directory.OrgWide(r.ID) {
			return []string{
				"An owner of the organization opens Organization settings > People and finds " + who + ".",
				"Open the menu at the end of the line, choose Change account type, and make them a full member of the organization.",
				last,
			}
		}
		return []string{
			"An owner of the organization, or a Role Admin, opens Organization settings > People > Role assignments.",
			"Find the role that " + where + " names, and take " + who + " out of it.",
			last,
		}
	case ManualRole:
		return []string{
			"In Slack's admin pages (Manage members), find " + who + ".",
			"Open the menu at the end of the line, choose Change account type, and make them a full member.",
			last,
		}
	}
	return []string{
		"In Slack's admin pages (Manage members), find " + who + ".",
		"Open the menu at the end of the line and choose Deactivate account (on Enterprise: Remove from workspace).",
		last,
	}
}

func article(slug string) string {
	if slug == string(directory.Admin) || slug == string(directory.Owner) {
		return "an " + slug
	}
	return "a " + slug
}
