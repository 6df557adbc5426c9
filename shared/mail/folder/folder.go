// Package folder writes each mail as a file that mail programs open (.eml, RFC
// 5322), for a house on a laptop: nothing leaves the machine. The file's name
// follows from the mail's key, so that a mail that is sent again is the same file.
package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Folder is where mails are written; safe for concurrent use.
type Folder struct {
	dir, from string
	now       func() time.Time
}

// Open names the folder, which is made with the first mail, and the sender.
func Open(dir, from string, now func() time.Time) *Folder {
	return &Folder{dir: dir, from: from, now: now}
}

// Send writes the mail, once for each key.
func (f *Folder) Send(ctx context.Context, m message.Mail) error {
	const op = "mail/folder.Send"
	if err := m.Valid(); err != nil {
		return fault.Wrap(op, err)
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(op, err)
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return misplaced(op, err)
	}
	path := filepath.Join(f.dir, name(m.Key))
	if _, err := os.Stat(path); err == nil {
		return nil // sent before
	}
	// Written beside and renamed: who reads the folder sees whole mails.
	tmp, err := os.CreateTemp(f.dir, ".mail-*")
	if err != nil {
		return misplaced(op, err)
	}
	defer os.Remove(tmp.Name()) // gone after the rename
	_, err = tmp.Write(f.render(m))
	if serr := tmp.Sync(); err == nil {
		err = serr
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return misplaced(op, err)
	}
	return nil
}

func misplaced(op string, err error) error {
	return &fault.Error{Op: op, Kind: fault.Misconfigured, Text: "the folder for mails cannot be written; see that the house may write into it and that the disk has room", Err: err}
}

func name(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:12]) + ".eml"
}

// render is the mail with its headers. Subject and text may hold any character;
// what they become is ASCII.
func (f *Folder) render(m message.Mail) []byte {
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"Date", f.now().UTC().Format(time.RFC1123Z)},
		{"From", f.from},
		{"To", m.To},
		{"Subject", mime.QEncoding.Encode("utf-8", m.Subject)},
		{"Message-ID", "<" + strings.TrimSuffix(name(m.Key), ".eml") + "@ebb.invalid>"},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834: no answers from machines
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(strings.ReplaceAll(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n", "\r\n"))) // to memory
	_ = q.Close()
	return b.Bytes()
}
