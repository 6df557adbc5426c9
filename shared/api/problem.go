package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/api/status"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/policyfile"
)

// fail answers an error. The text of an internal one goes to the log only.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	o := status.Of(err, s.house.Now())
	p := apigen.Problem{Kind: string(fault.KindOf(err)), Detail: o.Text}
	if o.Status == http.StatusInternalServerError {
		p.Kind, p.Instance = string(fault.Internal), s.house.NewID("err")
		s.log.Error("api", "instance", p.Instance, "method", r.Method, "path", r.URL.Path, "error", err)
		s.answer(w, o.Status, p)
		return
	}
	p.Code, p.Field = fault.CodeOf(err), fault.FieldOf(err)
	var all policyfile.Errors
	if errors.As(err, &all) {
		p.Problems = problems(all)
	}
	if o.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if o.After != "" {
		w.Header().Set("Retry-After", o.After)
	}
	s.answer(w, o.Status, p)
}

func (s *server) answer(w http.ResponseWriter, code int, p apigen.Problem) {
	p.Type, p.Title, p.Status = "about:blank", http.StatusText(code), code
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}") // strings and numbers only: it cannot fail
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // who asked has gone
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
