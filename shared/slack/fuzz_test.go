package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

// said answers the first call with one body and the further ones with another,
// and keeps what it answered. It breaks off a client that does not stop.
type said struct {
	status int
	first  string
	then   string
	bodies []string
}

func (s *said) RoundTrip(r *http.Request) (*http.Response, error) {
	body := s.then
	if len(s.bodies) == 0 {
		body = s.first
	}
	if s.bodies = append(s.bodies, body); len(s.bodies) > 40 {
		panic("the client asks for ever")
	}
	return &http.Response{
		StatusCode: s.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Retry-After": {body[:min(3, len(body))]}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

var (
	fuzzGroup   = directory.Resource{ID: "S1", Workspace: "T1", Kind: directory.UserGroup}
	fuzzChannel = directory.Resource{ID: "C1", Workspace: "T1", Kind: directory.Channel}
)

// verbs are all that the client does, with every id that comes out of it.
var verbs = []struct {
	name string
	do   func(ctx context.Context, c *slack.Client) (ids []string, err error)
	// settles: a refusal can be an answer, too.
	settles bool
}{
	{"Workspaces", func(ctx context.Context, c *slack.Client) ([]string, error) {
		l, err := c.Workspaces(ctx, link, "")
		return resources(l.Items), err
	}, false},
	{"Accounts", func(ctx context.Context, c *slack.Client) ([]string, error) {
		l, err := c.Accounts(ctx, link, "")
		return accounts(l.Items), err
	}, false},
	{"Groups", func(ctx context.Context, c *slack.Client) (ids []string, err error) {
		l, err := c.Groups(ctx, link)
		for _, g := range l {
			ids = append(append(ids, g.Resource.ID), g.Members...)
		}
		return ids, err
	}, false},
	{"Channels", func(ctx context.Context, c *slack.Client) ([]string, error) {
		l, err := c.Channels(ctx, link, true, "")
		return resources(l.Items), err
	}, false},
	{"ChannelMembers", func(ctx context.Context, c *slack.Client) ([]string, error) {
		l, err := c.ChannelMembers(ctx, link, "C1", "")
		return l.Items, err
	}, true},
	{"Logins", func(ctx context.Context, c *slack.Client) (ids []string, err error) {
		l, err := c.Logins(ctx, link, "")
		for _, x := range l.Items {
			ids = append(ids, x.Account)
		}
		return ids, err
	}, false},
	{"Account", func(ctx context.Context, c *slack.Client) ([]string, error) {
		a, err := c.Account(ctx, link, "U1")
		return []string{a.ID}, err
	}, false},
	{"View of a group", func(ctx context.Context, c *slack.Client) ([]string, error) {
		v, err := c.View(ctx, link, fuzzGroup)
		return append(v.Members, v.Resource.ID), err
	}, false},
	{"View of a channel", func(ctx context.Context, c *slack.Client) ([]string, error) {
		v, err := c.View(ctx, link, fuzzChannel)
		return append(v.Members, v.Resource.ID), err
	}, true},
	{"ReadBack of a group", func(ctx context.Context, c *slack.Client) ([]string, error) {
		v, err := c.ReadBack(ctx, link, fuzzGroup)
		return v.Members, err
	}, false},
	{"ReadBack of a channel", func(ctx context.Context, c *slack.Client) ([]string, error) {
		v, err := c.ReadBack(ctx, link, fuzzChannel)
		return v.Members, err
	}, true},
	{"Probe", func(ctx context.Context, c *slack.Client) ([]string, error) {
		_, err := c.Probe(ctx, link, fuzzGroup)
		return nil, err
	}, true},
	{"Replace", func(ctx context.Context, c *slack.Client) ([]string, error) {
		_, err := c.Replace(ctx, link, "S1", []string{"U1"})
		return nil, err
	}, false},
	{"SCIM CanShrink", func(ctx context.Context, c *slack.Client) ([]string, error) {
		_, err := c.CanShrink(ctx, link)
		return nil, err
	}, false},
	{"SCIM Shrink", func(ctx context.Context, c *slack.Client) ([]string, error) {
		return nil, c.Shrink(ctx, link, "S1", []string{"U1"})
	}, false},
	{"Disable", func(ctx context.Context, c *slack.Client) ([]string, error) { return nil, c.Disable(ctx, link, "S1") }, false},
	{"Invite", func(ctx context.Context, c *slack.Client) (ids []string, err error) {
		refused, err := c.Invite(ctx, link, "C1", []string{"U1", "U2"})
		for _, r := range refused {
			ids = append(ids, r.Account)
		}
		return ids, err
	}, true},
	{"Kick", func(ctx context.Context, c *slack.Client) ([]string, error) {
		return nil, c.Kick(ctx, link, "C1", "U1")
	}, true},
	{"Exchange", func(ctx context.Context, c *slack.Client) ([]string, error) {
		i, err := c.Exchange(ctx, "code-secret", "http://ebb.test/")
		return []string{i.Installer}, err
	}, false},
	{"Identify", func(ctx context.Context, c *slack.Client) ([]string, error) {
		i, err := c.Identify(ctx, userToken)
		return []string{i.Account}, err
	}, true},
	{"Revoke", func(ctx context.Context, c *slack.Client) ([]string, error) { return nil, c.Revoke(ctx, userToken) }, true},
}

func resources(list []directory.Resource) (ids []string) {
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

func accounts(list []directory.Account) (ids []string) {
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	return ids
}

// idForm is what the API's contract calls an id of Slack's.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$`)

// FuzzAnswers lets Slack answer anything to each verb: cut off, of other types,
// with other statuses. Nothing panics and nothing asks for ever; an error is
// sorted, says something and shows no secret; what counts as a success was one
// whole JSON object that says ok; and no thing comes out without an id.
func FuzzAnswers(f *testing.F) {
	for i := range verbs {
		for _, body := range documentedAnswers(f) {
			f.Add(uint8(i), uint16(200), body, body)
		}
		f.Add(uint8(i), uint16(429), `{"ok":false,"error":"ratelimited"}`, "")
		f.Add(uint8(i), uint16(503), `<html>`, "")
		f.Add(uint8(i), uint16(200), `{"ok":true,"members":[{}],"usergroups":[{}],"channels":[{}],"teams":[{}],"user":{},"channel":{}}`, "")
	}
	f.Fuzz(func(t *testing.T, verb uint8, status uint16, first, then string) {
		v := verbs[int(verb)%len(verbs)]
		s := &said{status: int(status%500) + 100, first: first, then: then}
		c := slack.New(slack.Config{
			HTTP: &http.Client{Transport: s}, Tokens: slack.Static(connector.Tokens{User: userToken, Bot: botToken}),
			ClientID: "11.22", ClientSecret: "client-secret",
		})
		ids, err := v.do(t.Context(), c)
		if err != nil {
			sorted(t, v.name, err)
			return
		}
		for _, id := range ids {
			if !idForm.MatchString(id) {
				t.Errorf("%s gives the id %q", v.name, id)
			}
		}
		if v.name == "Identify" {
			s.bodies = s.bodies[:1] // what comes after may be missing, and then nobody is an admin
		}
		if v.name == "SCIM Shrink" && s.status/100 != 2 {
			t.Errorf("%s succeeds on HTTP %d", v.name, s.status)
		}
		if strings.HasPrefix(v.name, "SCIM") {
			return // its status says all
		}
		for _, body := range s.bodies {
			var e struct{ OK *bool }
			if json.Unmarshal([]byte(body), &e) != nil || e.OK == nil || !*e.OK && !v.settles {
				t.Errorf("%s succeeds on %q", v.name, body)
			}
		}
		if s.status != http.StatusOK && !v.settles && slices.Contains([]int{429, 408}, s.status) {
			t.Errorf("%s succeeds on HTTP %d", v.name, s.status)
		}
	})
}

func sorted(t *testing.T, verb string, err error) {
	var e *fault.Error
	if !errors.As(err, &e) || e.Op == "" || fault.TextOf(err) == "" || fault.CodeOf(err) == "" {
		t.Errorf("%s: not sorted: %#v", verb, err)
	}
	if fault.Is(err, fault.Invalid, fault.Internal) && fault.CodeOf(err) != "invalid_cursor" && !slices.Contains(inOurHands, fault.CodeOf(err)) {
		t.Errorf("%s: Slack's answer is our mistake: %v", verb, err)
	}
	for _, secret := range []string{userToken, botToken, "client-secret", "code-secret"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows a secret: %v", verb, err)
		}
	}
}

// inOurHands are codes by which Slack says that Ebb asked wrongly.
var inOurHands []string

// documentedAnswers are all answers of Slack's documentation.
func documentedAnswers(f *testing.F) (all []string) {
	f.Helper()
	files, err := filepath.Glob("testdata/answers/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var named map[string]json.RawMessage
		if err := json.Unmarshal(raw, &named); err != nil {
			f.Fatal(err)
		}
		for _, body := range named {
			all = append(all, string(body))
		}
	}
	slices.Sort(all)
	return all
}
