package access

import "time"

// SignInLinkTime is how long a sign-in link waits for its click.
const SignInLinkTime = 15 * time.Minute

// SignInLink signs a Super Administrator in, once: the house's operator prints
// it for whoever has no other way in. Only the SHA-256 of its word is kept.
type SignInLink struct {
	Hash    string // hex
	User    string
	Created time.Time
	Expires time.Time
	Used    bool // a session spent it
}

// Opens reports whether the link still signs its user in.
func (l SignInLink) Opens(u User, now time.Time) bool {
	return l.Hash != "" && !l.Used && now.Before(l.Expires) && u.ID != "" && u.ID == l.User && !u.Ended && u.Has(SuperAdministrator)
}

// SignIn is one journey to somebody who vouches for people, and back.
type SignIn struct {
	State    string
	Nonce    string // comes back in what they vouch, or it is from another journey
	Verifier string // of PKCE
	Redirect string
	Fresh    bool // the person has to prove anew who they are
}

// Vouched is what an issuer of OpenID Connect says of who signed in, its
// signature and its nonce checked. Slack names the account too.
type Vouched struct {
	Issuer  string
	Subject string
	// Email is "" unless the issuer says that it verified it.
	Email string
	// Authenticated is when the person proved who they are, where the issuer
	// tells; zero: it does not.
	Authenticated time.Time

	Enterprise, Team, Account string // of Slack
}

// Identity is a user at an issuer.
type Identity struct{ Issuer, Subject string }

// SignInRules say by what somebody is known who signs in for the first time.
// The zero value: by Slack's ids and by what an administrator bound.
type SignInRules struct {
	// ByEmail lets an issuer's verified e-mail lead to the one account that has it.
	ByEmail bool
	Rev     int64
}

// Refused sign-ins are recorded one by one, at most so many in an hour; one
// more record says that there were more.
const (
	MostRefusals = 20
	RefusalSpan  = time.Hour
)

// Refusals counts the refused sign-ins of an hour, as far as they are counted.
type Refusals struct {
	Hour time.Time
	N    int
	Rev  int64
}
