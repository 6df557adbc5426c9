package porttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/secret"
)

// Secrets is the contract of secret.Store. What lies behind open may be the
// same each time: every test uses names of its own, and deletes them.
func Secrets(t *testing.T, open func(t *testing.T) secret.Store) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(*testing.T, vault)
	}{
		{"versions", testSecretVersions},
		{"delete", testSecretDelete},
		{"values", testSecretValues},
		{"names", testSecretNames},
		{"copies", testSecretCopies},
		{"no value in errors", testSecretErrors},
		{"canceled", testSecretCanceled},
		{"one creator", testSecretOneCreator},
		{"counter", testSecretCounter},
	} {
		t.Run(part.name, func(t *testing.T) {
			part.test(t, vault{T: t, store: open(t), root: "porttest/" + strings.ToLower(rand.Text())})
		})
	}
}

// vault is one test's corner of the secrets.
type vault struct {
	*testing.T
	store secret.Store
	root  string
}

// name gives a name that is deleted after the test.
func (v vault) name(s string) string {
	v.Helper()
	name := v.root + "/" + s
	v.Cleanup(func() {
		if err := v.store.Delete(context.WithoutCancel(v.Context()), name); err != nil {
			v.Errorf("delete %s: %v", name, err)
		}
	})
	return name
}

func (v vault) want(kind fault.Kind, err error, what string) {
	v.Helper()
	if fault.KindOf(err) != kind {
		v.Errorf("%s: error %v, want kind %q", what, err, kind)
	}
}

func (v vault) swap(name, value, was string) string {
	v.Helper()
	version, err := v.store.Swap(v.Context(), name, []byte(value), was)
	if err != nil {
		v.Fatalf("swap %s: %v", name, err)
	}
	if version == "" || version == was {
		v.Fatalf("swap %s at version %q gave version %q", name, was, version)
	}
	return version
}

// wantSecret fails unless the name has the value and the version; "" wants none.
func (v vault) wantSecret(name, value, version string) {
	v.Helper()
	got, at, err := v.store.Get(v.Context(), name)
	if version == "" {
		v.want(fault.NotFound, err, "get "+name)
		if len(got) > 0 || at != "" {
			v.Errorf("get %s: a value or the version %q beside the error", name, at)
		}
		return
	}
	if err != nil || string(got) != value || at != version {
		v.Errorf("get %s: %d bytes, version %q, error %v; want %d bytes, version %q", name, len(got), at, err, len(value), version)
	}
}

func testSecretVersions(t *testing.T, v vault) {
	name := v.name("token")
	v.wantSecret(name, "", "")
	_, err := v.store.Swap(t.Context(), name, []byte("one"), "made-up")
	v.want(fault.Conflict, err, "swap of a missing name at a version")
	v.wantSecret(name, "", "")
	first := v.swap(name, "one", "")
	v.wantSecret(name, "one", first)
	_, err = v.store.Swap(t.Context(), name, []byte("two"), "")
	v.want(fault.Conflict, err, "create over an existing name")
	v.wantSecret(name, "one", first)
	second := v.swap(name, "two", first)
	v.wantSecret(name, "two", second)
	_, err = v.store.Swap(t.Context(), name, []byte("three"), first)
	v.want(fault.Conflict, err, "swap at a stale version")
	v.wantSecret(name, "two", second)
	third := v.swap(name, "two", second) // the same value is a new version
	v.wantSecret(name, "two", third)
	if third == first {
		v.Errorf("version %q came back", first)
	}
}

func testSecretDelete(t *testing.T, v vault) {
	name, other := v.name("token"), v.name("token2")
	v.want("", v.store.Delete(t.Context(), name), "delete of an unknown name")
	first := v.swap(name, "one", "")
	kept := v.swap(other, "kept", "")
	for range 2 {
		v.want("", v.store.Delete(t.Context(), name), "delete")
		v.wantSecret(name, "", "")
	}
	v.wantSecret(other, "kept", kept)
	_, err := v.store.Swap(t.Context(), name, []byte("two"), first)
	v.want(fault.Conflict, err, "swap at the version of a deleted value")
	if again := v.swap(name, "three", ""); again == first {
		v.Errorf("version %q came back with a new value", first)
	}
	_, err = v.store.Swap(t.Context(), name, []byte("four"), first)
	v.want(fault.Conflict, err, "swap at a version from before the name was deleted")
}

func testSecretValues(t *testing.T, v vault) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	name := v.name("value")
	version := ""
	for _, value := range []string{
		"x", "xoxb-1-2-abc", " spaces \n", "\x00", string(every), `{"token":"a","list":[1]}`, "grüße 🦊",
		strings.Repeat("x", secret.MaxValue), strings.Repeat("\xff", secret.MaxValue),
	} {
		version = v.swap(name, value, version)
		v.wantSecret(name, value, version)
	}
	for what, value := range map[string][]byte{"nil": nil, "empty": {}, "too large": bytes.Repeat([]byte("x"), secret.MaxValue+1)} {
		_, err := v.store.Swap(t.Context(), name, value, version)
		v.want(fault.Invalid, err, "swap of a value that is "+what)
	}
	v.wantSecret(name, strings.Repeat("\xff", secret.MaxValue), version)
}

