package slack_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/slack"
)

// A proxy, a transport and Slack itself hand our secrets back in every place
// that could carry them; no error and no Call repeats one.
func TestNoSecretGetsOut(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte("11.22:client-secret"))
	secrets := []string{userToken, botToken, "client-secret", "oauth-code-secret", basic}
	echo := func(a asked) string { return strings.Join(secrets, " ") + fmt.Sprint(a.header, a.args) }
	worlds := map[string]func(http.ResponseWriter, asked){
		"ok with nonsense": func(w http.ResponseWriter, a asked) {
			fmt.Fprintf(w, `{"ok":true,"members":%q,"usergroups":%q,"user":%q,"channel":%q,"teams":%q,"access_token":{"a":%q}}`,
				echo(a), echo(a), echo(a), echo(a), echo(a), echo(a))
		},
		"as code": func(w http.ResponseWriter, _ asked) { fmt.Fprintf(w, `{"ok":false,"error":%q}`, userToken+botToken) },
		"as scope": func(w http.ResponseWriter, _ asked) {
			fmt.Fprintf(w, `{"ok":false,"error":"missing_scope","needed":%q,"provided":%q}`, userToken, botToken)
		},
		"as refusal": func(w http.ResponseWriter, _ asked) {
			fmt.Fprintf(w, `{"ok":false,"error":"cant_invite","errors":[{"user":"U1","ok":false,"error":%q}]}`, botToken)
		},
		"no JSON":   func(w http.ResponseWriter, a asked) { fmt.Fprint(w, echo(a)) },
		"forbidden": func(w http.ResponseWriter, a asked) { w.WriteHeader(http.StatusForbidden); fmt.Fprint(w, echo(a)) },
		"gateway":   func(w http.ResponseWriter, a asked) { w.WriteHeader(http.StatusBadGateway); fmt.Fprint(w, echo(a)) },
		"limited": func(w http.ResponseWriter, a asked) {
			w.Header().Set("Retry-After", userToken)
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, echo(a))
		},
	}
	for name, answer := range worlds {
		f := newFake(t)
		for _, m := range strings.Fields("auth.revoke auth.teams.list auth.test conversations.info conversations.invite conversations.kick conversations.list " +
			"conversations.members oauth.v2.access usergroups.disable usergroups.list usergroups.update usergroups.users.list usergroups.users.update users.info users.list") {
			f.does(m, answer)
		}
		lookFor(t, name, secrets, f.client)
	}
	quoting := roundTrip(func(r *http.Request) (*http.Response, error) {
		sent, _ := io.ReadAll(r.Body)
		return nil, fmt.Errorf("cannot send %v %s", r.Header, sent)
	})
	lookFor(t, "transport", secrets, func(change ...func(*slack.Config)) *slack.Client {
		return newFake(t).client(append(change, func(c *slack.Config) { c.HTTP = &http.Client{Transport: quoting} })...)
	})
}

func lookFor(t *testing.T, world string, secrets []string, client func(...func(*slack.Config)) *slack.Client) {
	t.Helper()
	var told []string
	c := client(func(cfg *slack.Config) {
		cfg.OnCall = func(call slack.Call) { told = append(told, fmt.Sprintf("%+v %#v", call, call)) }
	})
	for what, err := range everything(t, c) {
		for ; err != nil; err = errors.Unwrap(err) {
			told = append(told, what+": "+fmt.Sprintf("%v %+v %#v", err, err, err))
		}
	}
	if len(told) < 16 {
		t.Errorf("%s: only %d calls and errors were looked at", world, len(told))
	}
	for _, line := range told {
		for _, s := range secrets {
			if strings.Contains(line, s) || strings.Contains(line, url.QueryEscape(s)) {
				t.Errorf("%s: %q is in %s", world, s, line)
			}
		}
	}
}

// everything calls every method of the client once.
func everything(t *testing.T, c *slack.Client) map[string]error {
	group, channel := directory.Resource{ID: "S1", Kind: directory.UserGroup}, directory.Resource{ID: "C1", Kind: directory.Channel}
	out := map[string]error{}
	keep := func(what string) func(_ any, err error) { return func(_ any, err error) { out[what] = err } }
	one := func(v any, err error) (any, error) { return v, err }
	keep("Exchange")(one(c.Exchange(ctx(t), "oauth-code-secret", "https://ebb.example/back")))
	keep("Identify")(one(c.Identify(ctx(t), userToken)))
	keep("Revoke")(nil, c.Revoke(ctx(t), userToken))
	keep("Workspaces")(one(c.Workspaces(ctx(t), link, "")))
	keep("Accounts")(one(c.Accounts(ctx(t), link, "")))
	keep("Groups")(one(c.Groups(ctx(t), asBot)))
	keep("Channels")(one(c.Channels(ctx(t), link, true, "")))
	keep("ChannelMembers")(one(c.ChannelMembers(ctx(t), link, "C1", "")))
	keep("Account")(one(c.Account(ctx(t), link, "U1")))
	keep("View group")(one(c.View(ctx(t), link, group)))
	keep("View channel")(one(c.View(ctx(t), link, channel)))
	keep("ReadBack group")(one(c.ReadBack(ctx(t), link, group)))
	keep("ReadBack channel")(one(c.ReadBack(ctx(t), link, channel)))
	keep("Probe")(one(c.Probe(ctx(t), link, group)))
	keep("Replace")(nil, replaced(c.Replace(ctx(t), link, "S1", []string{"U1"})))
	keep("Disable")(nil, c.Disable(ctx(t), link, "S1"))
	keep("Invite")(one(c.Invite(ctx(t), link, "C1", []string{"U1"})))
	keep("Kick")(nil, c.Kick(ctx(t), link, "C1", "U1"))
	return out
}

// Nothing that holds a secret prints it.
func TestPrinted(t *testing.T) {
	tok := slack.Static(connector.Tokens{User: userToken, Bot: botToken})
	cfg := slack.Config{Tokens: tok, ClientSecret: "client-secret"}
	for _, v := range []any{tok, cfg, &cfg, slack.New(cfg)} {
		for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
			got := fmt.Sprintf(form, v)
			for _, s := range []string{userToken, botToken, "client-secret"} {
				if strings.Contains(got, s) {
					t.Errorf("%s of %T prints %s", form, v, got)
				}
			}
		}
	}
}

// The token travels in the Authorization header and nowhere else.
func TestTokenTravelsInTheHeader(t *testing.T) {
	f := newFake(t).says("usergroups.users.update", `{"ok":true}`)
	if err := replaced(f.client().Replace(ctx(t), link, "S1", []string{"U1"})); err != nil {
		t.Fatal(err)
	}
	got := f.last()
	if got.header.Get("Authorization") != "Bearer "+userToken || strings.Contains(got.args.Encode(), userToken) {
		t.Errorf("header %v, arguments %v", got.header, got.args)
	}
}

// A redirect gets no token: it is a proxy's, never Slack's.
func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := false
	f := newFake(t).does("usergroups.disable", func(w http.ResponseWriter, _ asked) {
		w.Header().Set("Location", "/api/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}).does("elsewhere", func(http.ResponseWriter, asked) { reached = true })
	if err := f.client(func(c *slack.Config) { c.HTTP = http.DefaultClient }).Disable(ctx(t), link, "S1"); err == nil || reached {
		t.Errorf("followed: %v, error: %v", reached, err)
	}
	if http.DefaultClient.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
}
