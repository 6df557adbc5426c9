package slackapp

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ebb-access/ebb/shared/message"
)

// Block Kit, as much as the door shows (docs.slack.dev, "Block Kit"): each func
// gives an object of Slack's by its name there, and keeps its lengths.
type object = map[string]any

const (
	mostBlocks    = 100  // of a view
	longestText   = 3000 // of a section
	longestOption = 75
	longestTitle  = 24 // of a view
)

func plain(text string, most int) object {
	return object{"type": "plain_text", "text": cut(text, most)}
}

// section is a paragraph in Slack's markup, of parts that are escaped where they
// come from people.
func section(markup string) object {
	return object{"type": "section", "text": marked(markup)}
}

func header(text string) object { return object{"type": "header", "text": plain(text, 150)} }

func small(markup string) object {
	return object{"type": "context", "elements": []object{marked(markup)}}
}

// marked is verbatim: otherwise Slack makes links of addresses and mentions of names
// that somebody merely typed (docs.slack.dev, "Text object").
func marked(markup string) object {
	return object{"type": "mrkdwn", "text": markup, "verbatim": true}
}

func divider() object { return object{"type": "divider"} }

// buttons are a row; id is its own within the message or view.
func buttons(id string, list ...message.Button) object {
	var out []object
	for _, b := range list {
		x := object{"type": "button", "action_id": string(b.Action), "text": plain(b.Label, 75)}
		if b.ID != "" {
			x["value"] = b.ID
		}
		switch b.Look {
		case message.Good:
			x["style"] = "primary"
		case message.Danger:
			x["style"] = "danger"
		}
		if b.URL != "" {
			x["url"] = b.URL
		}
		if b.Ask != "" {
			x["confirm"] = object{
				"title": plain(b.Label, 100), "text": plain(b.Ask, 300), "confirm": plain(b.Label, 30), "deny": plain("No", 30),
			}
		}
		out = append(out, x)
	}
	return object{"type": "actions", "block_id": id, "elements": out}
}

// input is a field; its block and its element have the same id.
func input(id, label, hint string, optional bool, element object) object {
	element["action_id"] = id
	out := object{"type": "input", "block_id": id, "label": plain(label, 2000), "optional": optional, "element": element}
	if hint != "" {
		out["hint"] = plain(hint, 2000)
	}
	return out
}

func choice(text, value, about string) object {
	o := object{"text": plain(text, longestOption), "value": value}
	if about != "" {
		o["description"] = plain(about, longestOption)
	}
	return o
}

// modal is a window; submit "" has no button but close.
func modal(callback, title, submit, closes string, metadata any, blocks []object) object {
	v := object{"type": "modal", "title": plain(title, longestTitle), "close": plain(closes, longestTitle), "blocks": blocks}
	if callback != "" {
		v["callback_id"] = callback
	}
	if submit != "" {
		v["submit"] = plain(submit, longestTitle)
	}
	if metadata != nil {
		v["private_metadata"] = string(encoded(metadata))
	}
	return v
}

func encoded(v any) json.RawMessage {
	raw, _ := json.Marshal(v) // strings, numbers, lists and maps of them always encode
	return raw
}

// cut shortens to a number of characters; Slack refuses an empty text.
func cut(text string, most int) string {
	if text == "" {
		return "-"
	}
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// markup shows a name within a sentence: nothing in it is a mention or a link
// (docs.slack.dev, "Formatting text": escaping).
func markup(text string) string { return escaper.Replace(text) }

// bold is a name that stands out.
func bold(text string) string {
	if text == "" {
		return ""
	}
	return "*" + markup(text) + "*"
}

// quote shows what a person wrote, as theirs and as they wrote it: rich text knows
// no marks.
func quote(text string, most int) object {
	words := object{"type": "text", "text": cut(strings.TrimSpace(text), most)}
	return object{"type": "rich_text", "elements": []object{{"type": "rich_text_quote", "elements": []object{words}}}}
}

// who mentions an account.
func who(account string) string { return "<@" + account + ">" }

var accountID = regexp.MustCompile(`\b[UW][A-Z0-9]{6,}\b`)

// people is a sentence of policy, with its accounts as mentions.
func people(text string) string {
	return accountID.ReplaceAllStringFunc(markup(text), who)
}

// at is an instant in the reader's own zone (docs.slack.dev, "Formatting text":
// dates).
func at(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", t.Unix(), t.UTC().Format("2006-01-02 15:04 UTC"))
}

// left is a time that remains, in words.
func left(d time.Duration) string {
	switch {
	case d <= 0:
		return "no time left"
	case d < time.Minute:
		return "less than a minute left"
	case d < time.Hour:
		return fmt.Sprintf("%d min left", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min left", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days left", int(d.Hours())/24)
}
