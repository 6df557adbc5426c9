// Package heads keeps the signed heads of the audit's chain outside the table,
// so that whoever can write the table cannot make up its past alone. This
// engine appends them to a file of JSON lines; on AWS they go where nobody
// deletes them.
//
// It never signs and never verifies.
package heads

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// File is an append-only file of heads, safe for concurrent use in one process.
type File struct {
	mu   sync.Mutex
	path string
}

// Open names the file; it is made with the first head.
func Open(path string) *File { return &File{path: path} }

type record struct {
	Seals     int64     `json:"seals"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"`
}

// Heads reads all heads, oldest first. A last line without its end was never
// acknowledged and does not count.
func (f *File) Heads(context.Context) ([]audit.Head, error) {
	const op = "heads.Heads"
	f.mu.Lock()
	defer f.mu.Unlock()
	raw, err := os.ReadFile(f.path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if end := bytes.LastIndexByte(raw, '\n'); end >= 0 {
		raw = raw[:end+1]
	} else {
		raw = nil
	}
	var out []audit.Head
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fault.New(op, fault.Misconfigured, "a line of %s is no head of the audit; restore the file from a backup", f.path)
		}
		out = append(out, audit.Head{N: r.Seals, Hash: r.Hash, At: r.At, Signature: r.Signature})
	}
	return out, fault.Wrap(op, lines.Err())
}

// HeadFrom gives the first head at or behind link n; the zero Head where there is
// none.
func (f *File) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := f.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

// AddHead appends a head and waits until it is on disk; the newest, added again
// (after a restart), adds nothing. What a crash left of an earlier line is cut
// off first.
func (f *File) AddHead(_ context.Context, h audit.Head) error {
	const op = "heads.AddHead"
	f.mu.Lock()
	defer f.mu.Unlock()
	line, err := json.Marshal(record{Seals: h.N, Hash: h.Hash, At: h.At, Signature: h.Signature})
	if err != nil {
		return fault.Wrap(op, err)
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fault.Wrap(op, err)
	}
	defer file.Close()
	last, end, err := wholeLines(file)
	if err != nil || bytes.Equal(last, line) {
		return fault.Wrap(op, err)
	}
	if _, err := file.WriteAt(append(line, '\n'), end); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, file.Sync())
}

// wholeLines cuts the file behind its last whole line, and gives that line and
// where it ends.
func wholeLines(file *os.File) (last []byte, end int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	raw := make([]byte, info.Size())
	if _, err := file.ReadAt(raw, 0); err != nil && info.Size() > 0 {
		return nil, 0, err
	}
	raw = raw[:bytes.LastIndexByte(raw, '\n')+1]
	last = bytes.TrimSuffix(raw, []byte("\n"))
	last = last[bytes.LastIndexByte(last, '\n')+1:]
	return last, int64(len(raw)), file.Truncate(int64(len(raw)))
}
