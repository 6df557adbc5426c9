package message

import (
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// CameBack tells a resource's owners that an account holds again what Ebb took
// back. gone is when; zero: it was never taken, the user group was switched off.
func CameBack(n Names, account, resource string, gone time.Time) Card {
	what := n.what(resource, n.Resources[resource].Kind)
	c := Card{
		Title: n.label(account) + " is back in " + n.plain(resource, n.Resources[resource].Kind),
		Lead:  words(n.who(account), " is in ", what, " again. Ebb took that back ", gone, ", and somebody gave it in Slack since."),
		Notes: []Line{words("Ebb leaves what others gave. Should it not be, take them out in Slack.")},
	}
	if gone.IsZero() {
		c.Lead = words(n.who(account), " is in ", what, " again: the user group was switched off in Slack to end this access, and somebody switched it on.")
		c.Notes = nil
	}
	c.Summary = c.Lead
	return c
}

// noRoom says why nobody can be asked in a channel.
var noRoom = map[string]string{
	"channel_not_found":  "either there is no such channel, or Ebb's app is not in it (/invite brings it in)",
	"not_in_channel":     "Ebb's app is not in it (/invite brings it in)",
	"is_archived":        "it is archived",
	"shared_with_others": "people of other organizations are in it",
}

// NoRoom tells a connector's owners that nobody can be asked for a decision in the
// channel that policy names, by its id or word. code is Slack's word for why.
func NoRoom(n Names, channel, code string) Card {
	what := words(B(channel))
	if _, known := n.Resources[channel]; known {
		what = words(n.what(channel, directory.Channel))
	}
	why := noRoom[code]
	if why == "" {
		why = "Slack refuses it (" + code + ")"
	}
	lead := words("Policy has people asked for decisions in ", what, ", and Ebb cannot post there: "+why+".")
	return Card{
		Title: "Nobody can be asked in a channel", Lead: lead, Summary: lead,
		Notes: []Line{words("Until it can, those who decide are asked in direct messages.")},
	}
}
