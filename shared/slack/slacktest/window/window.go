// Package window makes the simulated Slack visible: plain HTML pages on which one
// chooses a person and sees what that person sees, their messages, buttons,
// modals and the app's home tab, and does what they would do. Each click becomes
// the signed request that Slack would send to the app; what the app answers shows
// on the next page.
//
// It decides nothing and keeps nothing: everything is asked of slacktest.Org.
// Pages need no JavaScript and load nothing from elsewhere. Whoever reaches the
// pages acts as anybody: it is for a simulation on one machine.
//
//	GET  /window/              choose a person
//	GET  /window/{user}        a conversation (?c=), or the home tab (?home=1), under the open modal
//	POST /window/{user}/say    run a slash command (others' words are not simulated)
//	POST /window/{user}/do     a shortcut, the home tab
//	POST /window/{user}/act    a button or a menu in a message or on the home tab
//	POST /window/{user}/modal  fill in, look up, submit, close
package window

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

//go:embed *.html style.css
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"args": withBlocks, "face": face}).ParseFS(files, "*.html"))

// withBlocks hands the shared template the page beside the blocks.
func withBlocks(p PersonPage, blocks []Block) any {
	return struct {
		Page   PersonPage
		Blocks []Block
	}{p, blocks}
}

// Path is where the window lies.
const Path = "/window/"

// Shortcut is a global shortcut of the app, as its manifest names it.
type Shortcut struct{ Name, CallbackID string }

// Options say what the app's manifest offers to people.
type Options struct {
	Command   string // the slash command; empty: /ebb
	Shortcuts []Shortcut
}

type window struct {
	org *slacktest.Org
	opt Options
}

// Handler serves the window under Path. Forms are taken from its own pages alone.
func Handler(org *slacktest.Org, opt Options) http.Handler {
	if opt.Command == "" {
		opt.Command = "/ebb"
	}
	w := &window{org, opt}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{$}", w.people)
	mux.HandleFunc("GET "+Path+"style.css", w.style)
	mux.HandleFunc("GET "+Path+"{user}", w.known(w.person))
	mux.HandleFunc("POST "+Path+"{user}/say", w.known(w.say))
	mux.HandleFunc("POST "+Path+"{user}/do", w.known(w.do))
	mux.HandleFunc("POST "+Path+"{user}/act", w.known(w.act))
	mux.HandleFunc("POST "+Path+"{user}/modal", w.known(w.modal))
	return http.NewCrossOriginProtection().Handler(mux)
}

// known answers 404 for who is not there, or is no person, and says so where the
// app is not installed.
func (w *window) known(next func(http.ResponseWriter, *http.Request, slacktest.User)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		for _, u := range w.org.Users() {
			if u.ID != r.PathValue("user") || !person(u) {
				continue
			}
			if w.org.BotUser(u.Team) == "" {
				http.Error(rw, "The app is not installed in this person's workspace.", http.StatusConflict)
				return
			}
			next(rw, r, u)
			return
		}
		http.NotFound(rw, r)
	}
}

func (w *window) style(rw http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(rw, r, files, "style.css")
}

// back shows the person's page again, with what went wrong, if anything did.
func back(rw http.ResponseWriter, r *http.Request, u slacktest.User, at url.Values, err error) {
	if err != nil {
		at.Set("said", err.Error())
	}
	http.Redirect(rw, r, Path+u.ID+"?"+at.Encode(), http.StatusSeeOther)
}

// where keeps the conversation, or the home tab, that the form came from.
func where(r *http.Request) url.Values {
	at := url.Values{}
	for _, name := range []string{"c", "home"} {
		if v := r.FormValue(name); v != "" {
			at.Set(name, v)
		}
	}
	return at
}

func render(rw http.ResponseWriter, name string, page any) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, page); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = rw.Write(out.Bytes())
}
