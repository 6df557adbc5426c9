package slackapp

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// The form has two windows: what is asked for, and, on top of it, what policy
// will do with that and why it is asked. Going back keeps what was entered.
const (
	formCallback = "ask"
	sendCallback = "send"
)

// Fields of the form; a block and its element have one id.
const (
	whatField   = "what"
	whomField   = "whom"
	lengthField = "length"
	startField  = "start"
	whyField    = "why"
	skipField   = "emergency"
)

const (
	mostItems   = access.MaxItems
	usualLength = 2 * time.Hour
)

// lengths that the form offers.
var lengths = []time.Duration{
	15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour,
}

// draft is what is asked for before it is sent. Its encoding travels from the
// first window to the second: ids and times, nothing that anybody typed.
type draft struct {
	Subject   string        `json:"s,omitempty"`
	Resources []string      `json:"r"`
	Start     int64         `json:"t,omitempty"` // Unix seconds
	Length    time.Duration `json:"l"`
	Profile   string        `json:"p,omitempty"`

	found   []flow.Found
	unknown []string // words behind the command that mean nothing
}

func (d *draft) add(f flow.Found) {
	if len(d.found) < mostItems && !slices.ContainsFunc(d.found, func(o flow.Found) bool { return o.ID == f.ID }) {
		d.found = append(d.found, f)
	}
}

func (d draft) asking(conn string) flow.Asking {
	a := flow.Asking{Connector: conn, Subject: d.Subject, Resources: d.Resources, Length: d.Length, Profile: d.Profile}
	if d.Start != 0 {
		a.Start = time.Unix(d.Start, 0).UTC()
	}
	return a
}

// form is the first window.
func (t *turn) form(d draft) object {
	what := object{
		"type": "multi_external_select", "min_query_length": 0, "max_selected_items": mostItems,
		"placeholder": plain("Type a group or channel", 150),
	}
	if len(d.found) > 0 {
		var chosen []object
		for _, f := range d.found {
			chosen = append(chosen, resourceOption(f))
		}
		what["initial_options"] = chosen
	}
	whom := object{"type": "users_select", "placeholder": plain("Yourself", 150)}
	if d.Subject != "" {
		whom["initial_user"] = d.Subject
	}
	var blocks []object
	if words := d.missed(); words != "" {
		blocks = append(blocks, section(words))
	}
	return modal(formCallback, "Request access", "Continue", "Cancel", nil, append(
		blocks,
		input(whatField, "What do you need?", "User groups and channels, up to 20 at once.", false, what),
		input(lengthField, "For how long?", "It ends by itself.", false, spans(d.Length)),
		input(whomField, "For somebody else?", "", true, whom),
		input(startField, "Start later?", "Empty: as soon as it is approved.", true, object{"type": "datetimepicker"}),
	))
}

// spans is a menu of lengths with one chosen.
func spans(chosen time.Duration) object {
	list := slices.Clone(lengths)
	if chosen > 0 && !slices.Contains(list, chosen) {
		list = append(list, chosen)
		slices.Sort(list)
	}
	menu := object{"type": "static_select"}
	var options []object
	for _, d := range list {
		o := choice(access.Spelled(d), d.String(), "")
		options = append(options, o)
		if d == chosen {
			menu["initial_option"] = o
		}
	}
	menu["options"] = options
	return menu
}

func resourceOption(f flow.Found) object {
	about := f.Title
	if f.Workspace != "" {
		about = strings.TrimPrefix(about+", "+f.Workspace, ", ")
	}
	return choice(name(f.Resource), f.ID, about)
}

// profileMark tells an access profile from an id of Slack's.
const profileMark = "profile:"

