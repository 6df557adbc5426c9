package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/api/contract"
	"github.com/ebb-access/ebb/shared/fault"
)

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
func (s *server) contract(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation, path, err := contract.Find(r)
		switch {
		case fault.CodeOf(err) == contract.NoSuchMethod:
			s.answer(w, http.StatusMethodNotAllowed, apigen.Problem{Detail: fault.TextOf(err)})
			return
		case err != nil:
			s.answer(w, http.StatusNotFound, apigen.Problem{Detail: fault.TextOf(err)})
			return
		}
		if err := operation.Check(r, path); err != nil {
			s.badRequest(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
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

// broken says in words what does not fit the contract: what package contract
// found, or what the generated code could not read.
func broken(err error) error {
	const op = "api.contract"
	var format *apigen.InvalidParamFormatError
	switch {
	case fault.Is(err, fault.Invalid):
		return err
	case errors.As(err, &format):
		return fault.At(op, format.ParamName, "this value is of another type; the contract says what it takes")
	}
	return fault.New(op, fault.Invalid, "the body cannot be read; send what the contract describes")
}
