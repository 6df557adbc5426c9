package slacktest

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// oauthCode is what a consent leaves behind: good for one exchange within ten
// minutes (docs: "Installing with OAuth").
type oauthCode struct {
	user, where string
	bot, scopes []string // bot scopes, user scopes
	redirect    string   // as it was sent to the consent page, "" when it was not
	challenge   string   // PKCE, S256
	nonce       string   // Sign in with Slack
	openID      bool
	issued      time.Time
	used        bool
}

const codeLife = 10 * time.Minute

// consent is a request to the consent page.
type consent struct {
	bot, user       []string
	redirect, state string
	sent            bool // redirect_uri was sent
	challenge       string
	nonce           string
	openID          bool
}

// serveAuthorize is /oauth/v2/authorize. Without a choice it shows a page with a
// form per person and place; with _as (user id), _team (workspace or organization
// id) and _approve=1 (anything else denies) it acts as if the form had been sent.
func (o *Org) serveAuthorize(w http.ResponseWriter, r *http.Request) { o.serveConsent(w, r, false) }

func (o *Org) serveConsent(w http.ResponseWriter, r *http.Request, openID bool) {
	c, problem := o.readConsent(r.URL.Query(), openID)
	if problem != "" {
		http.Error(w, "Slack: "+problem, http.StatusBadRequest)
		return
	}
	q := r.URL.Query()
	if q.Get("_as") == "" {
		o.showConsent(w, r, c)
		return
	}
	back := url.Values{}
	if c.state != "" {
		back.Set("state", c.state)
	}
	if q.Get("_approve") != "1" {
		back.Set("error", "access_denied")
		redirect(w, r, c.redirect, back)
		return
	}
	code, problem := o.approve(c, q.Get("_as"), q.Get("_team"))
	if problem != "" {
		http.Error(w, "Slack: "+problem, http.StatusForbidden)
		return
	}
	back.Set("code", code)
	redirect(w, r, c.redirect, back)
}