// profiles are the access profiles whose name one is typing.
func (t *turn) profiles(typed string) []object {
	all, err := t.e.house.ReadProfiles(t.ctx, t.by, t.conn.ID)
	if err != nil {
		t.e.log.Warn("slackapp", "options", "profiles", "error", err)
	}
	var out []object
	for _, p := range all {
		words := strings.ToLower(p.ID + " " + p.Label)
		if len(out) < 10 && len(p.ID) <= 100 && strings.Contains(words, strings.ToLower(strings.TrimSpace(typed))) {
			var holds []string
			for _, r := range p.Holds {
				holds = append(holds, name(r))
			}
			out = append(out, choice(cmp.Or(p.Label, p.ID), profileMark+p.ID, strings.Join(holds, ", ")))
		}
	}
	return out
}

// read takes the first window's fields; what is missing is an error at its field.
func (in Interaction) read() (draft, error) {
	d := draft{Subject: in.value(whomField).User, Start: in.value(startField).Time}
	for _, id := range in.value(whatField).Options {
		if profile, ok := strings.CutPrefix(id, profileMark); ok {
			d.Profile = profile
			continue
		}
		d.Resources = append(d.Resources, id)
		if !slackID.MatchString(id) {
			return d, strange("something that is no id of Slack's")
		}
	}
	if d.Subject != "" && !slackID.MatchString(d.Subject) {
		return d, strange("something that is no id of Slack's")
	}
	if d.Profile != "" && len(in.value(whatField).Options) > 1 {
		return d, fault.At("slackapp.form", "resources", "an access profile is asked for alone")
	}
	span, ok := length(in.value(lengthField).Value)
	if !ok {
		return d, fault.At("slackapp.form", "length", "say for how long")
	}
	d.Length = span
	return d, nil
}

// fields of the verbs, as fields of the form.
var fields = map[string]string{"resources": whatField, "length": lengthField, "start": startField, "subject": whomField, "reason": whyField, "profile": whatField}

// wrong answers with errors at fields.
func wrong(w http.ResponseWriter, at map[string]string) {
	for field, text := range at {
		at[field] = cut(upper(text), 1000)
	}
	answer(w, object{"response_action": "errors", "errors": at})
}

// continued judges what is asked for, and shows the second window on top of the
// first, or says at the fields what is wrong.
func (t *turn) continued(w http.ResponseWriter, in Interaction) {
	d, err := in.read()
	var seen []flow.Explanation
	if err == nil {
		seen, err = t.e.house.Preview(t.ctx, t.by, d.asking(t.conn.ID))
	}
	if err != nil {
		field := fields[fault.FieldOf(err)]
		if field == "" {
			field = whatField
		}
		wrong(w, map[string]string{field: t.e.sorry(err)})
		return
	}
	if at := t.refusals(d, seen); len(at) > 0 {
		wrong(w, at)
		return
	}
	answer(w, object{"response_action": "push", "view": t.confirmation(d, seen)})
}

// refusals are what policy denies, at the field that would have to change.
func (t *turn) refusals(d draft, seen []flow.Explanation) map[string]string {
	at := map[string]string{}
	for i, x := range seen {
		if x.Decision.Allowed || x.Emergency != "" {
			continue
		}
		field := whatField
		switch rule := x.Decision.Rule; {
		case rule.Max > 0 && d.Length > rule.Max:
			field = lengthField
		case d.Subject != "" && d.Subject != t.account && i < len(d.Resources) && t.allowedToMe(d, i):
			field = whomField
		}
		text := x.Decision.Words()
		if !strings.Contains(text, x.Resource) {
			text = x.Resource + ": " + text
		}
		if at[field] != "" {
			text = at[field] + "; " + text
		}
		at[field] = text
	}
	return at
}

// allowedToMe reports whether the asker could have it for themselves, so that for
// whom it is asked is what policy denies.
func (t *turn) allowedToMe(d draft, i int) bool {
	x, err := t.e.house.Explain(t.ctx, t.by, t.conn.ID, "", "", d.Resources[i], "", d.Length)
	return err == nil && x.Decision.Allowed
}
