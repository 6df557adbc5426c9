package slack_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

var _ flow.Voice = (*slack.Client)(nil)

// mutable are tokens of which the app's own can be taken away.
type mutable struct {
	have connector.Tokens
	mute atomic.Bool
}

func (m *mutable) Tokens(context.Context, string) (connector.Tokens, error) {
	have := m.have
	if m.mute.Load() {
		have.Bot = ""
	}
	return have, nil
}

// The client keeps to the contract of flow.Voice, in a workspace and in an
// organization; the latter over HTTP, as on the real path. No test of flow has
// another engine of it: they run this client over the simulated Slack, too.
func TestVoiceKeepsToItsContract(t *testing.T) {
	t.Run("workspace", func(t *testing.T) {
		porttest.Speaking(t, func(t *testing.T) porttest.Place {
			return place(t, slacktest.Options{Seed: 7, Workspaces: 1, People: 10}, false)
		})
	})
	t.Run("organization, over HTTP", func(t *testing.T) {
		porttest.Speaking(t, func(t *testing.T) porttest.Place {
			return place(t, slacktest.Options{Seed: 7, Workspaces: 3, People: 30}, true)
		})
	})
}

func place(t *testing.T, opt slacktest.Options, overHTTP bool) porttest.Place {
	t.Helper()
	o := slacktest.New(opt)
	keys := &mutable{have: connector.Tokens{User: o.UserToken(), Bot: o.BotToken()}}
	c := simulated(o, func(cfg *slack.Config) {
		cfg.Tokens = keys
		if overHTTP {
			s := httptest.NewServer(o)
			t.Cleanup(s.Close)
			cfg.APIURL, cfg.HTTP = s.URL+"/api/", http.DefaultClient
		}
	})
	team := o.TeamIDs()[0]
	add := func(name string) string { return o.AddUser(slacktest.User{Name: name, Team: team}) }
	ada, lin, bob := add("ada"), add("lin"), add("bob")
	o.HandDeactivate(bob)
	in := func(name string, members ...string) string {
		return o.AddChannel(slacktest.Channel{Team: team, Name: name, Creator: ada, Members: members})
	}
	bot := o.BotUser(team)
	p := porttest.Place{
		Voice: c, Link: connector.Link{Connector: "co_1", AsBot: true}, Now: time.Now, People: [2]string{ada, lin}, Gone: bob,
		Room: in("room", ada, lin, bot), Hall: in("hall", ada, lin), Shut: in("shut", ada, bot),
		Heard: func(channel string) []porttest.Said {
			var out []porttest.Said
			for _, m := range o.Messages() {
				if m.Channel == channel {
					out = append(out, porttest.Said{TS: m.TS, Thread: m.ThreadTS, Summary: m.Text, Changed: m.Updated})
				}
			}
			return out
		},
		Limit: func(d time.Duration) {
			o.Inject(slacktest.Fault{Method: "chat.postMessage", Kind: slacktest.RateLimit, RetryAfter: int(d / time.Second)})
		},
		Lose: func() { o.Inject(slacktest.Fault{Method: "chat.postMessage", Kind: slacktest.CutHappened}) },
		Mute: func() { keys.mute.Store(true) },
	}
	o.HandArchive(p.Shut, true)
	if slices.Contains([]string{p.Room, p.Hall, p.Shut, bot}, "") {
		t.Fatal("the company is not whole")
	}
	return p
}
