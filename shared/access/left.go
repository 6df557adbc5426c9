package access

import (
	"slices"
	"time"
)

// Left is a deactivated member that was left out of a user group's list, because
// Slack refuses a list with them in it. Their access stands, though no read shows
// it: they come back with reactivation. Where a person says meanwhile that it is to
// go they stay out, and that is settled before the removal comes to its end.
type Left struct {
	Account string
	Since   time.Time
	// Unseen: nothing had shown them there before. Then others put them in, and the
	// first look after they came back makes that a finding.
	Unseen bool
	Rev    int64
}

// comesBack reports whether the account is out of the list by Ebb's doing alone.
func (s Standing) comesBack(account string) bool {
	return slices.ContainsFunc(s.Left, func(l Left) bool { return l.Account == account }) && !s.goes(account)
}

// stayOut are the left-out members of whom a person has said that their access goes.
func (s Standing) stayOut() []Left {
	return slices.DeleteFunc(slices.Clone(s.Left), func(l Left) bool { return !s.goes(l.Account) })
}

// goes reports whether what a person said of the account's access, that it is to
// go, is being done.
func (s Standing) goes(account string) bool { return s.ToldSince(account, time.Time{}) }
