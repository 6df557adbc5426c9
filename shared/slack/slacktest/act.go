package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Spot is an element on somebody's screen: in a message (Channel and TS) or in a
// view.
type Spot struct {
	Channel, TS   string
	View          string
	Block, Action string
}

// Option is a choice that a menu offers.
type Option struct{ Text, Value string }

// HandPress presses a button.
func (o *Org) HandPress(ctx context.Context, user string, at Spot) (Answer, error) {
	return o.HandChoose(ctx, user, at)
}

// HandChoose enters values at an element: option values, ids, a date, a text; none
// empties it. The app is told (block_actions) unless the element is an input that
// does not dispatch; then the answer is zero and the value waits for submission.
// What is not on this person's screen is an error.
func (o *Org) HandChoose(ctx context.Context, user string, at Spot, values ...string) (Answer, error) {
	address, p, err := o.act(user, at, values)
	if err != nil || p == nil {
		return Answer{}, err
	}
	return o.interaction(ctx, address, p)
}

func (o *Org) act(user string, at Spot, values []string) (string, reply, error) {
	defer o.lock()()
	u := mustHave(o.users, "user", user)
	e, err := o.find(u, at)
	if err != nil {
		return "", nil, err
	}
	value, err := o.entered(e, at, values)
	if err != nil {
		return "", nil, err
	}
	v := o.screens.views[at.View]
	if v != nil && !e.stateless() {
		if v.State[at.Block] == nil {
			v.State[at.Block] = map[string]any{}
		}
		v.State[at.Block][at.Action] = value
	}
	if !e.dispatch {
		return "", nil, nil
	}
	action := reply{"type": e.kind(), "block_id": at.Block, "action_id": at.Action, "action_ts": slackTS(o.now(), 0)}
	for k, x := range value {
		action[k] = x
	}
	if e.kind() == "button" {
		action["text"] = e.element["text"]
	}
	p := o.payload("block_actions", u)
	p["actions"], p["trigger_id"] = []reply{action}, o.newTrigger(u.ID, o.teamOf(u).id, at.View)
	o.place(p, u, at)
	return o.screens.urls.Interaction, p, nil
}

// place says where something happened: container, and message or view.
func (o *Org) place(p reply, u *User, at Spot) {
	if v := o.screens.views[at.View]; v != nil {
		p["container"], p["view"] = reply{"type": "view", "view_id": v.ID}, o.viewJSON(v)
		return
	}
	m := o.messages[at.Channel+at.TS]
	p["container"] = reply{"type": "message", "message_ts": m.ts, "channel_id": m.channel, "is_ephemeral": m.to != ""}
	p["channel"] = reply{"id": m.channel, "name": o.channels[m.channel].Name}
	p["message"] = o.messageJSON(m)
	p["state"] = reply{"values": initialState(m.blocks)}
	p["response_url"], _ = o.newHook("actions", &hook{user: u.ID, channel: m.channel, ts: m.ts})
}

// find is the element, when this person has it before them.
func (o *Org) find(u *User, at Spot) (placed, error) {
	var blocks json.RawMessage
	switch v, m := o.screens.views[at.View], o.messages[at.Channel+at.TS]; {
	case v != nil && v.user == u.ID:
		blocks = v.Blocks
	case v == nil && m != nil && o.mayRead(u, m):
		blocks = m.blocks
	}
	for _, e := range elementsOf(blocks) {
		if e.block == at.Block && e.action == at.Action {
			return e, nil
		}
	}
	return placed{}, fmt.Errorf("slacktest: %s has no element %s/%s before them", u.ID, at.Block, at.Action)
}

// entered is a value in the words of the element.
func (o *Org) entered(e placed, at Spot, values []string) (object, error) {
	field := valueField(e.kind())
	out := object{"type": e.kind()}
	if e.kind() == "button" {
		if v := e.element["value"]; v != nil {
			out["value"] = v
		}
		return out, nil
	}
	var entered []any
	for _, v := range values {
		x, err := o.one(e, at, field, v)
		if err != nil {
			return nil, err
		}
		entered = append(entered, x)
	}
	switch {
	case plural(field):
		out[field] = slices.Concat([]any{}, entered)
	case len(entered) == 0:
		out[field] = nil
	default:
		out[field] = entered[0]
	}
	return out, nil
}

func (o *Org) one(e placed, at Spot, field, value string) (any, error) {
	if field == "selected_date_time" {
		var seconds int64
		if _, err := fmt.Sscan(value, &seconds); err != nil {
			return nil, fmt.Errorf("slacktest: %q is no time in Unix seconds", value)
		}
		return seconds, nil
	}
	if field != "selected_option" && field != "selected_options" {
		return value, nil
	}
	for _, x := range slices.Concat(e.options(), o.screens.offered[at]) {
		if x["value"] == value {
			return x, nil
		}
	}
	return nil, fmt.Errorf("slacktest: %s offers no %q", e.action, value)
}

// HandType types into an external select: the app is asked what it offers
// (block_suggestion), and HandChoose takes from that.
func (o *Org) HandType(ctx context.Context, user string, at Spot, typed string) ([]Option, error) {
	o.mu.Lock()
	u := mustHave(o.users, "user", user)
	_, err := o.find(u, at)
	var p reply
	if err == nil {
		p = o.payload("block_suggestion", u)
		p["block_id"], p["action_id"], p["value"] = at.Block, at.Action, typed
		o.place(p, u, at)
		delete(p, "response_url")
	}
	address := o.screens.urls.Options
	o.mu.Unlock()
	if err != nil {
		return nil, err
	}
	a, err := o.interaction(ctx, address, p)
	if err != nil {
		return nil, err
	}
	return o.offer(at, a.Body)
}

// offer judges and keeps what a menu may show: at most 100 options
// (docs.slack.dev, "Select menu of external data source").
func (o *Org) offer(at Spot, body []byte) ([]Option, error) {
	defer o.lock()()
	var in object
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("%w: options: %w", ErrNoAnswer, err)
	}
	in["type"] = "external_select"
	list := placed{element: in}.options()
	if len(list) > 0 {
		j := &judge{}
		if j.static("", in); len(j.problems) > 0 {
			return nil, fmt.Errorf("%w: options: %v", ErrNoAnswer, j.problems)
		}
	}
	o.screens.offered[at] = append(o.screens.offered[at], list...)
	out := make([]Option, len(list))
	for i, x := range list {
		out[i].Text = textOf(x["text"])
		out[i].Value, _ = x["value"].(string)
	}
	return out, nil
}
