package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// acks is how Slack posts to the HTTP API here: it notes how long each answer took.
type acks struct {
	mu    sync.Mutex
	took  map[string][]time.Duration // by path
	token string                     // the old verification token, which Slack puts into each form
}

func (a *acks) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	began := time.Now()
	resp, err := http.DefaultTransport.RoundTrip(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.took[r.URL.Path] = append(a.took[r.URL.Path], time.Since(began))
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("token") != "" {
		a.token = form.Get("token")
	}
	return resp, err
}

// judged prints how long the answers took, and says which took too long.
func (a *acks) judged(s *story) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, path := range slackapp.Paths {
		took := slices.Sorted(slices.Values(a.took[path]))
		if len(took) == 0 {
			return fmt.Errorf("Slack posted nothing to %s, of %v", path, slices.Sorted(maps.Keys(a.took)))
		}
		s.tell("%-18s answered %2d times: median %4d ms, at most %4d ms", path, len(took), took[len(took)/2].Milliseconds(), took[len(took)-1].Milliseconds())
		if most := took[len(took)-1]; most > slackWaits {
			return fmt.Errorf("%s was answered after %s, and Slack waits %s", path, most, slackWaits)
		}
	}
	return nil
}

// connectApp enters the HTTP API's addresses in the app's settings.
func (s *story) connectApp() *acks {
	a := &acks{took: map[string][]time.Duration{}}
	client := &http.Client{Transport: a}
	s.slack.SetAppURLs(slacktest.AppURLs{
		Commands: s.url + slackapp.CommandsPath, Interaction: s.url + slackapp.InteractionPath,
		Options: s.url + slackapp.OptionsPath, Self: s.owner.base,
	}, client)
	s.slack.SetEventsURL(s.url+slackapp.EventsPath, client)
	return a
}

// card is a message with buttons that somebody has before them.
type card struct {
	slacktest.Message
	block, id string // of its buttons; the request or grant that they are about
}

// newest finds the newest card in a conversation that has a button, about an id
// where one is given.
func (s *story) newest(account, channel string, button message.Action, id string) (card, bool) {
	for _, m := range slices.Backward(s.slack.MessagesFor(account, channel)) {
		var blocks []struct {
			ID       string `json:"block_id"`
			Elements []struct {
				Action string `json:"action_id"`
				Value  string `json:"value"`
			} `json:"elements"`
		}
		if json.Unmarshal(m.Blocks, &blocks) != nil {
			continue
		}
		for _, b := range blocks {
			for _, e := range b.Elements {
				if e.Action == string(button) && (id == "" || e.Value == id) {
					return card{m, b.ID, e.Value}, true
				}
			}
		}
	}
	return card{}, false
}

// last is the newest message of all.
func (s *story) last() string {
	all := s.slack.Messages()
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].TS
}

// handed waits until somebody has a card with a button in a conversation, newer
// than another message.
func (s *story) handed(ctx context.Context, account, channel string, button message.Action, since string) (card, error) {
	var c card
	err := until(ctx, deadLock, func() (ok bool, _ error) {
		c, ok = s.newest(account, channel, button, "")
		return ok && c.TS > since, nil
	})
	if err != nil {
		return c, fmt.Errorf("%s has no message with the button %q: %w; there are %v", account, button, err, s.texts(account, channel))
	}
	return c, nil
}

func (s *story) texts(account, channel string) (out []string) {
	for _, m := range s.slack.MessagesFor(account, channel) {
		out = append(out, m.Text)
	}
	return out
}

// heard waits until somebody sees a text in a conversation.
func (s *story) heard(ctx context.Context, account, channel, text string) error {
	err := until(ctx, deadLock, func() (bool, error) {
		return slices.ContainsFunc(s.texts(account, channel), func(one string) bool { return strings.Contains(one, text) }), nil
	})
	if err != nil {
		return fmt.Errorf("%s is not told %q: %w; there are %q", account, text, err, s.texts(account, channel))
	}
	return nil
}

// press presses a card's button.
func (s *story) press(ctx context.Context, account string, c card, button message.Action) error {
	_, err := s.slack.HandPress(ctx, account, slacktest.Spot{Channel: c.Channel, TS: c.TS, Block: c.block, Action: string(button)})
	return err
}

// modal is the upper window before somebody.
func (s *story) modal(account, shows string) (slacktest.View, error) {
	all := s.slack.Modals(account)
	if len(all) == 0 {
		return slacktest.View{}, fmt.Errorf("%s has no window before them", account)
	}
	v := all[len(all)-1]
	if !strings.Contains(v.Title+string(v.Blocks), shows) || len(v.Errors) > 0 {
		return v, fmt.Errorf("the window says %q, %v and %s, and not %q", v.Title, v.Errors, v.Blocks, shows)
	}
	return v, nil
}

// enter chooses or types at a field of the upper window.
func (s *story) enter(ctx context.Context, account, field string, values ...string) error {
	v, err := s.modal(account, "")
	if err == nil {
		_, err = s.slack.HandChoose(ctx, account, slacktest.Spot{View: v.ID, Block: field, Action: field}, values...)
	}
	return err
}

// submit sends the upper window; what comes in its place shows some words.
func (s *story) submit(ctx context.Context, account string, shows ...string) error {
	if _, err := s.slack.HandSubmit(ctx, account); err != nil || len(shows) == 0 {
		return err
	}
	v, err := s.modal(account, "")
	if err == nil && !slices.ContainsFunc(shows, func(one string) bool { return strings.Contains(string(v.Blocks), one) }) {
		err = fmt.Errorf("the window says %v and %s, and none of %q", v.Errors, v.Blocks, shows)
	}
	return err
}

// home opens somebody's home tab of the app.
func (s *story) home(ctx context.Context, account string) (string, error) {
	s.slack.HandOpenHome(account)
	s.slack.DeliverEvents(ctx)
	v, ok := s.slack.Home(account)
	if !ok {
		return "", fmt.Errorf("%s has no home tab", account)
	}
	return string(v.Blocks), nil
}
