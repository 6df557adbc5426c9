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
