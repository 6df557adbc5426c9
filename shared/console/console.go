// Package console owns the web pages: where an administrator connects Slack,
// everybody sees their access and asks for more, approvers decide, and an
// auditor finds proof.
//
// A page is one file here, one template in pages/ and one struct that the
// template shows; the struct embeds Frame, which the layout around it shows. A
// page reads by one or more verbs of flow; a form calls one verb and answers
// with a redirect. The verb decides who may, never the page: what a page leaves
// out it leaves out because a verb did not give it, or to spare people a button
// that would refuse them.
//
// Everything works without JavaScript. htmx (static/htmx.min.js, as npm has it)
// and console.js only spare reloads. Pages load nothing from elsewhere, and no
// script or style that stands in a page is run (Content-Security-Policy).
package console

import (
	"log/slog"
	"net/http"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Options of the pages; every zero value has a default.
type Options struct {
	// Simulated adds a line that says so, and Window a link to where one sees
	// that Slack.
	Simulated bool
	Window    string
	// SheetRows is how many lines a CSV file has at most before it says where it
	// goes on: a Lambda's answer ends at 6 MB. 0: no limit.
	SheetRows int
	// Log takes internal errors. nil: the house's log.
	Log *slog.Logger
}

// MostBytes is how long a form may be.
const MostBytes = 1 << 20

// server serves the pages of one house.
type server struct {
	house *flow.House
	o     Options
	log   *slog.Logger
}

// route is one page or form. open: it is there for who has not signed in.
type route struct {
	pattern string
	serve   func(*visit) error
	open    bool
}

// routes is everything that can be reached; a test walks each with each role.
func (s *server) routes() []route {
	var all []route
	for _, part := range [][]route{
		signInRoutes, userRoutes, keyRoutes, homeRoutes, askRoutes, requestRoutes, taskRoutes, grantRoutes, findingRoutes,
		directoryRoutes, integrationRoutes,
		reviewRoutes, manualRoutes, evidenceRoutes,
		policyRoutes, auditRoutes, emergencyRoutes,
	} {
		all = append(all, part...)
	}
	return all
}

// Handler serves the pages, for a Lambda and a laptop alike.
func Handler(h *flow.House, o Options) http.Handler {
	s := &server{house: h, o: o, log: o.Log}
	if s.log == nil {
		s.log = h.Log
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", assets())
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.page(r))
	}
	mux.Handle("/", s.page(route{open: true, serve: func(v *visit) error {
		return fault.New("console", fault.NotFound, "there is no page %s", v.r.URL.Path)
	}}))
	// A form is taken from our own pages only.
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(s.page(route{open: true, serve: func(*visit) error {
		return fault.New("console", fault.Forbidden, "this form was sent from another site; open the page here and send it again")
	}}))
	return s.safe(origin.Handler(mux))
}

// safe says what holds for every answer, and makes a panic an internal error,
// so that a Lambda goes on.
func (s *server) safe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, MostBytes)
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				v := &visit{s: s, w: w, r: r}
				v.fail(fault.New("console", fault.Internal, "panic: %v", p))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// policy forbids whatever a page does not need. Forms go to ourselves alone; to
// Slack one goes by a link.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
