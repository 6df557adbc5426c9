// Package status owns the one table from the house's kinds of errors to HTTP,
// for every edge that speaks it. It writes no answer, and it never gives the
// text of an internal error.
package status

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Outcome is what an error is over HTTP. Text is the sentence for a person:
// what to do next. After is the value of Retry-After, "" for none.
type Outcome struct {
	Status int
	Text   string
	After  string
}

type row struct {
	status int
	later  int    // seconds until it is worth trying again, where the error does not say; 0: never by itself
	text   string // where the error has none
}

// 424: Slack, or the connection to it, stands in the way, and a person has to
// change something there; repeating the call changes nothing.
var table = map[fault.Kind]row{
	fault.Invalid:         {status: http.StatusBadRequest, text: "change the request and send it again"},
	fault.Unauthenticated: {status: http.StatusUnauthorized, text: "send an API key; make one with: ebb key create"},
	fault.Forbidden:       {status: http.StatusForbidden, text: "you may not do that"},
	fault.NotFound:        {status: http.StatusNotFound, text: "there is no such thing, or not for you"},
	fault.Conflict:        {status: http.StatusConflict, text: "somebody else was faster; read it again and decide again"},
	fault.Already:         {status: http.StatusConflict, text: "it is so already"},
	fault.Permanent:       {status: http.StatusUnprocessableEntity, text: "Slack refuses this for good; ask for something else"},
	fault.Misconfigured:   {status: http.StatusFailedDependency, text: "a setting, scope or plan in Slack stands in the way; an owner of the connector has to change it"},
	fault.Reauthorize:     {status: http.StatusFailedDependency, text: "Ebb's authorization in Slack has ended; an owner has to connect again (ebb connect)"},
	fault.Wait:            {status: http.StatusTooManyRequests, later: 30, text: "Slack asks to wait; try again later"},
	fault.Backoff:         {status: http.StatusServiceUnavailable, later: 5, text: "something that Ebb needs does not answer; nothing was changed, try again"},
	fault.Pause:           {status: http.StatusServiceUnavailable, later: 300, text: "Slack is away for a while; try again later"},
	fault.Unclear:         {status: http.StatusServiceUnavailable, later: 5, text: "it is not known whether this happened; look before you send it again"},
	fault.Internal:        {status: http.StatusInternalServerError, text: "something is wrong in Ebb; its log says what, under this instance"},
}

// Of gives the outcome of an error at now. An error of no known kind is
// internal.
func Of(err error, now time.Time) Outcome {
	r, ok := table[fault.KindOf(err)]
	if !ok || r.status == http.StatusInternalServerError {
		r = table[fault.Internal]
		return Outcome{Status: r.status, Text: r.text}
	}
	o := Outcome{Status: r.status, Text: r.text}
	if text := fault.TextOf(err); text != "" {
		o.Text = text
	}
	if r.later > 0 {
		o.After = strconv.Itoa(after(fault.UntilOf(err), now, r.later))
	}
	return o
}

// after is in whole seconds, rounded up, at least one.
func after(until, now time.Time, otherwise int) int {
	if until.IsZero() {
		return otherwise
	}
	return max(1, int(math.Ceil(until.Sub(now).Seconds())))
}
