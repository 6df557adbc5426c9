package message

import (
	"fmt"
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

// mostFound of one message are named.
const mostFound = 10

// Found tells a resource's owners what changed in Slack without Ebb: findings of one
// kind, with what became of them since.
func Found(n Names, resource string, fs []directory.Finding) Card {
	r := n.Resources[resource]
	what := n.what(resource, r.Kind)
	c := Card{Title: "Changed in Slack without Ebb: " + n.plain(resource, r.Kind)}
	people := len(fs)
	for i, f := range fs {
		if f.Count > 0 {
			people += f.Count - 1
		}
		if i < mostFound && f.Account != "" {
			c.Facts = append(c.Facts, Fact{n.label(f.Account), words(becameOf(f))})
		}
	}
	if len(fs) > mostFound {
		c.Notes = append(c.Notes, words(fmt.Sprintf("%d more are in the list of findings.", len(fs)-mostFound)))
	}
	who := words(fmt.Sprintf("%d people", people))
	if people == 1 && fs[0].Account != "" {
		who = words(n.who(fs[0].Account))
	}
	switch fs[0].Kind {
	case directory.Came, directory.CameBack:
		c.Lead = words("Somebody added ", who, " to ", what, ".")
	case directory.EndedOutside:
		c.Lead = words("Somebody took ", who, " out of ", what, ", before the access that Ebb gave was over.")
	case directory.RoleRaised:
		c.Lead = words(who, " became more than a member: ", word(fs), ".")
	case directory.KindChanged:
		c.Lead = words(who, " became another kind of account: ", word(fs), ".")
	case directory.OpenGroups:
		c.Lead = words("Everybody can edit the user groups of ", what, ". Their members do not count as approvers until Slack's settings leave that to admins.")
	case directory.OwnerGone:
		c.Lead = words(who, " owned ", what, " and was deactivated.")
	default:
		c.Lead = words(string(fs[0].Kind), " in ", what, ".")
	}
	if fs[0].Stands() {
		c.Notes = append(c.Notes, words("Ebb leaves what others gave. Should it not be, let it end or remove it among the findings: ", C("ebb findings"), "."))
	}
	c.Summary = c.Lead
	return c
}

// word is what accounts became, where it is one word.
func word(fs []directory.Finding) string {
	for _, f := range fs {
		if f.Slug != fs[0].Slug {
			return "see the list of findings"
		}
	}
	return fs[0].Slug
}

// becameOf says in words what became of a finding.
func becameOf(f directory.Finding) Line {
	switch f.State {
	case directory.FindingAccepted:
		return words("accepted until ", f.Until)
	case directory.FindingRemoving:
		return words("is being removed")
	case directory.FindingRemoved:
		return words("removed")
	case directory.FindingKept:
		return words("declared right")
	case directory.FindingGone:
		return words("gone by itself")
	}
	return words("to be decided")
}

// FoundNothing is what is left of a message whose findings were seen again since.
func FoundNothing(n Names, resource string) Card {
	lead := words("What changed in ", n.what(resource, n.Resources[resource].Kind), " then was seen again since; there is a newer message.")
	return Card{Title: "Changed in Slack without Ebb", Lead: lead, Summary: lead}
}
