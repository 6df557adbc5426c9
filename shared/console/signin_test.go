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
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/oidc"
	"github.com/ebb-access/ebb/shared/oidc/oidctest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
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

func TestTheFirstLink(t *testing.T) {
	d := newDoor(t)
	link, err := d.House.MakeSignInLink(t.Context(), "u_root")
	d.OK(err)
	word := link[strings.Index(link, "=")+1:]
	for range 3 { // chats and browsers look ahead
		page := d.visit(guestBrowser(), link)
		if page.code != 200 || page.Get("Set-Cookie") != "" {
			t.Fatalf("%d %v", page.code, page.Header)
		}
		d.says(page.text, "Sign in as Root", word)
	}
	c := guestBrowser()
	if got := d.send(c, "/signin/first", url.Values{"word": {word}}); got.code != 303 || got.to != "/" {
		t.Fatalf("%d to %q: %s", got.code, got.to, got.text)
	}
	if who := d.known(c); who != "Root" {
		t.Errorf("signed in as %q", who)
	}
	other := guestBrowser()
	for name, got := range map[string]answer{
		"the link again": d.send(other, "/signin/first", url.Values{"word": {word}}),
		"a look at it":   d.visit(other, link),
		"another word":   d.send(other, "/signin/first", url.Values{"word": {"ebbsignin_x"}}),
		"no word":        d.send(other, "/signin/first", nil),
	} {
		if got.code != 401 || !strings.Contains(got.text, "makes a new one") || d.cookie(other, "ebb-session") != "" {
			t.Errorf("%s: %d %s", name, got.code, between(got.text, "<main", "</main>"))
		}
	}
	link, err = d.House.MakeSignInLink(t.Context(), "u_root")
	d.OK(err)
	d.At = d.At.Add(access.SignInLinkTime)
	if got := d.send(other, "/signin/first", url.Values{"word": {link[strings.Index(link, "=")+1:]}}); got.code != 401 {
		t.Errorf("expired: %d", got.code)
	}
	if strings.Contains(d.Log.String(), "ebbsignin_") {
		t.Error("the log has the word of a link")
	}
}

func TestSignInWithSlack(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	if got := d.visit(c, "/requests?all=1"); got.code != 303 || got.to != "/signin?to=%2Frequests%3Fall%3D1" {
		t.Fatalf("%d to %q", got.code, got.to)
	}
	page := d.visit(c, "/signin?to=%2Frequests%3Fall%3D1")
	d.says(page.text, "Sign in with Slack", "/signin/slack?to=%2Frequests%3Fall%3D1", "/signin/oidc?to=")
	d.in(c, "/signin/slack?to=%2Frequests%3Fall%3D1", d.Account["ada"], "/requests?all=1")
	if who := d.known(c); who != "Ada Example" {
		t.Fatalf("signed in as %q", who)
	}
	// Whoever owns no user yet gets one, and the same person the same one.
	kit := d.Slack.AddUser(slacktest.User{Name: "kit", RealName: "Kit Example"})
	d.Sync(d.Conn)
	for range 2 {
		d.in(guestBrowser(), "/signin/slack", kit, "/")
	}
	u, err := d.Store.UserOf(t.Context(), d.Conn, kit)
	d.OK(err)
	if len(u.Duties) != 1 || u.Duties[0] != access.Ordinary {
		t.Errorf("%+v", u)
	}
	if n := len(d.events("person/"+u.ID, "person.made")); n != 1 {
		t.Errorf("made %d times", n)
	}
	begun := d.events("person/"+u.ID, "session.begun")
	if len(begun) != 2 || begun[0].Data["means"] != "slack" || begun[0].Data["account"] != kit || begun[0].Actor != u.ID {
		t.Errorf("%+v", begun)
	}
}

