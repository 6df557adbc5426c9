package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

var all = []Kind{
	Internal, Invalid, Unauthenticated, Forbidden, NotFound, Conflict, Wait, Backoff,
	Unclear, Pause, Reauthorize, Misconfigured, Permanent, Already,
}

func TestErrorReads(t *testing.T) {
	cause := errors.New("cause")
	for want, e := range map[string]*Error{
		"op: invalid: field: text (code): cause": {Op: "op", Kind: Invalid, Field: "field", Text: "text", Code: "code", Err: cause},
		"wait":                                   {Kind: Wait},
		"internal: cause":                        {Kind: Internal, Err: cause},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if e := New("op", Forbidden, "%d", 3); e.Text != "3" || e.Kind != Forbidden {
		t.Errorf("%+v", e)
	}
	if e := At("op", "max", "%s", "x"); e.Kind != Invalid || e.Field != "max" || e.Text != "x" {
		t.Errorf("%+v", e)
	}
}

// Wrapping any number of times keeps what everybody above decides by.
func TestWrapKeepsEverything(t *testing.T) {
	until := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, kind := range all {
		var err error = &Error{Op: "inner", Kind: kind, Text: "do this", Code: "code", Field: "field", Until: until}
		err = Wrap("outer", fmt.Errorf("between: %w", Wrap("middle", err)))
		if KindOf(err) != kind || !Is(err, kind) || !Is(err, "other", kind) || Is(err, "other") {
			t.Errorf("%s became %s", kind, KindOf(err))
		}
		if TextOf(err) != "do this" || CodeOf(err) != "code" || FieldOf(err) != "field" || UntilOf(err) != until {
			t.Errorf("%s: %q %q %q %v", kind, TextOf(err), CodeOf(err), FieldOf(err), UntilOf(err))
		}
	}
}

func TestUnsortedErrors(t *testing.T) {
	plain := errors.New("dial")
	if Wrap("op", nil) != nil || KindOf(nil) != "" || Is(nil, Internal) || Is(nil) {
		t.Error("no error is no error")
	}
	for _, err := range []error{plain, Wrap("op", plain), Wrap("a", Wrap("b", plain))} {
		if KindOf(err) != Internal || TextOf(err) != "" || CodeOf(err) != "" || FieldOf(err) != "" || !UntilOf(err).IsZero() {
			t.Errorf("%v", err)
		}
		if !errors.Is(err, plain) {
			t.Errorf("%v lost its cause", err)
		}
	}
	for _, err := range []error{context.Canceled, context.DeadlineExceeded, fmt.Errorf("call: %w", context.DeadlineExceeded)} {
		if got := KindOf(Wrap("op", err)); got != Backoff {
			t.Errorf("%v: %s", err, got)
		}
	}
	if !Is(Wrap("op", New("in", Unclear, "")), Unclear) {
		t.Error("a fault's kind goes before its cause's")
	}
}

// The outermost words win where both have some.
func TestOutermostFirst(t *testing.T) {
	inner := &Error{Kind: NotFound, Text: "inner", Code: "in"}
	err := &Error{Kind: Invalid, Text: "outer", Err: inner}
	if KindOf(err) != Invalid || TextOf(err) != "outer" || CodeOf(err) != "in" {
		t.Errorf("%s %q %q", KindOf(err), TextOf(err), CodeOf(err))
	}
}
