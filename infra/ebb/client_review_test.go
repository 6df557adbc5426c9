package main

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// hands are a desk whose house's clock can be moved.
type hands struct {
	*desk
	ahead atomic.Int64
	shift string
}

func newHands(t *testing.T) *hands {
	d := &hands{desk: newDesk(t)}
	d.house.Now = func() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }
	d.shift = d.slack.AddGroup(slacktest.Group{Handle: "shift", Name: "Shift", Members: []string{d.ids["sam.a"], d.ids["sam.b"], d.ids["joanna"]}})
	d.on(time.Minute)
	d.sync(t.Context(), d.admin())
	return d
}

func (d *hands) admin() access.Actor {
	u, err := d.house.Memory.User(d.t.Context(), "u_admin")
	d.ok(err)
	return access.Actor{User: u}
}

// on moves the clock, and has the house do what is due.
func (d *hands) on(by time.Duration) {
	d.t.Helper()
	d.ahead.Add(int64(by))
	for range 20 {
		next, err := d.house.Review(d.t.Context())
		d.ok(err)
		if next.IsZero() || next.After(d.house.Now()) {
			break
		}
		d.ahead.Add(int64(time.Second))
	}
	_, err := d.house.Sweep(d.t.Context())
	d.ok(err)
}

// id is the id that a command answers with as JSON.
func (d *hands) id(line string) string {
	d.t.Helper()
	var v struct{ ID string }
	if err := json.Unmarshal([]byte(d.says(line+" --format json")), &v); err != nil || v.ID == "" {
		d.t.Fatalf("ebb %s: %v", line, err)
	}
	return v.ID
}