// redirect keeps the query that the address already has.
func redirect(w http.ResponseWriter, r *http.Request, to string, add url.Values) {
	u, err := url.Parse(to)
	if err != nil {
		http.Error(w, "Slack: bad_redirect_uri", http.StatusBadRequest)
		return
	}
	q := u.Query()
	for k, v := range add {
		q[k] = v
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

func (o *Org) readConsent(q url.Values, openID bool) (consent, string) {
	c := consent{
		bot: scopeList(q.Get("scope")), user: scopeList(q.Get("user_scope")), redirect: q.Get("redirect_uri"), state: q.Get("state"),
		sent: q.Has("redirect_uri"), challenge: q.Get("code_challenge"), nonce: q.Get("nonce"), openID: openID,
	}
	if openID {
		c.user, c.bot = c.bot, nil
	}
	urls := o.opt.RedirectURLs
	if c.redirect == "" && len(urls) > 0 {
		c.redirect = urls[0]
	}
	switch {
	case q.Get("client_id") != o.app.clientID:
		return c, "invalid_client_id"
	case c.redirect == "" || len(urls) > 0 && !slices.ContainsFunc(urls, func(u string) bool { return strings.HasPrefix(c.redirect, u) }):
		return c, "bad_redirect_uri"
	case len(c.bot)+len(c.user) == 0:
		return c, "no_scopes"
	case openID && (!slices.Contains(c.user, "openid") || q.Get("response_type") != "code"):
		return c, "invalid_scope"
	case !openID && slices.Contains(c.user, "openid"):
		return c, "invalid_scope" // cannot share a flow with other scopes
	case c.challenge != "" && q.Get("code_challenge_method") != "S256":
		return c, "invalid_code_challenge_method"
	}
	return c, ""
}

func scopeList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// approve makes the code, when the person may install there.
func (o *Org) approve(c consent, user, where string) (code, problem string) {
	defer o.lock()()
	u := o.users[user]
	if u == nil || u.Deleted || u.Bot || u.External {
		return "", "user_not_found"
	}
	if where == "" {
		where = u.Team
	}
	if problem := o.mayInstall(c, u, where); problem != "" {
		return "", problem
	}
	code = o.mint.secret("code")
	o.codes[code] = &oauthCode{
		user: user, where: where, bot: c.bot, scopes: c.user, challenge: c.challenge, nonce: c.nonce, openID: c.openID, issued: o.now(),
	}
	if c.sent {
		o.codes[code].redirect = c.redirect
	}
	return code, ""
}

// mayInstall: an organization's installation needs its admin and a bot scope,
// admin scopes need an admin of the place, admin.* an organization. Members may
// install the rest, guests nothing.
// assumed: no approval of apps is switched on.
func (o *Org) mayInstall(c consent, u *User, where string) string {
	org := o.isOrg(where)
	switch {
	case !org && (o.team(where) == nil || !u.in(where)):
		return "team_not_found"
	case c.openID:
		return ""
	case u.isGuest():
		return "restricted_action: guests cannot install apps"
	case org && !u.isOrgAdmin():
		return "not_an_admin: only an Org Admin or Owner installs an app on the organization"
	case org && len(c.bot) == 0:
		return "invalid_scope: an org-ready app needs at least one bot scope"
	}
	for _, s := range c.user {
		switch {
		case strings.HasPrefix(s, "admin.") && !org:
			return "invalid_scope: " + s + " needs an installation on an Enterprise organization"
		case s == "admin" && o.opt.Plan == PlanFree:
			return "invalid_scope: admin needs a paid plan"
		case s == "admin" && !org && !u.isAdmin(where):
			return "not_an_admin: admin needs an admin of the workspace"
		}
	}
	return ""
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

type choice struct{ User, Name, Role, Where, Place string }

var consentPage = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{.Title}}</title>
<h1>{{.Title}}</h1>
{{with .Bot}}<p>As a bot: {{range .}}<code>{{.}}</code> {{end}}</p>{{end}}
{{with .User}}<p>On the person's behalf: {{range .}}<code>{{.}}</code> {{end}}</p>{{end}}
{{range .Choices}}<form method="get">
{{range $.Fields}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">{{end}}
<input type="hidden" name="_as" value="{{.User}}"><input type="hidden" name="_team" value="{{.Where}}">
<p>{{.Name}} ({{.Role}}) in {{.Place}}
<button name="_approve" value="1">Allow</button> <button name="_approve" value="0">Cancel</button></p>
</form>{{end}}
</html>
`))

type hiddenField struct{ Name, Value string }

func (o *Org) showConsent(w http.ResponseWriter, r *http.Request, c consent) {
	var fields []hiddenField
	for _, k := range sortedKeys(r.URL.Query()) {
		fields = append(fields, hiddenField{k, r.URL.Query().Get(k)})
	}
	title := "Ebb is requesting permission to access Slack (simulated)"
	if c.openID {
		title = "Sign in to Ebb with Slack (simulated)"
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = consentPage.Execute(w, map[string]any{"Title": title, "Bot": c.bot, "User": c.user, "Choices": o.choices(c.openID), "Fields": fields})
}

// mostChoices is how many people of a workspace a sign-in offers.
const mostChoices = 500

// choices offers the organization's owner, and of every workspace the primary
// owner, two admins and three plain members. Who only signs in is anybody there.
func (o *Org) choices(openID bool) []choice {
	defer o.lock()()
	var out []choice
	if e := o.enterprise; e != nil && !openID {
		owner := o.users[o.home().primaryOwner]
		out = append(out, choice{owner.ID, owner.RealName, "primary owner", e.id, "the organization " + e.name})
	}
	for _, t := range o.teams {
		room := map[string]int{"primary owner": 1, "admin": 2, "member": 3}
		if openID {
			room = map[string]int{"primary owner": 1, "admin": mostChoices, "member": mostChoices}
		}
		for _, e := range t.users.list {
			u := o.users[e.id]
			role := roleName(u, t.id)
			if room[role] > 0 && !u.Deleted && !u.Bot && u.ID != USLACKBOT && !u.isGuest() && !u.Invited {
				room[role]--
				out = append(out, choice{u.ID, u.RealName, role, t.id, "the workspace " + t.name})
			}
		}
	}
	if openID {
		slices.SortStableFunc(out, func(a, b choice) int { return strings.Compare(a.Name, b.Name) })
	}
	return out
}

func roleName(u *User, team string) string {
	switch {
	case u.isPrimary(team):
		return "primary owner"
	case u.isAdmin(team):
		return "admin"
	}
	return "member"
}
