package console

import (
	"net/http"
	"net/url"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var signInRoutes = []route{
	{pattern: "GET /signin", serve: (*visit).signIn, open: true},
	{pattern: "GET /signin/slack", serve: (*visit).toSlack, open: true},
	{pattern: "GET /signin/oidc", serve: (*visit).toIssuer, open: true},
	{pattern: "GET " + flow.SlackSignInPath, serve: (*visit).fromSlack, open: true},
	{pattern: "GET " + flow.IssuerSignInPath, serve: (*visit).fromIssuer, open: true},
	{pattern: "GET " + flow.SignInPath, serve: (*visit).signInLink, open: true},
	{pattern: "POST " + flow.SignInPath, serve: (*visit).useSignInLink, open: true},
	{pattern: "POST /signout", serve: (*visit).signOut, open: true},
}

// browserCookie holds a word that ties a journey to an issuer to this browser.
// Two tabs share it, and each has a state of its own.
const browserCookie = "ebb-signin"

// browserTime is how long that word stays; a journey has to be done before.
const browserTime = time.Hour

// longest is how long any word of an answer may be.
const longest = 4096

// SignInPage is what signin.html shows.
type SignInPage struct {
	Frame
	Slack, Issuer string // where each way begins; "": not here
	Again         bool   // the reader is known, and has to prove it anew
	Wrong         string
}

func (v *visit) signInPage(to string, again bool) SignInPage {
	p := SignInPage{Frame: v.frame("Sign in"), Again: again}
	q := url.Values{}
	if to = ours(to); to != "/" {
		q.Set("to", to)
	}
	if again {
		q.Set("again", "1")
	}
	for _, m := range v.s.house.Offers() {
		switch m {
		case access.BySlack:
			p.Slack = withQuery("/signin/slack", q)
		case access.ByIssuer:
			p.Issuer = withQuery("/signin/oidc", q)
		}
	}
	return p
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v *visit) signIn() error {
	again := v.field("again") != ""
	if v.by.User.ID != "" && !again {
		return v.to(ours(v.field("to")), "")
	}
	return v.show("signin", v.signInPage(v.field("to"), again))
}

func (v *visit) toSlack() error  { return v.leave(access.BySlack) }
func (v *visit) toIssuer() error { return v.leave(access.ByIssuer) }

// leave sends the browser to an issuer. It is a link and no form: a form may
// lead to our own pages alone.
func (v *visit) leave(means access.Means) error {
	word := v.kept(browserCookie)
	if word == "" || len(word) > longest {
		word = v.s.house.NewWord()
	}
	to, err := v.s.house.BeginSignIn(v.ctx(), flow.Journey{
		Means: means, Browser: word, Back: ours(v.field("to")), Fresh: v.field("again") != "",
	})
	if err != nil {
		return v.notSignedIn(err)
	}
	v.keep(browserCookie, word, browserTime)
	http.Redirect(v.w, v.r, to, http.StatusFound)
	return nil
}

func (v *visit) fromSlack() error  { return v.comeBack(access.BySlack) }
func (v *visit) fromIssuer() error { return v.comeBack(access.ByIssuer) }

// comeBack takes an issuer's answer.
func (v *visit) comeBack(means access.Means) error {
	state, code, browser := v.field("state"), v.field("code"), v.kept(browserCookie)
	switch {
	case len(state) > longest || len(code) > longest || len(browser) > longest:
		return v.notSignedIn(fault.New("console.signin", fault.Invalid, "this is no answer of a sign-in; sign in again"))
	case v.field("error") != "": // anybody can write this address, so its words are not shown
		return v.notSignedIn(fault.New("console.signin", fault.Forbidden, "you were not signed in there, and nothing was changed; to try again, choose a way below"))
	case state == "" || code == "":
		return v.notSignedIn(fault.New("console.signin", fault.Invalid, "this answer is incomplete; sign in again"))
	}
	e, err := v.s.house.FinishSignIn(v.ctx(), means, browser, state, code)
	if err != nil {
		return v.notSignedIn(err)
	}
	return v.enter(e)
}

// enter gives the browser its session, a new one each time, and ends the one that
// it had: a word from before the sign-in opens nothing after it.
func (v *visit) enter(e flow.Entry) error {
	if v.by.Session != "" {
		if err := v.s.house.SignOut(v.ctx(), v.by, v.by.Session); err != nil {
			v.s.log.Warn("the session before", "session", v.by.Session, "error", err)
		}
	}
	v.keep(sessionCookie, e.Word, e.Session.Ends.Sub(v.now()))
	return v.to(ours(e.Back), "")
}

// notSignedIn shows the ways to sign in below what went wrong.
func (v *visit) notSignedIn(err error) error {
	says, status := v.sorry(err)
	p := v.signInPage("", false)
	p.Wrong = says
	return v.showAs(status, "signin", p)
}

// FirstPage is what first.html shows: a sign-in link, before it is used.
type FirstPage struct {
	Frame
	Who, Word string
}

// signInLink only shows the link: browsers and chats look ahead, and a look must
// not use it up.
func (v *visit) signInLink() error {
	word := v.field("word")
	u, err := v.s.house.LookAtSignInLink(v.ctx(), word)
	if err != nil {
		return v.notSignedIn(err)
	}
	p := FirstPage{Frame: v.frame("Sign in"), Who: u.Name, Word: word}
	if p.Who == "" {
		p.Who = u.ID
	}
	return v.show("first", p)
}

func (v *visit) useSignInLink() error {
	word, x, err := v.s.house.SignInByLink(v.ctx(), v.field("word"))
	if err != nil {
		return v.notSignedIn(err)
	}
	return v.enter(flow.Entry{Word: word, Session: x})
}

// signOut ends the session; who has none is signed out already.
func (v *visit) signOut() error {
	if v.by.Session != "" {
		if err := v.s.house.SignOut(v.ctx(), v.by, v.by.Session); err != nil {
			return err
		}
	}
	v.keep(sessionCookie, "", -1)
	return v.to("/signin", "You are signed out.")
}
