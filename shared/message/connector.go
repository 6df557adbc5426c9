package message

import (
	"cmp"

	"github.com/ebb-access/ebb/shared/connector"
)

// Broken tells a connector's owners that it lost its authorization: nothing can
// be given or taken back through it.
func Broken(c connector.Connector) Card {
	name := cmp.Or(c.Name, c.ID)
	out := Card{
		Title: name + ": the connection to Slack is broken",
		Lead:  words("Ebb can neither give nor take back access in ", B(name), " since ", c.Trouble.Since, "."),
		Foot:  words("Connector ", C(c.ID)),
	}
	if text := sentence(c.Trouble.Text); text != "" {
		out.Notes = append(out.Notes, words(text))
	}
	out.Notes = append(out.Notes, words("To connect it again: ", C("ebb connect --connector "+c.ID)))
	if c.Label != connector.Error {
		out.Title = name + ": connected again"
		out.Lead, out.Notes = words("Ebb reaches ", B(name), " again, and goes on with what was due."), nil
	}
	out.Summary = out.Lead
	return out
}
