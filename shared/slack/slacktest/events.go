package slacktest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// Event is one event of the Events API that waits to be delivered.
type Event struct {
	ID, Type string
	Team     string // workspace that it is about
	At       time.Time
	Body     []byte // the outer event, as it is posted
	Attempts int    // failed deliveries so far
	due      time.Time
	reason   string // x-slack-retry-reason of the last failure
}

const eventsKept = 10000

type eventQueue struct {
	list   []*Event
	url    string
	client *http.Client
}

func (q *eventQueue) clear() { q.list = nil }

// emit queues an event when an installation may see it: the app is installed for
// the workspace, the organization granted it, and some live token of it has one
// of the scopes (none named: no scope needed). The app counts as subscribed to
// every event that the simulation has. The oldest of 10,000 is dropped.
func (o *Org) emit(team string, scopes []string, event reply) {
	in := o.installFor(team)
	if in == nil || !o.mayHear(in, team, scopes) {
		return
	}
	at := o.now()
	id := o.mint.event()
	event["event_ts"] = slackTS(at, 0)
	raw, err := json.Marshal(o.envelope(in, team, id, at, event))
	if err != nil {
		panic("slacktest: " + err.Error())
	}
	o.events.list = append(o.events.list, &Event{ID: id, Type: event["type"].(string), Team: team, At: at, Body: raw, due: at})
	if len(o.events.list) > eventsKept {
		o.events.list = slices.Delete(o.events.list, 0, 1)
	}
}

func (o *Org) mayHear(in *install, team string, scopes []string) bool {
	if t := o.team(team); t == nil || o.isOrg(in.where) && !t.granted {
		return false
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(in.scopes, s) }) {
		return true
	}
	for _, t := range o.tokens {
		if !t.revoked && t.where == in.where && slices.ContainsFunc(scopes, t.has) {
			return true
		}
	}
	return false
}

// envelope is the outer event (docs.slack.dev, Events API). authorizations holds
// one installation, as Slack's does.
func (o *Org) envelope(in *install, team, id string, at time.Time, event reply) reply {
	auth := reply{"enterprise_id": nil, "team_id": team, "user_id": in.bot, "is_bot": true, "is_enterprise_install": false}
	body := reply{
		"token": o.app.verification, "team_id": team, "api_app_id": o.app.id, "event": event, "type": "event_callback",
		"event_id": id, "event_time": at.Unix(), "authorizations": []reply{auth}, "is_ext_shared_channel": false,
	}
	if o.enterprise != nil {
		auth["enterprise_id"], body["enterprise_id"] = o.enterprise.id, o.enterprise.id
	}
	if o.isOrg(in.where) {
		auth["team_id"], auth["is_enterprise_install"] = nil, true
	}
	return body
}

func (o *Org) emitMembersChanged(g *group, before int64, added, removed []string) {
	o.emit(g.Team, []string{"usergroups:read"}, reply{
		"type": "subteam_members_changed", "subteam_id": g.ID, "team_id": g.Team,
		"date_previous_update": before, "date_update": g.DateUpdate,
		"added_users": added, "added_users_count": len(added), "removed_users": removed, "removed_users_count": len(removed),
	})
}

// emitGroup sends subteam_updated or subteam_created; users are cut at 500
// (docs.slack.dev, subteam_updated).
func (o *Org) emitGroup(kind string, g *group) {
	v := o.groupView(g, true, true)
	users := (*v.Users)[:min(500, len(*v.Users))]
	v.Users = &users
	o.emit(g.Team, []string{"usergroups:read"}, reply{"type": kind, "subteam": v})
}

func (o *Org) emitUser(kind string, u *User) {
	email := slices.Contains(o.botScopes(u.Team), "users:read.email")
	for _, team := range u.Teams {
		o.emit(team, []string{"users:read"}, reply{"type": kind, "user": o.userView(u, team, email), "cache_ts": o.now().Unix()})
		if o.enterprise != nil {
			return // one event for the organization, from the home workspace
		}
	}
}

func (o *Org) botScopes(team string) []string {
	if in := o.installFor(team); in != nil {
		return in.scopes
	}
	return nil
}

// emitJoined and emitLeft: only for channels that the bot is in.
func (o *Org) emitJoined(c *channel, user, inviter string) {
	event := c.memberEvent("member_joined_channel", user)
	if inviter != "" && inviter != user {
		event["inviter"] = inviter
	}
	o.emitToChannel(c, event)
}

func (o *Org) emitLeft(c *channel, user string) {
	o.emitToChannel(c, c.memberEvent("member_left_channel", user))
}

func (c *channel) memberEvent(kind, user string) reply {
	letter := "C"
	if c.Private {
		letter = "G"
	}
	return reply{"type": kind, "user": user, "channel": c.ID, "channel_type": letter, "team": c.Team}
}

func (o *Org) emitToChannel(c *channel, event reply) {
	if in := o.installFor(c.Team); in != nil && !c.isDirect() && c.members.has(in.bot) {
		o.emit(c.Team, []string{c.readScope()}, event)
	}
}

func (o *Org) emitTokensRevoked(where string, revoked ...*token) {
	tokens := map[string][]string{"oauth": {}, "bot": {}}
	for _, t := range revoked {
		kind := "oauth"
		if t.bot {
			kind = "bot"
		}
		tokens[kind] = append(tokens[kind], t.user)
	}
	o.emit(o.eventTeam(where), nil, reply{"type": "tokens_revoked", "tokens": tokens})
}

func (o *Org) emitUninstalled(in *install) {
	var dead []*token
	for _, value := range sortedKeys(o.tokens) {
		if t := o.tokens[value]; t.where == in.where && !t.revoked {
			dead = append(dead, t)
		}
	}
	o.emitTokensRevoked(in.where, dead...)
	o.emit(o.eventTeam(in.where), nil, reply{"type": "app_uninstalled"})
}

func (o *Org) emitAccess(kind, team string) {
	o.emit(team, nil, reply{"type": kind, "team_ids": []string{team}})
}

// eventTeam is the workspace under which events of an installation are sent.
func (o *Org) eventTeam(where string) string {
	for _, t := range o.teams {
		if o.isOrg(where) && t.granted {
			return t.id
		}
	}
	if o.isOrg(where) {
		return o.home().id
	}
	return cmp.Or(where, o.home().id)
}
