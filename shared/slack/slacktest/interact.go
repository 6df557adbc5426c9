package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// AppURLs are the addresses in the app's settings, and the simulation's own, under
// which response_urls lie.
type AppURLs struct {
	Commands    string // Request URL of the slash command
	Interaction string // Request URL of interactivity
	Options     string // Options Load URL
	Self        string // such as http://127.0.0.1:8090; empty: http://slack.test
}

// Answer is what the app said to a person's act, within Slack's three seconds.
type Answer struct {
	Status int
	Body   []byte
}

// ErrNoAnswer is what a person sees as a warning sign: the app did not answer
// with 200 within three seconds, or with something that Slack cannot use.
var ErrNoAnswer = errors.New("slacktest: the app did not answer as it should")

// SetAppURLs says where the app listens. Nothing is posted but by the Hand
// methods that say so; a nil client means http.DefaultClient.
func (o *Org) SetAppURLs(u AppURLs, client *http.Client) {
	defer o.lock()()
	if client == nil {
		client = http.DefaultClient
	}
	o.screens.urls, o.screens.client = u, client
}

// tell posts a signed form to the app, or hands it to the app's socket, and reads
// what it answers. It runs unlocked:
// an app may call Slack before it answers.
func (o *Org) tell(ctx context.Context, address string, form url.Values) (Answer, error) {
	wait, done := context.WithTimeout(ctx, 3*time.Second)
	defer done()
	if body, ok, err := o.bySocket(wait, formEnvelope(form)); ok {
		if err != nil {
			return Answer{}, fmt.Errorf("%w: %w", ErrNoAnswer, err)
		}
		return Answer{http.StatusOK, body}, nil
	}
	o.mu.Lock()
	client := o.screens.client
	o.mu.Unlock()
	if address == "" || client == nil {
		return Answer{}, fmt.Errorf("%w: no such address is set (SetAppURLs)", ErrNoAnswer)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := o.signed(ctx, address, []byte(form.Encode()), "application/x-www-form-urlencoded")
	if err != nil {
		return Answer{}, err
	}
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%w: HTTP %d", ErrNoAnswer, res.StatusCode)
	}
	return Answer{res.StatusCode, body}, err
}

// interaction posts a payload to the interactivity address, or menus' to theirs.
func (o *Org) interaction(ctx context.Context, address string, payload reply) (Answer, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return Answer{}, err
	}
	return o.tell(ctx, address, url.Values{"payload": {string(raw)}})
}

// payload holds what every interaction tells (docs.slack.dev, "Interaction
// payloads").
func (o *Org) payload(kind string, u *User) reply {
	t := o.teamOf(u)
	out := reply{
		"type": kind, "token": o.app.verification, "api_app_id": o.app.id, "enterprise": nil, "is_enterprise_install": false,
		"team": reply{"id": t.id, "domain": t.domain},
		"user": reply{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": t.id},
	}
	if o.enterprise != nil {
		out["enterprise"] = reply{"id": o.enterprise.id, "name": o.enterprise.name}
	}
	if in := o.installFor(t.id); in != nil && o.isOrg(in.where) {
		out["is_enterprise_install"] = true
	}
	return out
}

// teamOf is the workspace in which somebody acts: their home, or for people of
// elsewhere the first one.
func (o *Org) teamOf(u *User) *team {
	if t := o.team(u.Team); t != nil {
		return t
	}
	return o.home()
}

// HandCommand types a slash command in a channel (its id; "" is the direct
// message with the app) and posts it to the app. What the app answers at once is
// shown: to the person alone, or to the channel (response_type in_channel).
func (o *Org) HandCommand(ctx context.Context, user, channel, command, text string) (Answer, error) {
	address, form, id := o.command(user, channel, command, text)
	a, err := o.tell(ctx, address, form)
	if err != nil || len(a.Body) == 0 {
		return a, err
	}
	return a, o.answerCommand(id, a.Body)
}

func (o *Org) command(user, channel, command, text string) (string, url.Values, string) {
	defer o.lock()()
	u := mustHave(o.users, "user", user)
	if channel == "" {
		channel = o.directWithApp(u)
	}
	c, t := mustHave(o.channels, "channel", channel), o.teamOf(u)
	name := c.Name
	if c.IM {
		name = "directmessage"
	}
	link, id := o.newHook("commands", &hook{user: u.ID, channel: c.ID})
	p := o.payload("", u)
	form := url.Values{
		"token": {o.app.verification}, "team_id": {t.id}, "team_domain": {t.domain}, "channel_id": {c.ID}, "channel_name": {name},
		"user_id": {u.ID}, "user_name": {u.Name}, "command": {command}, "text": {text}, "api_app_id": {o.app.id},
		"is_enterprise_install": {fmt.Sprint(p["is_enterprise_install"])}, "response_url": {link}, "trigger_id": {o.newTrigger(u.ID, t.id, "")},
	}
	if o.enterprise != nil {
		form.Set("enterprise_id", o.enterprise.id)
		form.Set("enterprise_name", o.enterprise.name)
	}
	return o.screens.urls.Commands, form, id
}

// answerCommand shows the body of a command's answer: JSON, or plain text.
func (o *Org) answerCommand(id string, body []byte) error {
	defer o.lock()()
	var in hookMessage
	if json.Unmarshal(body, &in) != nil {
		in = hookMessage{Text: string(body)}
	}
	if in.Text == "" && in.Blocks == nil {
		return nil
	}
	if code := o.respond(o.screens.hooks[id], in); code != "" {
		return fmt.Errorf("%w: %s", ErrNoAnswer, code)
	}
	return nil
}

// HandShortcut uses one of the app's global shortcuts.
func (o *Org) HandShortcut(ctx context.Context, user, callbackID string) (Answer, error) {
	o.mu.Lock()
	u := mustHave(o.users, "user", user)
	p := o.payload("shortcut", u)
	p["callback_id"], p["action_ts"], p["trigger_id"] = callbackID, slackTS(o.now(), 0), o.newTrigger(u.ID, o.teamOf(u).id, "")
	address := o.screens.urls.Interaction
	o.mu.Unlock()
	return o.interaction(ctx, address, p)
}

// HandOpenHome opens the app's home tab; it fires app_home_opened, which
// DeliverEvents delivers. It answers the person's direct message with the app.
func (o *Org) HandOpenHome(user string) string {
	defer o.lock()()
	u := mustHave(o.users, "user", user)
	event := reply{"type": "app_home_opened", "user": u.ID, "channel": o.directWithApp(u), "tab": "home"}
	if v := o.screens.views[o.screens.homes[u.ID]]; v != nil {
		event["view"] = o.viewJSON(v)
	}
	o.emit(o.teamOf(u).id, nil, event)
	return event["channel"].(string)
}

// directWithApp finds or opens somebody's direct message with the app.
func (o *Org) directWithApp(u *User) string {
	in := o.installFor(o.teamOf(u).id)
	if in == nil {
		panic("slacktest: the app is not installed for " + u.ID)
	}
	members := newIDSet([]string{u.ID, in.bot})
	for _, id := range sortedDirect(o.channels) {
		if c := o.channels[id]; c.IM && slices.Equal(c.members.list, members.list) {
			return id
		}
	}
	return o.addChannel(Channel{IM: true, Team: o.teamOf(u).id, Creator: u.ID, Members: members.ids()})
}
