package folder_test

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/mail/folder"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/porttest"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// read opens every mail of a folder as a mail program does.
func read(t *testing.T, dir, to string) (out []message.Mail) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, err := mail.ReadMessage(f)
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("To") != to {
			continue
		}
		if m.Header.Get("Bcc") != "" || m.Header.Get("From") != "ebb@localhost" || m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("%v", m.Header)
		}
		if at, err := m.Header.Date(); err != nil || !at.Equal(noon) {
			t.Errorf("%v, %v", at, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, message.Mail{To: to, Subject: subject, Text: string(text)})
	}
	return out
}

func TestMail(t *testing.T) {
	porttest.Mail(t, func(t *testing.T) porttest.Outbox {
		dir := filepath.Join(t.TempDir(), "mail")
		return porttest.Outbox{
			Sender: folder.Open(dir, "ebb@localhost", func() time.Time { return noon }), Once: true,
			Sent: func(t *testing.T, to string) []message.Mail { return read(t, dir, to) },
		}
	})
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mail")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := folder.Open(file, "ebb@localhost", time.Now).Send(t.Context(), message.Mail{Key: "k", To: "a@example.com", Subject: "s"})
	if !fault.Is(err, fault.Misconfigured) || strings.Contains(fault.TextOf(err), "a@example.com") {
		t.Error(err)
	}
}
