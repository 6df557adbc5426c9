package simulation

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

// World is one house over one simulated Slack in virtual time, while one story
// is told.
type World struct {
	scheduler
	Weather Weather
	story   Story
	told    map[string]string // the story's strikes by call; nil: chance decides
	without Guard

	org   *slacktest.Org
	raw   *memory.Table
	store *store.Store // over raw: for checks, past every mishap
	vault *vault
	chain *chain

	root      access.Actor
	conn      string
	ids       map[string]string // people and resources by name
	names     map[string]string // and back
	people    map[string]access.Actor
	resources []string
	count     int

	begin    time.Time
	calmFrom time.Time // no mishap by chance after this
	windows  []window
	last     time.Time // of the last disturbance
	noLeases time.Time // Step Functions is down until then

	idle       map[string][]*container
	running    int
	writer     *task // whose call Slack is serving
	lateWrites int
	eventsLost int
	leases     map[string]*lease
	made       map[int]string // requests by the act that asked
	approvals  []approval
	reviews    reviews
	policies   []inForce
	foreign    bool // the policy is a test's own, and promise 3 is not judged
	truth      *ledger
	control    control                 // what is frozen
	turns      map[string][]time.Time  // when a lock's row was written, by its part
	before     map[store.Key]image     // rows before their last write, for stale reads
	grants     map[string]access.Grant // as they were committed last

	strikes []Strike
	found   []Violation
	Counts  Counts
	trace   func(string)
}

// Counts are what happened in a story, for the summary.
type Counts struct {
	Commits, Strikes, Grants, Given, Revoked int
	Findings, Decreed, Killed                int
	Staged, Completed, Decided               int // campaigns, and submitted decisions
	Denied, ByHand, GivenUp                  int // removals by a review, waits of manual tasks, and those that were given up
	Lost                                     int // edits of people that our write lost: confined to a round trip
}

// Violation is a promise that did not hold.
type Violation struct {
	Promise string
	At      time.Duration // of virtual time
	What    string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s, after %s: %s", v.Promise, v.At.Round(time.Second), v.What)
}

// morning is far in the future: deadlines of contexts that the house makes run on
// the real clock, and must not end a call that virtual time does not end.
var morning = time.Date(2126, 11, 23, 8, 0, 0, 0, time.UTC)

func newWorld(s Story, without Guard, trace func(string)) *World {
	w := &World{
		scheduler: scheduler{now: morning}, story: s, without: without, trace: trace, begin: morning,
		vault: &vault{m: map[string][]byte{}, v: map[string]int{}}, chain: &chain{},
		ids: map[string]string{}, names: map[string]string{}, people: map[string]access.Actor{},
		idle: map[string][]*container{}, leases: map[string]*lease{}, made: map[int]string{},
		reviews: newReviews(), grants: map[string]access.Grant{}, before: map[store.Key]image{}, turns: map[string][]time.Time{},
	}
	w.Weather = s.weather()
	if s.Strikes != nil {
		w.told = map[string]string{}
		for _, x := range s.Strikes {
			w.told[x.Call] = x.How
		}
	}
	w.truth = newLedger(w)
	w.found0()
	return w
}

func (w *World) now() time.Time { return w.scheduler.now }

func (w *World) tell(format string, args ...any) {
	if w.trace != nil {
		w.trace(fmt.Sprintf("%12s  ", w.now().Sub(w.begin).Round(time.Millisecond)) + w.named(fmt.Sprintf(format, args...)))
	}
}

// named puts people's and resources' names for their ids.
func (w *World) named(s string) string {
	for id, name := range w.names {
		s = strings.ReplaceAll(s, id, name)
	}
	return s
}

func (w *World) violate(promise, format string, args ...any) {
	v := Violation{Promise: promise, At: w.now().Sub(w.begin), What: w.named(fmt.Sprintf(format, args...))}
	w.tell("VIOLATION of %s: %s", v.Promise, v.What)
	w.found = append(w.found, v)
}

// disturb notes that something is not as it should be: bounds count from here.
func (w *World) disturb() { w.last = w.now() }

func (w *World) id(prefix string) string {
	w.count++
	return fmt.Sprintf("%s_%06d", prefix, w.count)
}

// found0 makes the company and connects it, before anything goes wrong.
func (w *World) found0() {
	ctx := context.Background()
	w.org = slacktest.NewEmpty(slacktest.Options{Seed: 1, Now: w.now, Tiers: w.story.Tiers})
	w.raw = memory.New(w.now)
	w.store = store.New(w.raw, store.Options{Now: w.now})
	w.hire()
	h := w.quiet()
	user := must(h.FirstUser(ctx, "u_root", "Root"))
	w.root = access.Actor{User: user}
	c := must(h.AddConnector(ctx, w.root, "", nil))
	w.conn = c.ID
	w.install(ctx, h)
	w.syncAll(ctx, h)
	for _, name := range peopleNames {
		w.people[name] = access.Actor{User: must(h.Bind(ctx, w.root, w.conn, w.ids[name], nil))}
	}
	w.publish(ctx, h, "A")
	w.truth.begin(w.ids["team"], w.ids["lunch"])
	w.org.OnWrite = w.intended
}

// quiet is a house whose calls take no time and never go wrong.
func (w *World) quiet() *flow.House {
	without := w.without
	w.without = Guard{}
	h := w.open(&container{w: w, kind: "quiet"})
	w.without = without
	return h
}

// install goes through OAuth as the primary owner.
func (w *World) install(ctx context.Context, h *flow.House) {
	team := w.org.TeamIDs()[0]
	link := must(h.Invite(ctx, w.root, w.conn))
	authorize, cookie, err := h.OpenInvitation(ctx, strings.TrimPrefix(link, "http://ebb.test/connect/"))
	check(err)
	client := w.org.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Get(authorize + "&_as=" + w.org.PrimaryOwner(team) + "&_team=" + team + "&_approve=1")
	check(err)
	check(resp.Body.Close())
	to := must(url.Parse(resp.Header.Get("Location")))
	_ = must(h.FinishInstall(ctx, to.Query().Get("state"), cookie, to.Query().Get("code")))
}

func (w *World) syncAll(ctx context.Context, h *flow.House) {
	run := must(h.StartSync(ctx, w.root, w.conn, nil))
	for run.State == connector.Running {
		run = must(h.SyncStep(ctx, run.ID))
	}
	if run.State != connector.Done {
		panic(fmt.Sprintf("simulation: the first sync ended %s: %v", run.State, run.Notes))
	}
}

// every sets how often the connector syncs.
func (w *World) every(d time.Duration) {
	for range 10 {
		c := must(w.store.Connector(context.Background(), w.conn))
		c.Every = d
		if next := w.now().Add(d); !c.NextSync.IsZero() {
			c.NextSync = next
		}
		_, err := w.store.SaveConnector(context.Background(), c, audit.Event{
			At: w.now(), Aggregate: "connector/" + c.ID, Action: "connector.schedule", Actor: "u_root",
		})
		if err == nil {
			return
		}
		if !fault.Is(err, fault.Conflict) {
			panic(err)
		}
	}
}

// holds asks Slack itself.
func (w *World) holds(resource, account string) bool {
	return slices.Contains(w.members(resource), account)
}

func (w *World) members(resource string) []string {
	switch {
	case isTeam(resource):
		return w.admins()
	case isGroup(resource):
		return w.org.GroupMembers(resource)
	}
	return w.org.ChannelMembers(resource)
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

// check ends the process: setting up cannot fail.
func check(err error) {
	if err != nil {
		panic(fmt.Sprintf("simulation: %v", err))
	}
}
