package install_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// begun are two installations on the way, an owner's and a thief's, who is no
// admin. Whoever makes up answers knows the words of both.
type begun struct {
	vault                     *housetest.Secrets
	w                         *world
	marks                     *strings.Replacer
	state, word, code         string
	state2, word2, thiefsCode string
}

// FuzzCallback sends made-up answers of Slack's to the callback, with parts of
// true ones in them. A token is stored for an admin's code alone, and only with
// a state and the cookie that belongs to it; every other answer changes
// nothing, and no page or log shows a word.
func FuzzCallback(f *testing.F) {
	for _, query := range []string{
		"state={state}&code={code}", "state={state2}&code={code}", "state={state}&code={code2}", "state=x&code={code}", "code={code}",
		"state={state}&code=1.2.x", "state={state}&code={code}&error=access_denied", "error=%3Cb%3E", "state={state}&state={state2}&code={code}",
		"state={state}%20&code={code}", "%zz", "state={state};code={code}", "STATE={state}&code={code}", "state={word}&code={code}",
	} {
		for _, cookie := range []string{"ebb_install={word}", "ebb_install={word2}", "ebb_install={state}", "", "ebb_install={word2}; ebb_install={word}", `ebb_install="{word}"`} {
			f.Add(query, cookie, "")
		}
	}
	f.Add("", "", "{state}")
	f.Add("", "", "..%2f")
	f.Fuzz(func(t *testing.T, query, cookie, word string) {
		b := begin(t)
		target := flow.CallbackPath + "?" + b.marks.Replace(query)
		if word != "" {
			target = "/connect/" + b.marks.Replace(word)
		}
		r, err := http.NewRequest(http.MethodGet, "http://ebb.test"+target, nil)
		if err != nil || r.Host != "ebb.test" {
			return // no such request arrives
		}
		r.Header.Set("Cookie", b.marks.Replace(cookie))
		got := httptest.NewRecorder()
		install.Handler(b.w.house).ServeHTTP(got, r)
		b.judge(r, got)
	})
}

// begin makes a house without sockets, and begins two installations.
func begin(t *testing.T) *begun {
	t.Helper()
	w := &world{t: t, slack: slacktest.NewEmpty(slacktest.Options{Seed: 1})}
	vault := housetest.NewSecrets()
	w.house = &flow.House{
		NewID: flow.RandomID, NewWord: w.word, Memory: store.New(memory.New(nil), store.Options{}), Secrets: vault, URL: "http://ebb.test",
		Now: time.Now,
		Slack: slack.New(slack.Config{
			APIURL: "http://slack.test/api/", HTTP: w.slack.Client(), Tokens: vault, ClientID: w.slack.ClientID(), ClientSecret: w.slack.ClientSecret(),
		}),
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	root, err := w.house.FirstUser(t.Context(), "u_root", "Root")
	w.ok(err)
	w.root = access.Actor{User: root}
	c, err := w.house.AddConnector(t.Context(), w.root, "", nil)
	w.ok(err)
	w.conn = c.ID
	b := &begun{vault: vault, w: w}
	b.state, b.word, b.code = b.half(w.owner())
	b.state2, b.word2, b.thiefsCode = b.half(w.member())
	b.marks = strings.NewReplacer("{state}", b.state, "{word}", b.word, "{code}", b.code, "{state2}", b.state2, "{word2}", b.word2, "{code2}", b.thiefsCode)
	return b
}

// half goes half the way of an installation: until Slack's answer.
func (b *begun) half(as string) (state, word, code string) {
	w := b.w
	authorize, word, err := w.house.OpenInvitation(w.t.Context(), strings.TrimPrefix(w.link(), "http://ebb.test/connect/"))
	w.ok(err)
	client := w.slack.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Get(authorize + "&_as=" + as + "&_team=" + w.slack.TeamIDs()[0] + "&_approve=1")
	w.ok(err)
	resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	w.ok(err)
	return to.Query().Get("state"), word, to.Query().Get("code")
}

// judge holds what happened against what was sent.
func (b *begun) judge(r *http.Request, got *httptest.ResponseRecorder) {
	w, q := b.w, r.URL.Query()
	word := ""
	if c, err := r.Cookie(install.Cookie); err == nil {
		word = c.Value
	}
	pair := q.Get("state") == b.state && word == b.word || q.Get("state") == b.state2 && word == b.word2
	want := r.URL.Path == flow.CallbackPath && pair && q.Get("code") == b.code && q.Get("error") == ""
	_, _, err := b.vault.Get(w.t.Context(), flow.TokenName(w.conn))
	if saved := err == nil; saved != want || (w.connector().Label != connector.NotConnected) != want {
		w.t.Fatalf("a token is stored: %t, and should be: %t", saved, want)
	}
	page := got.Body.String()
	switch {
	case got.Code >= 500, want != (got.Code == http.StatusOK), got.Code == http.StatusFound && r.URL.Path == flow.CallbackPath:
		w.t.Errorf("%d %s\n%s", got.Code, page, w.log.String())
	case got.Code == http.StatusFound:
		return // on to Slack, with the words that belong there
	}
	if csp := got.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || got.Header().Get("Referrer-Policy") != "no-referrer" {
		w.t.Errorf("headers %v", got.Header())
	}
	w.quiet(page, b.code, b.thiefsCode)
}
