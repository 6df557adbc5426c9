package file

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/ebb-access/ebb/shared/fault"
)

const planted = "xoxp-planted-Zq7"

// FuzzFile opens anything as the file of secrets, as it lies on the disk
// (sealed false), or as what a holder of the key has encrypted. Nothing panics;
// what does not open says so, is left as it was, and is quoted nowhere; what
// opens can be written to, and keeps what it held.
func FuzzFile(f *testing.F) {
	for _, clear := range []string{
		`{"format":1,"secrets":{"a":{"version":"v","value":"eG94cC1wbGFudGVkLVpxNw=="}}}`, `{"format":1,"secrets":null}`, `{"format":1}`, `{}`, `null`, ``,
		`{"format":2,"secrets":{}}`, `{"format":1,"secrets":{"a":{}}}`, `{"format":1,"secrets":{"a":null}}`, `{"format":"xoxp-planted-Zq7"}`, `[]`, `{"format":-1,"secrets":{}}`,
	} {
		f.Add([]byte(clear), true)
	}
	f.Add([]byte("age-encryption.org/v1\n-> X25519 "+planted+"\n"), false)
	f.Add([]byte{}, false)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte, sealed bool) {
		path := filepath.Join(t.TempDir(), "secrets.age")
		if sealed {
			raw = encrypted(t, key, raw)
		}
		ok(t, os.WriteFile(path+".key", []byte(key.String()+"\n"), 0o600))
		ok(t, os.WriteFile(path, raw, 0o600))
		s, err := Open(path)
		if err != nil {
			if !fault.Is(err, fault.Misconfigured) || fault.TextOf(err) == "" || strings.Contains(err.Error(), planted) || strings.Contains(err.Error(), key.String()) {
				t.Errorf("%v", err)
			}
			if now, rerr := os.ReadFile(path); rerr != nil || !bytes.Equal(now, raw) {
				t.Errorf("what did not open was changed: %v", rerr)
			}
			return
		}
		if !sealed {
			t.Fatalf("this was opened without the key's owner having made it: %q", raw)
		}
		held := len(s.held)
		if _, err := s.Swap(t.Context(), "new", []byte("v"), s.held["new"].Version); err != nil {
			t.Fatalf("it was opened and cannot be written to: %v", err)
		}
		again, err := Open(path)
		ok(t, err)
		if len(again.held) < held {
			t.Errorf("%d secrets, and there were %d", len(again.held), held)
		}
	})
}

// FuzzKey opens anything as the key ({key} stands for the right one, which each
// process makes): it is the key, or an error that quotes nothing of it, and
// nothing is changed.
func FuzzKey(f *testing.F) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"{key}", "# x\n\n  {key}\r\n", "{key}{key}", "#{key}", "x\n{key}", key.String()[:40], planted, "", "#"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = bytes.ReplaceAll(raw, []byte("{key}"), []byte(key.String()))
		path := filepath.Join(t.TempDir(), "secrets.age")
		file := encrypted(t, key, []byte(`{"format":1,"secrets":{}}`))
		ok(t, os.WriteFile(path+".key", raw, 0o600))
		ok(t, os.WriteFile(path, file, 0o600))
		_, err := Open(path)
		if err == nil && !bytes.Contains(raw, []byte(key.String())) {
			t.Errorf("opened with %q", raw)
		}
		if err != nil && (!fault.Is(err, fault.Misconfigured) || len(raw) > 20 && strings.Contains(err.Error(), strings.TrimSpace(string(raw)))) {
			t.Errorf("%v", err)
		}
		for p, want := range map[string][]byte{path: file, path + ".key": raw} {
			if now, rerr := os.ReadFile(p); rerr != nil || !bytes.Equal(now, want) {
				t.Errorf("%s was changed: %v", filepath.Base(p), rerr)
			}
		}
	})
}

func encrypted(t *testing.T, key *age.X25519Identity, clear []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := age.Encrypt(&out, key.Recipient())
	ok(t, err)
	_, err = w.Write(clear)
	ok(t, errors.Join(err, w.Close()))
	return out.Bytes()
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
