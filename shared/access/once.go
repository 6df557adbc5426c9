package access

import "time"

// OnceTime is how long a repeated call is known as such.
const OnceTime = 24 * time.Hour

// Once is the note that a call was answered, so that the same call sent again
// makes nothing new. It is saved with what the call made, or not at all.
type Once struct {
	ID      string // hash of who called which verb, and of the caller's own key
	Body    string // hash of what was asked
	Answer  string // id of what was made
	Expires time.Time
}
