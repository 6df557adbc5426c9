package message_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/review"
)

var update = flag.Bool("update", false, "write testdata/cards.txt anew")

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// plain is a card as text.
func plain(c message.Card) string {
	var b strings.Builder
	say := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-8s %s\n", label, strings.ReplaceAll(text, "\n", "\n         "))
		}
	}
	say("summary", line(c.Summary))
	say("title", c.Title)
	say("lead", line(c.Lead))
	for _, f := range c.Facts {
		say("fact", f.Label+": "+line(f.Value))
	}
	say("quote", c.Quote)
	for _, n := range c.Notes {
		say("note", line(n))
	}
	pressed := func(all []message.Button) string {
		var buttons []string
		for _, x := range all {
			buttons = append(buttons, "["+strings.TrimSpace(fmt.Sprintf("%s %s %s %s", x.Label, x.Action, x.ID, x.URL))+"]")
		}
		return strings.Join(buttons, " ")
	}
	for _, r := range c.Rows {
		say("row", line(r.Line))
		say("  quote", r.Quote)
		say("  press", pressed(r.Buttons))
	}
	say("buttons", pressed(c.Buttons))
	say("foot", line(c.Foot))
	return b.String()
}

func line(l message.Line) string {
	var b strings.Builder
	for _, p := range l {
		switch p.Kind {
		case message.Person, message.Channel, message.Group:
			b.WriteString(p.Name)
		case message.Moment:
			b.WriteString(p.Time.Format("Jan 2 15:04"))
		case message.Day:
			b.WriteString(p.Time.Format("Jan 2"))
		case message.Strong:
			b.WriteString("*" + p.Text + "*")
		case message.Code:
			b.WriteString("`" + p.Text + "`")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

var names = message.Names{
	People: map[string]string{"U1": "Ada", "U2": "Lin", "U3": "Sam"},
	Resources: map[string]directory.Resource{
		"S1": {ID: "S1", Name: "oncall", Kind: directory.UserGroup},
		"C1": {ID: "C1", Name: "war-room", Kind: directory.Channel, Private: true},
		"T1": {ID: "T1", Name: "Acme", Kind: directory.Workspace},
	},
}

// asked is Ada's request for @oncall as lin reads it; f changes it.
func asked(f func(*message.Asked)) message.Asked {
	it := access.Item{Resource: "S1", Kind: directory.UserGroup, Slug: "member", State: access.Pending, Rule: "oncall"}
	a := message.Asked{
		Request: access.Request{ID: "rq_1", By: "U1", Subject: "U1", Length: 2 * time.Hour, Created: nine, Expires: nine.Add(72 * time.Hour)},
		Names:   names, Reason: "the database is slow", May: true,
		Items: []message.AskedItem{{
			Item: it, Asks: "@sre-leads", Step: 1, Of: 1, Need: 1, Policy: `rule "oncall" allows up to 8h, approved by @sre-leads`,
			Stands: "not a member today; 2 people are", Gives: []string{"#war-room"},
		}},
	}
	f(&a)
	a.Request.Items = nil
	for _, x := range a.Items {
		a.Request.Items = append(a.Request.Items, x.Item)
	}
	return a
}

func decided(to access.ItemState, by string) func(*message.Asked) {
	return func(a *message.Asked) {
		it := &a.Items[0]
		it.State, it.DecidedBy, it.DecidedAt = to, by, nine.Add(time.Minute)
		a.Comments = map[string]string{by: "because"}
	}
}

func held(f func(*message.Held)) message.Held {
	g := message.Held{
		Grant: access.Grant{ID: "g_1", Request: "rq_1", Resource: "S1", Kind: directory.UserGroup, Account: "U1", State: access.Active, Start: nine, End: nine.Add(2 * time.Hour)},
		Names: names, Reader: "U1", By: "U1", Now: nine.Add(time.Hour),
	}
	f(&g)
	return g
}

// many are requests that wait.
func many(n int) []message.Asked {
	var out []message.Asked
	for i := range n {
		out = append(out, asked(func(a *message.Asked) {
			a.ID = fmt.Sprint("rq_", i+1)
			if i%2 == 1 {
				a.Subject, a.Reason = "U3", strings.Repeat("long ", 100)
				a.Items[0].Resource, a.Items[0].Kind = "C2", directory.Channel
			}
			if i == 3 {
				for range 6 {
					a.Items = append(a.Items, a.Items[0])
				}
			}
			if i == 2 {
				a.Items[0].Risk, a.Page = access.High, "https://ebb.test/requests/rq_3"
			}
		}))
	}
	return out
}

// reviewing is lin's part of a review; f changes it.
func reviewing(f func(*message.Reviewing)) message.Reviewing {
	r := message.Reviewing{
		Campaign: review.Campaign{ID: "uc_1", Spec: review.Spec{Name: "Autumn", Ends: true, AtEnd: review.SkipOpen}, State: review.Running, Deadline: nine.AddDate(0, 0, 14)},
		Of:       review.Assignment{Lines: 12}, Page: "https://ebb.example/reviews/uc_1/lists/as_1", Now: nine,
	}
	f(&r)
	return r
}

// byHand is a task to take Ada out of a private channel; f changes it.
func inPlace(r *message.Reviewing) {
	r.PlaceOf, r.People = "U2", map[string]string{"U2": "Lin Moor"}
}

func byHand(f func(*message.ByHand)) message.ByHand {
	m := message.ByHand{
		Manual: access.Manual{ID: "mt_1", Resource: "C1", Kind: directory.Channel, Slug: "member", Account: "U1", Why: access.ManualUnreached, State: access.ManualWaits},
		Names:  names, Page: "https://ebb.example/manual/mt_1",
	}
	f(&m)
	m.Steps = m.Manual.Steps(names.Resources[m.Resource], directory.Account{ID: "U1", Name: "Ada"}, "")
	return m
}

// What people are told, word by word.
func TestCards(t *testing.T) {
	same := func(*message.Asked) {}
	now := func(*message.Held) {}
	over := func(s access.State, outcome, by string) func(*message.Held) {
		return func(g *message.Held) { g.State, g.Outcome, g.EndedBy = s, outcome, by }
	}
	stuck := func(g *message.Held) {
		g.Reader, g.State, g.Taking, g.Trouble.Text = "U3", access.Stuck, true, "the connector's token was revoked in Slack"
	}
	lost := connector.Connector{ID: "con_1", Name: "Acme", Label: connector.Error, Trouble: connector.Trouble{Text: "the connector's token was revoked in Slack", Since: nine}}
	again := lost
	again.Label = connector.Connected
	var b strings.Builder
	for _, c := range []struct {
		name string
		card message.Card
	}{
		{"decide", asked(same).Decide()},
		{"decide, for somebody else, two things, two steps, a private channel", asked(func(a *message.Asked) {
			a.Subject, a.Start = "U3", nine.Add(24*time.Hour)
			a.Items = append(a.Items, a.Items[0])
			a.Items[1].Resource, a.Items[1].Kind, a.Items[1].Of, a.Items[1].Need, a.Items[1].Have = "C1", directory.Channel, 2, 2, 1
		}).Decide()},
		{"decide, high risk", asked(func(a *message.Asked) { a.Items[0].Risk, a.Page = access.High, "https://ebb.example/requests/rq_1" }).Decide()},
		{"decide, who may not any more", asked(func(a *message.Asked) { a.May = false }).Decide()},
		{"decide, in somebody's place", asked(func(a *message.Asked) { a.PlaceOf = "U3" }).Decide()},
		{"decide, approved", asked(decided(access.Approved, "U2")).Decide()},
		{"remind", asked(same).Remind()},
		{"outcome, approved", asked(decided(access.Approved, "U2")).Outcome("U1")},
		{"outcome, denied, for the subject", asked(func(a *message.Asked) { decided(access.Denied, "U2")(a); a.Subject = "U3" }).Outcome("U3")},
		{"outcome, expired", asked(decided(access.Expired, "")).Outcome("U1")},
		{"outcome, more time", asked(func(a *message.Asked) {
			decided(access.Approved, "U2")(a)
			a.Start, a.Items[0].Extends = nine.Add(-time.Hour), "g_1"
		}).Outcome("U1")},
		{"emergency", asked(func(a *message.Asked) {
			decided(access.Approved, "")(a)
			a.Emergency, a.Items[0].Confirm.Due = true, nine.Add(72*time.Hour)
		}).EmergencyCard(false)},
		{"emergency, confirmed", asked(func(a *message.Asked) {
			decided(access.Approved, "")(a)
			a.Emergency, a.Items[0].Confirm = true, access.Confirm{Due: nine.Add(72 * time.Hour), By: "U2"}
		}).EmergencyCard(false)},
		{"solo", asked(func(a *message.Asked) { a.Items[0].SoloAt = nine.Add(24 * time.Hour) }).Solo()},
		{"comment", asked(same).Commented("U2", "which database?", true)},
		{"given", held(now).Given()},
		{"given, to who asked for it", held(func(g *message.Held) { g.Reader, g.By = "U2", "U2" }).Given()},
		{"ends", held(now).Ends(10*time.Minute, nine.Add(2*time.Hour))},
		{"given, and being taken back", held(func(g *message.Held) { g.State, g.Now = access.Revoking, g.End }).Given()},
		{"given, and it could not be taken out", held(func(g *message.Held) { stuck(g); g.Reader = "U1" }).Given()},
		{"ends, and it could not be taken out", held(func(g *message.Held) { stuck(g); g.Reader = "U1" }).Ends(10*time.Minute, nine.Add(2*time.Hour))},
		{"ends, but it was extended", held(now).Ends(10*time.Minute, nine.Add(time.Hour))},
		{"ended", held(over(access.Revoked, access.OutcomeGone, "")).Ended()},
		{"ended by somebody", held(over(access.Revoked, access.OutcomeGone, "U2")).Ended()},
		{"ended by a reviewer", held(func(g *message.Held) {
			over(access.Revoked, access.OutcomeGone, "U2")(g)
			g.Request, g.Origin = "", "review/uc_1/S1/member/U1"
		}).Ended()},
		{"Ebb's own, ended by a reviewer", held(func(g *message.Held) {
			over(access.Revoked, access.OutcomeGone, "U2")(g)
			g.EndedFor = "review/uc_1/S1/member/U1"
		}).Ended()},
		{"not given, denied by a reviewer", held(func(g *message.Held) {
			over(access.Withdrawn, "ended before it began", "U2")(g)
			g.EndedFor = "review/uc_1/S1/member/U1"
		}).NotGiven()},
		{"ended by a review's deadline", held(func(g *message.Held) {
			over(access.Revoked, access.OutcomeGone, "ebb")(g)
			g.Request, g.Origin = "", "review/uc_1/S1/member/U1"
		}).Ended()},
		{"ended, and it stood before", held(over(access.Ended, access.OutcomeStood, "")).Ended()},
		{"removed in Slack", held(over(access.EndedOutside, access.OutcomeOutside, "")).Ended()},
		{"not given", held(over(access.Failed, "Slack refused: the account is a guest", "")).NotGiven()},
		{"waits for a person", held(func(g *message.Held) { g.State = access.Granting }).Waits()},
		{"waits for nobody any more", held(now).Waits()},
		{"attention", held(stuck).Attention()},
		{"attention, solved", held(func(g *message.Held) { g.Reader, g.State = "U3", access.Revoked }).Attention()},
		{"broken", message.Broken(lost)},
		{"broken, and back", message.Broken(again)},
		{"draft", waiting(func(*message.Draft) {}).Card()},
		{"draft, which gives much more", waiting(func(d *message.Draft) {
			d.Wider = []string{"rule \"a\" is longer", "rule \"b\" is longer", "rule \"c\" is longer", "rule \"d\" is longer", "rule \"e\" is longer", "rule \"f\" is longer"}
		}).Card()},
		{"draft, in a house that has nobody else", waiting(func(d *message.Draft) { d.Ripe = nine.Add(24 * time.Hour) }).Card()},
		{"draft, confirmed", waiting(drafted(access.DraftPublished, "U2")).Card()},
		{"draft, taken back", waiting(drafted(access.DraftRefused, "U1")).Card()},
		{"draft, to who proposed it: confirmed", waiting(drafted(access.DraftPublished, "U2")).Outcome()},
		{"draft, to who proposed it: its time came", waiting(drafted(access.DraftPublished, "")).Outcome()},
		{"draft, to who proposed it: refused", waiting(drafted(access.DraftRefused, "U2")).Outcome()},
		{"draft, to who proposed it: no administrator any more", waiting(drafted(access.DraftRefused, "")).Outcome()},
		{"draft, to who proposed it: overtaken", waiting(drafted(access.DraftOvertaken, "")).Outcome()},
		{"digest", message.Digest(many(2), nil)},
		{"digest of one, and of a review", message.Digest(many(1), []message.Reviewing{reviewing(func(r *message.Reviewing) { r.Of.Closed = 5 })})},
		{"digest of which all is decided", message.Digest(nil, []message.Reviewing{reviewing(func(*message.Reviewing) {})})},
		{"digest of more than it names", message.Digest(many(23), nil)},
		{"came back", message.CameBack(names, "U1", "S1", nine)},
		{"came back with the user group", message.CameBack(names, "U1", "S1", time.Time{})},
		{"no room: not in it", message.NoRoom(names, "C1", "not_in_channel")},
		{"no room: nothing is called so", message.NoRoom(names, "#approvals", "channel_not_found")},
		{"no room: others are in it", message.NoRoom(names, "C1", "shared_with_others")},
		{"no room: another word of Slack's", message.NoRoom(names, "C1", "restricted_action")},
		{"review", reviewing(func(*message.Reviewing) {}).Card()},
		{"review, of one line, which revokes at its end", reviewing(func(r *message.Reviewing) { r.Of.Lines, r.AtEnd = 1, review.RevokeOpen }).Card()},
		{"review, in somebody's place", reviewing(inPlace).Card()},
		{"review, in nobody's place any more", reviewing(func(r *message.Reviewing) { inPlace(r); r.Back = true }).Card()},
		{"review, on its way", reviewing(func(r *message.Reviewing) {
			r.Of.Closed, r.Of.Certified, r.Of.Denied, r.Of.Gone, r.Of.Passed, r.Ends = 7, 3, 1, 1, 1, false
		}).Card()},
		{"review, the second level", reviewing(func(r *message.Reviewing) { r.Level, r.Levels = 1, make([]review.Level, 2) }).Card()},
		{"review, all submitted", reviewing(func(r *message.Reviewing) { r.Of.Closed, r.Of.Certified = 12, 12 }).Card()},
		{"review, ended", reviewing(func(r *message.Reviewing) {
			r.State, r.Of.Closed, r.Of.Certified, r.Of.Skips = review.Completed, 12, 8, 4
		}).Card()},
		{"review, ended with one line left", reviewing(func(r *message.Reviewing) {
			r.State, r.Of.Closed, r.Of.Certified, r.Of.Skips = review.Completed, 12, 11, 1
		}).Card()},
		{"review, ended untouched", reviewing(func(r *message.Reviewing) {
			r.State, r.Of.Closed, r.Of.Skips = review.Completed, 12, 12
		}).Card()},
		{"review, reminder", reviewing(func(*message.Reviewing) {}).Remind("week-1", true)},
		{"review, late reminder", reviewing(func(r *message.Reviewing) { r.Now = nine.AddDate(0, 0, 16) }).Remind("late-2", true)},
		{"review, an older reminder", reviewing(func(*message.Reviewing) {}).Remind("week-1", false)},
		{"by hand", byHand(func(*message.ByHand) {}).Card()},
		{"by hand, to give", byHand(func(m *message.ByHand) {
			m.Give, m.Resource, m.Kind, m.Slug, m.Why = true, "T1", directory.Workspace, "admin", access.ManualRole
		}).Card()},
		{"by hand, a role", byHand(func(m *message.ByHand) {
			m.Resource, m.Kind, m.Slug, m.Why = "T1", directory.Workspace, "admin", access.ManualRole
		}).Card()},
		{"by hand, in somebody's place", byHand(func(m *message.ByHand) { m.PlaceOf = "U2" }).Card()},
		{"by hand, said done", byHand(func(m *message.ByHand) { m.State, m.Said = access.ManualSaid, "U2" }).Card()},
		{"by hand, seen done", byHand(func(m *message.ByHand) { m.State, m.Closed = access.ManualDone, nine }).Card()},
		{"by hand, dropped", byHand(func(m *message.ByHand) { m.State = access.ManualDropped }).Card()},
		{"by hand, given up", byHand(func(m *message.ByHand) {
			m.State, m.Said, m.Closed, m.Reason = access.ManualGivenUp, "U2", nine, "nobody leaves this channel"
		}).Card()},
		{"by hand, given up, to who denied it", byHand(func(m *message.ByHand) {
			m.State, m.Said, m.Closed, m.Reason = access.ManualGivenUp, "U2", nine, "nobody leaves this channel"
		}).Stands("Autumn")},
		{"by hand, given up, to who denied a role; the reason was erased", byHand(func(m *message.ByHand) {
			m.Resource, m.Kind, m.Slug, m.Why = "T1", directory.Workspace, "owner", access.ManualPrimary
			m.State, m.Said, m.Closed = access.ManualGivenUp, "U2", nine
		}).Stands("Autumn")},
		{"by hand, reminder", byHand(func(*message.ByHand) {}).Remind(true)},
		{"by hand, an older reminder", byHand(func(*message.ByHand) {}).Remind(false)},
	} {
		fmt.Fprintf(&b, "== %s\n%s\n", c.name, plain(c.card))
		if len(c.card.Summary) == 0 || len(c.card.Title) > 150 || len(c.card.Buttons) > 5 {
			t.Errorf("%s: no summary, too long a title, or too many buttons", c.name)
		}
	}
	const file = "testdata/cards.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != b.String() {
		t.Errorf("the cards differ from %s (-update writes it): %v", file, err)
	}
}

// waiting is a policy of Ada's that gives her more, and waits.
func waiting(f func(*message.Draft)) message.Draft {
	d := message.Draft{
		Draft:    access.Draft{ID: "df_1", Base: 4, By: "u_ada", State: access.DraftWaits, Wider: []string{`rule "oncall" is longer: 8h, and was 1h`}},
		Names:    names,
		Proposer: "U1", More: 3, Less: 1, Page: "https://ebb.example/policies/drafts/df_1",
	}
	f(&d)
	return d
}

func drafted(state access.DraftState, by string) func(*message.Draft) {
	return func(d *message.Draft) {
		d.State, d.Decider, d.DecidedBy = state, by, map[string]string{"U1": "u_ada", "U2": "u_lin"}[by]
	}
}
