package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/oidc"
	"github.com/ebb-access/ebb/shared/oidc/oidctest"
)

// door is a house that people sign in to: with the simulated Slack, with an
// issuer, and by a link.
type door struct {
	*world
	slackAt string
	issuer  *oidctest.Issuer
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{world: newWorld(t)}
	d.House.URL = d.at
	slack := httptest.NewServer(d.Slack)
	t.Cleanup(slack.Close)
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.issuer.ServeHTTP(w, r) }))
	t.Cleanup(issuer.Close)
	d.slackAt, d.issuer = slack.URL, oidctest.New(issuer.URL)
	d.issuer.Now, d.issuer.Redirects = d.House.Now, []string{d.at + "/signin/oidc/callback"}
	d.House.Vouchers = map[access.Means]flow.Voucher{
		access.BySlack:  d.client(slack.URL, d.Slack.ClientID(), d.Slack.ClientSecret()),
		access.ByIssuer: d.client(issuer.URL, d.issuer.ClientID, d.issuer.ClientSecret),
	}
	return d
}

func (d *door) client(address, id, secret string) flow.Voucher {
	d.Helper()
	c, err := oidc.New(oidc.Config{Issuer: address, Now: d.House.Now, Client: func(context.Context) (string, string, error) { return id, secret, nil }})
	d.OK(err)
	return c
}

// guestBrowser is a browser that nobody signed in to.
func guestBrowser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (d *door) visit(c *http.Client, address string) answer {
	d.Helper()
	if strings.HasPrefix(address, "/") {
		address = d.at + address
	}
	resp, err := c.Get(address)
	d.OK(err)
	return d.read(resp)
}

func (d *door) send(c *http.Client, path string, form url.Values) answer {
	d.Helper()
	resp, err := c.PostForm(d.at+path, form)
	d.OK(err)
	return d.read(resp)
}

func (d *door) read(resp *http.Response) answer {
	d.Helper()
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	d.OK(err)
	return answer{code: resp.StatusCode, to: resp.Header.Get("Location"), text: string(raw), Header: resp.Header}
}

// away begins a sign-in and gives the issuer's answer: the address of the
// callback with code and state.
func (d *door) away(c *http.Client, start, as string) string {
	d.Helper()
	out := d.visit(c, start)
	if out.code != http.StatusFound {
		d.Fatalf("%s: %d %s", start, out.code, out.text)
	}
	if strings.HasPrefix(out.to, d.slackAt) {
		as += "&_approve=1&_team=" + d.Slack.TeamIDs()[0]
	}
	back := d.visit(guestBrowser(), out.to+"&_as="+as)
	if back.code != http.StatusFound {
		d.Fatalf("the issuer: %d %s", back.code, back.text)
	}
	return back.to
}

// in signs somebody in and fails unless that leads to a page.
func (d *door) in(c *http.Client, start, as, to string) {
	d.Helper()
	got := d.visit(c, d.away(c, start, as))
	if got.code != http.StatusSeeOther || got.to != to {
		d.Fatalf("signed in: %d to %q, want %q: %s", got.code, got.to, to, between(got.text, "<main", "</main>")+d.Log.String())
	}
}

// known is the name of who a browser is signed in as; "": nobody.
func (d *door) known(c *http.Client) string {
	d.Helper()
	_, rest, _ := strings.Cut(d.visit(c, "/").text, `<a class="name"`)
	return between(rest, ">", "<")
}

func (d *door) cookie(c *http.Client, name string) string {
	d.Helper()
	u, _ := url.Parse(d.at)
	for _, x := range c.Jar.Cookies(u) {
		if x.Name == name {
			return x.Value
		}
	}
	return ""
}

func (d *door) events(aggregate, action string) []audit.Event {
	d.Helper()
	all, err := d.Store.EventsOf(d.Context(), aggregate)
	d.OK(err)
	var out []audit.Event
	for _, e := range all {
		if e.Action == action {
			out = append(out, e)
		}
	}
	return out
}
