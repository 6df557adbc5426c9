// Package api owns the HTTP edge of everything that programs do with Ebb: the
// contract (openapi.yaml, from which apigen and apiclient are generated), who
// a call acts for, and how the house's answers and errors are spelled in JSON.
//
// What reaches a handler has passed, in this order: the size limit, the API
// key, and the contract (route, ids, fields, query parameters; package
// contract). A handler
// calls one verb of flow and reads back what the actor sees of it. The package
// never decides who may do what, never talks to Slack or a table, and never
// writes an internal error's text or a secret into an answer.
package api

import (
	"log/slog"
	"net/http"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
)

// MostBytes is how long a request's body may be.
const MostBytes = 1 << 20

// Prefix is where all routes of the API are.
const Prefix = "/v1/"

// Options of the handler; every zero value has a default.
type Options struct {
	// Log takes internal errors, with the instance that the answer names.
	// nil: the house's log.
	Log *slog.Logger
	// Whole: an answer may be of any size. API Gateway takes 6 MB, so that what may be
	// larger is given in parts.
	Whole bool
}

// Handler serves the API, for a Lambda and a laptop alike.
func Handler(h *flow.House, o Options) http.Handler {
	s := &server{house: h, log: o.Log, whole: o.Whole}
	if s.log == nil {
		s.log = h.Log
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	strict := apigen.NewStrictHandlerWithOptions(s, nil, apigen.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  s.badRequest,
		ResponseErrorHandlerFunc: s.fail,
	})
	routes := apigen.HandlerWithOptions(strict, apigen.StdHTTPServerOptions{ErrorHandlerFunc: s.badRequest})
	return s.recovering(plain(limited(s.authenticated(s.contract(routes)))))
}

// server is the strict server of the contract.
type server struct {
	house *flow.House
	log   *slog.Logger
	whole bool // answers of any size
}

var _ apigen.StrictServerInterface = (*server)(nil)
