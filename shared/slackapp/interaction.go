package slackapp

import (
	"net/http"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// interaction serves what a person did with something of ours. Kinds that are not
// served are acknowledged: Slack has nothing better to hear.
func (e *edge) interaction(w http.ResponseWriter, r *http.Request, body []byte) {
	in, err := ReadInteraction(body)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	serve := map[string]func(*turn, http.ResponseWriter, Interaction){
		shortcut: (*turn).shortcut, acted: (*turn).acted, submitted: (*turn).submitted, suggesting: (*turn).suggest,
	}[in.Kind]
	if serve == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	t, cancel, err := e.begin(r, in.Who, in.Trigger, in.ResponseURL)
	defer cancel()
	t.home = in.View.Kind == "home"
	if fault.Is(err, fault.Already) {
		w.WriteHeader(http.StatusOK)
		return
	}
	if err != nil {
		t.unknown(w, in, e.sorry(err))
		return
	}
	serve(t, w, in)
}

// unknown tells somebody whom Ebb does not serve why. Without a connector nothing
// can be shown but below the message.
func (t *turn) unknown(w http.ResponseWriter, in Interaction, text string) {
	switch {
	case in.Kind == suggesting:
		answer(w, object{"options": []object{}})
	case in.Kind == submitted:
		t.refused(w, in, text)
	case t.conn.ID != "" || t.answers != "":
		t.say(people(text))
	}
}

// refused says at a field of the modal why it cannot be done.
func (t *turn) refused(w http.ResponseWriter, in Interaction, text string) {
	field := whyField
	for _, f := range []string{whatField, lengthField} {
		if _, has := in.View.Values[f]; has {
			field = f
		}
	}
	if in.Callback == sendCallback {
		field = whyField
	}
	wrong(w, map[string]string{field: text})
}

func (t *turn) shortcut(w http.ResponseWriter, in Interaction) {
	if in.Callback == RequestShortcut {
		if err := t.askFor(""); err != nil {
			t.e.log.Warn("slackapp", "view", formCallback, "error", err) // nowhere to say it
		}
	}
	w.WriteHeader(http.StatusOK)
}

// submitted serves a modal by its callback.
func (t *turn) submitted(w http.ResponseWriter, in Interaction) {
	switch in.Callback {
	case formCallback:
		t.continued(w, in)
	case sendCallback:
		t.send(w, in)
	case string(message.Deny), string(message.Comment), string(message.Extend), string(message.Veto), string(message.Confirm):
		t.finish(w, in)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

// suggest offers what fits what is typed. Whatever goes wrong, a menu can say
// nothing but that there is nothing.
func (t *turn) suggest(w http.ResponseWriter, in Interaction) {
	options := []object{}
	if in.Act.Action == whatField {
		found, err := t.e.house.Find(t.ctx, t.by, t.conn.ID, in.Typed)
		if err != nil {
			t.e.log.Warn("slackapp", "options", in.Act.Action, "error", err)
		}
		options = append(options, t.profiles(in.Typed)...)
		for _, f := range found {
			options = append(options, resourceOption(f))
		}
	}
	answer(w, object{"options": options})
}
