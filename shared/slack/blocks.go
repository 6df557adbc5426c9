package slack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ebb-access/ebb/shared/message"
)

// How much a part of a message holds, in characters (docs.slack.dev, "Block Kit",
// the page of each block; Slack cuts the text of a message at 40,000 and advises
// 4,000).
const (
	mostHeader  = 150
	mostSection = 3000
	mostField   = 2000
	mostFields  = 10
	mostText    = 4000
	mostButton  = 75
	mostQuote   = 2000
	mostBlocks  = 50
)

// more stands where something was cut.
const more = "…"

type object = map[string]any

// Blocks draws a card in Block Kit. What is too long is cut, and shows it.
func Blocks(c message.Card) []any {
	var out []any
	if c.Title != "" {
		out = append(out, object{"type": "header", "text": plain(c.Title, mostHeader)})
	}
	if len(c.Lead) > 0 {
		out = append(out, section(mrkdwn(c.Lead)))
	}
	for part := range slices.Chunk(c.Facts, mostFields) {
		var fields []any
		for _, f := range part {
			fields = append(fields, markdown("*"+escape(f.Label)+"*\n"+cmp.Or(mrkdwn(f.Value), "-"), mostField))
		}
		out = append(out, object{"type": "section", "fields": fields})
	}
	if c.Quote != "" {
		out = append(out, quote(c.Quote))
	}
	for _, n := range c.Notes {
		out = append(out, section(mrkdwn(n)))
	}
	for _, r := range c.Rows {
		out = append(out, section(mrkdwn(r.Line)))
		if r.Quote != "" {
			out = append(out, quote(r.Quote))
		}
		if len(r.Buttons) > 0 {
			out = append(out, actions(r.Buttons))
		}
	}
	if len(c.Buttons) > 0 {
		out = append(out, actions(c.Buttons))
	}
	if len(c.Foot) > 0 {
		out = append(out, object{"type": "context", "elements": []any{markdown(mrkdwn(c.Foot), mostSection)}})
	}
	if len(out) > mostBlocks {
		out = append(out[:mostBlocks-1], section(more))
	}
	return out
}

// Text is a card in one line.
func Text(c message.Card) string {
	return cut(cmp.Or(mrkdwn(c.Summary), mrkdwn(c.Lead), escape(c.Title)), mostText)
}

func section(text string) object {
	return object{"type": "section", "text": markdown(text, mostSection)}
}

// markdown is verbatim: otherwise Slack makes links of addresses and mentions of
// names that somebody merely typed (docs.slack.dev, "Text object").
func markdown(text string, most int) object {
	return object{"type": "mrkdwn", "text": cut(text, most), "verbatim": true}
}

func plain(text string, most int) object {
	return object{"type": "plain_text", "text": cut(text, most)}
}

// actions are the buttons. Who presses one sends its id and nothing else.
func actions(buttons []message.Button) object {
	var all []any
	for _, b := range buttons {
		e := object{"type": "button", "action_id": string(b.Action), "value": b.ID, "text": plain(b.Label, mostButton)}
		switch b.Look {
		case message.Good:
			e["style"] = "primary"
		case message.Danger:
			e["style"] = "danger"
		}
		if b.URL != "" {
			e["url"] = b.URL
		}
		if b.Ask != "" {
			e["confirm"] = object{
				"title": plain(b.Label, 100), "text": plain(b.Ask, 300), "confirm": plain(b.Label, 30), "deny": plain("Go back", 30),
			}
		}
		all = append(all, e)
	}
	return object{"type": "actions", "block_id": "do/" + buttons[0].ID, "elements": all}
}

// quote is what a person wrote, as theirs and as they wrote it: rich text knows no
// marks.
func quote(text string) object {
	words := object{"type": "text", "text": cmp.Or(cutWords(strings.TrimSpace(text), mostQuote), "-")}
	return object{"type": "rich_text", "elements": []any{object{"type": "rich_text_quote", "elements": []any{words}}}}
}

// lines is what a person wrote within a line of Ebb's, as a quotation in each of its
// lines, so that none of them can pass for Ebb's own.
func lines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.TrimSpace(text))
	return ">" + strings.ReplaceAll(escape(text), "\n", "\n>")
}

// mrkdwn is a line in Slack's markup (docs.slack.dev, "Formatting message text").
func mrkdwn(l message.Line) string {
	var b strings.Builder
	for _, p := range l {
		b.WriteString(inline(p))
	}
	return b.String()
}

func inline(p message.Inline) string {
	switch p.Kind {
	case message.Strong:
		return "*" + flat(p.Text) + "*"
	case message.Code:
		return "`" + strings.ReplaceAll(flat(p.Text), "`", "'") + "`"
	case message.Person:
		return mention("<@", p)
	case message.Channel:
		return mention("<#", p)
	case message.Group: // a mention would notify all of it
		return "*" + flat(p.Name) + "*"
	case message.Said:
		return "\n" + lines(p.Text) + "\n"
	case message.Moment:
		return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", p.Time.Unix(), p.Time.UTC().Format("2006-01-02 15:04 UTC"))
	case message.Day:
		return fmt.Sprintf("<!date^%d^{date_short_pretty}|%s>", p.Time.Unix(), p.Time.UTC().Format("2006-01-02"))
	case message.Link:
		if address := strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", "&", "&amp;").Replace(p.Text); strings.HasPrefix(address, "https://") {
			return "<" + address + "|" + flat(p.Name) + ">"
		}
		return flat(p.Name)
	}
	return escape(p.Text)
}

// mention needs an id of Slack's form; anything else is a name.
func mention(open string, p message.Inline) string {
	for _, r := range p.Text {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return flat(cmp.Or(p.Name, p.Text))
		}
	}
	if p.Text == "" {
		return flat(p.Name)
	}
	return open + p.Text + ">"
}

// flat is text in one line, with nothing that closes the markup around it.
func flat(text string) string {
	return escape(strings.NewReplacer("\n", " ", "\r", " ", "*", "∗", "|", "¦").Replace(text))
}

// escape takes the meaning from the three characters that have one
// (docs.slack.dev, "Formatting message text").
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// cutWords shortens to a number of characters and says so.
func cutWords(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + more
}

// cut shortens to a number of characters and says so; never inside an entity or a
// mention.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)[:most-1]
	kept := string(runes)
	for _, open := range []struct{ from, to string }{{"<", ">"}, {"&", ";"}} {
		if i := strings.LastIndex(kept, open.from); i >= 0 && !strings.Contains(kept[i:], open.to) {
			kept = kept[:i]
		}
	}
	return kept + more
}
