package slackapp

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/message"
)

// acts are the buttons that do something at once.
var acts = map[message.Action]access.Act{
	message.Approve: access.ActApprove, message.Cancel: access.ActCancel, message.End: access.ActEnd,
	message.Deny: access.ActDeny, message.Veto: access.ActVeto, message.Comment: access.ActComment, message.Extend: access.ActExtend,
	message.Done: access.ActDone,
}

// acted serves a button. It carries an id alone.
func (t *turn) acted(w http.ResponseWriter, in Interaction) {
	defer w.WriteHeader(http.StatusOK)
	action, id := message.Action(in.Act.Action), in.Act.Value
	if action == message.Request {
		if err := t.askFor(""); err != nil {
			t.say(t.words(err))
		}
		return
	}
	if !ourID.MatchString(id) {
		return
	}
	switch action {
	case message.Approve, message.Cancel, message.End, message.Done:
		t.now(in, acts[action], id)
	case message.Deny, message.Veto:
		t.askDenial(action, id)
	case message.Confirm:
		t.askConfirmation(id)
	case message.Comment:
		t.askComment(id)
	case message.Extend:
		t.askMore(id)
	case message.Details:
		t.details(id)
	}
}

// now does an act and says what came of it.
func (t *turn) now(in Interaction, act access.Act, id string) {
	out, err := t.press(access.Press{ID: in.key(), Act: act, Target: id})
	switch {
	case fault.Is(err, fault.Already):
		return // delivered again
	case err != nil:
		t.say(t.words(err))
	case out.Waits:
		t.say(stillAtIt)
	case t.home:
	default:
		t.tell(t.outcome(act, out))
	}
	if t.home {
		t.refresh()
	}
}

// outcome says what came of an act.
func (t *turn) outcome(act access.Act, out flow.Pressed) string {
	switch {
	case act == access.ActEnd:
		return "It ends now; Slack shows that in a few seconds."
	case act == access.ActCancel:
		return "The request is canceled."
	case act == access.ActDone && out.Manual != nil && out.Manual.Waits():
		return "Thank you. The task closes when Slack shows it; if it does not, Ebb asks again."
	case act == access.ActDone:
		return "This task is over."
	case out.Request == nil:
		return "Done."
	}
	v, err := t.e.house.ReadRequest(t.ctx, t.by, out.Request.ID)
	if err != nil {
		return "Done."
	}
	return "Thank you.\n" + standing(v)
}

// about is what a small modal keeps: the id, and for more time the end as it was.
type about struct {
	ID  string `json:"id"`
	End int64  `json:"e,omitempty"` // in Unix milliseconds, as the table keeps it
}

// askDenial asks why somebody denies or vetoes.
func (t *turn) askDenial(action message.Action, id string) {
	v, err := t.e.house.ReadRequest(t.ctx, t.by, id)
	label, may := "Deny", v.MayDecide
	if action == message.Veto {
		label, may = "Veto", v.MayVeto
	}
	if err == nil && !may {
		err = fault.New("slackapp.deny", fault.Forbidden, "%s", notYours(v))
	}
	if err != nil {
		t.say(t.words(err))
		return
	}
	t.open(modal(string(action), label, label, "Cancel", about{ID: id}, []object{
		section("You refuse what " + who(v.By) + " asked for:\n" + cutMarkup(standing(v))),
		input(whyField, "Why?", "Whoever asked reads this.", false, object{"type": "plain_text_input", "multiline": true, "max_length": 2000}),
	}))
}

// askConfirmation asks whether an emergency was right.
func (t *turn) askConfirmation(id string) {
	v, err := t.e.house.ReadRequest(t.ctx, t.by, id)
	if err == nil && !v.MayConfirm {
		err = fault.New("slackapp.confirm", fault.Forbidden, "nothing of this request waits for your confirmation")
	}
	if err != nil {
		t.say(t.words(err))
		return
	}
	blocks := append(t.requestBlocks(v), input(rightField, "Was it an emergency?", "", false, object{
		"type": "radio_buttons", "options": []object{choice("Yes, it was right", "yes", ""), choice("No: its access ends now", "no", "")},
	}), input(whyField, "Comment", "", true, object{"type": "plain_text_input", "multiline": true, "max_length": 2000}))
	t.open(modal(string(message.Confirm), "Confirm", "Confirm", "Cancel", about{ID: id}, blocks))
}

