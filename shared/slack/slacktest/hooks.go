package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"
)

// hook is a response_url: good for five messages within thirty minutes
// (docs.slack.dev, "Handling user interaction").
type hook struct {
	user, channel, ts string // ts: the message that was acted on, if any
	at                time.Time
	uses              int
}

const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hookMessage is what an app posts there, or answers a command with.
type hookMessage struct {
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks"`
	Type     string          `json:"response_type"`
	Replace  bool            `json:"replace_original"`
	Delete   bool            `json:"delete_original"`
	ThreadTS string          `json:"thread_ts"`
}

// newHook answers the address and the id of a new response_url. Slack's lie on a
// host of their own; the path is Slack's.
func (o *Org) newHook(kind string, h *hook) (link, id string) {
	h.at = o.now()
	maps.DeleteFunc(o.screens.hooks, func(_ string, old *hook) bool { return o.now().Sub(old.at) > 24*time.Hour })
	id = o.mint.secret("hook")
	o.screens.hooks[id] = h
	self := o.screens.urls.Self
	if self == "" {
		self = "http://slack.test"
	}
	return fmt.Sprintf("%s/%s/%s/%s", self, kind, o.home().id, id), id
}

func (o *Org) routeHooks() {
	o.mux.HandleFunc("POST /commands/{team}/{id}", o.serveHook)
	o.mux.HandleFunc("POST /actions/{team}/{id}", o.serveHook)
}

// serveHook takes a message.
// assumed: a used or old address answers HTTP 404 with used_url or expired_url,
// bad blocks HTTP 400 with invalid_blocks (the last is from the field,
// sourcegraph/sourcegraph-public-snapshot#49979).
func (o *Org) serveHook(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	var in hookMessage
	if err != nil || json.Unmarshal(raw, &in) != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	status, code := o.useHook(r.PathValue("id"), in)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, code)
}

func (o *Org) useHook(id string, in hookMessage) (int, string) {
	defer o.lock()()
	h := o.screens.hooks[id]
	switch {
	case h == nil:
		return http.StatusNotFound, "no_service"
	case o.now().Sub(h.at) > hookLife:
		return http.StatusNotFound, "expired_url"
	case h.uses >= hookUses:
		return http.StatusNotFound, "used_url"
	}
	h.uses++
	if code := o.respond(h, in); code != "" {
		return http.StatusBadRequest, code
	}
	return http.StatusOK, "ok"
}

// respond shows, replaces or deletes a message; it answers Slack's code.
func (o *Org) respond(h *hook, in hookMessage) string {
	old := o.messages[h.channel+h.ts]
	if in.Delete {
		if old != nil {
			delete(o.messages, h.channel+h.ts)
		}
		return ""
	}
	blocks, problems := in.Blocks, []string(nil)
	if blocks != nil {
		blocks, _, problems = o.judged(onMessage, "/blocks", blocks)
	}
	switch {
	case len(problems) > 0:
		return "invalid_blocks"
	case in.Text == "" && blocks == nil:
		return "no_text"
	case in.Replace && old != nil:
		old.text, old.blocks, old.updated = in.Text, blocks, true
		return ""
	}
	m := &message{channel: h.channel, ts: o.nextTS(), bot: true, text: in.Text, blocks: blocks, thread: in.ThreadTS, to: h.user}
	if in.Type == "in_channel" {
		m.to = ""
	}
	if bot := o.installFor(o.channels[h.channel].Team); bot != nil {
		m.user = bot.bot
	}
	o.messages[m.channel+m.ts] = m
	return ""
}
