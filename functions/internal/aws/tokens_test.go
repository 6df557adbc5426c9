package aws

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/secret"
)

// vault is a secret store that counts its reads.
type vault struct {
	secret.Store
	value string
	err   error
	reads int
}

func (v *vault) Get(context.Context, string) ([]byte, string, error) {
	v.reads++
	return []byte(v.value), "1", v.err
}

// A token is read once in TokenTime, and a new one used after it.
func TestTokensAreKeptForAWhile(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	v := &vault{value: `{"user":"xoxp-1","bot":"xoxb-1"}`}
	source := newTokens(v, func() time.Time { return now })
	want := func(user string, reads int) {
		t.Helper()
		got, err := source.Tokens(t.Context(), "con_1")
		if err != nil || got.User != user || v.reads != reads {
			t.Errorf("%s after %d reads, want %s after %d (%v)", got.User, v.reads, user, reads, err)
		}
	}
	want("xoxp-1", 1)
	v.value = `{"user":"xoxp-2"}`
	now = now.Add(TokenTime - time.Second)
	want("xoxp-1", 1)
	now = now.Add(time.Second)
	want("xoxp-2", 2)
	if _, err := source.Tokens(t.Context(), "con_2"); err != nil || v.reads != 3 {
		t.Errorf("another connector: %d reads, %v", v.reads, err)
	}
	if said := fmt.Sprintf("%v %+v %#v", source, source, source); strings.Contains(said, "xoxp") {
		t.Errorf("printed: %s", said)
	}
}

// What could not be read is asked for again, and an error shows nothing of it.
func TestTokensThatCannotBeRead(t *testing.T) {
	v := &vault{err: fault.New("secret", fault.NotFound, "no such secret")}
	source := newTokens(v, time.Now)
	if _, err := source.Tokens(t.Context(), "con_1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	v.err, v.value = nil, "xoxp-planted"
	if _, err := source.Tokens(t.Context(), "con_1"); !fault.Is(err, fault.Misconfigured) || strings.Contains(err.Error(), "planted") {
		t.Errorf("%v", err)
	}
	v.value = `{"user":"xoxp-1"}`
	if got, err := source.Tokens(t.Context(), "con_1"); err != nil || got.User != "xoxp-1" {
		t.Errorf("%v", err)
	}
}
