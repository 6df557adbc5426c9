package window

import (
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

var (
	angled = regexp.MustCompile(`<[^<>\n]+>`)
	bold   = regexp.MustCompile(`\*([^*\n]+)\*`)
	code   = regexp.MustCompile("`([^`\n]+)`")
)

// typed is what Slack takes for an address, a channel or a mention where a text is
// not verbatim (docs.slack.dev, "Text object").
var typed = regexp.MustCompile(`\bhttps?://[^\s<>|]+|(^|[\s(])([#@][a-z0-9._-]+)`)

// loose is the text of something that is not verbatim: what is merely typed becomes
// a link or a mention, too.
func loose(s string) string {
	var out strings.Builder
	for _, part := range angledOrNot.FindAllString(s, -1) {
		if !strings.HasPrefix(part, "<") {
			part = typed.ReplaceAllStringFunc(part, func(word string) string {
				if strings.HasPrefix(word, "http") {
					return "<" + word + ">"
				}
				at := strings.IndexAny(word, "#@")
				return word[:at] + "<!" + word[at:] + ">"
			})
		}
		out.WriteString(part)
	}
	return out.String()
}

var angledOrNot = regexp.MustCompile(`<[^<>\n]+>|[^<]+|<`)

// markup shows a text object as Slack does.
func (w *window) markup(v any) template.HTML {
	o, _ := v.(object)
	s := str(o, "text")
	if str(o, "type") == "plain_text" {
		return template.HTML(html.EscapeString(s)) //nolint:gosec // escaped
	}
	if o["verbatim"] != true {
		s = loose(s)
	}
	return w.rich(s)
}

// rich shows Slack's mrkdwn (docs.slack.dev, "Formatting message text"): bold,
// code, links, people, groups, channels, dates. The rest stays as it was typed.
func (w *window) rich(s string) template.HTML {
	var shown []string // what stood in angle brackets, put back last so that bold may lie around it
	s = strings.ReplaceAll(s, mark, "")
	s = angled.ReplaceAllStringFunc(s, func(in string) string {
		shown = append(shown, w.angle(in[1:len(in)-1]))
		return mark
	})
	s = words(s)
	for _, x := range shown {
		s = strings.Replace(s, mark, x, 1)
	}
	return template.HTML(s) //nolint:gosec // every part of it was escaped
}

// mark stands for something in angle brackets; no text has it.
const mark = "\uE000"

func words(s string) string {
	s = html.EscapeString(html.UnescapeString(s))
	s = bold.ReplaceAllString(s, "<strong>$1</strong>")
	s = code.ReplaceAllString(s, "<code>$1</code>")
	return quoted(strings.Split(s, "\n"))
}

// quoted puts the lines together, those that begin with ">" as a quotation.
func quoted(lines []string) string {
	var out strings.Builder
	for i := 0; i < len(lines); {
		from := i
		for i < len(lines) && strings.HasPrefix(lines[i], "&gt;") {
			lines[i] = strings.TrimSpace(strings.TrimPrefix(lines[i], "&gt;"))
			i++
		}
		if i > from {
			out.WriteString(quotation(strings.Join(lines[from:i], "<br>")))
			continue
		}
		out.WriteString(lines[i])
		if i++; i < len(lines) && !strings.HasPrefix(lines[i], "&gt;") {
			out.WriteString("<br>")
		}
	}
	return out.String()
}

// quotation stands in a paragraph, which holds no blocks.
func quotation(html string) string { return `<span class="quote">` + html + "</span>" }

// richText shows a rich_text block: its texts as they are, and who and what is
// named in it (docs.slack.dev, "Block Kit": rich text).
func (w *window) richText(b object) template.HTML {
	var out strings.Builder
	for i, part := range objects(b["elements"]) {
		var line strings.Builder
		for _, e := range objects(part["elements"]) {
			switch str(e, "type") {
			case "user":
				line.WriteString(w.angle("@" + str(e, "user_id")))
			case "channel":
				line.WriteString(w.angle("#" + str(e, "channel_id")))
			case "usergroup":
				line.WriteString(w.angle("!subteam^" + str(e, "usergroup_id")))
			default:
				line.WriteString(strings.ReplaceAll(html.EscapeString(str(e, "text")), "\n", "<br>"))
			}
		}
		switch text := line.String(); {
		case str(part, "type") == "rich_text_quote":
			out.WriteString(quotation(text))
		case i > 0:
			out.WriteString("<br>" + text)
		default:
			out.WriteString(text)
		}
	}
	return template.HTML(out.String()) //nolint:gosec // every part of it was escaped
}

func objects(v any) []object {
	list, _ := v.([]any)
	var out []object
	for _, x := range list {
		if o, ok := x.(object); ok {
			out = append(out, o)
		}
	}
	return out
}

// angle is what stands in angle brackets.
func (w *window) angle(s string) string {
	target, label, labeled := strings.Cut(s, "|")
	show := func(byDefault string) string {
		if labeled {
			byDefault = label
		}
		return html.EscapeString(html.UnescapeString(byDefault))
	}
	switch {
	case strings.HasPrefix(target, "@"):
		return "<strong>" + show("@"+w.userName(target[1:])) + "</strong>"
	case strings.HasPrefix(target, "#"):
		return "<strong>" + show("#"+w.channelName(target[1:])) + "</strong>"
	case strings.HasPrefix(target, "!subteam^"):
		return "<strong>" + show("@"+w.groupHandle(strings.TrimPrefix(target, "!subteam^"))) + "</strong>"
	case strings.HasPrefix(target, "!#"), strings.HasPrefix(target, "!@"):
		return "<strong>" + show(target[1:]) + "</strong>"
	case strings.HasPrefix(target, "!date^"):
		return html.EscapeString(date(target, label, time.Now().UTC()))
	case strings.HasPrefix(target, "https://"), strings.HasPrefix(target, "http://"):
		return `<a rel="noreferrer" href="` + html.EscapeString(html.UnescapeString(target)) + `">` + show(target) + "</a>"
	}
	return show(strings.TrimPrefix(target, "!"))
}

func (w *window) userName(id string) string {
	return nameOf(w.org.Users(), id, func(u slacktest.User) (string, string) { return u.ID, u.RealName })
}

func (w *window) channelName(id string) string {
	return nameOf(w.org.Channels(), id, func(c slacktest.Channel) (string, string) { return c.ID, c.Name })
}

func (w *window) groupHandle(id string) string {
	return nameOf(w.org.Groups(), id, func(g slacktest.Group) (string, string) { return g.ID, g.Handle })
}

func nameOf[T any](all []T, id string, of func(T) (string, string)) string {
	for _, x := range all {
		if i, name := of(x); i == id {
			return name
		}
	}
	return id
}

// date is an instant in the words that its format asks for, in UTC; what cannot be
// read is its label (docs.slack.dev, "Formatting message text": date formatting).
func date(target, label string, now time.Time) string {
	parts := strings.Split(target, "^")
	if len(parts) < 3 {
		return label
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return label
	}
	t := time.Unix(seconds, 0).UTC()
	short, long := t.Format("Jan 2, 2006"), t.Format("January 2, 2006")
	return strings.NewReplacer(
		"{date_short_pretty}", pretty(t, now, short), "{date_pretty}", pretty(t, now, long),
		"{date_short}", short, "{date}", long, "{date_num}", t.Format(time.DateOnly), "{time}", t.Format("15:04 UTC"),
	).Replace(parts[2])
}

func pretty(t, now time.Time, otherwise string) string {
	for days, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if t.Format(time.DateOnly) == now.AddDate(0, 0, days).Format(time.DateOnly) {
			return word
		}
	}
	return otherwise
}

// clock is the hour of a message, in UTC.
func clock(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return ""
	}
	return time.Unix(n, 0).UTC().Format("15:04 UTC")
}
