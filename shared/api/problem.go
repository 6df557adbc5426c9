package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/policyfile"
)

// outcome is what one kind of error is over HTTP. Else is the sentence where
// the error has none; Later, in seconds, is when to try again where the error
// does not say.
type outcome struct {
	status int
	later  int
	other  string
}

// outcomes is the one table of kinds. 424: Slack, or the connection to it,
// stands in the way, and a person has to change something there.
var outcomes = map[fault.Kind]outcome{
	fault.Invalid:         {status: http.StatusBadRequest, other: "change the request and send it again"},
	fault.Unauthenticated: {status: http.StatusUnauthorized, other: "send an API key; make one with: ebb key create"},
	fault.Forbidden:       {status: http.StatusForbidden, other: "you may not do that"},
	fault.NotFound:        {status: http.StatusNotFound, other: "there is no such thing, or not for you"},
	fault.Conflict:        {status: http.StatusConflict, other: "somebody else was faster; read it again and decide again"},
	fault.Already:         {status: http.StatusConflict, other: "it is so already"},
	fault.Permanent:       {status: http.StatusUnprocessableEntity, other: "Slack refuses this for good; ask for something else"},
	fault.Misconfigured:   {status: http.StatusFailedDependency, other: "a setting, scope or plan in Slack stands in the way; an owner of the connector has to change it"},
	fault.Reauthorize:     {status: http.StatusFailedDependency, other: "Ebb's authorization in Slack has ended; an owner has to connect again (ebb connect)"},
	fault.Wait:            {status: http.StatusTooManyRequests, later: 30, other: "Slack asks to wait; try again later"},
	fault.Backoff:         {status: http.StatusServiceUnavailable, later: 5, other: "something that Ebb needs does not answer; nothing was changed, try again"},
	fault.Pause:           {status: http.StatusServiceUnavailable, later: 300, other: "Slack is away for a while; try again later"},
	fault.Unclear:         {status: http.StatusServiceUnavailable, later: 5, other: "it is not known whether this happened; look before you send it again"},
	fault.Internal:        {status: http.StatusInternalServerError, other: "something is wrong in Ebb; its log says what, under this instance"},
}

// Status gives the HTTP status of an error, for the other edges.
func Status(err error) int { return outcomeOf(err).status }

func outcomeOf(err error) outcome {
	if o, ok := outcomes[fault.KindOf(err)]; ok {
		return o
	}
	return outcomes[fault.Internal]
}

// fail answers an error. The text of an internal one goes to the log only.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	o := outcomeOf(err)
	p := apigen.Problem{Kind: string(fault.KindOf(err)), Detail: o.other}
	if o.status == http.StatusInternalServerError {
		p.Kind, p.Instance = string(fault.Internal), s.house.NewID("err")
		s.log.Error("api", "instance", p.Instance, "method", r.Method, "route", r.Pattern, "error", err)
		s.answer(w, o.status, p)
		return
	}
	if text := fault.TextOf(err); text != "" {
		p.Detail = text
	}
	p.Code, p.Field = fault.CodeOf(err), fault.FieldOf(err)
	var all policyfile.Errors
	if errors.As(err, &all) {
		p.Problems = problems(all)
	}
	if o.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if o.later > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter(fault.UntilOf(err), s.house.Now(), o.later)))
	}
	s.answer(w, o.status, p)
}

// retryAfter is in whole seconds, rounded up, at least one.
func retryAfter(until, now time.Time, otherwise int) int {
	if until.IsZero() {
		return otherwise
	}
	return max(1, int(math.Ceil(until.Sub(now).Seconds())))
}

func (s *server) answer(w http.ResponseWriter, status int, p apigen.Problem) {
	p.Type, p.Title, p.Status = "about:blank", http.StatusText(status), status
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}") // strings and numbers only: it cannot fail
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client has gone
}

// masked keeps an error of a verb from telling that something exists which the
// actor does not see: read is the look at the same thing, and its not found is
// then the answer. The verb comes first, so that its refusal is in the audit.
func masked(err error, read func() error) error {
	if fault.Is(err, fault.Forbidden, fault.Invalid, fault.Conflict, fault.Misconfigured, fault.Permanent, fault.Already) {
		if seen := read(); fault.Is(seen, fault.NotFound) {
			return seen
		}
	}
	return err
}
