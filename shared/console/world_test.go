package console_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/console"
	"github.com/ebb-access/ebb/shared/housetest"
)

// world is the pages of a whole house over HTTP, with a browser for everybody.
type world struct {
	*housetest.World
	at       string // the address
	browsers map[string]*http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: housetest.New(t), browsers: map[string]*http.Client{}}
	s := httptest.NewServer(console.Handler(w.House, console.Options{}))
	t.Cleanup(s.Close)
	w.at = s.URL
	return w
}

// browser is somebody's, signed in.
func (w *world) browser(name string) *http.Client {
	w.Helper()
	if c := w.browsers[name]; c != nil {
		return c
	}
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if name != "nobody" {
		word := w.SignIn(name)
		u, err := url.Parse(w.at)
		w.OK(err)
		jar.SetCookies(u, []*http.Cookie{{Name: "ebb-session", Value: word}})
	}
	w.browsers[name] = c
	return c
}

// answer is what a page answered.
type answer struct {
	code int
	to   string // where it leads
	text string
	http.Header
}

func (w *world) do(name, method, path, form string) answer {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.at+path, strings.NewReader(form))
	w.OK(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := w.browser(name).Do(r)
	w.OK(err)
	defer resp.Body.Close()
	var b strings.Builder
	_, err = io.Copy(&b, resp.Body)
	w.OK(err)
	return answer{code: resp.StatusCode, to: resp.Header.Get("Location"), text: b.String(), Header: resp.Header}
}

// get is a page that has to be there.
func (w *world) get(name, path string) string {
	w.Helper()
	got := w.do(name, "GET", path, "")
	if got.code != http.StatusOK {
		w.Fatalf("%s as %s: %d to %q: %s", path, name, got.code, got.to, between(got.text, "<main", "</main>")+w.Log.String())
	}
	return got.text
}

// post is a form that has to succeed; it gives where that leads.
func (w *world) post(name, path, form string) string {
	w.Helper()
	got := w.do(name, "POST", path, form)
	if got.code != http.StatusSeeOther {
		w.Fatalf("POST %s as %s: %d: %s", path, name, got.code, got.text)
	}
	return got.to
}

// says fails unless a page says all of that.
func (w *world) says(page string, want ...string) {
	w.Helper()
	for _, s := range want {
		if !strings.Contains(page, s) {
			w.Errorf("the page does not say %q:\n%s", s, between(page, "<main", "</main>"))
		}
	}
}

// foreign sends a form as a browser does from a page of another site.
func (w *world) foreign(name, path string) answer {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.at+path, strings.NewReader("comment=x"))
	w.OK(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := w.browser(name).Do(r)
	w.OK(err)
	defer resp.Body.Close()
	return answer{code: resp.StatusCode}
}
