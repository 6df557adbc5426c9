package slack_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

var aGroup = directory.Resource{ID: "S1", Kind: directory.UserGroup}

// deeds are every write and one read, by the method that they call.
var deeds = map[string]func(context.Context, *slack.Client) error{
	"usergroups.users.update": func(ctx context.Context, c *slack.Client) error {
		_, err := c.Replace(ctx, link, "S1", []string{"U1", "U2"})
		return err
	},
	"usergroups.disable": func(ctx context.Context, c *slack.Client) error { return c.Disable(ctx, link, "S1") },
	"usergroups.update": func(ctx context.Context, c *slack.Client) error {
		_, err := c.Probe(ctx, link, aGroup)
		return err
	},
	"conversations.invite": func(ctx context.Context, c *slack.Client) error {
		_, err := c.Invite(ctx, link, "C1", []string{"U1"})
		return err
	},
	"conversations.kick": func(ctx context.Context, c *slack.Client) error { return c.Kick(ctx, link, "C1", "U1") },
	"usergroups.users.list": func(ctx context.Context, c *slack.Client) error {
		_, err := c.ReadBack(ctx, link, aGroup)
		return err
	},
}

const oneGroup = `{"ok":true,"usergroups":[{"id":"S1","name":"On call","handle":"oncall","users":["U1"],"user_count":1}]}`

// What goes wrong on the way: a read is made again, a write is unclear unless it
// is certain that it never left.
func TestBrokenOnTheWay(t *testing.T) {
	hijack := func(say string) func(http.ResponseWriter, asked) {
		return func(w http.ResponseWriter, _ asked) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, say)
			conn.Close()
		}
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, asked)
		code   string
	}{
		"internal server error": {status(http.StatusInternalServerError, "<html>oops</html>"), "http_500"},
		"bad gateway":           {status(http.StatusBadGateway, ""), "http_502"},
		"unavailable":           {status(http.StatusServiceUnavailable, refused("service_unavailable")), "http_503"},
		"request time-out":      {status(http.StatusRequestTimeout, ""), "http_408"},
		"closed without answer": {hijack(""), "connection_lost"},
		"cut in the headers":    {hijack("HTTP/1.1 200 OK\r\nContent-"), "connection_lost"},
		"cut in the body":       {hijack("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":true,"), "cut_off"},
		"half of the JSON":      {body(`{"ok":true,"use`), "not_understood"},
		"no JSON":               {body(`<html>log in to the hotel's network</html>`), "not_understood"},
		"empty":                 {body(``), "not_understood"},
		"neither ok nor not":    {body(`{"error":"invalid_auth"}`), "not_understood"},
		"no code":               {body(`{"ok":false}`), "no_code"},
		"empty code":            {body(`{"ok":false,"error":""}`), "no_code"},
	} {
		for method, do := range deeds {
			f := newFake(t).says("usergroups.list", oneGroup).does(method, c.answer)
			want := fault.Unclear
			if method == "usergroups.users.list" {
				want = fault.Backoff
			}
			if err := do(ctx(t), f.client()); fault.KindOf(err) != want || fault.CodeOf(err) != c.code {
				t.Errorf("%s, %s: %v, want %s (%s)", method, name, err, want, c.code)
			}
		}
	}
}

func TestTimeOut(t *testing.T) {
	for method, do := range deeds {
		release := make(chan bool)
		f := newFake(t).says("usergroups.list", oneGroup).does(method, func(http.ResponseWriter, asked) { <-release })
		want := fault.Unclear
		if method == "usergroups.users.list" {
			want = fault.Backoff
		}
		own := func(c *slack.Config) { c.HTTP = &http.Client{Timeout: 30 * time.Millisecond} }
		if err := do(ctx(t), f.client(own)); fault.KindOf(err) != want {
			t.Errorf("%s timed out: %v, want %s", method, err, want)
		}
		short, cancel := context.WithTimeout(ctx(t), 30*time.Millisecond)
		if err := do(short, f.client()); fault.KindOf(err) != want {
			t.Errorf("%s ran out of its context: %v, want %s", method, err, want)
		}
		cancel()
		close(release)
	}
}

// What never left is Backoff, for writes too.
func TestNothingSent(t *testing.T) {
	refusing, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := refusing.Addr().String()
	refusing.Close()
	ended, cancel := context.WithCancel(ctx(t))
	cancel()
	dial := func(err error) func(*slack.Config) {
		return func(c *slack.Config) {
			c.HTTP = &http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err },
			}}
		}
	}
	for name, c := range map[string]struct {
		ctx    context.Context
		change func(*slack.Config)
	}{
		"connection refused":   {ctx(t), func(c *slack.Config) { c.APIURL = "http://" + address + "/api/" }},
		"no such host":         {ctx(t), dial(&net.DNSError{Err: "no such host", Name: "slack.test", IsNotFound: true})},
		"no connection":        {ctx(t), dial(errors.New("the proxy is gone"))},
		"TLS speaks another":   {ctx(t), func(c *slack.Config) { c.APIURL = strings.Replace(c.APIURL, "http://", "https://", 1) }},
		"context ended before": {ended, func(*slack.Config) {}},
	} {
		for method, do := range deeds {
			f := newFake(t)
			if err := do(c.ctx, f.client(c.change)); fault.KindOf(err) != fault.Backoff {
				t.Errorf("%s, %s: %v, want back off", method, name, err)
			}
			if len(f.calls) != 0 {
				t.Errorf("%s, %s: %d calls arrived", method, name, len(f.calls))
			}
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A transport that says nothing about its connection proves nothing.
func TestSilentTransport(t *testing.T) {
	silent := func(c *slack.Config) {
		c.HTTP = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })}
	}
	wantKind(t, newFake(t).client(silent).Disable(ctx(t), link, "S1"), fault.Unclear, "connection_lost")
}

func TestNotSlackAtAll(t *testing.T) {
	for _, code := range []int{http.StatusFound, http.StatusForbidden, http.StatusNotFound} {
		f := newFake(t).does("usergroups.disable", status(code, "<html></html>", "Location", "https://login.example/"))
		err := f.client().Disable(ctx(t), link, "S1")
		if !fault.Is(err, fault.Misconfigured) || len(f.calls) != 1 {
			t.Errorf("HTTP %d: %v after %d calls", code, err, len(f.calls))
		}
	}
	f := newFake(t).does("usergroups.disable", status(http.StatusForbidden, refused("permission_denied")))
	wantKind(t, f.client().Disable(ctx(t), link, "S1"), fault.Misconfigured, "permission_denied")
}

func TestBadAddress(t *testing.T) {
	c := slack.New(slack.Config{APIURL: "http://slack test/", Tokens: slack.Static(connector.Tokens{User: userToken})})
	wantKind(t, c.Disable(ctx(t), link, "S1"), fault.Misconfigured, "bad_api_url")
}
