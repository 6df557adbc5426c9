package message

// presses are the acts in people's words.
var presses = map[string]string{
	"ask": "your request", "approve": "your approval", "deny": "your denial", "comment": "your comment", "cancel": "your cancellation",
	"extend": "your extension", "end": "the end of access", "veto": "your veto", "confirm": "your confirmation", "refute": "your answer",
	"done": "what you did by hand",
}

// Pressed tells somebody what became of a click that took longer than Slack waits.
// target is the id of the request or grant, "" for a new one; why is the refusal.
func Pressed(act, target, why string, done bool) Card {
	what := presses[act]
	if what == "" {
		what = "what you clicked"
	}
	lead := Line{T("Slack did not wait for " + what + ", and now it is done.")}
	if !done {
		lead = Line{T("Slack did not wait for " + what + ", and it could not be done: " + why + ".")}
	}
	c := Card{Summary: lead, Lead: lead}
	if target != "" {
		c.Foot = Line{C(target)}
	}
	return c
}
