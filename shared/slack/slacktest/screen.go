package slacktest

import (
	"cmp"
	"maps"
	"slices"
)

// What a person sees: conversations with their messages, modals, the home tab. All
// are copies.

// Conversations of a person: the channels that they are in and their direct
// messages, those with messages first, then by name.
func (o *Org) Conversations(user string) []Channel {
	defer o.lock()()
	spoken := map[string]bool{}
	for _, m := range o.messages {
		spoken[m.channel] = true
	}
	var out []Channel
	for _, id := range sortedKeys(o.channels) {
		if c := o.channels[id]; c.members.has(user) && !c.Archived {
			out = append(out, copyChannel(c))
		}
	}
	slices.SortStableFunc(out, func(a, b Channel) int {
		return cmp.Or(cmp.Compare(order(spoken[b.ID]), order(spoken[a.ID])), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func order(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// MessagesFor are a conversation's messages as one person sees them, oldest
// first: with the ephemeral ones to them, without those to others.
func (o *Org) MessagesFor(user, channel string) []Message {
	return slices.DeleteFunc(o.Messages(), func(m Message) bool {
		return m.Channel != channel || m.To != "" && m.To != user
	})
}

// mayRead tells whether somebody has a message before them.
func (o *Org) mayRead(u *User, m *message) bool {
	return o.channels[m.channel].members.has(u.ID) && (m.to == "" || m.to == u.ID)
}

// Modals that a person has open, the lowest first.
func (o *Org) Modals(user string) []View {
	defer o.lock()()
	var out []View
	for _, id := range o.screens.stacks[user] {
		out = append(out, copyView(o.screens.views[id]))
	}
	return out
}

// Home is a person's home tab of the app, when one was published.
func (o *Org) Home(user string) (View, bool) {
	defer o.lock()()
	v := o.screens.views[o.screens.homes[user]]
	if v == nil {
		return View{}, false
	}
	return copyView(v), true
}

// DirectWithApp is a person's direct message with the app, opened when missing.
func (o *Org) DirectWithApp(user string) string {
	defer o.lock()()
	return o.directWithApp(mustHave(o.users, "user", user))
}

// Offered are the options that the app has offered at an external select.
func (o *Org) Offered(at Spot) []Option {
	defer o.lock()()
	var out []Option
	for _, x := range o.screens.offered[at] {
		value, _ := x["value"].(string)
		out = append(out, Option{Text: textOf(x["text"]), Value: value})
	}
	return out
}

func copyView(v *view) View {
	c := v.View
	c.Blocks, c.Errors, c.State = slices.Clone(v.Blocks), maps.Clone(v.Errors), map[string]map[string]any{}
	for block, values := range v.State {
		c.State[block] = maps.Clone(values)
	}
	return c
}