func testSecretNames(t *testing.T, v vault) {
	for i, s := range []string{"a", "a/b", "a-b_c/0", "a/", "ab", strings.Repeat("x", secret.MaxName-len(v.root)-1)} {
		name := v.name(s)
		value := strconv.Itoa(i)
		v.wantSecret(name, value, v.swap(name, value, ""))
	}
	for _, bad := range []string{
		"", "A", "a b", "a.b", "../a", "a\x00", "a\n", "é", "a#b", "a:b", "a\\b", "a+b", "a@b", "\xff",
		strings.Repeat("x", secret.MaxName+1),
	} {
		_, _, err := v.store.Get(t.Context(), bad)
		v.want(fault.Invalid, err, fmt.Sprintf("get %q", bad))
		_, err = v.store.Swap(t.Context(), bad, []byte("x"), "")
		v.want(fault.Invalid, err, fmt.Sprintf("swap %q", bad))
		v.want(fault.Invalid, v.store.Delete(t.Context(), bad), fmt.Sprintf("delete %q", bad))
	}
}

// testSecretCopies: what goes in and comes out belongs to the caller.
func testSecretCopies(t *testing.T, v vault) {
	name := v.name("copy")
	in := []byte("secret")
	version, err := v.store.Swap(t.Context(), name, in, "")
	if err != nil {
		t.Fatal(err)
	}
	scribble(in)
	for range 3 {
		v.wantSecret(name, "secret", version)
		out, _, err := v.store.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		scribble(out)
		_ = append(out, "scribbled"...)
	}
}

// testSecretErrors: no error quotes a value, neither the one that is stored
// nor the one that was to be; and printing the store shows none.
func testSecretErrors(t *testing.T, v vault) {
	const stored, given = "CANARY-stored", "CANARY-given"
	name := v.name("canary")
	version := v.swap(name, stored, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, canceledGet := v.store.Get(ctx, name)
	_, canceledSwap := v.store.Swap(ctx, name, []byte(given), version)
	_, stale := v.store.Swap(t.Context(), name, []byte(given), "stale")
	_, exists := v.store.Swap(t.Context(), name, []byte(given), "")
	_, badName := v.store.Swap(t.Context(), "BAD", []byte(given), "")
	_, tooLarge := v.store.Swap(t.Context(), name, bytes.Repeat([]byte(given), secret.MaxValue), version)
	for i, err := range []error{canceledGet, canceledSwap, stale, exists, badName, tooLarge} {
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v %q", err, err, err, err), "CANARY") {
			v.Errorf("error %d is nil or holds a value", i)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if strings.Contains(fmt.Sprintf(verb, v.store), "CANARY") {
			v.Errorf("printing the store with %s shows a value", verb)
		}
	}
}

func testSecretCanceled(t *testing.T, v vault) {
	name := v.name("canceled")
	version := v.swap(name, "one", "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := v.store.Get(ctx, name)
	v.want(fault.Backoff, err, "get")
	_, err = v.store.Swap(ctx, name, []byte("two"), version)
	v.want(fault.Backoff, err, "swap")
	v.want(fault.Backoff, v.store.Delete(ctx, name), "delete")
	v.wantSecret(name, "one", version)
}

// testSecretOneCreator: of many who create a name at once, one does.
func testSecretOneCreator(t *testing.T, v vault) {
	for round := range 3 {
		name := v.name(fmt.Sprintf("one/%d", round))
		var winner atomic.Pointer[string]
		together(6, func(i int) {
			value := strconv.Itoa(i)
			err := retried(t.Context(), fault.Backoff, func() error {
				_, err := v.store.Swap(t.Context(), name, []byte(value), "")
				return err
			})
			if err == nil && winner.Swap(&value) != nil {
				v.Errorf("two created %s", name)
			}
			if err != nil {
				v.want(fault.Conflict, err, "create")
			}
		})
		got, _, err := v.store.Get(t.Context(), name)
		if w := winner.Load(); w == nil || err != nil || string(got) != *w {
			v.Errorf("%s has %q, error %v; it is not what the winner wrote", name, got, err)
		}
	}
}

// testSecretCounter: no update is lost among many writers of one name.
func testSecretCounter(t *testing.T, v vault) {
	const writers, each = 4, 5
	name := v.name("counter")
	v.swap(name, "0", "")
	together(writers, func(int) {
		for range each {
			err := settle(t.Context(), func() error {
				value, version, err := v.store.Get(t.Context(), name)
				if err != nil {
					return err
				}
				n, err := strconv.Atoi(string(value))
				if err != nil {
					return err
				}
				_, err = v.store.Swap(t.Context(), name, []byte(strconv.Itoa(n+1)), version)
				return err
			})
			v.want("", err, "increment")
		}
	})
	if got, _, err := v.store.Get(t.Context(), name); err != nil || string(got) != strconv.Itoa(writers*each) {
		v.Errorf("the counter is %q, error %v; want %d", got, err, writers*each)
	}
}

// retried repeats what fails with one kind.
func retried(ctx context.Context, kind fault.Kind, try func() error) error {
	for {
		if err := try(); !fault.Is(err, kind) || ctx.Err() != nil {
			return err
		}
	}
}
