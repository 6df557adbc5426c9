// Package console serves the pages that people look at: so far one, read-only,
// that shows user groups, their members, and grants with the time that is left.
//
// It decides nothing and changes nothing; what a page shows comes from one verb
// of flow. Pages work without JavaScript and load nothing from elsewhere.
package console

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

//go:embed overview.html
var overviewHTML string

//go:embed style.css
var style string

var overview = template.Must(template.New("overview").Funcs(template.FuncMap{
	"left":  left,
	"span":  access.Span,
	"clock": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own embedded file
}).Parse(overviewHTML))

// OverviewPage is what overview.html shows.
type OverviewPage struct {
	flow.Overview
	Simulated bool
	Window    string
}

// AskedLine is a request that waits. Extension: its length is the grant's
// whole one.
type AskedLine struct {
	flow.RequestLine
	Extension bool
}

// Asked lists what waits for a decision, without the reasons, which are for
// who decides.
func (p OverviewPage) Asked() []AskedLine {
	var out []AskedLine
	for _, w := range p.Waiting {
		more := slices.ContainsFunc(w.Request.Items, func(it access.Item) bool { return it.Extends != "" })
		out = append(out, AskedLine{RequestLine: w, Extension: more})
	}
	return out
}

// Private tells whether a channel is meant that the page may not name.
func (p OverviewPage) Private() bool {
	const unnamed = "a private channel" // flow's word for it
	return slices.ContainsFunc(p.Grants, func(g flow.GrantLine) bool { return g.What == unnamed }) ||
		slices.ContainsFunc(p.Waiting, func(w flow.RequestLine) bool { return strings.Contains(w.What, unnamed) })
}

// Options of the pages. Simulated adds a line that says so, and Window a link to
// where one sees that Slack.
type Options struct {
	Simulated bool
	Window    string
}

// Handler serves the pages.
func Handler(h *flow.House, o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		view, err := h.Overview(r.Context())
		if err != nil {
			h.Log.Error("page", "error", err)
			http.Error(w, "This page cannot be shown just now; the log says why.", http.StatusInternalServerError)
			return
		}
		render(w, OverviewPage{Overview: view, Simulated: o.Simulated, Window: o.Window})
	})
	return mux
}

// render writes a page whole or not at all.
func render(w http.ResponseWriter, page OverviewPage) {
	var b bytes.Buffer
	if err := overview.Execute(&b, page); err != nil {
		http.Error(w, "This page cannot be shown just now.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes())
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
