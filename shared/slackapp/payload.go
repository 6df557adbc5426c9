package slackapp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Command is a slash command as it was typed (docs.slack.dev, "Implementing slash
// commands"). Its name is the operator's choice and not read.
type Command struct {
	Who         flow.Caller
	Text        string
	Trigger     string
	ResponseURL string
}

// Interaction is what a person did with something of ours (docs.slack.dev,
// "Interaction payloads"): used a shortcut, acted on an element, submitted a modal,
// typed into a menu.
type Interaction struct {
	Kind        string // shortcut, block_actions, view_submission, block_suggestion; others are left alone
	Who         flow.Caller
	Trigger     string
	ResponseURL string
	Callback    string // of the shortcut, or of the view
	View        View
	Act         Element // the first element that was acted on
	Typed       string  // into a menu
	ActionTS    string
}

// View is the view that something happened in; Kind "" outside of one.
type View struct {
	ID, Hash, Kind, Metadata string
	Values                   map[string]map[string]Element // by block and action
}

// Element is what stands in an element of Block Kit, or what a button carries.
type Element struct {
	Block   string
	Action  string
	Value   string // of a button, a text or the one option
	Options []string
	User    string
	Time    int64 // Unix seconds
	TS      string
}

// Kinds of interactions that the door serves.
const (
	shortcut   = "shortcut"
	acted      = "block_actions"
	submitted  = "view_submission"
	suggesting = "block_suggestion"
)

// longestField of a payload that is kept, in bytes, beside ids: a reason has at
// most 2,000 characters.
const longestField = 16 << 10

// ReadCommand reads the form of a slash command.
func ReadCommand(body []byte) (Command, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Command{}, strange("a form that cannot be read")
	}
	c := Command{
		Who:  flow.Caller{Enterprise: form.Get("enterprise_id"), Team: form.Get("team_id"), Account: form.Get("user_id")},
		Text: form.Get("text"), Trigger: form.Get("trigger_id"), ResponseURL: form.Get("response_url"),
	}
	return c, sane(c.Who, c.Text, c.Trigger, c.ResponseURL)
}

// ReadInteraction reads the form of an interaction, whose one field is JSON.
func ReadInteraction(body []byte) (Interaction, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Interaction{}, strange("a form that cannot be read")
	}
	var p payload
	if json.Unmarshal([]byte(form.Get("payload")), &p) != nil {
		return Interaction{}, strange("no payload of Slack's")
	}
	in := Interaction{
		Kind: p.Type, Trigger: p.Trigger, ResponseURL: p.ResponseURL, Callback: p.Callback, ActionTS: p.ActionTS,
		Who:  flow.Caller{Enterprise: p.Enterprise.ID, Team: p.Team.ID, Account: p.User.ID},
		View: View{ID: p.View.ID, Hash: p.View.Hash, Kind: p.View.Type, Metadata: p.View.Metadata, Values: p.View.values()},
	}
	if in.Who.Team == "" { // an organization-wide app's payloads may come without a team
		in.Who.Team = p.User.Team
	}
	if in.Callback == "" {
		in.Callback = p.View.Callback
	}
	if len(p.Actions) > 0 {
		in.Act = p.Actions[0].element()
	}
	if p.Type == suggesting {
		in.Act, in.Typed = Element{Block: p.BlockID, Action: p.ActionID}, p.Value
	}
	return in, sane(in.Who, in.Trigger, in.ResponseURL, in.Callback, in.View.ID, in.View.Hash, in.View.Metadata, in.Act.Value, in.Act.Action, in.Typed)
}

// payload is what is read of an interaction, of all kinds together.
type payload struct {
	Type        string        `json:"type"`
	Trigger     string        `json:"trigger_id"`
	ResponseURL string        `json:"response_url"`
	Callback    string        `json:"callback_id"`
	ActionTS    string        `json:"action_ts"`
	Team        named         `json:"team"`
	Enterprise  named         `json:"enterprise"`
	User        named         `json:"user"`
	View        payloadView   `json:"view"`
	Actions     []payloadItem `json:"actions"`
	BlockID     string        `json:"block_id"` // of a menu, with the next two
	ActionID    string        `json:"action_id"`
	Value       string        `json:"value"`
}

type named struct {
	ID   string `json:"id"`
	Team string `json:"team_id"`
}

type payloadView struct {
	ID       string `json:"id"`
	Hash     string `json:"hash"`
	Type     string `json:"type"`
	Callback string `json:"callback_id"`
	Metadata string `json:"private_metadata"`
	State    struct {
		Values map[string]map[string]payloadItem `json:"values"`
	} `json:"state"`
}

func (v payloadView) values() map[string]map[string]Element {
	out := map[string]map[string]Element{}
	for block, actions := range v.State.Values {
		out[block] = map[string]Element{}
		for action, item := range actions {
			x := item.element()
			x.Block, x.Action = block, action
			out[block][action] = x
		}
	}
	return out
}

type option struct {
	Value string `json:"value"`
}

type payloadItem struct {
	BlockID  string   `json:"block_id"`
	ActionID string   `json:"action_id"`
	ActionTS string   `json:"action_ts"`
	Value    string   `json:"value"`
	Option   *option  `json:"selected_option"`
	Options  []option `json:"selected_options"`
	User     string   `json:"selected_user"`
	DateTime int64    `json:"selected_date_time"`
}

func (i payloadItem) element() Element {
	e := Element{Block: i.BlockID, Action: i.ActionID, Value: i.Value, User: i.User, Time: i.DateTime, TS: i.ActionTS}
	if i.Option != nil {
		e.Value = i.Option.Value
	}
	for _, o := range i.Options {
		e.Options = append(e.Options, o.Value)
	}
	return e
}

// key is by what an act is known when it is delivered again: Slack makes a trigger
// for each.
func (in Interaction) key() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		in.Kind, in.Who.Enterprise, in.Who.Team, in.Who.Account, in.Trigger, in.ActionTS, in.Act.TS, in.Act.Action, in.Act.Value, in.View.ID, in.Callback,
	}, "\x00")))
	return "pr_" + hex.EncodeToString(sum[:16])
}

// value is what stands in an element of the view.
func (in Interaction) value(block string) Element { return in.View.Values[block][block] }

// ourID is the form of the house's ids: rq_…, g_….
var ourID = regexp.MustCompile(`^[a-z]{1,4}_[A-Za-z0-9_-]{1,64}$`)

func sane(who flow.Caller, fields ...string) error {
	ids := []string{who.Account}
	for _, one := range []string{who.Team, who.Enterprise} {
		if one != "" {
			ids = append(ids, one)
		}
	}
	for _, id := range ids {
		if !slackID.MatchString(id) {
			return strange("something that is no id of Slack's")
		}
	}
	for _, f := range fields {
		if len(f) > longestField {
			return strange("a field that is too long")
		}
	}
	return nil
}

func strange(what string) error {
	return fault.New("slackapp.payload", fault.Invalid, "%s", "this is "+what)
}
