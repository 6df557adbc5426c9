package slacktest

import "maps"

// refusal is an answer that is not ok: one of Slack's codes, and what Slack
// sends beside it (needed, provided, errors, ...).
type refusal struct {
	code string
	more reply
}

// reply is the body of an answer; ok is added when it is written.
type reply map[string]any

func (r *refusal) Error() string { return r.code }

func refuse(code string) error { return &refusal{code: code} }

func refuseWith(code string, more reply) error { return &refusal{code: code, more: more} }

func (r *refusal) body() reply {
	b := reply{"ok": false, "error": r.code}
	maps.Copy(b, r.more)
	return b
}

// badArguments is Slack's general complaint, with the reason among the messages
// of response_metadata (examples: views.open).
func badArguments(message string) error {
	return refuseWith("invalid_arguments", reply{"response_metadata": reply{"messages": []string{"[ERROR] " + message}}})
}
