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
	return strings.ReplaceAll(s, "\n", "<br>")
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
	case strings.HasPrefix(target, "!date^"):
		return show(target)
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

// clock is the hour of a message, in UTC.
func clock(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return ""
	}
	return time.Unix(n, 0).UTC().Format("15:04 UTC")
}
