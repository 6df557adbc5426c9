package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/ebb-access/ebb/shared/fault"
)

// format is the version of the file's layout.
const format = 1

// contents is the file, once opened: JSON, values in base64.
type contents struct {
	Format  int              `json:"format"`
	Secrets map[string]entry `json:"secrets"`
}

type entry struct {
	Version string `json:"version"`
	Value   []byte `json:"value"`
}

// read decrypts the file into held. No cause of an error is kept from where
// the contents are in the clear: a parser may quote what it stumbled on.
func (s *Store) read() error {
	f, err := os.Open(s.path)
	if err != nil {
		return s.unreadable(s.path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = private(s.path, info)
	}
	var c contents
	if err == nil {
		c, err = s.decrypt(f)
	}
	if err != nil {
		_ = f.Close() // the first error is the one to tell
		return s.unreadable(s.path, err)
	}
	s.seen, s.info, s.held = f, info, c.Secrets
	return nil
}

func (s *Store) decrypt(f io.Reader) (c contents, err error) {
	r, err := age.Decrypt(f, s.key)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return c, fault.New("", fault.Misconfigured, "%s does not open %s: put the key back that belongs to it", s.keyPath(), s.path)
	}
	damaged := fault.New("", fault.Misconfigured, "%s is damaged: put its newest backup in its place", s.path)
	if err != nil {
		return c, damaged
	}
	clearText, err := io.ReadAll(r)
	defer clear(clearText)
	if err != nil || json.Unmarshal(clearText, &c) != nil {
		return contents{}, damaged
	}
	if c.Format > format {
		return contents{}, fault.New("", fault.Misconfigured,
			"%s was written by a newer Ebb (format %d, this one knows %d): start the newer Ebb", s.path, c.Format, format)
	}
	if c.Secrets == nil {
		c.Secrets = map[string]entry{}
	}
	return c, nil
}

// write replaces the file as a whole. What is held is read anew at the next look.
func (s *Store) write(all map[string]entry) error {
	clearText, err := json.Marshal(contents{Format: format, Secrets: all})
	defer clear(clearText)
	if err != nil {
		return fault.New("", fault.Internal, "the secrets cannot be written as JSON")
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, s.key.Recipient())
	if err == nil {
		_, err = w.Write(clearText)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fault.Wrap("", err)
	}
	return replace(s.path, sealed.Bytes())
}

// replace puts data in the place of the file, durably: after a crash the old
// or the new one is there, whole. Everything of it is readable for its owner alone.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+leftover)
	if err != nil {
		return failed(fault.Backoff, path, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return failed(fault.Backoff, path, errors.Join(err, os.Remove(f.Name())))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err == nil {
		err = errors.Join(dir.Sync(), dir.Close())
	}
	if err != nil { // the new file is in place, but may not outlive a power failure
		return failed(fault.Unclear, path, err)
	}
	return nil
}

// leftover marks what a crash may leave behind; tidy removes it.
const leftover = ".tmp-"

// tidy removes what crashed writers left. It is called under the lock, so
// nobody is writing now.
func (s *Store) tidy() error {
	for _, path := range []string{s.path, s.keyPath()} {
		dir, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			return s.unreadable(path, err)
		}
		for _, d := range dir {
			if _, ok := strings.CutPrefix(d.Name(), filepath.Base(path)+leftover); !ok {
				continue
			}
			if err := os.Remove(filepath.Join(filepath.Dir(path), d.Name())); err != nil {
				return failed(fault.Misconfigured, path, err)
			}
		}
	}
	return nil
}

func failed(kind fault.Kind, path string, err error) error {
	return &fault.Error{Kind: kind, Err: err, Text: path + " cannot be written: make room on its disk, and let Ebb's user write in its folder"}
}
