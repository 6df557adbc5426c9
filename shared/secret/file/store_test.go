package file_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/secret"
	"github.com/ebb-access/ebb/shared/secret/file"
)

func open(t *testing.T, path string) *file.Store {
	t.Helper()
	s, err := file.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func swap(t *testing.T, s secret.Store, name, value, was string) string {
	t.Helper()
	version, err := s.Swap(t.Context(), name, []byte(value), was)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func want(t *testing.T, s secret.Store, name, value string) {
	t.Helper()
	got, _, err := s.Get(t.Context(), name)
	if err != nil || string(got) != value {
		t.Errorf("get %s: %q, error %v; want %q", name, got, err, value)
	}
}

// refused wants a fault.Misconfigured whose text names a way out and no value.
func refused(t *testing.T, err error, says string) {
	t.Helper()
	if !fault.Is(err, fault.Misconfigured) || !strings.Contains(fault.TextOf(err), says) {
		t.Errorf("error %v, want one that says %q", err, says)
	}
	for _, hidden := range []string{"CANARY", "AGE-SECRET"} {
		if err != nil && strings.Contains(fmt.Sprintf("%+v %#v", err, err), hidden) {
			t.Errorf("an error holds a value or the key")
		}
	}
}

func TestSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	porttest.Secrets(t, func(t *testing.T) secret.Store { return open(t, path) })
}

func TestNothingInTheClear(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secrets.age")
	s := open(t, path)
	const value = "CANARY-xoxb-1-2"
	swap(t, s, "connector/con_1/slack", value, "")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files, error %v; want the secrets, the key and the lock", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, clear := range []string{value, base64.StdEncoding.EncodeToString([]byte(value)), "con_1"} {
			if bytes.Contains(data, []byte(clear)) {
				t.Errorf("%s holds %q in the clear", f.Name(), clear)
			}
		}
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v; want 0600", f.Name(), info.Mode(), err)
		}
	}
}

func TestOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	s := open(t, path)
	first := swap(t, s, "a", "one", "")
	again := open(t, path)
	want(t, again, "a", "one")
	second := swap(t, again, "a", "two", first)
	want(t, s, "a", "two") // the first store sees that the file is another
	swap(t, s, "a", "three", second)
	want(t, again, "a", "three")
}

// TestCrashLeftovers: what a writer leaves behind when it dies is ignored, and
// gone after the next Open.
func TestCrashLeftovers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secrets.age")
	s := open(t, path)
	swap(t, s, "a", "one", "")
	for _, name := range []string{"secrets.age.tmp-123", "secrets.age.key.tmp-456"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half a fi"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, "a", "one")
	want(t, open(t, path), "a", "one")
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp-*")); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

// TestCrashBeforeTheFirstFile: a key without a file is a first Open that died.
func TestCrashBeforeTheFirstFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	swap(t, open(t, path), "a", "one", "")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if _, _, err := s.Get(t.Context(), "a"); !fault.Is(err, fault.NotFound) {
		t.Errorf("error %v, want not found", err)
	}
	swap(t, s, "a", "one", "")
}

func TestRefusals(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.age")
	open(t, other)
	for name, c := range map[string]struct {
		spoil func(path string) error
		says  string
	}{
		"others may read the secrets": {func(p string) error { return os.Chmod(p, 0o640) }, "chmod 600"},
		"others may read the key":     {func(p string) error { return os.Chmod(p+".key", 0o604) }, "chmod 600"},
		"the key is gone":             {func(p string) error { return os.Remove(p + ".key") }, "put it back from where you keep it"},
		"another's key":               {func(p string) error { return os.Rename(other+".key", p+".key") }, "put the key back that belongs to it"},
		"no key in the key's file":    {func(p string) error { return os.WriteFile(p+".key", []byte("AGE-SECRET-KEY-1CANARY"), 0o600) }, "holds no age key"},
		"a folder for a file":         {func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) }, "is no file"},
		"cut":                         {func(p string) error { return os.Truncate(p, 250) }, "is damaged"},
		"emptied":                     {func(p string) error { return os.Truncate(p, 0) }, "is damaged"},
		"overwritten":                 {func(p string) error { return os.WriteFile(p, []byte("CANARY"), 0o600) }, "is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secrets.age")
			s := open(t, path)
			version := swap(t, s, "a", "CANARY", "")
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			_, err := file.Open(path)
			refused(t, err, c.says)
			if strings.Contains(name, "key") {
				return // the open store has its key in memory
			}
			_, _, err = s.Get(t.Context(), "a")
			refused(t, err, c.says)
			_, err = s.Swap(t.Context(), "a", []byte("CANARY2"), version)
			refused(t, err, c.says)
		})
	}
}

func TestGoneWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	s := open(t, path)
	version := swap(t, s, "a", "CANARY", "")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.Get(t.Context(), "a")
	refused(t, err, "put it back")
	_, err = s.Swap(t.Context(), "a", []byte("CANARY"), version)
	refused(t, err, "put it back")
	_, err = file.Open(filepath.Join(filepath.Dir(path), "missing", "secrets.age"))
	refused(t, err, "make its folder")
}

// TestProcesses lets other processes count in one name together.
func TestProcesses(t *testing.T) {
	const processes, each = 3, 10
	if path := os.Getenv("EBB_TEST_SECRETS"); path != "" {
		count(t, open(t, path), each)
		return
	}
	path := filepath.Join(t.TempDir(), "secrets.age")
	swap(t, open(t, path), "n", "0", "")
	var children []*exec.Cmd
	for range processes {
		child := exec.Command(os.Args[0], "-test.run=^TestProcesses$")
		child.Env = append(os.Environ(), "EBB_TEST_SECRETS="+path)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, child)
	}
	for _, child := range children {
		if err := child.Wait(); err != nil {
			t.Error(err)
		}
	}
	want(t, open(t, path), "n", strconv.Itoa(processes*each))
}

func count(t *testing.T, s secret.Store, times int) {
	t.Helper()
	for done := 0; done < times; {
		value, version, err := s.Get(t.Context(), "n")
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(string(value))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Swap(t.Context(), "n", []byte(strconv.Itoa(n+1)), version)
		if err == nil {
			done++
		} else if !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
	}
}
