package console

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"time"
	_ "time/tzdata" // Lambda has no time zones of its own
	"unicode"
	"unicode/utf8"

	"github.com/ebb-access/ebb/shared/access"
)

//go:embed pages/*.html
var pages embed.FS

// templates are the pages by name, each with the layout and the parts.
var templates = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	names, _ := fs.Glob(pages, "pages/*.html")
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		t := template.New("layout.html").Funcs(words)
		out[name] = template.Must(t.ParseFS(pages, "pages/layout.html", "pages/part_*.html", file))
	}
	return out
}()

// words are what templates can say. A time is said with the frame that knows
// the reader's zone: {{when $ .End}}.
var words = template.FuncMap{
	"asset":   asset,
	"left":    left,
	"span":    access.Span,
	"spelled": access.Spelled,
	"when":    when,
	"day":     day,
	"upper":   upper,
	"lower":   strings.ToLower,
	"name":    access.Name,
	"count":   count,
	"join":    strings.Join,
	"dict":    dict,
	"add":     func(a, b int) int { return a + b },
	"sub":     func(a, b int) int { return a - b },
	"page":    pagePath,
	"late":    late,

	"factor":      factor,
	"standing":    standingOf,
	"activity":    activity,
	"resource":    resourceName,
	"requestLine": line,
	"item":        itemName,
}

// framed is every page: what embeds a Frame.
type framed interface{ reader() *time.Location }

func (f Frame) reader() *time.Location {
	if f.Zone == nil {
		return time.UTC
	}
	return f.Zone
}

// when is a time in the reader's zone, with the exact instant behind it; nothing
// for the zero time.
func when(p framed, t time.Time) template.HTML { return timed(p, t, "2 Jan 2006, 15:04 MST") }

// day is when without the hour.
func day(p framed, t time.Time) template.HTML { return timed(p, t, "2 Jan 2006") }

func timed(p framed, t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return ""
	}
	utc := t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, //nolint:gosec // times have no markup
		utc.Format(time.RFC3339), utc.Format("2006-01-02 15:04:05 UTC"), template.HTMLEscapeString(t.In(p.reader()).Format(layout))))
}

// left is the time until an end in at most two units: "1 h 20 min".
func left(end, now time.Time) string {
	d := end.Sub(now).Round(time.Second)
	switch {
	case d <= 0:
		return "ending now"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// upper begins a sentence.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || strings.HasPrefix(s, "ebb ") {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// count is a number with its noun: "1 member", "3 members".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// pagePath is where the next page of a list is, up to its cursor; what is set
// stands in it.
func pagePath(path string, pairs ...any) template.URL {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		switch value := pairs[i+1].(type) {
		case bool:
			if value {
				q.Set(name, "1")
			}
		case string:
			if value != "" {
				q.Set(name, value)
			}
		}
	}
	if len(q) == 0 {
		return template.URL(path + "?") //nolint:gosec // our own path
	}
	return template.URL(path + "?" + q.Encode() + "&") //nolint:gosec // encoded
}

// dict gives several things to a part of a page: {{template "x" dict "Page" . "Line" $l}}.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes names and values in turn")
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}
