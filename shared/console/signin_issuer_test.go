package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/oidc/oidctest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// bind makes the issuer know somebody by their name, and Ebb by that subject.
func (d *door) bind(name string) {
	d.Helper()
	d.issuer.People = append(d.issuer.People, oidctest.Person{Subject: name, Name: name, Email: name + "@example.com", Verified: true})
	_, err := d.House.IdentifyUser(d.Context(), d.As("root"), d.User[name].ID, access.Identity{Issuer: d.issuer.URL, Subject: name})
	d.OK(err)
}

func TestSignInWithAnIssuer(t *testing.T) {
	d := newDoor(t)
	ada := oidctest.Person{Subject: "s-ada", Name: "Ada", Email: "Ada@Example.com", Verified: true}
	d.issuer.People = []oidctest.Person{
		ada,
		{Subject: "s-lin", Name: "Lin", Email: "lin@example.com"},
		{Subject: "s-zoe", Name: "Zoe", Email: "zoe@example.com", Verified: true},
		{Subject: "s-two", Name: "Two", Email: "two@example.com", Verified: true},
		{Subject: "s-other", Name: "Other", Email: "ada@example.com", Verified: true},
	}
	for _, name := range []string{"two1", "two2"} {
		d.Slack.AddUser(slacktest.User{Name: name, Email: "two@example.com"})
	}
	d.Sync(d.Conn)
	refused := func(why, as string) {
		t.Helper()
		c := guestBrowser()
		if got := d.visit(c, d.away(c, "/signin/oidc", as)); got.code != 403 || d.cookie(c, "ebb-session") != "" {
			t.Errorf("%s: %d %s", why, got.code, between(got.text, "<main", "</main>"))
		}
	}
	refused("nobody allowed e-mail", "s-ada")
	_, err := d.House.SetSignInRules(t.Context(), d.As("root"), true)
	d.OK(err)
	refused("not verified", "s-lin")
	refused("no account", "s-zoe")
	refused("two accounts", "s-two")
	c := guestBrowser()
	d.in(c, "/signin/oidc?to=/tasks", "s-ada", "/tasks")
	if d.known(c) != "Ada Example" {
		t.Error("not ada")
	}
	u, err := d.Store.UserOf(t.Context(), d.Conn, d.Account["ada"])
	d.OK(err)
	if u.ID != d.User["ada"].ID || len(u.Identities) != 1 {
		t.Errorf("%+v", u)
	}
	refused("another subject with her e-mail", "s-other")

	// Once bound, the subject counts and the e-mail does not.
	_, err = d.House.SetSignInRules(t.Context(), d.As("root"), false)
	d.OK(err)
	d.issuer.People[0].Email = "married@example.com"
	d.in(guestBrowser(), "/signin/oidc", "s-ada", "/")
	if n := len(d.events("person/"+u.ID, "person.identified")); n != 1 {
		t.Errorf("bound %d times", n)
	}
	_, err = d.House.UnidentifyUser(t.Context(), d.As("root"), u.ID)
	d.OK(err)
	if d.known(c) != "" {
		t.Error("the session outlives the identity")
	}
	refused("the identity was taken away", "s-ada")
}

// What is high-risk is decided by who has just proved who they are.
func TestHighRiskAsksForAFreshSignIn(t *testing.T) {
	d := newDoor(t)
	r, err := d.House.Request(t.Context(), d.As("ada"), flow.Asking{Connector: d.Conn, Resources: []string{d.Keys}, Length: time.Hour, Reason: "x"})
	d.OK(err)
	low := d.Ask("ada", d.Oncall)
	c := guestBrowser()
	d.in(c, "/signin/slack", d.Account["lin"], "/")
	d.At = d.At.Add(access.FreshTime)
	page := "/requests/" + r.ID
	d.says(d.visit(c, page).text, "high-risk", "/signin?again=1&to="+page)
	got := d.send(c, page+"/approve", nil)
	if got.code != 403 || !strings.Contains(got.text, "sign in anew") || !strings.Contains(got.text, "/signin?again=1") {
		t.Fatalf("%d %s", got.code, got.text)
	}
	if got := d.send(c, "/requests/"+low.ID+"/approve", nil); got.code != 303 {
		t.Errorf("what is not high-risk: %d", got.code)
	}
	d.says(d.visit(c, "/signin?again=1&to="+page).text, "Sign in anew", "/signin/slack?again=1&amp;to=")
	d.in(c, "/signin/slack?again=1&to="+url.QueryEscape(page), d.Account["lin"], page)
	if got := d.send(c, page+"/approve", nil); got.code != 303 {
		t.Fatalf("just signed in: %d %s", got.code, got.text)
	}
	d.says(d.visit(c, page).text, "Approved by Lin Example")
}

// An issuer that remembers somebody from an hour ago vouches for them, and not
// for a proof just now.
func TestAnOldProofIsNotFresh(t *testing.T) {
	d := newDoor(t)
	d.bind("lin")
	d.issuer.People[0].AuthTime = d.At.Add(-time.Hour)
	r, err := d.House.Request(t.Context(), d.As("ada"), flow.Asking{Connector: d.Conn, Resources: []string{d.Keys}, Length: time.Hour, Reason: "x"})
	d.OK(err)
	c := guestBrowser()
	d.in(c, "/signin/oidc", "lin", "/")
	if got := d.send(c, "/requests/"+r.ID+"/approve", nil); got.code != 403 {
		t.Fatalf("%d", got.code)
	}
	if d.away(c, "/signin/oidc?again=1", "lin"); d.issuer.Asked().Get("prompt") != "login" {
		t.Errorf("%v", d.issuer.Asked())
	}
	d.issuer.People[0].AuthTime = d.At
	d.in(c, "/signin/oidc?again=1", "lin", "/")
	if got := d.send(c, "/requests/"+r.ID+"/approve", nil); got.code != 303 {
		t.Fatalf("%d %s", got.code, got.text)
	}
}

func TestAHouseWithoutIssuers(t *testing.T) {
	w := newWorld(t)
	w.says(w.get("nobody", "/signin"), "no way to sign in yet", "ebb signin link")
	for _, path := range []string{"/signin/slack", "/signin/oidc", "/signin/slack/callback?state=x.y&code=z"} {
		if got := w.do("nobody", "GET", path, ""); got.code != 404 {
			t.Errorf("%s: %d", path, got.code)
		}
	}
}