// TestReviewStory is an access review from the terminal, from its draft to the day
// on which all that was denied is gone.
func TestReviewStory(t *testing.T) {
	d := newHands(t)
	what := " --kinds usergroup --reviewers named:lin --fallback ada --days 14 --at-end revoke --ends --unchanged"
	d.says("review", "no access review for you")
	d.fails("review draft --name Autumn --as ada"+what, "campaign administrators")
	d.fails("review draft --name Autumn --kinds usergroup --reviewers named:lin", "--at-end skip")
	d.fails("review draft --name Autumn --reviewers somebody --at-end skip", "none of owner, creator")
	d.fails("review draft --name Autumn --reviewers named:zoe --at-end skip", `"zoe" means nothing`)
	d.fails("review draft --name Autumn --reviewers owner --at-end skip --kinds workspaces", "kinds")
	d.says("review preview"+what, "5 lines in 2 lists", "@shift", "Sam Adeyemi", "standing", "look: new")

	id := d.id("review draft --name Autumn" + what)
	d.says("review edit "+id+" --name Autumn-1"+what, "Autumn-1", "draft", "ebb review stage "+id)
	d.fails("review start "+id, "draft", "stage it")
	d.says("review stage "+id, "staging")
	d.on(time.Second)
	d.says("review show "+id, "staged", "5 lines", "level 1: Lin Okafor", "fallback: Ada Moreau", "ebb review start "+id)
	d.says("review --as lin", "no access review for you") // nobody is told yet
	d.says("review start "+id, "running", "ends by itself", "what nobody has decided then is denied and removed")
	d.on(time.Second)

	d.says("review --as lin", "Autumn-1", "running")
	d.says("tasks --as lin", "4 lines of Autumn-1", "ebb review lines "+id)
	sam := d.shift + "/member/" + d.ids["sam.a"]
	d.says("review lines "+id+" --as lin", sam, "@shift", "Joanna Diaz", "4 of 4 lines are left", "ebb review certify")
	d.says("review lines "+id+" --as lin --person joanna --by person", "Joanna Diaz", "@shift")
	d.fails("review lines "+id, "ebb review lists "+id)
	d.fails("review certify "+id+" --as lin", "--show left")
	d.says("review deny "+id+" "+sam+" --as lin --comment left", "Noted: 1 line.", "ebb review submit "+id)
	d.says("review certify "+id+" --show left --resource @shift --as lin", "Noted: 2 lines")
	d.says("review clear "+id+" --person joanna --as lin", "Taken back: the notes about 1 line")
	d.says("review lines "+id+" --as lin --search zzzz", "No line of this list is like that")
	d.says("review lists "+id, "0 of 5 lines are closed", "named: Lin Okafor", "fallback: Ada Moreau")
	if got := d.members(); len(got) != 3 {
		t.Errorf("a note has taken somebody out: %v", got)
	}
	d.says("review submit "+id+" --as lin", "1 certified", "1 denied", "2 are left", "goes now", "ebb review lines "+id+" --show decided")
	d.says("review show "+id+" --as lin", "your list", "2 left", "Next: ebb review lines "+id)
	d.on(time.Second)
	if got := d.members(); len(got) != 2 || strings.Contains(strings.Join(got, " "), d.ids["sam.a"]) {
		t.Errorf("what was denied is there: %v", got)
	}
	d.fails("review certify "+id+" S0NOWHERE/member/U0NOBODY --as lin", "none of these lines")
	d.says("review unchanged "+id+" --as lin", "Nothing was noted", "one by one") // all is new
	oncall := d.says("review lines "+id+" --as lin --resource @oncall", "@oncall")
	line := strings.Fields(strings.Split(oncall, "\n")[1])[0]
	d.says("review reassign "+id+" "+line+" --to ada --as lin", "1 line went to others")
	d.says("review end "+id, "5 lines", "would be denied, and the access removed", "Nothing has ended", "--yes")
	d.says("review end "+id+" --open skip", "would be skipped")
	d.says("review show "+id, "running", "level 1: Lin Okafor", "fallback: Ada Moreau", "what: usergroup")

	d.on(14 * 24 * time.Hour)
	d.sync(t.Context(), d.admin())
	d.on(2 * time.Minute)
	d.says("review show "+id, "completed", "ebb manual list", "what nobody had decided is denied and removed")
	d.says("review lines "+id+" --as lin --show decided", "certified", "removed")
	// Of what nobody decided, the last members of two groups wait for a hand.
	d.says("manual", "take Sam Adeyemi out of @oncall", "last-member", "waits")
	d.says("manual list --as ada", "Nothing has to be done by hand")
	task := ""
	for _, row := range strings.Split(d.says("manual"), "\n") {
		if strings.Contains(row, "@oncall") {
			task = strings.Fields(row)[0]
		}
	}
	d.says("tasks", "take Sam Adeyemi out of @oncall", "ebb manual show "+task)
	d.says("manual show "+task, "1. Add somebody else to @oncall", "ebb manual done "+task)
	d.says("manual done "+task, "said done", "Slack has not shown it yet")
	d.fails("manual done "+task+" --as ada", "no manual task")
	d.fails("manual drop "+task, "--why")
	d.fails("manual drop "+task+" --why nobody-else --as ada", "no manual task")
	d.says("manual --stands", "Nothing that was denied and given up still stands")
	d.says("manual drop "+task+" --why nobody-else", "given up by", "nobody-else; it still stands", "ebb manual --stands")
	if got := d.says("manual show "+task, "given up by"); strings.Contains(got, "1. ") {
		t.Errorf("it was given up, and says what to do:\n%s", got)
	}
	d.says("manual", "still standing: 1", "ebb manual --stands")
	d.says("manual --stands", "nobody-else; it still stands")
	d.on(2 * time.Minute)
	lines := ""
	for _, row := range strings.Split(d.says("review lists "+id), "\n") {
		if list, _, _ := strings.Cut(row, " "); strings.HasPrefix(list, "as_") {
			lines += d.says("review lines " + id + " --list " + list + " --show decided")
		}
	}
	if !strings.Contains(lines, "could not be removed: nobody-else, given up by") {
		t.Errorf("no line says why it stands:\n%s", lines)
	}
}

// TestRemedy: a trouble's command can be copied.
func TestRemedy(t *testing.T) {
	if got := remedy("install again (ebb connect --connector CON, or else)", "con_1"); got != "install again (ebb connect --connector con_1, or else)" {
		t.Error(got)
	}
}

// members of @shift, in Slack.
func (d *hands) members() []string { return d.slack.GroupMembers(d.shift) }

// TestReviewTemplates: made, listed, it drafts, stopped.
func TestReviewTemplates(t *testing.T) {
	d := newHands(t)
	d.says("review templates", "No template")
	d.fails("review template add --name Quarter --kinds usergroup --reviewers owner --fallback ada --at-end skip --every quarterly --auto", "--first")
	id := d.id("review template add --name Quarter --kinds usergroup --accounts guests,no-two-factor --held standing --admins @leads --only @oncall --reviewers owner --reviewers group:@leads --fallback ada --at-end skip --every quarterly")
	d.on(time.Second)
	d.says("review templates", "Quarter", "quarterly")
	d.says("review list", "Quarter 20", "draft")
	draft := d.first("review list")
	d.says("review show "+draft, "level 1: owner", "level 2: members of @leads", "fallback: Ada Moreau")
	d.says("review cancel "+draft, "canceled")
	d.says("review template stop "+id, "is stopped")
	d.says("review templates", "stopped")
	d.fails("review templates --as ada", "campaign administrators and auditors")
	d.says("review sync", "reads Umbra now")
}
