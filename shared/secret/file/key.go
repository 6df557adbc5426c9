package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"github.com/ebb-access/ebb/shared/fault"
)

// patience is how long a call waits for other processes' writes, which take
// milliseconds each.
const patience = 10 * time.Second

func (s *Store) keyPath() string { return s.path + ".key" }

// openKey reads the key, or makes one for a file that is not there yet. It
// never makes one for an existing file: that would hide that its key is lost.
func (s *Store) openKey() (*age.X25519Identity, error) {
	path := s.keyPath()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && exists(s.path) {
		return nil, fault.New("", fault.Misconfigured,
			"the key %s is gone: put it back from where you keep it; if it is lost, move %s away and install each connector again", path, s.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err == nil {
		err = private(path, info)
	}
	if err != nil {
		return nil, s.unreadable(path, err)
	}
	text, err := os.ReadFile(path)
	defer clear(text)
	if err != nil {
		return nil, s.unreadable(path, err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if key, err := age.ParseX25519Identity(line); err == nil { // its error may quote the key
			return key, nil
		}
		break
	}
	return nil, fault.New("", fault.Misconfigured, "%s holds no age key: put the right file back", path)
}

func makeKey(path string) (*age.X25519Identity, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fault.Wrap("", err)
	}
	text := "# Opens Ebb's secrets. Keep a copy apart from them, where nobody else reads it.\n" + key.String() + "\n"
	return key, replace(path, []byte(text))
}

// private refuses what others than the owner may read or write.
func private(path string, info os.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fault.New("", fault.Misconfigured, "%s is no file: name another", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fault.New("", fault.Misconfigured, "others may read or write %s (%v): run chmod 600 %s, and replace the secrets if somebody may have read them",
			path, info.Mode().Perm(), path)
	}
	return nil
}

// lock keeps every other process out until unlock. The kernel lets go of it
// when the process dies.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	path := s.path + ".lock"
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, s.unreadable(path, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // closing is unlocking, and cannot fail
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(failed(fault.Misconfigured, path, err), f.Close())
		}
		select {
		case <-ctx.Done():
			_ = f.Close() // the first error is the one to tell
			return nil, &fault.Error{Kind: fault.Backoff, Err: ctx.Err(), Text: "another process holds " + path + ": try again"}
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// unreadable says what a person does about a file that cannot be read.
func (s *Store) unreadable(path string, err error) error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return err
	case errors.Is(err, fs.ErrNotExist) && path == s.path:
		return &fault.Error{Kind: fault.Misconfigured, Err: err, Text: path + " is gone: put it back, or start Ebb anew to begin without secrets"}
	case errors.Is(err, fs.ErrNotExist):
		return &fault.Error{Kind: fault.Misconfigured, Err: err, Text: path + " cannot be made: make its folder, for Ebb's user alone"}
	case errors.Is(err, fs.ErrPermission):
		return &fault.Error{Kind: fault.Misconfigured, Err: err, Text: path + " cannot be opened: make Ebb's user its owner"}
	default:
		return &fault.Error{Kind: fault.Backoff, Err: err, Text: path + " cannot be read now: see the disk"}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
