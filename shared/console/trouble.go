package console

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// ErrorPage is what trouble.html shows.
type ErrorPage struct {
	Frame
	Status int
	Says   string
	Back   string // where to go on
	SignIn string // where to sign in anew, if that is what it takes
}

// statuses of the kinds of errors; whatever is not here is our own mistake.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Already:         http.StatusConflict,
	fault.Permanent:       http.StatusConflict,
	fault.Misconfigured:   http.StatusConflict,
	fault.Reauthorize:     http.StatusConflict,
	fault.Wait:            http.StatusServiceUnavailable,
	fault.Backoff:         http.StatusServiceUnavailable,
	fault.Pause:           http.StatusServiceUnavailable,
	fault.Unclear:         http.StatusServiceUnavailable,
}

// sorry is an error in words for the one who sees the page. What is our own
// mistake stays in the log.
func (v *visit) sorry(err error) (says string, status int) {
	kind := fault.KindOf(err)
	status, known := statuses[kind]
	if !known {
		v.s.log.Error("page", "path", v.r.Pattern, "error", err)
		return "Something went wrong here; the log says what. Nothing that you entered was kept.", http.StatusInternalServerError
	}
	says = fault.TextOf(err)
	switch {
	case status == http.StatusServiceUnavailable:
		v.s.log.Warn("page", "path", v.r.Pattern, "error", err)
		if says == "" {
			says = "Slack or the table could not be reached just now. Try again in a minute."
		}
	case kind == fault.Conflict && says == "":
		says = "Somebody else was faster. Load the page again and look before you repeat this."
	case says == "":
		says = "This cannot be done: " + string(kind) + "."
	}
	return upper(says), status
}

// fail shows an error as a page of its own.
func (v *visit) fail(err error) {
	if fault.Is(err, fault.Unauthenticated) && v.by.User.ID == "" {
		v.toSignIn()
		return
	}
	says, status := v.sorry(err)
	p := ErrorPage{Frame: v.frame(http.StatusText(status)), Status: status, Says: says, Back: "/"}
	if v.r.Method == http.MethodPost {
		p.Back = ours(v.cameFrom())
	}
	if fault.CodeOf(err) == flow.FreshSignIn {
		p.SignIn = withQuery("/signin", url.Values{"again": {"1"}, "to": {p.Back}})
	}
	if status == http.StatusServiceUnavailable {
		v.w.Header().Set("Retry-After", "30")
	}
	if err := v.showAs(status, "trouble", p); err != nil {
		v.s.log.Error("page", "path", v.r.Pattern, "error", err)
		http.Error(v.w, fmt.Sprintf("%d: this page cannot be shown just now.", status), status)
	}
}
