package slacktest

import (
	"fmt"
	"slices"
	"strings"
)

// Where elements may stand (docs.slack.dev, "Block Kit elements").
var (
	selects   = strings.Fields("static_select external_select users_select conversations_select channels_select")
	multis    = strings.Fields("multi_static_select multi_external_select multi_users_select multi_conversations_select multi_channels_select")
	pickers   = strings.Fields("datepicker timepicker checkboxes radio_buttons")
	inActions = slices.Concat([]string{"button", "overflow", "datetimepicker", "workflow_button", "icon_button"}, selects, multis, pickers)
	inSection = slices.Concat([]string{"button", "overflow", "image", "workflow_button"}, selects, multis, pickers)
	inInput   = slices.Concat(strings.Fields(`plain_text_input email_text_input url_text_input number_input datetimepicker rich_text_input
		file_input`), selects, multis, pickers)
)

// element judges one element; seen are the action_ids of its block.
func (j *judge) element(at string, v any, allowed []string, seen map[string]bool) {
	e, ok := v.(object)
	kind, _ := e["type"].(string)
	switch {
	case !ok:
		j.fail(at, "must be an object")
		return
	case !slices.Contains(allowed, kind):
		j.fail(at+"/type", "unsupported type: %s", kind)
		return
	case kind == "image":
		j.image(at, e)
		return
	}
	j.actionID(at, e, seen)
	j.text(at+"/placeholder", e["placeholder"], false, true, 150)
	j.confirm(at+"/confirm", e["confirm"])
	switch kind {
	case "button":
		j.button(at, e)
	case "overflow":
		j.options(at, e, 5)
	case "checkboxes", "radio_buttons":
		j.options(at, e, 10)
	case "static_select", "multi_static_select":
		j.static(at, e)
	case "number_input":
		if _, said := e["is_decimal_allowed"].(bool); !said {
			j.fail(at, "missing required field: is_decimal_allowed")
		}
	case "plain_text_input":
		j.str(at, e, "initial_value", false, 3000)
	}
}

func (j *judge) actionID(at string, e object, seen map[string]bool) {
	j.str(at, e, "action_id", false, 255)
	id, _ := e["action_id"].(string)
	if id == "" {
		id = j.mint()
		e["action_id"] = id
	}
	if seen[id] {
		j.fail(at+"/action_id", "`action_id` already exists: %s", id)
	}
	seen[id] = true
}

func (j *judge) button(at string, e object) {
	j.text(at+"/text", e["text"], true, true, 75)
	j.str(at, e, "value", false, 2000)
	j.str(at, e, "url", false, 3000)
	j.str(at, e, "accessibility_label", false, 75)
	if style, given := e["style"]; given && style != "primary" && style != "danger" {
		j.fail(at+"/style", "must be one of primary, danger")
	}
}

func (j *judge) confirm(at string, v any) {
	if v == nil {
		return
	}
	c, ok := v.(object)
	if !ok {
		j.fail(at, "must be an object")
		return
	}
	j.text(at+"/title", c["title"], true, true, 100)
	j.text(at+"/text", c["text"], true, false, 300)
	j.text(at+"/confirm", c["confirm"], true, true, 30)
	j.text(at+"/deny", c["deny"], true, true, 30)
}

func (j *judge) static(at string, e object) {
	if e["option_groups"] == nil {
		j.options(at, e, 100)
		return
	}
	for i, v := range j.items(at+"/option_groups", e["option_groups"], 1, 100) {
		g, _ := v.(object)
		where := fmt.Sprintf("%s/option_groups/%d", at, i)
		j.text(where+"/label", g["label"], true, true, 75)
		j.options(where, g, 100)
	}
}

func (j *judge) options(at string, e object, most int) {
	values := map[string]bool{}
	for i, v := range j.items(at+"/options", e["options"], 1, most) {
		where := fmt.Sprintf("%s/options/%d", at, i)
		o, _ := v.(object)
		// checkboxes and radio buttons take mrkdwn too
		plain := e["type"] != "checkboxes" && e["type"] != "radio_buttons"
		j.text(where+"/text", o["text"], true, plain, 75)
		j.text(where+"/description", o["description"], false, plain, 75)
		j.str(where, o, "value", true, 150)
		value, _ := o["value"].(string)
		if values[value] {
			j.fail(where+"/value", "duplicate value: %s", value) // assumed: the words
		}
		values[value] = true
	}
}
