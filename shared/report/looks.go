package report

import (
	"slices"

	"github.com/ebb-access/ebb/shared/directory"
)

// looks are what somebody should look at first, grave ones first. What the source
// does not show makes none.
func (b *builder) looks(sections []Section) []Look {
	var out []Look
	look := func(grave bool, section string, n int, single, plural string) {
		if n > 0 {
			out = append(out, Look{Count: n, Text: many(n, single, plural), Section: section, Grave: grave})
		}
	}
	rows := func(id string) int {
		for _, s := range sections {
			if s.ID == id && s.Gap == "" {
				return len(s.Rows)
			}
		}
		return 0
	}
	admins, barred := b.powerful()
	look(true, "admins", barred, "admin or owner has no second factor", "admins and owners have no second factor")
	look(true, "private-channels", b.leaky(), "private channel has people from outside in it", "private channels have people from outside in them")
	look(true, "user-groups", b.stale(), "user group has a deactivated account in it", "user groups have deactivated accounts in them")
	if people := b.active(); admins > 5 && admins*10 > people {
		look(true, "admins", admins, "", "admins and owners, more than one in ten of the members")
	}
	look(false, "guests", rows("guests"), "guest has an account", "guests have an account")
	look(false, "shared-channels", rows("shared-channels"), "channel is shared with another organization", "channels are shared with other organizations")
	look(false, "no-two-factor", rows("no-two-factor"), "active account has no second factor", "active accounts have no second factor")
	look(false, "inactive", rows("inactive"), "active account was not used for long", "active accounts were not used for long")
	look(false, "unowned", rows("unowned"), "channel or group has nobody who looks after it", "channels and groups have nobody who looks after them")
	look(false, "invited", rows("invited"), "invitation waits", "invitations wait")
	look(false, "quiet-channels", rows("quiet-channels"), "channel has been quiet for long", "channels have been quiet for long")
	return out
}

// powerful counts admins and owners, and those of them of whom the source says that
// they have no second factor.
func (b *builder) powerful() (all, barred int) {
	for _, a := range b.Accounts {
		if administers(a) && a.Live() {
			all++
			barred += one(a.SecondFactor == No)
		}
	}
	_, gap := b.Gaps[Factors]
	return all, barred * one(!gap)
}

// active counts full members who can sign in.
func (b *builder) active() (n int) {
	for _, a := range b.Accounts {
		n += one(a.Kind == directory.Human && a.Live())
	}
	return n
}

// leaky counts private channels with somebody from outside in them.
func (b *builder) leaky() (n int) {
	for _, c := range b.Channels {
		out, _ := b.sorts(c.Members)
		n += one(c.Private && !c.Archived && out > 0)
	}
	return n
}

// stale counts user groups that still list a deactivated account.
func (b *builder) stale() (n int) {
	for _, g := range b.Groups {
		n += one(!g.Resource.Disabled && slices.ContainsFunc(g.Members, func(m string) bool {
			a := b.known[m]
			return a != nil && a.State == directory.Deactivated
		}))
	}
	return n
}
