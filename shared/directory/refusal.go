package directory

import "fmt"

// Refusal says why no grant of the resource can be given through Slack's APIs,
// in a sentence for the person who asks; "" when nothing stands against it.
// Sources: Slack's help pages on user groups (IdP-managed, locked), and the
// documented errors of conversations.kick (cant_kick_from_general).
func (r Resource) Refusal() string {
	switch r.Kind {
	case UserGroup:
		return r.groupRefusal()
	case Channel:
		return r.channelRefusal()
	}
	return fmt.Sprintf("Ebb cannot change who holds this %s", r.Kind)
}

func (r Resource) groupRefusal() string {
	switch {
	case r.Managed:
		return "@" + r.Name + " is managed by your identity provider; ask for the group there"
	case r.Locked:
		return "@" + r.Name + " is locked in Slack or filled by Slack itself; an owner can unlock it under People > User groups"
	case r.Disabled:
		return "@" + r.Name + " is disabled in Slack; an admin can enable it again"
	}
	return ""
}

func (r Resource) channelRefusal() string {
	switch {
	case r.General:
		return "everybody is in #" + r.Name + " and nobody can be removed from it"
	case r.Archived:
		return "#" + r.Name + " is archived"
	case r.Private && !r.Reached:
		return "Ebb cannot see into this private channel; invite its app there first (/invite)"
	}
	return ""
}

// RefusalFor says why this account cannot be given access to the resource; ""
// when nothing stands against it. Slack's user groups take full members of
// their own workspace only.
func (r Resource) RefusalFor(a Account) string {
	who := a.Label()
	switch {
	case a.State == Deactivated:
		return who + " is deactivated in Slack"
	case a.State == Invited:
		return who + " has not accepted the invitation to Slack yet"
	case a.State != Active:
		return who + " is not known to be active in Slack"
	case a.Kind == Bot:
		return who + " is a bot; only people can be given access"
	case a.Kind == External:
		return who + " belongs to another organization"
	case r.Kind == UserGroup && a.Kind != Human:
		return who + " is a guest; Slack keeps guests out of user groups"
	case r.Kind == Workspace && a.Kind != Human:
		return who + " is a guest; only full members can be admins of a workspace"
	case a.Kind == SingleChannelGuest:
		return who + " is a single-channel guest and cannot join a second channel"
	case a.Kind != Human && a.Kind != MultiChannelGuest:
		return "Ebb does not know what kind of account " + who + " is"
	case r.Workspace != "" && !a.In(r.Workspace):
		return who + " is not a member of the workspace that this belongs to"
	}
	return ""
}