func TestWhomEbbDoesNotServeIsRefused(t *testing.T) {
	d := newDoor(t)
	gone := d.Slack.AddUser(slacktest.User{Name: "gone"})
	ended := d.Slack.AddUser(slacktest.User{Name: "ended"})
	d.Sync(d.Conn)
	stranger := d.Slack.AddUser(slacktest.User{Name: "new"}) // not synced yet
	u, err := d.House.Bind(t.Context(), d.As("root"), d.Conn, ended, nil)
	d.OK(err)
	_, err = d.House.EndUser(t.Context(), d.As("root"), u.ID)
	d.OK(err)
	a, err := d.Store.Account(t.Context(), d.Conn, gone)
	d.OK(err)
	a.State = "deactivated"
	d.OK(d.Store.Put(t.Context(), directory.Batch{Accounts: []directory.Account{a}}))
	for account, want := range map[string]string{stranger: "does not know your account", gone: "deactivated", ended: "ended your user"} {
		c := guestBrowser()
		got := d.visit(c, d.away(c, "/signin/slack", account))
		if got.code != 403 && got.code != 404 || !strings.Contains(got.text, want) || d.cookie(c, "ebb-session") != "" {
			t.Errorf("%s: %d %s", want, got.code, between(got.text, "<main", "</main>"))
		}
	}
	if n := len(d.events("signin", "signin.refused")); n != 3 {
		t.Errorf("%d refusals are in the audit", n)
	}
	// Whoever knocks all day fills no audit.
	c := guestBrowser()
	for range access.MostRefusals + 10 {
		d.visit(c, "/signin/slack/callback?code=x&state=y")
	}
	if n, more := len(d.events("signin", "signin.refused")), len(d.events("signin", "signin.refused-often")); n != access.MostRefusals || more != 1 {
		t.Errorf("%d refusals and %d times often", n, more)
	}
	d.At = d.At.Add(access.RefusalSpan)
	d.visit(c, "/signin/slack/callback?code=x&state=y")
	if n := len(d.events("signin", "signin.refused")); n != access.MostRefusals+1 {
		t.Errorf("an hour later: %d", n)
	}
}

// A deactivated person's sessions end, whatever else they have.
func TestADeactivatedAccountsSessionEnds(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	d.in(c, "/signin/slack", d.Account["ada"], "/")
	a, err := d.Store.Account(t.Context(), d.Conn, d.Account["ada"])
	d.OK(err)
	a.State = "deactivated"
	d.OK(d.Store.Put(t.Context(), directory.Batch{Accounts: []directory.Account{a}}))
	if got := d.visit(c, "/"); got.code != 303 || got.to != "/signin" {
		t.Errorf("%d to %q", got.code, got.to)
	}
}

func TestAnswersThatBelongToNoSignInHere(t *testing.T) {
	d := newDoor(t)
	for name, tamper := range map[string]func(c *http.Client, back string) (*http.Client, string){
		"another browser": func(_ *http.Client, back string) (*http.Client, string) { return guestBrowser(), back },
		"another's begun": func(_ *http.Client, back string) (*http.Client, string) {
			c := guestBrowser()
			d.visit(c, "/signin/slack")
			return c, back
		},
		"no state": func(c *http.Client, back string) (*http.Client, string) { return c, without(back, "state") },
		"no code":  func(c *http.Client, back string) (*http.Client, string) { return c, without(back, "code") },
		"another code": func(c *http.Client, back string) (*http.Client, string) {
			return c, without(back, "code") + "&code=wrong"
		},
		"a changed state": func(c *http.Client, back string) (*http.Client, string) {
			return c, strings.Replace(back, "state=", "state=A", 1)
		},
		"the other callback": func(c *http.Client, back string) (*http.Client, string) {
			return c, strings.Replace(back, "/signin/slack/", "/signin/oidc/", 1)
		},
		"ten minutes later": func(c *http.Client, back string) (*http.Client, string) {
			d.At = d.At.Add(10 * time.Minute)
			return c, back
		},
		"a very long state": func(c *http.Client, back string) (*http.Client, string) {
			return c, without(back, "state") + "&state=" + strings.Repeat("x", 9000)
		},
		"declined": func(c *http.Client, _ string) (*http.Client, string) {
			return c, d.at + "/signin/slack/callback?error=<b>no"
		},
	} {
		c := guestBrowser()
		c, back := tamper(c, d.away(c, "/signin/slack", d.Account["ada"]))
		got := d.visit(c, back)
		if got.code < 400 || got.code >= 500 || d.cookie(c, "ebb-session") != "" || strings.Contains(got.text, "<b>no") {
			t.Errorf("%s: %d %s", name, got.code, between(got.text, "<main", "</main>"))
		}
	}
}

func without(address, key string) string {
	u, _ := url.Parse(address)
	q := u.Query()
	q.Del(key)
	u.RawQuery = q.Encode()
	return u.String()
}

// One answer opens one session: sent again it opens none, and the first goes on.
func TestAReplayedAnswer(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	back := d.away(c, "/signin/slack", d.Account["ada"])
	d.visit(c, back)
	if got := d.visit(c, back); got.code != 401 {
		t.Errorf("again: %d", got.code)
	}
	if d.known(c) != "Ada Example" {
		t.Error("the first session is gone")
	}
	// The state again with another code of somebody else's.
	other := d.away(guestBrowser(), "/signin/slack", d.Account["lin"])
	u, _ := url.Parse(other)
	if got := d.visit(c, without(back, "code")+"&code="+u.Query().Get("code")); got.code != 401 || d.known(c) != "Ada Example" {
		t.Errorf("a code put under a used state: %d, %s", got.code, d.known(c))
	}
}

