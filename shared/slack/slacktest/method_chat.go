package slacktest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// message is a message that the app posted, with its blocks as Slack keeps them.
type message struct {
	channel, ts, user, to string // to: the one reader of an ephemeral message
	bot                   bool
	text                  string
	blocks                json.RawMessage
	thread                string
	metadata              json.RawMessage
	updated               bool
}

// Message is a message that was posted, for assertions.
type Message struct {
	Channel, TS, User, Text, ThreadTS string
	To                                string // reader of an ephemeral message, else ""
	Blocks, Metadata                  json.RawMessage
	Updated                           bool
}

// Messages are all posted messages, oldest first.
func (o *Org) Messages() []Message {
	defer o.lock()()
	out := make([]Message, 0, len(o.messages))
	for _, m := range o.messages {
		out = append(out, Message{m.channel, m.ts, m.user, m.text, m.thread, m.to, m.blocks, m.metadata, m.updated})
	}
	slices.SortFunc(out, func(a, b Message) int { return cmp.Or(cmp.Compare(a.TS, b.TS), cmp.Compare(a.Channel, b.Channel)) })
	return out
}

func slackTS(at time.Time, n int64) string {
	return fmt.Sprintf("%d.%06d", at.Unix(), (int64(at.Nanosecond())/1000+n)%1e6)
}

// nextTS is unique: two messages in one microsecond do not share it.
func (o *Org) nextTS() string {
	o.lastTS = max(o.lastTS+1, o.now().UnixMicro())
	return fmt.Sprintf("%d.%06d", o.lastTS/1e6, o.lastTS%1e6)
}

func (r *request) draft() (*message, error) {
	m := &message{user: r.user.ID, bot: r.tok.bot, text: cmp.Or(r.str("text"), r.str("markdown_text")), thread: r.str("thread_ts")}
	if raw := strings.TrimSpace(r.str("blocks")); raw != "" {
		var blocks []json.RawMessage
		if json.Unmarshal([]byte(raw), &blocks) != nil {
			return nil, refuse("invalid_blocks_format")
		}
		judged, _, problems := r.org.judged(onMessage, "/blocks", json.RawMessage(raw))
		if len(problems) > 0 {
			return nil, wrongBlocks(problems)
		}
		m.blocks = judged
	}
	if raw := r.str("metadata"); raw != "" {
		if !json.Valid([]byte(raw)) {
			return nil, refuse(firstDocumented(r.spec, "invalid_metadata_format", "invalid_arguments"))
		}
		m.metadata = json.RawMessage(raw)
	}
	if m.text == "" && m.blocks == nil && r.str("attachments") == "" {
		return nil, refuse("no_text")
	}
	return m, nil
}

// chat.postMessage posts to a channel by id, or to a person by user id, which
// opens the direct message. Without chat:write.public the app must be in the
// channel.
func (r *request) chatPostMessage() (reply, error) {
	m, err := r.draft()
	if err != nil {
		return nil, err
	}
	c, err := r.target()
	if err != nil {
		return nil, err
	}
	switch {
	case c.Archived:
		return nil, refuse("is_archived")
	case !c.members.has(r.user.ID):
		return nil, refuse("not_in_channel")
	}
	m.channel, m.ts = c.ID, r.org.nextTS()
	r.org.messages[c.ID+m.ts] = m
	return reply{"channel": c.ID, "ts": m.ts, "message": r.messageView(m)}, nil
}

func (r *request) target() (*channel, error) {
	u := r.org.users[r.str("channel")]
	if u == nil {
		return r.channel()
	}
	if u.Deleted || !r.meets(u) {
		return nil, refuse("channel_not_found")
	}
	out, err := r.openWith(Channel{IM: true}, newIDSet([]string{u.ID, r.user.ID}))
	if err != nil {
		return nil, err
	}
	id, _ := out["channel"].(reply)["id"].(string)
	return r.org.channels[id], nil
}

func (r *request) messageView(m *message) reply {
	v := r.org.messageJSON(m)
	v["team"] = r.homeTeam()
	return v
}

func (o *Org) messageJSON(m *message) reply {
	v := reply{"type": "message", "user": m.user, "text": m.text, "ts": m.ts}
	if m.bot {
		v["bot_id"], v["app_id"] = o.app.botID, o.app.id
	}
	if m.blocks != nil {
		v["blocks"] = m.blocks
	}
	if m.thread != "" {
		v["thread_ts"] = m.thread
	}
	return v
}

func (r *request) chatUpdate() (reply, error) {
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	old := r.org.messages[c.ID+r.str("ts")]
	switch {
	case old == nil || old.to != "":
		return nil, refuse("message_not_found")
	case old.user != r.user.ID:
		return nil, refuse("cant_update_message")
	case c.Archived:
		return nil, refuse("is_inactive")
	}
	m, err := r.draft()
	if err != nil {
		return nil, err
	}
	old.text, old.blocks, old.updated = m.text, m.blocks, true
	return reply{"channel": c.ID, "ts": old.ts, "text": old.text, "message": r.messageView(old)}, nil
}

func (r *request) chatPostEphemeral() (reply, error) {
	m, err := r.draft()
	if err != nil {
		return nil, err
	}
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	switch {
	case c.Archived:
		return nil, refuse("is_archived")
	case !c.members.has(r.user.ID):
		return nil, refuse("not_in_channel")
	case !c.members.has(r.str("user")):
		return nil, refuse("user_not_in_channel")
	}
	m.channel, m.ts, m.to = c.ID, r.org.nextTS(), r.str("user")
	r.org.messages[c.ID+m.ts] = m
	return reply{"message_ts": m.ts}, nil
}

// chat.delete deletes a message of the app's own; not an ephemeral one, which
// only a response_url can.
func (r *request) chatDelete() (reply, error) {
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	m := r.org.messages[c.ID+r.str("ts")]
	switch {
	case m == nil || m.to != "":
		return nil, refuse("message_not_found")
	case m.user != r.user.ID:
		return nil, refuse("cant_delete_message")
	}
	delete(r.org.messages, c.ID+m.ts)
	return reply{"channel": c.ID, "ts": m.ts}, nil
}

func (r *request) chatGetPermalink() (reply, error) {
	c, err := r.channel()
	if err != nil {
		return nil, err
	}
	m := r.org.messages[c.ID+r.str("message_ts")]
	if m == nil {
		return nil, refuse("message_not_found")
	}
	link := "https://" + r.org.team(c.Team).domain + ".slack.com/archives/" + c.ID + "/p" + strings.ReplaceAll(m.ts, ".", "")
	return reply{"channel": c.ID, "permalink": link}, nil
}
