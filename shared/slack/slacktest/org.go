package slacktest

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Org is one simulated Slack: a workspace, or an Enterprise organization with
// several, and one app that is installed there. It is an http.Handler without
// goroutines of its own. All methods are safe for concurrent use.
type Org struct {
	// OnWrite, when set, is asked before a Web API or SCIM write changes anything.
	// An error stops the write, which then answers HTTP 500. It runs unlocked.
	// Set it before the first request.
	OnWrite Gate
	// OnCall, when set, is told of every call after it was answered. It runs
	// unlocked. Set it before the first request.
	OnCall func(Call)

	mu   sync.Mutex
	opt  Options
	mint *mint
	mux  *http.ServeMux

	enterprise *enterprise
	teams      []*team
	users      map[string]*User
	byEmail    map[string][]string
	groups     map[string]*group
	channels   map[string]*channel
	externals  idset
	roles      []roleAssignment
	logs       []Access
	messages   map[string]*message // by channel + ts

	screens  screens
	app      app
	tokens   map[string]*token
	codes    map[string]*oauthCode
	refresh  map[string]*refreshToken
	oidc     oidcKey
	botToken string
	usrToken string

	windows map[string][]time.Time // calls per method and team within the last minute
	faults  []*Fault
	late    []lateWrite
	calls   callLog
	events  eventQueue
	sockets sockets
	lastTS  int64
}

// NewEmpty makes an organization with its workspaces, a primary owner and
// #general in each, and the app installed; no other people.
func NewEmpty(o Options) *Org {
	o = o.withDefaults()
	org := &Org{
		opt: o, mint: newMint(o.Seed),
		users: map[string]*User{}, byEmail: map[string][]string{}, groups: map[string]*group{}, channels: map[string]*channel{},
		messages: map[string]*message{}, tokens: map[string]*token{}, codes: map[string]*oauthCode{},
		screens: newScreens(), refresh: map[string]*refreshToken{}, windows: map[string][]time.Time{},
	}
	org.calls.init()
	org.routes()
	org.app = newApp(org.mint)
	if o.Plan == PlanEnterprise {
		org.enterprise = &enterprise{id: org.mint.id("E"), name: "Umbra Industries", domain: "umbra"}
	}
	org.users[USLACKBOT] = &User{ID: USLACKBOT, Name: "slackbot", RealName: "Slackbot", DisplayName: "Slackbot", TZ: "America/Los_Angeles"}
	for i := range o.Workspaces {
		org.foundWorkspace(i)
	}
	org.users[USLACKBOT].Team = org.teams[0].id
	org.installApp()
	org.events.clear()
	return org
}

func (o *Org) foundWorkspace(i int) {
	name, domain := workspaceName(i)
	t := &team{id: o.mint.id("T"), name: name, domain: domain, granted: true, prefs: defaultPrefs()}
	o.teams = append(o.teams, t)
	bot := o.users[USLACKBOT]
	bot.Teams = append(bot.Teams, t.id)
	t.users.add(USLACKBOT)
	owner := User{
		Team: t.id, Name: "owner." + domain, RealName: ownerNames[i%len(ownerNames)],
		Email: "owner@" + domain + ".example", PrimaryOwner: true, Has2FA: true,
		OrgPrimaryOwn: o.enterprise != nil && i == 0, OrgOwner: o.enterprise != nil && i == 0,
	}
	t.primaryOwner = o.addUser(owner)
	t.general = o.addChannel(Channel{
		Team: t.id, Name: "general", General: true, Creator: t.primaryOwner,
		Purpose: "Company-wide announcements and work-based matters", Members: []string{t.primaryOwner},
	})
}

// now is Slack's clock, in UTC.
func (o *Org) now() time.Time { return o.opt.Now().UTC() }

func (o *Org) team(id string) *team {
	for _, t := range o.teams {
		if t.id == id {
			return t
		}
	}
	return nil
}

// lock the organization; use as defer o.lock()().
func (o *Org) lock() func() {
	o.mu.Lock()
	return o.mu.Unlock
}

// home is the first workspace, where things go that name none.
func (o *Org) home() *team { return o.teams[0] }

func (o *Org) teamIDs() []string {
	ids := make([]string, len(o.teams))
	for i, t := range o.teams {
		ids[i] = t.id
	}
	return ids
}

// grow is the next value of a date that must never stand still: Slack's clock,
// or one second more than before when two changes fall into one second.
// assumed: Slack's own dates may repeat within a second; ours let tests tell
// every change from the last.
func (o *Org) grow(before int64) int64 { return max(o.now().Unix(), before+1) }

func mustHave[T any](m map[string]T, what, id string) T {
	v, ok := m[id]
	if !ok {
		panic(fmt.Sprintf("slacktest: no %s %q", what, id))
	}
	return v
}

func without(list []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == id })
}
