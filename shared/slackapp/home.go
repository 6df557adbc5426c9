package slackapp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/message"
)

// mostListed of each list are on the home tab, each with three blocks at most, and
// fewListed of those of which there are few: Slack takes a hundred.
const (
	mostListed = 9
	fewListed  = 4
)

// opened publishes the home tab of somebody who looks at it. What fails for now is
// delivered again by Slack.
func (e *edge) opened(w http.ResponseWriter, r *http.Request, o envelope) {
	var in struct {
		User string `json:"user"`
		Tab  string `json:"tab"`
	}
	if json.Unmarshal(o.Event, &in) != nil || !slackID.MatchString(in.User) {
		e.fail(w, r, odd("an event of another form than Slack's documentation"))
		return
	}
	if in.Tab != "" && in.Tab != "home" {
		w.WriteHeader(http.StatusOK)
		return
	}
	t, cancel, err := e.begin(r, flow.Caller{Enterprise: o.Enterprise, Team: o.Team, Account: in.User}, "", "")
	defer cancel()
	switch {
	case t.conn.ID == "" && fault.Is(err, fault.NotFound): // another Slack's
		err = nil
	case fault.Is(err, fault.NotFound, fault.Forbidden):
		err = t.publish(t.ctx, []object{section(people(e.sorry(err)))})
	case err == nil:
		err = t.showHome(t.ctx)
	}
	if err != nil && !fault.Is(err, fault.NotFound, fault.Permanent, fault.Misconfigured) {
		e.fail(w, r, err)
		return
	}
	if err != nil {
		e.log.Warn("slackapp", "home", t.conn.ID, "error", err)
	}
	w.WriteHeader(http.StatusOK)
}

// refresh shows the home tab as things are now.
func (t *turn) refresh() {
	if err := t.showHome(t.ctx); err != nil {
		t.e.log.Warn("slackapp", "home", t.conn.ID, "error", err)
	}
}

func (t *turn) showHome(ctx context.Context) error {
	home, err := t.e.house.ReadHome(ctx, t.by, t.conn.ID)
	if err != nil {
		return err
	}
	blocks := []object{
		header("Access that ends by itself"),
		small("Ask for a user group or a channel for some time, and say why. Policy says who approves it; when the time is over, Ebb takes it back."),
		buttons("ask", message.Button{Action: message.Request, Label: "Request access", Look: message.Good}),
	}
	return t.publish(ctx, append(blocks, t.lists(home, mostListed)...))
}

func (t *turn) publish(ctx context.Context, blocks []object) error {
	return t.e.screens.PublishHome(ctx, t.link, t.account, encoded(object{"type": "home", "blocks": blocks}))
}

// lists are the three lists, each cut with a count.
func (t *turn) lists(home flow.Home, most int) []object {
	var out []object
	if n := len(home.Decide); n > 0 {
		out = append(out, divider(), header("Waits for you"))
		for _, v := range home.Decide[:min(n, most)] {
			text := t.requestText(v)
			if v.PlaceOf != "" {
				text += "; you may decide it in the place of " + who(v.PlaceOf)
			}
			out = append(out, section(cutMarkup(text+"\n"+standing(v))))
			if v.Reason != "" {
				out = append(out, quote(v.Reason, 300))
			}
			out = append(out, buttons("decide "+v.ID, deciding(v)...))
		}
		out = append(out, rest(n, most)...)
	}
	out = append(out, t.reviews(home.Reviews, min(most, fewListed))...)
	out = append(out, t.byHand(home.ByHand, min(most, fewListed))...)
	out = append(out, divider(), header("What you have"))
	for _, g := range home.Has[:min(len(home.Has), most)] {
		out = append(out, section(t.grantText(g)))
		if !g.Takes() {
			out = append(out, buttons("grant "+g.ID,
				message.Button{Action: message.Extend, ID: g.ID, Label: "Extend"},
				message.Button{Action: message.End, ID: g.ID, Label: "End access", Look: message.Danger, Ask: "Your access to " + name(g.Resource) + " ends now."}))
		}
	}
	if len(home.Has) == 0 {
		out = append(out, section("Nothing through Ebb at the moment."))
	}
	out = append(out, rest(len(home.Has), most)...)
	if n := len(home.Asked); n > 0 {
		out = append(out, divider(), header("What you asked for"))
		for _, v := range home.Asked[:min(n, most)] {
			out = append(out, section(cutMarkup(t.requestText(v)+"\n"+standing(v))), buttons("asked "+v.ID,
				message.Button{Action: message.Cancel, ID: v.ID, Label: "Cancel", Ask: "The request is taken back."},
				message.Button{Action: message.Comment, ID: v.ID, Label: "Comment"}))
		}
		out = append(out, rest(n, most)...)
	}
	return out
}

// deciding are the buttons of what waits for somebody.
func deciding(v flow.RequestView) []message.Button {
	var out []message.Button
	if v.MayDecide {
		out = append(out, message.Button{Action: message.Approve, ID: v.ID, Label: "Approve", Look: message.Good},
			message.Button{Action: message.Deny, ID: v.ID, Label: "Deny"})
	}
	if v.MayVeto {
		out = append(out, message.Button{Action: message.Veto, ID: v.ID, Label: "Veto", Look: message.Danger})
	}
	if v.MayConfirm {
		out = append(out, message.Button{Action: message.Confirm, ID: v.ID, Label: "Confirm", Look: message.Good})
	}
	return append(out, message.Button{Action: message.Details, ID: v.ID, Label: "Details"})
}

func rest(n, most int) []object {
	if n <= most {
		return nil
	}
	return []object{small(fmt.Sprintf("and %d more", n-most))}
}

// requestText says who asks for whom and for how long.
func (t *turn) requestText(v flow.RequestView) string {
	text := who(v.By) + " asks for "
	if v.By == t.account {
		text = "You ask for "
	}
	if v.Subject != v.By {
		text += who(v.Subject) + ", for "
	}
	text += access.Spelled(v.Length)
	if len(v.Items) > 0 && v.Items[0].Extends != "" {
		text += " in all, as an extension"
	} else if !v.Start.IsZero() {
		text += ", from " + at(v.Start)
	}
	return text + "; asked " + at(v.Created)
}

// grantText says what somebody has and for how long.
func (t *turn) grantText(g flow.GrantView) string {
	text := bold(name(g.Resource))
	if g.Account != t.account {
		text += " for " + who(g.Account)
	}
	now := t.e.house.Now()
	switch {
	case g.State.Final():
		return text + ": " + string(g.State)
	case g.Takes():
		return text + ": being taken back"
	case now.Before(g.Start):
		return text + ": from " + at(g.Start) + " until " + at(g.End)
	}
	text += ": ends " + at(g.End) + ", " + left(g.End.Sub(now))
	if g.Trouble.Text != "" {
		text += "\n" + people(g.Trouble.Text)
	}
	return text
}
