package slacktest

import (
	"encoding/json"
	"strings"
)

// placed is one element that people act on, with where it stands.
type placed struct {
	block, action string
	element       object
	input         bool // in an input block
	dispatch      bool // acting on it is told at once
	optional      bool
}

// elementsOf lists the elements of blocks in their order.
func elementsOf(raw json.RawMessage) []placed {
	var blocks []object
	if json.Unmarshal(raw, &blocks) != nil {
		return nil
	}
	var out []placed
	add := func(b object, v any, input, dispatch, optional bool) {
		e, _ := v.(object)
		action, _ := e["action_id"].(string)
		block, _ := b["block_id"].(string)
		if action != "" {
			out = append(out, placed{block, action, e, input, dispatch, optional})
		}
	}
	for _, b := range blocks {
		add(b, b["accessory"], false, true, true)
		list, _ := b["elements"].([]any)
		for _, e := range list {
			add(b, e, false, true, true)
		}
		dispatch, _ := b["dispatch_action"].(bool)
		optional, _ := b["optional"].(bool)
		add(b, b["element"], true, dispatch, optional)
	}
	return out
}

func (p placed) kind() string { s, _ := p.element["type"].(string); return s }

// stateless elements have no value of their own in state.
func (p placed) stateless() bool { return p.kind() == "button" || p.kind() == "overflow" }

// initialState holds each input with what it begins with.
func initialState(raw json.RawMessage) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, p := range elementsOf(raw) {
		if p.stateless() {
			continue
		}
		if out[p.block] == nil {
			out[p.block] = map[string]any{}
		}
		out[p.block][p.action] = p.beginning()
	}
	return out
}

// valueField is the field in which Slack sends an element's value, by kind
// (docs.slack.dev, the page of each element).
func valueField(kind string) string {
	switch kind {
	case "datepicker":
		return "selected_date"
	case "timepicker":
		return "selected_time"
	case "datetimepicker":
		return "selected_date_time"
	case "checkboxes", "multi_static_select", "multi_external_select":
		return "selected_options"
	case "radio_buttons", "static_select", "external_select", "overflow":
		return "selected_option"
	case "users_select", "channels_select", "conversations_select":
		return "selected_" + strings.TrimSuffix(strings.TrimSuffix(kind, "_select"), "s")
	case "multi_users_select", "multi_channels_select", "multi_conversations_select":
		return "selected_" + strings.TrimSuffix(strings.TrimPrefix(kind, "multi_"), "_select")
	}
	return "value"
}

func (p placed) beginning() object {
	field := valueField(p.kind())
	from := map[string]string{
		"value": "initial_value", "selected_date": "initial_date", "selected_time": "initial_time", "selected_date_time": "initial_date_time",
		"selected_option": "initial_option", "selected_options": "initial_options",
	}[field]
	if from == "" {
		from = "initial_" + strings.TrimPrefix(field, "selected_")
	}
	v := p.element[from]
	if v == nil && plural(field) {
		v = []any{}
	}
	return object{"type": p.kind(), field: v}
}

func plural(field string) bool {
	return strings.HasPrefix(field, "selected_") && strings.HasSuffix(field, "s")
}

// empty tells whether nothing was entered: what Slack's client does not send
// where the input is required.
func (p placed) empty(v any) bool {
	o, _ := v.(object)
	switch x := o[valueField(p.kind())].(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	}
	return false
}

// options that an element offers by itself.
func (p placed) options() []object {
	var out []object
	take := func(v any) {
		list, _ := v.([]any)
		for _, x := range list {
			if o, ok := x.(object); ok {
				out = append(out, o)
			}
		}
	}
	take(p.element["options"])
	groups, _ := p.element["option_groups"].([]any)
	for _, g := range groups {
		if o, ok := g.(object); ok {
			take(o["options"])
		}
	}
	return out
}
