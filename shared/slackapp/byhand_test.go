package slackapp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// byHand is a task to take an account out of the hall, for what no API does.
func (o *office) byHand(account string) access.Manual {
	o.t.Helper()
	m := access.Manual{
		Connector: "con_1", Resource: o.hall, Kind: directory.Channel, Slug: "member", Account: account, Origin: "review/uc_1/" + account,
		Why: access.ManualPublic, State: access.ManualWaits, Created: o.clock(), Next: o.clock().Add(15 * time.Minute),
	}
	m.ID = m.ManualID()
	m, err := o.store.SaveManual(o.ctx(), m, audit.Event{At: o.clock(), Aggregate: "manual/" + m.ID, Action: "manual.made"})
	o.ok(err)
	return m
}

func (o *office) tells() {
	o.t.Helper()
	_, err := o.house.Tell(o.ctx(), 0, time.Time{})
	o.ok(err)
}

// TestWhatIsDoneByHand: the owner's message has the steps and a button; pressed, the
// task is said done, the message shows who said so, and pressing again, or by
// somebody who owns nothing, changes nothing.
func TestWhatIsDoneByHand(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	o.ok(o.house.SetOwners(o.ctx(), o.root, "con_1", o.hall, []string{o.lin}))
	m, other := o.byHand(o.bob), o.byHand(o.ada)
	o.tells()
	dm := o.slack.DirectWithApp(o.lin)
	shown := o.slack.MessagesFor(o.lin, dm)
	if len(shown) != 2 {
		t.Fatalf("lin has %d messages\n%s", len(shown), o.log.String())
	}
	card := shown[0]
	if !strings.Contains(string(card.Blocks), m.ID) {
		card = shown[1]
	}
	for _, want := range []string{`"done"`, "I did this", "/manual/" + m.ID, "1. Open #hall", "public channel"} {
		if !strings.Contains(string(card.Blocks), want) {
			t.Errorf("no %s in %s", want, card.Blocks)
		}
	}
	task := func(id string) access.Manual {
		m, err := o.store.Manual(o.ctx(), id)
		o.ok(err)
		return m
	}
	o.press(o.lin, slacktest.Spot{Channel: dm, TS: card.TS, Block: "do/" + m.ID, Action: string(message.Done)}, message.Done)
	if got := task(m.ID); got.State != access.ManualSaid || got.SaidBy != o.actor(o.lin).User.ID {
		t.Fatalf("%+v\n%s", got, o.log.String())
	}
	o.tells()
	for _, x := range o.slack.MessagesFor(o.lin, dm) {
		if x.TS == card.TS && (!strings.Contains(x.Text, "says that it is done") || strings.Contains(string(x.Blocks), "I did this")) {
			t.Errorf("the message stays: %s", x.Blocks)
		}
	}
	home := string(o.home(o.lin).Blocks)
	for _, want := range []string{"To do by hand in Slack", other.ID} {
		if !strings.Contains(home, want) {
			t.Errorf("no %s in %s", want, home)
		}
	}
	if strings.Contains(home, m.ID) || strings.Contains(string(o.home(o.bob).Blocks), other.ID) {
		t.Error("the tab shows what nobody waits for, or what is not one's to do")
	}
	rev := task(m.ID).Rev
	o.pressHome(o.lin, "by hand "+other.ID, message.Done)
	if task(other.ID).State != access.ManualSaid || task(m.ID).Rev != rev {
		t.Errorf("%+v", task(other.ID))
	}
}

// TestReviewsOnTheHomeTab: with what is left, and a button that opens the list.
func TestReviewsOnTheHomeTab(t *testing.T) {
	o := newOffice(t, slacktest.Options{})
	d, err := o.house.DraftCampaign(o.ctx(), o.root, review.Spec{
		Name: "Autumn <!channel>", Connector: "con_1", Days: 14, AtEnd: review.SkipOpen,
		Scope:  review.Scope{Resources: []string{o.oncall}, Kinds: []directory.Kind{directory.UserGroup}},
		Levels: []review.Level{{By: review.ByNamed, Accounts: []string{o.lin}}},
	})
	o.ok(err)
	_, err = o.house.StageCampaign(o.ctx(), o.root, d.ID)
	o.ok(err)
	look := func() {
		for range 5 {
			_, err := o.house.Review(o.ctx())
			o.ok(err)
			o.move(time.Second)
		}
	}
	look()
	_, err = o.house.StartCampaign(o.ctx(), o.root, d.ID)
	o.ok(err)
	look()
	home := string(o.home(o.lin).Blocks)
	for _, want := range []string{"Access reviews that wait for you", "2 lines are left", "/reviews/" + d.ID + "/lists/as_", `"open"`} {
		if !strings.Contains(home, want) {
			t.Errorf("no %s in %s", want, home)
		}
	}
	if strings.Contains(home, "<!channel>") || strings.Contains(string(o.home(o.ada).Blocks), d.ID) {
		t.Errorf("markup that somebody typed, or another's review: %s", home)
	}
	before := len(o.slack.Messages())
	o.pressHome(o.lin, "review "+d.ID, message.Open)
	if len(o.slack.Messages()) != before {
		t.Error("a button that opens a page did something else")
	}
}
