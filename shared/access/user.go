package access

import (
	"slices"
	"time"
)

// Duty is what a user may do in Ebb itself, as opposed to in Slack.
type Duty string

// The duties. Everybody is a User; a Super Administrator may do everything
// except approve what they ask for.
const (
	SuperAdministrator       Duty = "super administrator"
	IntegrationAdministrator Duty = "integration administrator"
	CampaignAdministrator    Duty = "campaign administrator"
	Auditor                  Duty = "auditor"
	Ordinary                 Duty = "user"
)

// Duties lists all of them.
var Duties = []Duty{SuperAdministrator, IntegrationAdministrator, CampaignAdministrator, Auditor, Ordinary}

// User is a person in Ebb, who owns one or more Slack accounts.
type User struct {
	ID       string
	Name     string
	Accounts []Ref
	// Identities are the user at issuers of OpenID Connect, at most one each.
	Identities []Identity
	Duties     []Duty
	Ended      bool // deactivated: sessions, keys and approvals are over
	Created    time.Time
	Rev        int64
}

// Ref names an account of a connector.
type Ref struct{ Connector, Account string }

// Has reports whether the user has a duty.
func (u User) Has(d Duty) bool { return slices.Contains(u.Duties, d) }

// In gives the user's account in a connector, "" without one.
func (u User) In(connector string) string {
	for _, r := range u.Accounts {
		if r.Connector == connector {
			return r.Account
		}
	}
	return ""
}

// Actor is who a call acts for. Service keys ask and read; they never approve.
// The zero Actor may do nothing.
type Actor struct {
	User    User
	Service bool
	Key     string    // the id of the key it came with
	Session string    // or of the session
	Fresh   time.Time // when the person of the session last proved who they are
}

// Is reports whether the actor has a duty or is Super Administrator. A service
// reads what its user may read, and administers nothing.
func (a Actor) Is(d Duty) bool {
	if a.Service && d != Auditor {
		return false
	}
	return a.User.ID != "" && !a.User.Ended && (a.User.Has(d) || a.User.Has(SuperAdministrator))
}

// Key is an API key: a user's own (it acts as that user) or a service's. Only
// the SHA-256 of the key is kept.
type Key struct {
	ID      string
	Hash    string // hex
	User    string
	Name    string
	Service bool
	Created time.Time
	Used    time.Time // last use, to the hour
	Ended   bool
	Rev     int64
}
