package install_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/housetest"
	"github.com/ebb-access/ebb/shared/install"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

// world is the edge over the whole house, and a simulated Slack beside it, both
// on sockets so that real browsers' rules about cookies hold.
type world struct {
	t     *testing.T
	slack *slacktest.Org
	house *flow.House
	url   string
	log   bytes.Buffer
	root  access.Actor
	conn  string
	last  *url.URL // the newest address that a browser was sent to
	words []string // secrets that have been made
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, slack: slacktest.NewEmpty(slacktest.Options{Seed: 1})}
	there := httptest.NewServer(w.slack)
	t.Cleanup(there.Close)
	vault := housetest.NewSecrets()
	w.house = &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: w.word, Memory: store.New(memory.New(nil), store.Options{}), Secrets: vault,
		Slack: slack.New(slack.Config{
			APIURL: there.URL + "/api/", Tokens: vault, ClientID: w.slack.ClientID(), ClientSecret: w.slack.ClientSecret(),
		}),
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	here := httptest.NewServer(install.Handler(w.house))
	t.Cleanup(here.Close)
	w.url, w.house.URL = here.URL, here.URL
	root, err := w.house.FirstUser(t.Context(), "u_root", "Root")
	w.ok(err)
	w.root = access.Actor{User: root}
	c, err := w.house.AddConnector(t.Context(), w.root, "", nil)
	w.ok(err)
	w.conn = c.ID
	return w
}

func (w *world) word() string {
	word := flow.RandomWord()
	w.words = append(w.words, word)
	return word
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// owner may install; member may not.
func (w *world) owner() string  { return w.slack.PrimaryOwner(w.slack.TeamIDs()[0]) }
func (w *world) member() string { return w.slack.AddUser(slacktest.User{Name: "mallory"}) }

// link mints a start link.
func (w *world) link() string {
	w.t.Helper()
	link, err := w.house.Invite(w.t.Context(), w.root, w.conn)
	w.ok(err)
	return link
}

func (w *world) connector() connector.Connector {
	w.t.Helper()
	c, err := w.house.Memory.Connector(w.t.Context(), w.conn)
	w.ok(err)
	return c
}

func (w *world) see(b *http.Client, at string) (int, string) {
	w.t.Helper()
	code, page, _ := w.visit(b, at)
	return code, page
}

// begin follows a start link and gives Slack's answer without opening it.
func (w *world) begin(b *http.Client, link string) string {
	w.t.Helper()
	follow := b.CheckRedirect
	defer func() { b.CheckRedirect = follow }()
	b.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Path == flow.CallbackPath {
			return http.ErrUseLastResponse
		}
		return follow(r, via)
	}
	resp, err := b.Get(link)
	w.ok(err)
	resp.Body.Close()
	return resp.Header.Get("Location")
}

// quiet fails when a word, or one of more, is on a page or in the log.
func (w *world) quiet(page string, more ...string) {
	w.t.Helper()
	for _, secret := range append(slices.Clone(w.words), more...) {
		if secret != "" && (strings.Contains(page, secret) || strings.Contains(w.log.String(), secret)) {
			w.t.Errorf("a secret word is on the page or in the log: %s\n%s", page, w.log.String())
		}
	}
}
