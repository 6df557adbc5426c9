package slacktest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestATriggerIsGoodOnceForThreeSeconds(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	id := a.trigger(ada)
	a.ok("views.open", "trigger_id", id, "view", modal)
	a.refused("exchanged_trigger_id", "views.open", "trigger_id", id, "view", modal)
	a.refused("invalid_trigger_id", "views.open", "trigger_id", "1.2.x", "view", modal)
	id = a.trigger(ada)
	a.at = a.at.Add(3*time.Second + time.Millisecond)
	a.refused("expired_trigger_id", "views.open", "trigger_id", id, "view", modal)
	for range 2 {
		a.ok("views.push", "trigger_id", a.trigger(ada), "view", modal)
	}
	a.refused("push_limit_reached", "views.push", "trigger_id", a.trigger(ada), "view", modal)
}

func TestAViewIsUpdatedByHashAndExternalID(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	named := strings.Replace(modal, `"callback_id"`, `"external_id":"x1","callback_id"`, 1)
	v := a.ok("views.open", "trigger_id", a.trigger(ada), "view", named)
	id, hash := at(v, "view", "id").(string), at(v, "view", "hash").(string)
	a.ok("views.update", "external_id", "x1", "view", named)
	a.refused("hash_conflict", "views.update", "view_id", id, "hash", hash, "view", named)
	a.refused("not_found", "views.update", "view_id", "V0NONE", "view", named)
	a.refused("duplicate_external_id", "views.push", "trigger_id", a.trigger(ada), "view", named)
	a.refused("view_too_large", "views.update", "view_id", id, "view", `{"type":"modal","x":"`+strings.Repeat("a", 250<<10)+`"}`)
}

func TestTheHomeTab(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	a.org.TakeEvents()
	a.org.HandOpenHome(ada)
	home := `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"What you have"}}]}`
	v := a.ok("views.publish", "user_id", ada, "view", home)
	a.ok("views.publish", "user_id", ada, "view", home)
	a.refused("hash_conflict", "views.publish", "user_id", ada, "view", home, "hash", at(v, "view", "hash").(string))
	a.refused("invalid_arguments", "views.publish", "user_id", ada, "view", modal)
	if h, ok := a.org.Home(ada); !ok || !strings.Contains(string(h.Blocks), "What you have") {
		t.Error(h, ok)
	}
	a.org.HandOpenHome(ada)
	events := a.org.TakeEvents()
	if len(events) != 2 || events[0].Type != "app_home_opened" || strings.Contains(string(events[0].Body), `"view"`) || !strings.Contains(string(events[1].Body), `"view"`) {
		t.Errorf("%+v", events)
	}
	a.tok = a.org.UserToken()
	a.refused("not_allowed_token_type", "views.publish", "user_id", ada, "view", home)
	if _, err := a.org.HandSubmit(context.Background(), ada); err == nil {
		t.Error("a home tab was submitted")
	}
}

// What Slack refuses of Block Kit, with its words.
func TestBlocksAreJudged(t *testing.T) {
	a := newTestApp(t, Options{})
	ada := a.member("ada")
	text := func(n int) string { return `{"type":"plain_text","text":"` + strings.Repeat("x", n) + `"}` }
	button := func(id string) string { return `{"type":"button","action_id":"` + id + `","text":` + text(3) + `}` }
	many := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	for want, blocks := range map[string]string{
		"no more than 50 items allowed [json-pointer:/blocks]":                          many(51, `{"type":"divider"}`),
		"unsupported type: nonsense [json-pointer:/blocks/0/type]":                      `{"type":"nonsense"}`,
		"must define either `fields` or `text` [json-pointer:/blocks/0]":                `{"type":"section"}`,
		"must be less than 3001 characters [json-pointer:/blocks/0/text/text]":          `{"type":"section","text":` + text(3001) + `}`,
		"no more than 10 items allowed [json-pointer:/blocks/0/fields]":                 `{"type":"section","fields":[` + many(11, text(1)) + `]}`,
		"must be less than 151 characters [json-pointer:/blocks/0/text/text]":           `{"type":"header","text":` + text(151) + `}`,
		"unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]":                   `{"type":"header","text":{"type":"mrkdwn","text":"x"}}`,
		"`block_id` already exists: b [json-pointer:/blocks/1/block_id]":                `{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}`,
		"`action_id` already exists: a [json-pointer:/blocks/0/elements/1/action_id]":   `{"type":"actions","elements":[` + button("a") + `,` + button("a") + `]}`,
		"no fewer than 1 items allowed [json-pointer:/blocks/0/elements]":               `{"type":"actions","elements":[]}`,
		"unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]":   `{"type":"actions","elements":[{"type":"plain_text_input"}]}`,
		"must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]": `{"type":"actions","elements":[{"type":"button","text":` + text(76) + `}]}`,
		"must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]":      `{"type":"actions","elements":[{"type":"button","style":"red","text":` + text(1) + `}]}`,
		"missing required field: value [json-pointer:/blocks/0/accessory/options/0]":    `{"type":"section","text":` + text(1) + `,"accessory":{"type":"static_select","options":[{"text":` + text(1) + `}]}}`,
		"missing required field: alt_text [json-pointer:/blocks/0]":                     `{"type":"image","image_url":"https://x.example/i.png"}`,
		"must be more than 0 characters [json-pointer:/blocks/0/text/text]":             `{"type":"section","text":` + text(0) + `}`,
		"no more than 10 items allowed [json-pointer:/blocks/0/elements]":               `{"type":"context","elements":[` + many(11, text(1)) + `]}`,
		"missing required field: text [json-pointer:/blocks/0/elements/0/confirm/deny]": `{"type":"actions","elements":[{"type":"button","text":` + text(1) + `,"confirm":{"title":` + text(1) + `,"text":` + text(1) + `,"confirm":` + text(1) + `}}]}`,
		"missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]":   `{"type":"input","label":` + text(1) + `,"element":{"type":"number_input"}}`,
		"unsupported type: button [json-pointer:/blocks/0/element/type]":                `{"type":"input","label":` + text(1) + `,"element":` + button("a") + `}`,
		"duplicate value: v [json-pointer:/blocks/0/accessory/options/1/value]":         `{"type":"section","text":` + text(1) + `,"accessory":{"type":"overflow","options":[` + many(2, `{"text":`+text(1)+`,"value":"v"}`) + `]}}`,
		"no more than 25 items allowed [json-pointer:/blocks/0/elements]":               `{"type":"actions","elements":[` + many(26, `{"type":"button","text":`+text(1)+`}`) + `]}`,
	} {
		a.at = a.at.Add(time.Minute)
		body := a.refused("invalid_blocks", "chat.postMessage", "channel", ada, "text", "x", "blocks", "["+blocks+"]")
		if got := texts(body["errors"]); !slices.Equal(got, []string{want}) {
			t.Errorf("%q, not %q", got, want)
		}
	}
	for want, view := range map[string]string{
		"[ERROR] must be less than 25 characters [json-pointer:/view/title/text]": strings.Replace(modal, `"Ask"`, `"`+strings.Repeat("x", 25)+`"`, 1),
		"[ERROR] missing required field: text [json-pointer:/view/submit]":        strings.Replace(modal, `"submit"`, `"other"`, 1),
		"[ERROR] unsupported type: home [json-pointer:/view/type]":                strings.Replace(modal, `"modal"`, `"home"`, 1),
	} {
		body := a.refused("invalid_arguments", "views.open", "trigger_id", "x", "view", view)
		if got := texts(at(body, "response_metadata", "messages")); !slices.Equal(got, []string{want}) {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
