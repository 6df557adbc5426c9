package slacktest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    Fault
		status   int    // 0: the connection is cut
		code     string // Slack's, "" for none
		happened bool
	}{
		{"fail", Fault{Kind: Fail, Error: "fatal_error"}, 200, "fatal_error", false},
		{"fail by default", Fault{Kind: Fail}, 200, "internal_error", false},
		{"fail with a status", Fault{Kind: Fail, HTTPStatus: 503}, 503, "", false},
		{"failed but happened", Fault{Kind: FailHappened, HTTPStatus: 500}, 500, "", true},
		{"error but happened", Fault{Kind: FailHappened, Error: "request_timeout"}, 200, "request_timeout", true},
		{"cut", Fault{Kind: Cut}, 0, "", false},
		{"cut but happened", Fault{Kind: CutHappened}, 0, "", true},
		{"slow", Fault{Kind: Slow, Delay: time.Millisecond}, 200, "", true},
		{"rate limit", Fault{Kind: RateLimit, RetryAfter: 7}, 429, "ratelimited", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, Options{})
			ada, bob := s.member("ada"), s.member("bob")
			g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
			c.fault.Method = "usergroups.users.update"
			s.org.Inject(c.fault)
			s.ok("usergroups.list")
			form := "usergroup=" + g + "&users=" + bob
			res, err := http.DefaultClient.Do(s.request("usergroups.users.update", "application/x-www-form-urlencoded", form))
			if err == nil {
				defer res.Body.Close()
				body, _ := io.ReadAll(res.Body)
				if res.StatusCode != c.status || !strings.Contains(string(body), c.code) {
					t.Errorf("%s: %s", res.Status, body)
				}
				if c.fault.Kind == RateLimit && res.Header.Get("Retry-After") != "7" {
					t.Error(res.Header)
				}
			} else if c.status != 0 {
				t.Error(err)
			}
			if happened := s.org.GroupMembers(g)[0] == bob; happened != c.happened {
				t.Error("happened:", happened)
			}
			s.ok("usergroups.users.update", "usergroup", g, "users", ada)
		})
	}
}

func TestFaultsAreUsedUpInOrder(t *testing.T) {
	s := newStage(t, Options{})
	s.org.Inject(Fault{Kind: Fail, Error: "fatal_error", Times: 2})
	s.org.Inject(Fault{Method: "auth.test", Kind: Fail, Error: "request_timeout", Times: -1})
	for _, want := range []string{"fatal_error", "fatal_error", "request_timeout", "request_timeout"} {
		s.refused(want, "auth.test")
	}
	s.org.ClearFaults()
	s.ok("auth.test")
}

func TestALateWriteLandsWhenItIsToldOrDue(t *testing.T) {
	s := newStage(t, Options{})
	ada, bob := s.member("ada"), s.member("bob")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	send := func(client *http.Client, wait time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		defer cancel()
		r := s.request("usergroups.users.update", "application/x-www-form-urlencoded", "usergroup="+g+"&users="+bob)
		res, err := client.Do(r.WithContext(ctx))
		if err == nil {
			res.Body.Close()
		}
		return err
	}
	s.org.Inject(Fault{Method: "usergroups.users.update", Kind: SlowLate, Times: 2})
	if err := send(http.DefaultClient, 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Error("over a connection the client gives up:", err)
	}
	if err := send(s.org.Client(), time.Minute); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("in process it aborts at once:", err)
	}
	same(t, "before it landed", s.org.GroupMembers(g), []string{ada})
	if n := s.org.LandLate(); n != 2 {
		t.Error("landed:", n)
	}
	same(t, "after it landed", s.org.GroupMembers(g), []string{bob})

	s.ok("usergroups.users.update", "usergroup", g, "users", ada)
	s.org.Inject(Fault{Method: "usergroups.users.update", Kind: SlowLate, Delay: time.Minute})
	_ = send(s.org.Client(), time.Minute)
	s.at = s.at.Add(59 * time.Second)
	s.ok("auth.test")
	same(t, "before it is due", s.org.GroupMembers(g), []string{ada})
	s.at = s.at.Add(time.Second)
	same(t, "at the next request", texts(s.ok("usergroups.users.list", "usergroup", g)["users"]), []string{bob})
}

func TestTheGateSeesWritesAndStopsThem(t *testing.T) {
	s := newStage(t, Options{})
	ada, bob := s.member("ada"), s.member("bob")
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{ada}})
	var asked []Call
	s.org.OnWrite = func(c Call) error {
		asked = append(asked, c)
		if s.org.GroupMembers(g)[0] == bob {
			return errors.New("no intent")
		}
		return nil
	}
	s.ok("usergroups.list")
	s.ok("usergroups.users.update", "usergroup", g, "users", bob)
	_, res := s.do(s.request("usergroups.users.update", "application/x-www-form-urlencoded", "usergroup="+g+"&users="+ada))
	if res.StatusCode != 500 || len(asked) != 2 || asked[0].Args.Get("users") != bob {
		t.Error(res.Status, asked)
	}
	same(t, "members", s.org.GroupMembers(g), []string{bob})
}

func TestCallsAreRememberedWithoutSecrets(t *testing.T) {
	s := newStage(t, Options{})
	token := s.tok
	s.tok = ""
	s.ok("users.info", "token", token, "user", USLACKBOT)
	s.call("oauth.v2.access", "client_id", "x", "client_secret", "y", "code", "z")
	calls := s.org.Calls()
	if len(calls) != 2 || calls[0].Method != "users.info" || !calls[0].OK || calls[0].Args.Get("user") != USLACKBOT {
		t.Errorf("%+v", calls)
	}
	for _, c := range calls {
		for _, secret := range []string{"token", "client_secret", "code"} {
			if c.Args.Has(secret) {
				t.Errorf("%s kept %s", c.Method, secret)
			}
		}
	}
	if calls[1].Error != "invalid_client_id" {
		t.Error(calls[1].Error)
	}
	s.org.ResetCalls()
	for range callsKept + 5 {
		s.org.record(incoming{name: "auth.test"}, answer{status: 200, ok: true})
	}
	if n, total := len(s.org.Calls()), s.org.Stats()["auth.test"].Calls; n != callsKept || total != callsKept+5 {
		t.Error(n, total)
	}
}
