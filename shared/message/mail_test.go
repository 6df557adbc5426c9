package message_test

import (
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

func TestMailsHaveOneReaderAndNoHeadersOfOthers(t *testing.T) {
	good := message.Mail{Key: "k", To: "ada@example.com", Subject: "A subject", Text: "a\r\nBcc: b\n"}
	if err := good.Valid(); err != nil {
		t.Error(err)
	}
	for _, to := range []string{"", "ada", "ada@example.com\r\nBcc: eve@example.com", "ada@example.com, eve@example.com", "Ada <ada@example.com>", "ada@example.com\n", "\"a\nb\"@example.com"} {
		m := good
		m.To = to
		if !fault.Is(m.Valid(), fault.Permanent) {
			t.Errorf("to %q", to)
		}
	}
	for _, subject := range []string{"", "a\nb", "a\r\nBcc: eve@example.com", "a\x00"} {
		m := good
		m.Subject = subject
		if m.Valid() == nil {
			t.Errorf("subject %q", subject)
		}
	}
	m := good
	if m.Key = ""; m.Valid() == nil {
		t.Error("no key")
	}
}

func TestAnOwnersMail(t *testing.T) {
	c := connector.Connector{ID: "con_1", Name: "Umbra\r\nBcc: eve@example.com \u202e" + strings.Repeat("x", 500)}
	m := message.OwnerNamed(c, "u_1", "lin@example.com", "https://ebb.example.com")
	if err := m.Valid(); err != nil || m.Key != "owner/con_1/u_1" || len(m.Subject) > 130 || strings.Contains(m.Text, "\r") || strings.Contains(m.Text, "\nBcc") {
		t.Errorf("%v: %+v", err, m)
	}
	if !strings.Contains(m.Text, "https://ebb.example.com/integrations/con_1") {
		t.Error(m.Text)
	}
}
