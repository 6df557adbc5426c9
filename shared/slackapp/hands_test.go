package slackapp_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// card posts a message of Ebb's with buttons to somebody and gives its place.
func (o *office) card(account string, list ...message.Button) slacktest.Spot {
	o.t.Helper()
	var elements []map[string]any
	for _, b := range list {
		elements = append(elements, map[string]any{
			"type": "button", "action_id": string(b.Action), "value": b.ID, "text": map[string]any{"type": "plain_text", "text": b.Label},
		})
	}
	blocks, _ := json.Marshal([]any{map[string]any{"type": "actions", "block_id": "card", "elements": elements}})
	channel := o.slack.DirectWithApp(account)
	return slacktest.Spot{Channel: channel, TS: o.post(channel, blocks), Block: "card"}
}

// shared posts a card where several people read it.
func (o *office) shared(channel string, list ...message.Button) slacktest.Spot {
	o.t.Helper()
	spot := o.card(o.ada, list...)
	for _, m := range o.slack.Messages() {
		if m.TS == spot.TS {
			return slacktest.Spot{Channel: channel, TS: o.post(channel, m.Blocks), Block: "card"}
		}
	}
	return spot
}

func (o *office) post(channel string, blocks []byte) string {
	o.t.Helper()
	form := strings.NewReader("channel=" + channel + "&text=card&blocks=" + urlEscape(string(blocks)))
	r := httptest.NewRequest(http.MethodPost, "/api/chat.postMessage", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+o.slack.BotToken())
	w := httptest.NewRecorder()
	o.slack.ServeHTTP(w, r)
	var said struct {
		OK    bool
		Error string
		TS    string
	}
	o.ok(json.Unmarshal(w.Body.Bytes(), &said))
	if !said.OK {
		o.t.Fatal(said.Error)
	}
	return said.TS
}

// press presses a button of a card.
func (o *office) press(account string, card slacktest.Spot, a message.Action) {
	o.t.Helper()
	card.Action = string(a)
	_, err := o.slack.HandPress(o.ctx(), account, card)
	o.ok(err)
}

// told is the newest message that one person sees in a conversation.
func (o *office) told(account, channel string) string {
	o.t.Helper()
	all := o.slack.MessagesFor(account, channel)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].Text
}

// modal is the upper one that somebody has before them.
func (o *office) modal(account string) slacktest.View {
	o.t.Helper()
	all := o.slack.Modals(account)
	if len(all) == 0 {
		o.t.Fatalf("%s has no modal before them\n%s", account, o.log.String())
	}
	return all[len(all)-1]
}

// choose enters values at a field of the upper modal.
func (o *office) choose(account, field string, values ...string) {
	o.t.Helper()
	_, err := o.slack.HandChoose(o.ctx(), account, slacktest.Spot{View: o.modal(account).ID, Block: field, Action: field}, values...)
	o.ok(err)
}

// offered types into a menu of the upper modal.
func (o *office) offered(account, field, typed string) []string {
	o.t.Helper()
	list, err := o.slack.HandType(o.ctx(), account, slacktest.Spot{View: o.modal(account).ID, Block: field, Action: field}, typed)
	o.ok(err)
	var out []string
	for _, x := range list {
		out = append(out, x.Text)
	}
	return out
}

func (o *office) submit(account string) {
	o.t.Helper()
	_, err := o.slack.HandSubmit(o.ctx(), account)
	o.ok(err)
}

// lastSent is what Slack sent last.
func (o *office) lastSent() sentForm {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent[len(o.sent)-1]
}

// again sends the very same once more.
func (o *office) again(f sentForm) (int, string) {
	o.t.Helper()
	r, err := http.NewRequest(http.MethodPost, o.door.URL+f.path, bytes.NewReader(f.body))
	o.ok(err)
	r.Header = f.header
	res, err := http.DefaultClient.Do(r)
	o.ok(err)
	defer res.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(res.Body)
	return res.StatusCode, b.String()
}

func (o *office) duePresses() []access.Due {
	o.t.Helper()
	rows, err := o.store.Due(o.ctx(), "act", o.clock().Add(time.Hour), 0)
	o.ok(err)
	return slices.DeleteFunc(rows, func(d access.Due) bool { return d.Kind != "press" })
}
