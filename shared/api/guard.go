package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	nethttpmiddleware "github.com/oapi-codegen/nethttp-middleware"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/fault"
)

func init() {
	// A policy is a text to the contract: policyfile reads it, and refuses
	// the aliases that make a YAML reader work for ever.
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.FileBodyDecoder)
}

// plain says what holds for every answer: nobody keeps it, nobody guesses.
func plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, MostBytes)
		next.ServeHTTP(w, r)
	})
}

// recovering makes a panic an internal error, so that a Lambda goes on.
func (s *server) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				s.fail(w, r, fault.New("api", fault.Internal, "panic: %v", p))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

type actorKey struct{}

// actor is who the call acts for; the zero Actor, which may do nothing, for a
// call that did not come through authenticated.
func actor(ctx context.Context) access.Actor {
	a, _ := ctx.Value(actorKey{}).(access.Actor)
	return a
}

func (s *server) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || key == "" {
			s.fail(w, r, fault.New("api", fault.Unauthenticated, "send an API key (Authorization: Bearer ebbkey_…); make one with: ebb key create"))
			return
		}
		a, err := s.house.Authenticate(r.Context(), strings.TrimSpace(key))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), actorKey{}, a)))
	})
}

// contract keeps away from the handlers what the contract forbids.
func (s *server) contract(spec *openapi3.T, next http.Handler) http.Handler {
	o := &nethttpmiddleware.Options{
		Options:              openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		DoNotValidateServers: true,
		ErrorHandlerWithOpts: func(_ context.Context, err error, w http.ResponseWriter, r *http.Request, o nethttpmiddleware.ErrorHandlerOpts) {
			switch {
			case errors.Is(err, routers.ErrMethodNotAllowed):
				s.answer(w, http.StatusMethodNotAllowed, apigen.Problem{Detail: "this address does not take " + r.Method + "; the contract lists what it takes"})
			case o.StatusCode == http.StatusNotFound:
				s.answer(w, http.StatusNotFound, apigen.Problem{Detail: "there is no such address; all of them begin with " + Prefix})
			default:
				s.badRequest(w, r, err)
			}
		},
	}
	return nethttpmiddleware.OapiRequestValidatorWithOptions(spec, o)(next)
}

// onlyKnownQueries refuses query parameters that an operation does not have: a
// filter that was misspelled would show too much.
func onlyKnownQueries(spec *openapi3.T) apigen.StrictMiddlewareFunc {
	known := map[string]map[string]bool{}
	for _, path := range spec.Paths.Map() {
		for _, op := range path.Operations() {
			names := map[string]bool{}
			for _, p := range append(path.Parameters, op.Parameters...) {
				names[p.Value.Name] = p.Value.In == openapi3.ParameterInQuery
			}
			known[strings.ToLower(op.OperationID)] = names
		}
	}
	return func(next apigen.StrictHandlerFunc, operation string) apigen.StrictHandlerFunc {
		names := known[strings.ToLower(operation)]
		return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
			for name := range r.URL.Query() {
				if !names[name] {
					return nil, fault.At("api", name, "there is no such query parameter here")
				}
			}
			return next(ctx, w, r, request)
		}
	}
}

// badRequest answers what the contract forbids, without giving any value back.
func (s *server) badRequest(w http.ResponseWriter, r *http.Request, err error) {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		s.answer(w, http.StatusRequestEntityTooLarge, apigen.Problem{Detail: fmt.Sprintf("a body has at most %d bytes", MostBytes)})
		return
	}
	s.fail(w, r, broken(err))
}

// broken says in words what does not fit the contract.
func broken(err error) error {
	const op = "api.contract"
	field := ""
	var bad *openapi3filter.RequestError
	if errors.As(err, &bad) && bad.Parameter != nil {
		field = bad.Parameter.Name
	}
	var format *apigen.InvalidParamFormatError
	if errors.As(err, &format) { // the contract was content with the first of two
		return fault.At(op, format.ParamName, "send it once")
	}
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		if path := schema.JSONPointer(); len(path) > 0 {
			field = strings.Join(path, ".")
		}
		return fault.At(op, field, "%s", schema.Reason)
	}
	if field != "" {
		return fault.At(op, field, "this value is missing or of another type; the contract says what it takes")
	}
	if bad != nil && strings.HasPrefix(bad.Reason, "header Content-Type") {
		return fault.At(op, "Content-Type", "send a body of the type that the contract names, such as application/json")
	}
	return fault.New(op, fault.Invalid, "the body cannot be read; send what the contract describes")
}
