// Package file owns the secret engine of a house on one machine: one file,
// encrypted with age, and beside it the key that opens it (<path>.key). Who
// gets the file alone, in a backup or a copy, has nothing; who may read both,
// as Ebb's user may, has everything. Several processes may use it at once, on
// a local disk of a Unix system.
//
// It never writes a value in the clear, not even for a moment, never puts one
// into an error, and holds values in memory only while they are the file's.
package file

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"filippo.io/age"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/secret"
)

// Store is a secret.Store in one encrypted file. Use Open.
type Store struct {
	path string
	key  *age.X25519Identity

	mu   sync.Mutex
	seen *os.File // the file that held comes from, kept open: its inode is given to no other
	info os.FileInfo
	held map[string]entry
}

var _ secret.Store = (*Store)(nil)

// Open opens the secrets in the file at path. The first Open makes the key and
// an empty file; their folder must exist. fault.Misconfigured says what is
// wrong: files that others may read, a key that is lost or another's, damage.
func Open(path string) (*Store, error) {
	const op = "secret/file.Open"
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	s := &Store{path: path}
	unlock, err := s.lock(context.Background())
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer unlock()
	if err := s.tidy(); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if s.key, err = s.openKey(); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if !exists(path) {
		err = s.write(nil)
	}
	if err == nil {
		err = s.look()
	}
	return s, fault.Wrap(op, err)
}

// Close forgets the values. The store is not to be used again.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	return nil
}

// Get implements secret.Store.
func (s *Store) Get(ctx context.Context, name string) (value []byte, version string, err error) {
	const op = "secret/file.Get"
	if err := secret.CheckName(name); err != nil {
		return nil, "", fault.Wrap(op, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, "", fault.Wrap(op, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.look(); err != nil {
		return nil, "", fault.Wrap(op, err)
	}
	e, ok := s.held[name]
	if !ok {
		return nil, "", fault.New(op, fault.NotFound, "there is no secret %s", name)
	}
	return bytes.Clone(e.Value), e.Version, nil
}

// Swap implements secret.Store.
func (s *Store) Swap(ctx context.Context, name string, value []byte, was string) (version string, err error) {
	const op = "secret/file.Swap"
	if err := secret.CheckName(name); err != nil {
		return "", fault.Wrap(op, err)
	}
	if err := secret.CheckValue(value); err != nil {
		return "", fault.Wrap(op, err)
	}
	// Random, so that a name that was deleted and made again matches no old version.
	version = rand.Text()
	err = s.change(ctx, func(all map[string]entry) (bool, error) {
		if all[name].Version != was {
			return false, fault.New("", fault.Conflict, "the secret %s has changed since it was read: read again", name)
		}
		all[name] = entry{Version: version, Value: value}
		return true, nil
	})
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	return version, nil
}

// Delete implements secret.Store.
func (s *Store) Delete(ctx context.Context, name string) error {
	const op = "secret/file.Delete"
	if err := secret.CheckName(name); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.change(ctx, func(all map[string]entry) (bool, error) {
		_, ok := all[name]
		delete(all, name)
		return ok, nil
	}))
}

// Format keeps the values out of whatever prints the store, with any verb.
func (s *Store) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "secrets in "+s.path) }

// change lets do edit a copy of what is in the file now, with every other
// writer locked out, and writes the copy if do says so.
func (s *Store) change(ctx context.Context, do func(map[string]entry) (bool, error)) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap("", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.look(); err != nil {
		return err
	}
	all := maps.Clone(s.held)
	changed, err := do(all)
	if err != nil || !changed {
		return err
	}
	return s.write(all)
}

// look makes held what the file holds now, and reads the file only when it is
// another than before.
func (s *Store) look() error {
	info, err := os.Stat(s.path)
	if err != nil {
		s.forget()
		return s.unreadable(s.path, err)
	}
	if s.info != nil && os.SameFile(info, s.info) && info.ModTime().Equal(s.info.ModTime()) &&
		info.Size() == s.info.Size() && info.Mode() == s.info.Mode() {
		return nil
	}
	s.forget()
	return s.read()
}

// forget overwrites the values: they were never handed out, only copies were.
func (s *Store) forget() {
	for _, e := range s.held {
		clear(e.Value)
	}
	if s.seen != nil {
		_ = s.seen.Close() // was only read
	}
	s.seen, s.info, s.held = nil, nil, nil
}
