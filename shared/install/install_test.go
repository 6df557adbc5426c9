package install_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/install"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// visit opens an address in the browser and follows to the end.
func (w *world) visit(b *http.Client, at string) (int, string, http.Header) {
	w.t.Helper()
	resp, err := b.Get(at)
	w.ok(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	w.ok(err)
	return resp.StatusCode, string(body), resp.Header
}

// browser clicks Allow (or Deny) as an account of the simulated Slack.
func (w *world) browser(as, click string) *http.Client {
	jar, err := cookiejar.New(nil)
	w.ok(err)
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/oauth/v2/authorize" {
			q := r.URL.Query()
			q.Set("_as", as)
			q.Set("_team", w.slack.TeamIDs()[0])
			q.Set(click, "1")
			r.URL.RawQuery = q.Encode()
		}
		w.last = r.URL
		return nil
	}}
}

func TestInstall(t *testing.T) {
	w := newWorld(t)
	code, page, head := w.visit(w.browser(w.owner(), "_approve"), w.link())
	if code != http.StatusOK || !strings.Contains(page, "<h1>Connected</h1>") {
		t.Fatalf("%d %s", code, page)
	}
	if c := w.connector(); c.Label != connector.Syncing || len(c.UserScopes) == 0 {
		t.Fatalf("%+v", c)
	}
	if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("CSP %q", csp)
	}
	if head.Get("Referrer-Policy") != "no-referrer" || head.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", head)
	}
	if strings.Contains(page, "<script") {
		t.Error("the page runs a script")
	}
	w.quiet(page, w.last.Query().Get("code"), w.last.Query().Get("state"))
}

// TestCookie: the word is out of a script's reach, and comes with Slack's
// answer only.
func TestCookie(t *testing.T) {
	for url, secure := range map[string]bool{"": false, "https://ebb.example.com": true} {
		w := newWorld(t)
		link := w.link()
		if url != "" {
			w.house.URL = url
		}
		b := w.browser(w.owner(), "_approve")
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, err := b.Get(link)
		w.ok(err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusFound || len(resp.Cookies()) != 1 {
			t.Fatalf("%s %v", resp.Status, resp.Cookies())
		}
		c := resp.Cookies()[0]
		if !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/slack/oauth" || c.MaxAge != 600 || c.Name != install.Cookie {
			t.Errorf("%+v", c)
		}
	}
}

