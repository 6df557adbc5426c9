package slackapp

import (
	"fmt"

	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/message"
)

// reviews are the access reviews in which lines wait, each with the way to its list:
// they are decided in the console, where one sees all of a line.
func (t *turn) reviews(all []flow.ReviewTask, most int) []object {
	if len(all) == 0 {
		return nil
	}
	out := []object{divider(), header("Access reviews that wait for you")}
	for _, r := range all[:min(len(all), most)] {
		lines := fmt.Sprintf("%d lines are left", r.Left)
		if r.Left == 1 {
			lines = "1 line is left"
		}
		page := t.e.house.URL + "/reviews/" + r.Campaign.ID
		if len(r.Lists) == 1 {
			page += "/lists/" + r.Lists[0].ID
		}
		out = append(out, section(bold(r.Campaign.Name)+": "+lines+", due "+at(r.Campaign.Deadline)),
			buttons("review "+r.Campaign.ID, message.Button{Action: message.Open, ID: r.Campaign.ID, Label: "Open the list", URL: page}))
	}
	return append(out, rest(len(all), most)...)
}

// byHand is what no API does.
func (t *turn) byHand(all []flow.ManualView, most int) []object {
	if len(all) == 0 {
		return nil
	}
	out := []object{divider(), header("To do by hand in Slack")}
	for _, m := range all[:min(len(all), most)] {
		text := "Take " + who(m.Account) + " out of " + bold(m.ResourceName)
		switch {
		case m.Give:
			text = "Make " + who(m.Account) + " " + markup(m.Slug) + " of " + bold(m.ResourceName)
		case m.OfRole():
			text = "Take the role of " + markup(m.Slug) + " in " + bold(m.ResourceName) + " away from " + who(m.Account)
		}
		out = append(out, section(text+"; waits since "+at(m.Created)), buttons("by hand "+m.ID,
			message.Button{Action: message.Done, ID: m.ID, Label: "I did this", Look: message.Good},
			message.Button{Action: message.Open, ID: m.ID, Label: "Show the steps", URL: t.e.house.URL + "/manual/" + m.ID}))
	}
	return append(out, rest(len(all), most)...)
}
