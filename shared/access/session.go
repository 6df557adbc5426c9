package access

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// How long a session in the console lives: twelve hours after its sign-in
// whatever happens, and two hours after it was used last, counted from the
// quarter hour of that use.
const (
	SessionTime = 12 * time.Hour
	SessionIdle = 2 * time.Hour
	// SessionSeen is how exactly the last use is known.
	SessionSeen = 15 * time.Minute
	// FreshTime is how long a sign-in is fresh enough for a high-risk decision.
	FreshTime = 10 * time.Minute
)

// Means is how somebody proved who they are.
type Means string

// The means of signing in.
const (
	ByLink   Means = "link"   // a single-use link of the house's operator
	BySlack  Means = "slack"  // Sign in with Slack
	ByIssuer Means = "issuer" // an OpenID Connect issuer
)

// Session is a signed-in browser of a user. Only the SHA-256 of its word is
// kept. The zero Session is over.
type Session struct {
	ID    string
	Hash  string // hex
	User  string
	Means Means
	// Account is the Slack account that signed in, where Slack vouched for it:
	// the session lasts no longer than that account.
	Account Ref
	// Standing is the user's standing when the session began.
	Standing string
	// Spends is the hash of the link or of the sign-in that it used up.
	Spends        string
	Created       time.Time
	Authenticated time.Time // the person last proved who they are
	Seen          time.Time // last use, to the quarter hour
	Ends          time.Time
	Ended         bool // by a person
	Rev           int64
}

// Lives reports whether the session still speaks for its user: not ended, not
// too old, not idle, and the user as they were when it began.
func (s Session) Lives(u User, now time.Time) bool {
	switch {
	case s.ID == "" || s.Ended || u.ID == "" || u.ID != s.User || u.Ended:
		return false
	case !now.Before(s.Ends) || !now.Before(s.Seen.Add(SessionIdle)):
		return false
	}
	return s.Standing == u.Standing()
}

// Standing is a digest of what a user may do and who they are elsewhere; it
// changes with either, in whatever order they are stored.
func (u User) Standing() string {
	words := []string{}
	for _, d := range u.Duties {
		words = append(words, "duty "+string(d))
	}
	for _, r := range u.Accounts {
		words = append(words, "account "+r.Connector+" "+r.Account)
	}
	for _, x := range u.Identities {
		words = append(words, "identity "+x.Issuer+" "+x.Subject)
	}
	slices.Sort(words)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(words), "\n")))
	return hex.EncodeToString(sum[:8])
}

// Stale reports whether a high-risk decision asks the actor to sign in again.
// A key has no sign-in that could be old.
func (a Actor) Stale(now time.Time) bool {
	return a.Session != "" && !now.Before(a.Fresh.Add(FreshTime))
}
