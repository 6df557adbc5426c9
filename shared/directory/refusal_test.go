package directory

import (
	"strings"
	"testing"
)

func TestRefusal(t *testing.T) {
	for name, c := range map[string]struct {
		r   Resource
		why string // "": can be given
	}{
		"zero":               {Resource{}, "cannot change"},
		"organization":       {Resource{Kind: Organization}, "cannot change who holds this organization"},
		"workspace":          {Resource{Kind: Workspace}, "cannot change"},
		"role":               {Resource{Kind: Role}, "cannot change"},
		"app":                {Resource{Kind: App}, "cannot change"},
		"group":              {Resource{Kind: UserGroup}, ""},
		"managed group":      {Resource{Kind: UserGroup, Managed: true}, "identity provider"},
		"locked group":       {Resource{Kind: UserGroup, Locked: true}, "locked"},
		"disabled group":     {Resource{Kind: UserGroup, Disabled: true}, "disabled"},
		"public channel":     {Resource{Kind: Channel}, ""},
		"private channel":    {Resource{Kind: Channel, Private: true, Reached: true}, ""},
		"unreached channel":  {Resource{Kind: Channel, Private: true}, "/invite"},
		"#general":           {Resource{Kind: Channel, General: true}, "everybody"},
		"archived":           {Resource{Kind: Channel, Archived: true}, "archived"},
		"a channel disabled": {Resource{Kind: Channel, Disabled: true, Managed: true, Locked: true}, ""},
	} {
		got := c.r.Refusal()
		if (got == "") != (c.why == "") || !strings.Contains(got, c.why) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Nothing of a private channel that Ebb cannot see stands in the refusal.
func TestRefusalKeepsHiddenNames(t *testing.T) {
	if got := (Resource{Kind: Channel, Private: true, Name: "merger"}).Refusal(); strings.Contains(got, "merger") {
		t.Error(got)
	}
}

func TestRefusalFor(t *testing.T) {
	at := map[string]WorkspaceRole{"T1": Member}
	for name, c := range map[string]struct {
		a       Account
		group   string // why not a user group of T1
		channel string // why not a channel of T1
	}{
		"zero":                 {Account{}, "not known to be active", "not known to be active"},
		"human":                {Account{Kind: Human, State: Active, Roles: at}, "", ""},
		"human elsewhere":      {Account{Kind: Human, State: Active}, "not a member of the workspace", "not a member of the workspace"},
		"no state":             {Account{Kind: Human, Roles: at}, "not known to be active", "not known to be active"},
		"no kind":              {Account{State: Active, Roles: at}, "guest", "kind of account"},
		"deactivated":          {Account{Kind: Human, State: Deactivated, Roles: at}, "deactivated", "deactivated"},
		"invited":              {Account{Kind: Human, State: Invited, Roles: at}, "accepted", "accepted"},
		"bot":                  {Account{Kind: Bot, State: Active, Roles: at}, "bot", "bot"},
		"external":             {Account{Kind: External, State: Active, Roles: at}, "another organization", "another organization"},
		"guest":                {Account{Kind: MultiChannelGuest, State: Active, Roles: at}, "guests out of user groups", ""},
		"single-channel guest": {Account{Kind: SingleChannelGuest, State: Active, Roles: at}, "guests out of user groups", "second channel"},
	} {
		for kind, why := range map[Kind]string{UserGroup: c.group, Channel: c.channel} {
			got := Resource{Kind: kind, Workspace: "T1"}.RefusalFor(c.a)
			if (got == "") != (why == "") || !strings.Contains(got, why) {
				t.Errorf("%s, %s: %q", name, kind, got)
			}
		}
	}
	anywhere := Account{Kind: Human, State: Active}
	if got := (Resource{Kind: Channel}).RefusalFor(anywhere); got != "" {
		t.Errorf("the organization's own: %q", got)
	}
}
