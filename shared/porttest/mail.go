package porttest

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/mail"
	"github.com/ebb-access/ebb/shared/message"
)

// Outbox is an engine with a look at what it sent. Sent gives the mails to one
// address, oldest first; their Key may be empty. Once: it tells a mail that is sent
// again by its key.
type Outbox struct {
	Sender mail.Sender
	Sent   func(t *testing.T, to string) []message.Mail
	Once   bool
}

// Mail is the contract of mail.Sender. What lies behind open may be the same each
// time: every test writes to addresses of its own.
func Mail(t *testing.T, open func(t *testing.T) Outbox) {
	t.Helper()
	fresh := func() message.Mail {
		word := strings.ToLower(rand.Text())
		return message.Mail{Key: "porttest/" + word, To: word + "@example.com", Subject: "Subject " + word, Text: "Hello\n"}
	}
	t.Run("what is sent arrives as it is", func(t *testing.T) {
		o := open(t)
		m := fresh()
		m.Subject = "Zugang für Ünal, 8 % = \"viel\" <b>"
		m.Text = "Grüße\n\n.\nFrom here\nBcc: eve@example.com\n" + strings.Repeat("a long line ", 100) + "\n"
		if err := o.Sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		got := o.Sent(t, m.To)
		if len(got) != 1 || got[0].Subject != m.Subject || strings.ReplaceAll(got[0].Text, "\r\n", "\n") != m.Text {
			t.Errorf("%+v", got)
		}
	})
	t.Run("again is once where the key tells", func(t *testing.T) {
		o := open(t)
		m := fresh()
		for range 2 {
			if err := o.Sender.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(o.Sent(t, m.To)); o.Once && n != 1 || n < 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("no header of others", func(t *testing.T) {
		o := open(t)
		for _, spoil := range []func(*message.Mail){
			func(m *message.Mail) { m.To += "\r\nBcc: eve@example.com" },
			func(m *message.Mail) { m.To += ", eve-" + m.To },
			func(m *message.Mail) { m.To = "nobody" },
			func(m *message.Mail) { m.Subject += "\r\nBcc: eve@example.com" },
			func(m *message.Mail) { m.Subject += "\n\nanother body" },
		} {
			m := fresh()
			to := m.To
			spoil(&m)
			if err := o.Sender.Send(t.Context(), m); !fault.Is(err, fault.Permanent, fault.Internal) {
				t.Errorf("%q %q: %v", m.To, m.Subject, err)
			}
			if got := o.Sent(t, to); len(got) > 0 {
				t.Errorf("%+v", got)
			}
		}
	})
	t.Run("a call that is over sends nothing", func(t *testing.T) {
		o := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		m := fresh()
		if err := o.Sender.Send(ctx, m); err == nil || len(o.Sent(t, m.To)) > 0 {
			t.Errorf("%v", err)
		}
	})
}