// The issuer's word for another journey is worth nothing in this one.
func TestAnotherNonce(t *testing.T) {
	d := newDoor(t)
	d.bind("ada")
	d.issuer.Lie = func(claims map[string]any) { claims["nonce"] = "of another sign-in" }
	c := guestBrowser()
	if got := d.visit(c, d.away(c, "/signin/oidc", "ada")); got.code != 401 || d.cookie(c, "ebb-session") != "" {
		t.Errorf("%d", got.code)
	}
	d.issuer.Lie = nil
	d.in(c, "/signin/oidc", "ada", "/")
}

func TestTwoTabs(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	one := d.away(c, "/signin/slack?to=/tasks", d.Account["ada"])
	two := d.away(c, "/signin/slack?to=/grants", d.Account["ada"])
	for back, to := range map[string]string{two: "/grants", one: "/tasks"} {
		if got := d.visit(c, back); got.code != 303 || got.to != to {
			t.Errorf("%d to %q, want %q", got.code, got.to, to)
		}
	}
	if d.known(c) != "Ada Example" {
		t.Error("not signed in")
	}
}

// A word from before the sign-in opens nothing after it, and one that somebody
// put there opens nothing at all.
func TestFixation(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	u, _ := url.Parse(d.at)
	c.Jar.SetCookies(u, []*http.Cookie{{Name: "ebb-session", Value: "ebbsession_planted"}})
	d.in(c, "/signin/slack", d.Account["ada"], "/")
	first := d.cookie(c, "ebb-session")
	if first == "ebbsession_planted" || first == "" {
		t.Fatal("the planted word stayed")
	}
	d.in(c, "/signin/slack", d.Account["lin"], "/")
	if d.known(c) != "Lin Example" {
		t.Error("not lin")
	}
	old := guestBrowser()
	old.Jar.SetCookies(u, []*http.Cookie{{Name: "ebb-session", Value: first}})
	if d.known(old) != "" {
		t.Error("the session before goes on")
	}
}

func TestTheWayBackStaysInTheHouse(t *testing.T) {
	d := newDoor(t)
	for _, to := range []string{
		"https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", "http:/evil", "evil.example", "///evil.example", "/a\r\nLocation: x",
	} {
		c := guestBrowser()
		q := "?to=" + url.QueryEscape(to)
		if page := d.visit(c, "/signin"+q); strings.Contains(page.text, "evil") || strings.Contains(page.text, "javascript") {
			t.Errorf("the page carries %q", to)
		}
		d.in(c, "/signin/slack"+q, d.Account["ada"], "/")
		if got := d.visit(c, "/signin"+q); got.to != "/" {
			t.Errorf("signed in already, %q leads to %q", to, got.to)
		}
	}
}

func TestSigningOutEndsTheSession(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	d.in(c, "/signin/slack", d.Account["ada"], "/")
	word := d.cookie(c, "ebb-session")
	r, _ := http.NewRequest(http.MethodPost, d.at+"/signout", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := c.Do(r)
	d.OK(err)
	resp.Body.Close()
	if resp.StatusCode != 403 || d.known(c) != "Ada Example" {
		t.Errorf("another site signed ada out: %d", resp.StatusCode)
	}
	if got := d.send(c, "/signout", nil); got.code != 303 || got.to != "/signin" {
		t.Errorf("%d to %q", got.code, got.to)
	}
	u, _ := url.Parse(d.at)
	kept := guestBrowser()
	kept.Jar.SetCookies(u, []*http.Cookie{{Name: "ebb-session", Value: word}})
	if d.known(kept) != "" {
		t.Error("the word still opens the house")
	}
	if got := d.send(guestBrowser(), "/signout", nil); got.code != 303 {
		t.Errorf("signed out twice: %d", got.code)
	}
}

func TestCookiesOfAHouseWithTLS(t *testing.T) {
	d := newDoor(t)
	c := guestBrowser()
	got := d.visit(c, d.away(c, "/signin/slack", d.Account["ada"]))
	if set := got.Get("Set-Cookie"); !strings.HasPrefix(set, "ebb-session=") || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || strings.Contains(set, "Secure") {
		t.Error(set)
	}
	d.House.URL = "https://ebb.example"
	link, err := d.House.MakeSignInLink(t.Context(), "u_root")
	d.OK(err)
	got = d.send(c, "/signin/first", url.Values{"word": {link[strings.Index(link, "=")+1:]}})
	set := got.Get("Set-Cookie")
	for _, want := range []string{"__Host-ebb-session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=43200"} {
		if !strings.Contains(set, want) {
			t.Errorf("%s: %s is missing", set, want)
		}
	}
	if strings.Contains(set, "Domain") {
		t.Error(set)
	}
}

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
