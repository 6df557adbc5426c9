package slackapp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// confirmation is the second window: what policy will do, and why it is asked.
func (t *turn) confirmation(d draft, seen []flow.Explanation) object {
	lead := "You ask for " + access.Spelled(d.Length)
	if d.Subject != "" && d.Subject != t.account {
		lead = "You ask for " + who(d.Subject) + ", for " + access.Spelled(d.Length)
	}
	if d.Start != 0 {
		lead += ", from " + at(time.Unix(d.Start, 0))
	}
	blocks := []object{section(lead + ":")}
	for _, x := range seen {
		blocks = append(blocks, section(cutMarkup(outlook(x))))
	}
	blocks = append(blocks, input(whyField, "Why?", "Whoever decides reads this.", false, object{
		"type": "plain_text_input", "multiline": true, "max_length": 2000,
	}))
	if words := skips(seen); words != "" {
		blocks = append(blocks, input(skipField, "Is it an emergency?", "Its approvers are skipped and told, and somebody confirms afterwards. "+words, true, object{
			"type": "checkboxes", "options": []object{choice("Yes: it cannot wait for anybody", "yes", "")},
		}))
	}
	return modal(sendCallback, "Is this right?", "Send request", "Back", d, blocks)
}

// skips says what policy makes of an emergency, where it allows one for all items;
// "" otherwise.
func skips(seen []flow.Explanation) string {
	words := ""
	for _, x := range seen {
		if x.Emergency == "" {
			return ""
		}
		words = upper(x.Emergency) + "."
	}
	return words
}

// outlook is what policy will do with one item, and what else it gives.
func outlook(x flow.Explanation) string {
	var b strings.Builder
	b.WriteString(bold(x.Resource) + ": ")
	rule := x.Decision.Rule
	switch {
	case !x.Decision.Allowed:
		b.WriteString("only in an emergency, because policy " + people(x.Decision.Because))
		if x.Frozen != "" {
			b.WriteString("\n• it waits all the same: " + people(x.Frozen))
		}
		return b.String()
	case x.Decision.Auto:
		b.WriteString("policy approves it at once")
	case x.Solo != "":
		b.WriteString(people(x.Solo))
	default:
		b.WriteString("needs " + people(x.Asks))
		if n := len(x.Approvers); n > 0 && n <= 5 {
			b.WriteString(" (" + markup(strings.Join(x.Approvers, ", ")) + ")")
		}
	}
	b.WriteString("; at most " + access.Spelled(rule.Max) + "; ends by itself")
	if x.Frozen != "" {
		b.WriteString("\n• it waits: " + people(x.Frozen))
	}
	for _, g := range x.Decision.Gives {
		b.WriteString("\n• it also " + people(g))
	}
	if rule.Risk == access.High {
		b.WriteString("\n• policy calls it high-risk: it is not decided by a click in Slack")
	}
	return b.String()
}

// cutMarkup keeps a paragraph of ours within Slack's length; its parts are short
// but for those of policy.
func cutMarkup(text string) string {
	if len([]rune(text)) <= longestText {
		return text
	}
	return cut(text[:strings.LastIndexAny(string([]rune(text)[:longestText-1]), " \n")], longestText)
}

// send makes the request.
func (t *turn) send(w http.ResponseWriter, in Interaction) {
	var d draft
	if json.Unmarshal([]byte(in.View.Metadata), &d) != nil {
		wrong(w, map[string]string{whyField: "this window is too old; begin again"})
		return
	}
	a := d.asking(t.conn.ID)
	out, err := t.press(access.Press{
		ID: in.key(), Act: access.ActAsk, Subject: a.Subject, Resources: a.Resources, Start: a.Start, Length: a.Length,
		Profile: a.Profile, Emergency: len(in.value(skipField).Options) > 0,
		Words: in.value(whyField).Value,
	})
	switch {
	case fault.Is(err, fault.Already):
		answer(w, object{"response_action": "clear"})
	case err != nil:
		wrong(w, map[string]string{whyField: t.e.sorry(err)})
	case out.Waits:
		t.done(w, stillAtIt)
	default:
		t.done(w, t.sent(out.Request.ID))
	}
}

const stillAtIt = "Ebb is still at it and will tell you."

// done replaces the window by the last one, which closes all of them.
func (t *turn) done(w http.ResponseWriter, text string) {
	v := modal("", "Request access", "", "Close", nil, []object{section(cutMarkup(text))})
	v["clear_on_close"] = true
	answer(w, object{"response_action": "update", "view": v})
}

// sent says how the request stands.
func (t *turn) sent(id string) string {
	v, err := t.e.house.ReadRequest(t.ctx, t.by, id)
	if err != nil {
		return "Your request is on its way."
	}
	return "Your request is on its way.\n" + standing(v)
}

// standing is each item with where it stands.
func standing(v flow.RequestView) string {
	var b strings.Builder
	for i, it := range v.Items {
		fmt.Fprintf(&b, "• %s: %s\n", bold(itemName(v, it)), stands(v, i))
	}
	return strings.TrimSpace(b.String())
}

func itemName(v flow.RequestView, it access.Item) string {
	res := v.Resources[it.Resource]
	res.ID, res.Kind = it.Resource, it.Kind
	return name(res)
}

func stands(v flow.RequestView, i int) string {
	it := v.Items[i]
	switch it.State {
	case access.Approved:
		if v.Emergency {
			return "given at once, as an emergency"
		}
		if it.DecidedBy == "" {
			return "approved by policy"
		}
		return "approved by " + who(it.DecidedBy)
	case access.Pending:
		w, ok := v.Waits[i]
		if !ok {
			return "waits"
		}
		text := "waits for " + people(w.Approvers)
		if w.Steps > 1 {
			text += fmt.Sprintf(" (step %d of %d)", w.Step, w.Steps)
		}
		if w.Need > 1 {
			text += fmt.Sprintf(", %d of %d have said yes", w.Have, w.Need)
		}
		return text
	}
	if it.DecidedBy != "" {
		return string(it.State) + " by " + who(it.DecidedBy)
	}
	return string(it.State)
}
