package connector

import (
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// InvitationTime is how long a start link for an OAuth installation lives.
const InvitationTime = 10 * time.Minute

// Invitation lets one browser install Slack for one connector, once. Only
// hashes (SHA-256, hex) of the link's word, of Slack's state and of the
// browser's cookie are kept.
type Invitation struct {
	Link      string // hash of the word in the start link
	Connector string
	By        string // user id who minted it
	Expires   time.Time
	State     string // hash of the state sent to Slack; set when the link is opened
	Browser   string // hash of the cookie given to the browser that opened it
	Used      bool   // the callback came
	// Collaboration asks Slack for the app's own voice alone: nobody's token, and
	// nothing that changes access.
	Collaboration bool
	Rev           int64
}

// Open binds the invitation to the browser that opens the link.
func (i Invitation) Open(now time.Time, state, browser string) (Invitation, error) {
	const op = "connector.Invitation"
	switch {
	case !now.Before(i.Expires):
		return i, fault.New(op, fault.Forbidden, "this link is older than ten minutes; ask for a new one (ebb connect)")
	case i.State != "":
		return i, fault.New(op, fault.Forbidden, "this link was opened before; ask for a new one (ebb connect)")
	case state == "" || browser == "":
		// Without both, any callback from any browser would finish it.
		return i, fault.New(op, fault.Internal, "an invitation is opened with a state and a browser")
	}
	i.State, i.Browser = state, browser
	return i, nil
}

// Finish accepts the callback: the same state, the same browser, once, in time.
func (i Invitation) Finish(now time.Time, state, browser string) (Invitation, error) {
	const op = "connector.Invitation"
	switch {
	case i.State == "" || i.State != state:
		return i, fault.New(op, fault.Forbidden, "this answer belongs to no installation that was begun here; start again")
	case i.Browser != browser:
		return i, fault.New(op, fault.Forbidden, "this installation was begun in another browser; open a new link in this one")
	case i.Used:
		return i, fault.New(op, fault.Forbidden, "this answer was used before; nothing was changed")
	case !now.Before(i.Expires):
		return i, fault.New(op, fault.Forbidden, "the installation took longer than ten minutes; start again")
	}
	i.Used = true
	return i, nil
}
