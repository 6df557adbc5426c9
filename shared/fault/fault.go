// Package fault owns the one error of the house: an operation, a kind and a
// cause. Whoever meets an error of Slack, of AWS or of a person sorts it into
// a Kind once; everybody above decides by the kind and never looks inside.
//
// It never decides what to do about an error, never logs, and knows no other
// package of the house.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what an error asks of whoever meets it.
type Kind string

const (
	// Internal is a mistake of ours, or anything that nobody has sorted yet.
	// Its text never leaves the log.
	Internal Kind = "internal"
	// Invalid is input that its sender has to change; Field names where.
	Invalid Kind = "invalid"
	// Unauthenticated: who is asking is not known.
	Unauthenticated Kind = "unauthenticated"
	// Forbidden: who is asking is known and may not.
	Forbidden Kind = "forbidden"
	// NotFound: the thing does not exist, or not for the one who asks.
	NotFound Kind = "not found"
	// Conflict: somebody else was faster. Read again, decide again.
	Conflict Kind = "conflict"
	// Wait: the other side said until when (HTTP 429). Until is set.
	Wait Kind = "wait"
	// Backoff: the other side failed before anything can have happened, or
	// while reading. Try again, later each time.
	Backoff Kind = "back off"
	// Unclear: a write was sent and its outcome is not known. Read back
	// before anything is called done or sent again.
	Unclear Kind = "unclear"
	// Pause: the other side is away for minutes to hours (a workspace moving
	// into an Enterprise organization).
	Pause Kind = "pause"
	// Reauthorize: the token is gone, expired or revoked; an owner installs
	// again. Nothing else helps.
	Reauthorize Kind = "re-authorize"
	// Misconfigured: a person has to change a setting, a scope or a plan.
	// Repeating the call changes nothing.
	Misconfigured Kind = "misconfigured"
	// Permanent: refused for good, for this account or resource.
	Permanent Kind = "permanent"
	// Already: what was asked for is so already; a success by another name.
	Already Kind = "already so"
)

// Error is the one error type. Text is a sentence for a person that says what
// to do next; it holds no secret and no cause. Code is the other side's own
// word (Slack's "missing_scope").
type Error struct {
	Op    string
	Kind  Kind
	Text  string
	Code  string
	Field string
	Until time.Time
	// Method is the other side's method that said so ("usergroups.list").
	Method string
	Err    error
}

// Error reads "op: kind: text (code): cause", without the parts that are empty.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	if e.Op != "" {
		parts = append(parts, e.Op)
	}
	parts = append(parts, string(e.Kind))
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	out := strings.Join(parts, ": ")
	if e.Code != "" {
		out += " (" + e.Code + ")"
	}
	if e.Err != nil {
		out += ": " + e.Err.Error()
	}
	return out
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with a sentence for a person.
func New(op string, kind Kind, format string, args ...any) *Error {
	return &Error{Op: op, Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// At makes an Invalid error that names the field to change.
func At(op, field, format string, args ...any) *Error {
	return &Error{Op: op, Kind: Invalid, Field: field, Text: fmt.Sprintf(format, args...)}
}

// Wrap says where a package was entered, and keeps kind, text and code of the
// cause. A nil cause stays nil; an unsorted cause is Internal.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := find(err); ok {
		return &Error{Op: op, Kind: e.Kind, Until: e.Until, Field: e.Field, Err: err}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &Error{Op: op, Kind: Backoff, Err: err}
	}
	return &Error{Op: op, Kind: Internal, Err: err}
}

// KindOf is the kind of the outermost fault in err; Internal for any other
// error and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := find(err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of one of the kinds.
func Is(err error, kinds ...Kind) bool {
	have := KindOf(err)
	for _, k := range kinds {
		if have == k {
			return true
		}
	}
	return false
}

// CodeOf is the first Code in the chain, "" if there is none.
func CodeOf(err error) string {
	return first(err, func(e *Error) string { return e.Code })
}

// TextOf is the first sentence for a person in the chain, "" if there is none.
func TextOf(err error) string {
	return first(err, func(e *Error) string { return e.Text })
}

// FieldOf is the first Field in the chain, "" if there is none.
func FieldOf(err error) string {
	return first(err, func(e *Error) string { return e.Field })
}

// MethodOf is the first Method in the chain, "" if there is none.
func MethodOf(err error) string {
	return first(err, func(e *Error) string { return e.Method })
}

// UntilOf is the first Until in the chain, zero if there is none.
func UntilOf(err error) time.Time {
	for err != nil {
		e, ok := find(err)
		if !ok {
			return time.Time{}
		}
		if !e.Until.IsZero() {
			return e.Until
		}
		err = e.Err
	}
	return time.Time{}
}

func first(err error, get func(*Error) string) string {
	for err != nil {
		e, ok := find(err)
		if !ok {
			return ""
		}
		if s := get(e); s != "" {
			return s
		}
		err = e.Err
	}
	return ""
}

func find(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
