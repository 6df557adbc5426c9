package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// snapshot is everything of an Org that outlives its process. Messages, codes
// and refresh tokens of OAuth, faults, calls and queued events do not.
type snapshot struct {
	Format     int
	Enterprise []string `json:",omitempty"` // id, name, domain
	Teams      []teamSnapshot
	Users      []User
	Groups     []Group
	Channels   []Channel
	Externals  []string
	Roles      []roleAssignment
	Logs       []Access `json:",omitempty"`
	App        appSnapshot
	Tokens     []tokenSnapshot
	BotToken   string
	UserToken  string
}

type teamSnapshot struct {
	ID, Name, Domain, General, PrimaryOwner string
	Users, Groups, Channels                 []string
	Granted                                 bool
	Prefs                                   map[string]string
}

type appSnapshot struct {
	ID, BotID, ClientID, ClientSecret, SigningSecret, Verification string
	Installs                                                       []installSnapshot
}

type installSnapshot struct {
	Where, Bot string
	Scopes     []string
	Uninstall  bool
}

type tokenSnapshot struct {
	Value, User, Where string
	Bot, Revoked       bool
	Scopes             []string
	Expires            time.Time
}

const snapshotFormat = 1

// Save writes the organization as JSON, with its (simulated) tokens.
func (o *Org) Save(w io.Writer) error {
	o.mu.Lock()
	raw, err := json.Marshal(o.snapshot()) // locked: a snapshot shares what it is made of
	o.mu.Unlock()
	if err != nil {
		return err
	}
	_, err = w.Write(append(raw, '\n'))
	return err
}

func (o *Org) snapshot() snapshot {
	s := snapshot{
		Format: snapshotFormat, Externals: o.externals.ids(), Roles: o.roles, Logs: o.logs, App: o.app.snapshot(),
		BotToken: o.botToken, UserToken: o.usrToken,
	}
	if e := o.enterprise; e != nil {
		s.Enterprise = []string{e.id, e.name, e.domain}
	}
	for _, t := range o.teams {
		s.Teams = append(s.Teams, teamSnapshot{
			ID: t.id, Name: t.name, Domain: t.domain, General: t.general, PrimaryOwner: t.primaryOwner,
			Users: t.users.ids(), Groups: t.groups.ids(), Channels: t.channels.ids(), Granted: t.granted, Prefs: t.prefs,
		})
	}
	for _, id := range sortedKeys(o.users) {
		s.Users = append(s.Users, *o.users[id])
	}
	for _, id := range sortedKeys(o.groups) {
		s.Groups = append(s.Groups, copyGroup(o.groups[id]))
	}
	for _, id := range sortedKeys(o.channels) {
		s.Channels = append(s.Channels, copyChannel(o.channels[id]))
	}
	for _, value := range sortedKeys(o.tokens) {
		t := o.tokens[value]
		s.Tokens = append(s.Tokens, tokenSnapshot{t.value, t.user, t.where, t.bot, t.revoked, t.scopes, t.expires})
	}
	return s
}

func (a app) snapshot() appSnapshot {
	s := appSnapshot{a.id, a.botID, a.clientID, a.clientSecret, a.signingSecret, a.verification, nil}
	for _, i := range a.installs {
		s.Installs = append(s.Installs, installSnapshot{i.where, i.bot, i.scopes, i.uninstall})
	}
	return s
}

// Load makes the organization that was saved. New ids come from another part
// of the seed's sequence, so that none is given twice.
func Load(opt Options, r io.Reader) (*Org, error) {
	var s snapshot
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf("no saved organization: %w", err)
	}
	if s.Format != snapshotFormat || len(s.Teams) == 0 {
		return nil, fmt.Errorf("a saved organization of format %d, not %d", s.Format, snapshotFormat)
	}
	opt.Workspaces = len(s.Teams)
	o := NewEmpty(opt)
	o.restore(s)
	return o, nil
}

func (o *Org) restore(s snapshot) {
	defer o.lock()()
	o.mint = newMint(o.now().UnixNano())
	o.enterprise = nil
	if len(s.Enterprise) == 3 {
		o.enterprise = &enterprise{s.Enterprise[0], s.Enterprise[1], s.Enterprise[2]}
	}
	o.teams = nil
	for _, t := range s.Teams {
		o.teams = append(o.teams, &team{
			id: t.ID, name: t.Name, domain: t.Domain, general: t.General, primaryOwner: t.PrimaryOwner, granted: t.Granted,
			prefs: t.Prefs, users: newIDSet(t.Users), groups: newIDSet(t.Groups), channels: newIDSet(t.Channels),
		})
	}
	o.restorePeople(s)
	o.externals, o.roles, o.logs = newIDSet(s.Externals), s.Roles, s.Logs
	a := s.App
	o.app = app{id: a.ID, botID: a.BotID, clientID: a.ClientID, clientSecret: a.ClientSecret, signingSecret: a.SigningSecret, verification: a.Verification}
	for _, i := range a.Installs {
		o.app.installs = append(o.app.installs, &install{i.Where, i.Bot, i.Scopes, i.Uninstall})
	}
	o.tokens = map[string]*token{}
	for _, t := range s.Tokens {
		o.tokens[t.Value] = &token{value: t.Value, user: t.User, where: t.Where, bot: t.Bot, scopes: t.Scopes, revoked: t.Revoked, expires: t.Expires}
	}
	o.botToken, o.usrToken = s.BotToken, s.UserToken
}

func (o *Org) restorePeople(s snapshot) {
	o.users, o.byEmail = map[string]*User{}, map[string][]string{}
	for _, u := range s.Users {
		o.users[u.ID] = &u
		if u.Email != "" {
			key := strings.ToLower(u.Email)
			o.byEmail[key] = append(o.byEmail[key], u.ID)
		}
	}
	o.groups = map[string]*group{}
	for _, g := range s.Groups {
		stored := &group{Group: g, members: newIDSet(g.Members)}
		stored.Members = nil
		o.groups[g.ID] = stored
	}
	o.channels = map[string]*channel{}
	for _, c := range s.Channels {
		stored := &channel{Channel: c, members: newIDSet(c.Members)}
		stored.Members = nil
		o.channels[c.ID] = stored
	}
}