// TestRefusals: each is a page that says what to do, and changes nothing.
func TestRefusals(t *testing.T) {
	for name, x := range map[string]struct {
		try    func(w *world) (int, string)
		status int
		says   string
	}{
		"no such link": {func(w *world) (int, string) { return w.see(w.browser(w.owner(), "_approve"), w.url+"/connect/nothing") }, 404, "ask for a new one"},
		"link opened twice": {func(w *world) (int, string) {
			link := w.link()
			w.begin(w.browser(w.owner(), "_approve"), link)
			return w.see(w.browser(w.owner(), "_approve"), link)
		}, 403, "opened before"},
		"other browser": {func(w *world) (int, string) {
			answer := w.begin(w.browser(w.owner(), "_approve"), w.link())
			return w.see(w.browser(w.owner(), "_approve"), answer)
		}, 403, "another browser"},
		"stolen state, own code": {func(w *world) (int, string) {
			// The thief has begun an installation and sends the owner's browser his code.
			thief := w.begin(w.browser(w.member(), "_approve"), w.link())
			b := w.browser(w.owner(), "_approve")
			w.begin(b, w.link())
			return w.see(b, thief)
		}, 403, "another browser"},
		"no state of ours": {func(w *world) (int, string) {
			return w.see(w.browser(w.owner(), "_approve"), w.url+"/slack/oauth/callback?state=guess&code=1.2")
		}, 403, "start again"},
		"no code": {func(w *world) (int, string) {
			return w.see(w.browser(w.owner(), "_approve"), w.url+"/slack/oauth/callback?state=x")
		}, 400, "incomplete"},
		"endless": {func(w *world) (int, string) {
			return w.see(w.browser(w.owner(), "_approve"), w.url+"/slack/oauth/callback?code=1&state="+strings.Repeat("x", 5000))
		}, 400, "no answer of Slack"},
		"denied by the user": {func(w *world) (int, string) {
			return w.see(w.browser(w.owner(), "_deny"), w.link())
		}, 403, "declined in Slack"},
		"a word of Slack's": {func(w *world) (int, string) {
			return w.see(w.browser(w.owner(), "_approve"), w.url+"/slack/oauth/callback?error=invalid_scope&state=x")
		}, 403, "invalid_scope"},
		"not Slack's word": {func(w *world) (int, string) {
			return w.see(w.browser(w.owner(), "_approve"), w.url+"/slack/oauth/callback?error="+url.QueryEscape("<b>Call 555 to pay"))
		}, 403, "did not install Ebb, and"},
		"not an admin": {func(w *world) (int, string) {
			return w.see(w.browser(w.member(), "_approve"), w.link())
		}, 403, "admin or owner"},
		"forged code": {func(w *world) (int, string) {
			b := w.browser(w.owner(), "_approve")
			answer, err := url.Parse(w.begin(b, w.link()))
			w.ok(err)
			q := answer.Query()
			q.Set("code", "1.2.forged")
			answer.RawQuery = q.Encode()
			return w.see(b, answer.String())
		}, 424, "Slack"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			code, page := x.try(w)
			if code != x.status || !strings.Contains(page, x.says) || !strings.Contains(page, "<h1>Not connected</h1>") {
				t.Errorf("%d, want %d and %q: %s", code, x.status, x.says, page)
			}
			if strings.Contains(page, "<b>") || strings.Contains(page, "555") {
				t.Errorf("the page repeats what an address says: %s", page)
			}
			if c := w.connector(); c.Label != connector.NotConnected {
				t.Errorf("the connector is %s", c.Label)
			}
			w.quiet(page)
		})
	}
}

// TestReplay: the same answer again, in the same browser, changes nothing.
func TestReplay(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.owner(), "_approve")
	answer := w.begin(b, w.link())
	u, err := url.Parse(answer)
	w.ok(err)
	cookies := b.Jar.Cookies(u)
	if code, page := w.see(b, answer); code != http.StatusOK {
		t.Fatalf("%d %s", code, page)
	}
	was := w.connector()
	b.Jar.SetCookies(u, cookies) // the page had taken it away
	code, page := w.see(b, answer)
	if code != http.StatusForbidden || !strings.Contains(page, "used before") {
		t.Errorf("%d %s", code, page)
	}
	if now := w.connector(); now.Rev != was.Rev {
		t.Errorf("changed: %+v", now)
	}
}

// TestLookingAhead: what previews a link does not use it up.
func TestLookingAhead(t *testing.T) {
	w := newWorld(t)
	link := w.link()
	for _, try := range []func(r *http.Request){
		func(r *http.Request) { r.Method = http.MethodHead },
		func(r *http.Request) { r.Header.Set("Sec-Purpose", "prefetch;prerender") },
		func(r *http.Request) { r.Header.Set("Purpose", "prefetch") },
	} {
		r := httptest.NewRequest(http.MethodGet, strings.TrimPrefix(link, w.url), nil)
		try(r)
		got := httptest.NewRecorder()
		install.Handler(w.house).ServeHTTP(got, r)
		if got.Code < 400 || len(got.Result().Cookies()) > 0 {
			t.Errorf("%s: %d", r.Method, got.Code)
		}
	}
	if code, page := w.see(w.browser(w.owner(), "_approve"), link); code != http.StatusOK {
		t.Errorf("%d %s", code, page)
	}
}

// TestSlackIsAway: an error of nobody's making says to try again, and an
// internal one only where to look.
func TestSlackIsAway(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.owner(), "_approve")
	answer := w.begin(b, w.link())
	w.slack.Inject(slacktest.Fault{Method: "oauth.v2.access", Kind: slacktest.RateLimit})
	code, page, head := w.visit(b, answer)
	if code != http.StatusTooManyRequests || head.Get("Retry-After") == "" {
		t.Errorf("%d %v %s", code, head, page)
	}
}