const rightField = "right"

func notYours(v flow.RequestView) string {
	if !v.Open() {
		return "nothing of this request waits for a decision any more"
	}
	for _, w := range v.Waits {
		return "you are not among those who decide this now, as far as Ebb knows: it waits for " + w.Approvers
	}
	return "you are not among those who decide this"
}

func (t *turn) askComment(id string) {
	v, err := t.e.house.ReadRequest(t.ctx, t.by, id)
	if err != nil {
		t.say(t.words(err))
		return
	}
	t.open(modal(string(message.Comment), "Comment", "Send", "Cancel", about{ID: id}, []object{
		section("To what " + who(v.By) + " asked for:\n" + cutMarkup(standing(v))),
		input(whyField, "Comment", "Everybody who has to do with this request reads it.", false, object{"type": "plain_text_input", "multiline": true, "max_length": 2000}),
	}))
}

func (t *turn) askMore(id string) {
	g, err := t.e.house.ReadGrant(t.ctx, t.by, id)
	if err == nil && (g.State.Final() || g.Takes()) {
		err = fault.New("slackapp.extend", fault.Invalid, "this access is over or about to be; ask for it again")
	}
	if err != nil {
		t.say(t.words(err))
		return
	}
	t.open(modal(string(message.Extend), "More time", "Extend", "Cancel", about{ID: id, End: g.End.UnixMilli()}, []object{
		section(bold(name(g.Resource)) + " ends " + at(g.End) + "."),
		input(lengthField, "How much longer?", "Policy decides about the whole time, from its start.", false, spans(time.Hour)),
	}))
}

// finish does what a small modal asked about.
func (t *turn) finish(w http.ResponseWriter, in Interaction) {
	var a about
	act := acts[message.Action(in.Callback)]
	if json.Unmarshal([]byte(in.View.Metadata), &a) != nil || !ourID.MatchString(a.ID) {
		t.refused(w, in, "this window is too old; begin again")
		return
	}
	if in.Callback == string(message.Confirm) {
		if act = access.ActRefute; in.value(rightField).Value == "yes" {
			act = access.ActConfirm
		}
	}
	p := access.Press{ID: in.key(), Act: act, Target: a.ID, Words: in.value(whyField).Value}
	if act == access.ActExtend {
		more, ok := length(in.value(lengthField).Value)
		if !ok || a.End <= 0 {
			t.refused(w, in, "say by how much")
			return
		}
		p.Until = time.UnixMilli(a.End).UTC().Add(more)
	}
	out, err := t.press(p)
	switch {
	case fault.Is(err, fault.Already):
	case err != nil:
		t.refused(w, in, t.e.sorry(err))
		return
	case out.Waits:
		t.done(w, stillAtIt)
		return
	case act == access.ActExtend && out.Request != nil:
		t.done(w, "More time has to be approved.\n"+t.sent(out.Request.ID))
		return
	case act == access.ActExtend:
		t.done(w, "It ends "+at(out.Grant.End)+".")
		return
	}
	w.WriteHeader(http.StatusOK) // which closes the window
}

// details shows all of a request or grant to who asked, in a window.
func (t *turn) details(id string) {
	v, err := t.e.house.ReadRequest(t.ctx, t.by, id)
	if err == nil {
		t.open(modal("", "Request", "", "Close", nil, t.requestBlocks(v)))
		return
	}
	g, gerr := t.e.house.ReadGrant(t.ctx, t.by, id)
	if gerr != nil {
		t.say(t.words(err))
		return
	}
	t.open(modal("", "Access", "", "Close", nil, []object{section(t.grantText(g)), small("`" + g.ID + "`, asked for in `" + g.Request + "`")}))
}

// requestBlocks are all that the reader may know of a request.
func (t *turn) requestBlocks(v flow.RequestView) []object {
	blocks := []object{section(t.requestText(v)), section(cutMarkup(standing(v)))}
	if v.Reason != "" {
		blocks = append(blocks, quote(v.Reason, 2000))
	}
	for _, account := range slices.Sorted(maps.Keys(v.Comments)) {
		if words := v.Comments[account]; words != "" && len(blocks) < mostBlocks-3 {
			blocks = append(blocks, section(who(account)+" wrote:"), quote(words, 2000))
		}
	}
	return append(blocks, small("`"+v.ID+"`"))
}
