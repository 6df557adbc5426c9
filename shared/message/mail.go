package message

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// Mail is an e-mail in plain text. Key is the same for the same mail, however often
// it is sent: an engine that can sends it once.
type Mail struct {
	Key     string
	To      string // one address, without a name
	Subject string
	Text    string
}

// Valid refuses what would be more than one mail to one address: a line break in
// what becomes a header adds headers, and a list adds readers.
func (m Mail) Valid() error {
	const op = "message.Mail"
	a, err := mail.ParseAddress(m.To)
	switch {
	case err != nil || a.Address != m.To || strings.ContainsFunc(m.To, unicode.IsControl):
		return fault.New(op, fault.Permanent, "this is no address that a mail can go to")
	case strings.ContainsFunc(m.Subject, unicode.IsControl) || m.Subject == "":
		return fault.New(op, fault.Internal, "the subject of a mail is one line of text")
	case m.Key == "":
		return fault.New(op, fault.Internal, "a mail needs a key")
	}
	return nil
}

// OwnerNamed tells somebody that they own a connector, before it is connected:
// there is no Slack yet in which they could be told.
func OwnerNamed(c connector.Connector, user, to, house string) Mail {
	name := oneLine(c.Name)
	text := "You were named an owner of the connector " + name + " in Ebb.\n\n" +
		"An owner connects it to Slack, sees how its syncs go, confirms large changes, and hears of what needs attention.\n"
	if house != "" {
		text += "\nIts page: " + house + "/integrations/" + c.ID + "\n"
	}
	return Mail{
		Key: "owner/" + c.ID + "/" + user, To: to, Subject: "You own " + name + " in Ebb",
		Text: text + "\nOnce it is connected, Ebb writes to you in Slack. Whoever does not expect this mail may ignore it: it gives no access.\n",
	}
}

// oneLine keeps a name that somebody gave from being more than a word in a line.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }), " ")
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80]) + "…"
	}
	return s
}
