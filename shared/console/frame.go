package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// Frame is what the layout shows around every page.
type Frame struct {
	Title    string
	Reader   string // the name of who is signed in; "": nobody
	ReaderID string // and their id
	Nav      []Link
	Said     string // what the form before this page did
	Now      time.Time
	Zone     *time.Location // the reader's

	Simulated bool
	Window    string
	Frozen    string // why nothing is given now; "": it is
}

// Link is one way on, in the frame.
type Link struct {
	Path, Name string
	Here       bool
	Waits      int // things that wait for the reader there
}

// places are the pages that the frame leads to, and for whom.
var places = []struct {
	path, name string
	group      string
	for_       func(access.Actor) bool
}{
	{"/", "My access", "", anybody},
	{"/tasks", "Tasks", "", anybody},
	{"/requests", "Requests", "", anybody},
	{"/grants", "Grants", "", anybody},
	{"/directory", "Accounts", "Directory", anybody},
	{"/resources", "Resources", "Directory", anybody},
	{"/findings", "Findings", "", anybody},
	{"/reviews", "Access reviews", "", anybody},
	{"/integrations", "Integrations", "Administer", anybody},
	{"/policies", "Policies", "Administer", overseer},
	{"/audit", "Audit", "Administer", auditor},
	{"/freeze", "Freeze", "Administer", overseer},
	{"/users", "Users", "Administer", overseer},
	{"/keys", "API keys", "Administer", anybody},
}

func anybody(access.Actor) bool { return true }

func auditor(by access.Actor) bool { return by.Is(access.Auditor) }

func overseer(by access.Actor) bool {
	return by.Is(access.Auditor) || by.Is(access.IntegrationAdministrator)
}

// frame is the frame of a page for who looks at it.
func (v *visit) frame(title string) Frame {
	f := Frame{
		Title: title, Reader: v.by.User.Name, ReaderID: v.by.User.ID, Now: v.now(), Zone: v.zone(), Said: v.said(),
		Simulated: v.s.o.Simulated, Window: v.s.o.Window,
	}
	if v.by.User.ID == "" {
		return f
	}
	if f.Reader == "" {
		f.Reader = v.by.User.ID
	}
	f.Frozen = v.frozenWords()
	for _, p := range places {
		if !p.for_(v.by) {
			continue
		}
		here := v.r.URL.Path == p.path || p.path != "/" && strings.HasPrefix(v.r.URL.Path, p.path+"/")
		l := Link{Path: p.path, Name: p.name, Here: here}
		if p.path == "/reviews" && v.r.Header.Get("HX-Request") == "" {
			l.Waits = v.waiting()
			l.Here = here || strings.HasPrefix(v.r.URL.Path, "/templates/")
		}
		f.Nav = append(f.Nav, l)
	}
	return f
}

// Cookies of the pages. A house with an address of its own has TLS, and its
// cookies hold for its name alone; one on a laptop has not.
const (
	saidCookie = "ebb-said"
	zoneCookie = "ebb-zone"
)

// secure reports whether people reach the house by https.
func (s *server) secure() bool { return strings.HasPrefix(s.house.URL, "https://") }

// cookieName is a cookie's name in this house.
func (s *server) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

// keep sets a cookie that scripts do not see; a negative age takes it away.
func (v *visit) keep(name, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if age < 0 {
		seconds = -1
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: v.s.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		Secure: v.s.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// kept reads such a cookie.
func (v *visit) kept(name string) string {
	c, err := v.r.Cookie(v.s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// say keeps a sentence for the next page.
func (v *visit) say(text string) { v.keep(saidCookie, url.QueryEscape(text), time.Minute) }

// said is what the form before this page kept, once.
func (v *visit) said() string {
	text, err := url.QueryUnescape(v.kept(saidCookie))
	if err != nil || text == "" || v.r.Method != http.MethodGet || v.r.Header.Get("HX-Target") != "" {
		return ""
	}
	v.keep(saidCookie, "", -1)
	return text
}

// zone is the reader's time zone: what console.js or the reader has told, else UTC.
// It is a matter of taste, so the cookie is a script's too.
func (v *visit) zone() *time.Location {
	c, err := v.r.Cookie(zoneCookie)
	if err != nil {
		return time.UTC
	}
	name, err := url.QueryUnescape(c.Value)
	if err != nil || len(name) > 64 || strings.EqualFold(name, "local") {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// cameFrom is the page of ours from which a form was sent.
func (v *visit) cameFrom() string {
	u, err := url.Parse(v.r.Referer())
	if err != nil || u.Host != v.r.Host {
		return "/"
	}
	return u.RequestURI()
}
