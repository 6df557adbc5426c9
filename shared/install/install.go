// Package install owns the HTTP edge of installing Slack with OAuth: the start
// link that an owner was given, and Slack's answer in the same browser.
//
//	GET /connect/{word}         once: a cookie for this browser, and on to Slack
//	GET /slack/oauth/callback   Slack's answer: connected, or what is wrong
//
// Who may install what, and what makes an answer stolen or stale, is decided
// in flow (OpenInvitation, FinishInstall) and in connector. The package keeps
// nothing, and writes no code, state or token into a page, a log or an error.
package install

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/ebb-access/ebb/shared/api/status"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Cookie is the name of the word that ties an installation to its browser.
const Cookie = "ebb_install"

// longest is how long any word of an answer may be; Slack's are far shorter.
const longest = 2048

// Handler serves both addresses. Internal errors go to the house's log.
func Handler(h *flow.House) http.Handler {
	e := &edge{house: h, log: h.Log}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /connect/{word}", e.open)
	mux.HandleFunc("GET "+flow.CallbackPath, e.callback)
	return guarded(mux)
}

type edge struct {
	house *flow.House
	log   *slog.Logger
}

// guarded sets what holds for every answer. No referrer: addresses here hold
// words that other sites must not learn. HEAD would pass as GET and use the
// link up, and so would a browser or chat that looks ahead.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", policy)
		if r.Method == http.MethodHead {
			h.Set("Allow", http.MethodGet)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose"), "prefetch") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// open is the click on the start link.
func (e *edge) open(w http.ResponseWriter, r *http.Request) {
	authorize, word, err := e.house.OpenInvitation(r.Context(), r.PathValue("word"))
	if err != nil {
		e.fail(w, r, err)
		return
	}
	e.setCookie(w, word, int(connector.InvitationTime.Seconds()))
	http.Redirect(w, r, authorize, http.StatusFound)
}

// setCookie is Lax and not Strict: Slack's answer is a navigation from another
// site, and the cookie has to come with it.
func (e *edge) setCookie(w http.ResponseWriter, word string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: Cookie, Value: word, Path: "/slack/oauth", MaxAge: age, HttpOnly: true,
		Secure: strings.HasPrefix(e.house.URL, "https://"), SameSite: http.SameSiteLaxMode,
	})
}

// callback is Slack's answer.
func (e *edge) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	state, code := q.Get("state"), q.Get("code")
	word := ""
	if c, err := r.Cookie(Cookie); err == nil {
		word = c.Value
	}
	switch {
	case len(state) > longest || len(code) > longest || len(word) > longest:
		e.fail(w, r, fault.New("install", fault.Invalid, "this is no answer of Slack; open a new start link (ebb connect)"))
		return
	case q.Get("error") != "":
		e.fail(w, r, declined(q.Get("error")))
		return
	case state == "" || code == "":
		e.fail(w, r, fault.New("install", fault.Invalid, "Slack's answer is incomplete; open a new start link (ebb connect)"))
		return
	}
	c, err := e.house.FinishInstall(r.Context(), state, word, code)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	e.setCookie(w, "", -1)
	e.show(w, http.StatusOK, page{
		Good: true, Title: "Connected",
		Text: c.Name + " is connected to Ebb. Ebb is reading it for the first time now.",
		Next: "You can close this window. To watch: ebb connectors",
	})
}

var word = regexp.MustCompile(`^[a-z_]{1,40}$`)

// declined says what Slack says when there is no code. Only a word of Slack's
// own shape is shown: anybody can write this address.
func declined(code string) error {
	e := fault.New("install", fault.Forbidden, "the installation was declined in Slack, and nothing was changed; to try again, open a new start link (ebb connect)")
	if code != "access_denied" {
		e.Text = "Slack did not install Ebb, and nothing was changed; open a new start link (ebb connect)"
		if word.MatchString(code) {
			e.Code = code
			e.Text = "Slack did not install Ebb (" + code + "), and nothing was changed; open a new start link (ebb connect)"
		}
	}
	return e
}

// fail shows an error by the one table. An internal one only names where the
// log says more.
func (e *edge) fail(w http.ResponseWriter, r *http.Request, err error) {
	o := status.Of(err, e.house.Now())
	p := page{Title: "Not connected", Text: sentence(o.Text)}
	if o.Status == http.StatusInternalServerError {
		p.Instance = e.house.NewID("err")
		// The route and not the path: that holds a word.
		e.log.Error("install", "instance", p.Instance, "route", r.Pattern, "error", err)
	}
	if o.After != "" {
		w.Header().Set("Retry-After", o.After)
	}
	e.show(w, o.Status, p)
}

// sentence begins a text with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
