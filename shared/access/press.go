package access

import "time"

// Act is what a person does in Slack that changes something.
type Act string

// The acts, in the words of the buttons (message.Action).
const (
	ActAsk     Act = "ask" // the form of a request
	ActApprove Act = "approve"
	ActDeny    Act = "deny"
	ActComment Act = "comment"
	ActCancel  Act = "cancel"
	ActExtend  Act = "extend"
	ActEnd     Act = "end"
	ActVeto    Act = "veto"
	ActConfirm Act = "confirm" // an emergency was right
	ActRefute  Act = "refute"  // or it was not, and its access ends
	ActDone    Act = "done"    // a manual task was done by hand
)

// Press is one act, kept from the moment it is taken until it is done: Slack
// tells an act once and waits three seconds, whatever else happens. Who pressed
// is an account alone: what they may is judged when it is done.
type Press struct {
	ID        string // made of what Slack knows the act by; the same act has the same
	Act       Act
	Connector string
	Account   string
	Target    string    // the id of the request, grant or manual task, "" for ActAsk
	Until     time.Time // ActExtend: the end that is wished for
	Words     string    // a reason or comment; it goes with the press

	// Of ActAsk.
	Subject   string
	Resources []string
	Start     time.Time
	Length    time.Duration
	Emergency bool
	Profile   string // instead of Resources

	Taken  time.Time
	Next   time.Time // when it is looked at again
	Tries  int
	Served time.Time // zero: not yet
	Rev    int64
}

// PressTime is how long a press is tried: what somebody pressed longer ago is
// not what they want any more.
const PressTime = 30 * time.Minute
