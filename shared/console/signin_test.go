package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

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
