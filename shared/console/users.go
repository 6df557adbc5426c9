package console

import (
	"cmp"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var userRoutes = []route{
	{pattern: "GET /users", serve: (*visit).users},
	{pattern: "POST /users/rules", serve: (*visit).signInRules},
	{pattern: "GET /users/{id}", serve: (*visit).user},
	{pattern: "POST /users/{id}/duties", serve: (*visit).duties},
	{pattern: "POST /users/{id}/identity", serve: (*visit).identity},
	{pattern: "POST /users/{id}/end", serve: (*visit).endUser},
	{pattern: "POST /sessions/{id}/end", serve: (*visit).endSession},
}

// UsersPage is what users.html shows.
type UsersPage struct {
	Frame
	Search  string
	Users   []access.User
	Next    string
	ByEmail bool
	Issuer  bool // people may sign in with one besides Slack
	May     bool // the reader says how people sign in
}

func (v *visit) users() error {
	found, err := v.s.house.ReadUsers(v.ctx(), v.by, v.field("q"), flow.Slice{After: v.field("after")})
	if err != nil {
		return err
	}
	rules, err := v.s.house.ReadSignInRules(v.ctx(), v.by)
	if err != nil {
		return err
	}
	return v.show("users", UsersPage{
		Frame: v.frame("Users"), Search: v.field("q"), Users: found.Items, Next: found.Next, ByEmail: rules.ByEmail,
		Issuer: slices.Contains(v.s.house.Offers(), access.ByIssuer), May: v.by.Is(access.SuperAdministrator),
	})
}

func (v *visit) signInRules() error {
	_, err := v.s.house.SetSignInRules(v.ctx(), v.by, v.field("by_email") != "")
	return v.done(err, "/users", "Saved how people sign in.")
}

// UserPage is what user.html shows: somebody, with what the reader may do.
type UserPage struct {
	Frame
	User      flow.UserView
	Name      string
	Self, May bool // the reader is this user; may change others
	SignIn    bool // and has to sign in anew for that
	Duties    []DutyChoice
	Sessions  []access.Session
	MayEnd    bool   // sessions
	This      string // the session that reads this
	Keys      int    // that work
}

// DutyChoice is one duty of the form.
type DutyChoice struct {
	Duty access.Duty
	Says string
	Has  bool
}

// dutySays is what each duty means to whoever gives it.
var dutySays = map[access.Duty]string{
	access.SuperAdministrator:       "everything but approving what they ask for",
	access.IntegrationAdministrator: "connects Slack, sees accounts, grants and requests",
	access.CampaignAdministrator:    "runs access reviews",
	access.Auditor:                  "reads all, private channels too, and changes nothing",
	access.Ordinary:                 "asks, and decides what policy gives them to decide",
}

func (v *visit) user() error {
	u, err := v.s.house.ReadUser(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	p := UserPage{Frame: v.frame("User"), User: u, Name: cmp.Or(u.Name, u.ID), Self: u.ID == v.by.User.ID, This: v.by.Session}
	p.May = !p.Self && !u.Ended && v.by.Is(access.SuperAdministrator)
	p.MayEnd = p.Self || v.by.Is(access.SuperAdministrator)
	p.SignIn = p.May && v.by.Stale(v.now())
	for _, d := range access.Duties {
		p.Duties = append(p.Duties, DutyChoice{Duty: d, Says: dutySays[d], Has: u.Has(d)})
	}
	if p.Sessions, err = v.s.house.ReadSessions(v.ctx(), v.by, u.ID); err != nil {
		return err
	}
	keys, err := v.s.house.ReadKeys(v.ctx(), v.by, u.ID)
	for _, k := range keys {
		if !k.Ended {
			p.Keys++
		}
	}
	if err != nil {
		return err
	}
	return v.show("user", p)
}

func (v *visit) duties() error {
	var duties []access.Duty
	for _, d := range v.fields("duty") {
		duties = append(duties, access.Duty(d))
	}
	_, err := v.s.house.SetDuties(v.ctx(), v.by, v.path("id"), duties)
	return v.done(err, "/users/"+v.path("id"), "Saved. Their sessions have ended; what they may do now begins with the next sign-in.")
}

func (v *visit) identity() error {
	if v.field("remove") != "" {
		_, err := v.s.house.UnidentifyUser(v.ctx(), v.by, v.path("id"))
		return v.done(err, "/users/"+v.path("id"), "Taken away; their sessions have ended.")
	}
	_, err := v.s.house.IdentifyUser(v.ctx(), v.by, v.path("id"), access.Identity{Issuer: v.field("issuer"), Subject: v.field("subject")})
	return v.done(err, "/users/"+v.path("id"), "Bound; they sign in as that from now on.")
}

// endUser asks for the id, typed, because it cannot be undone.
func (v *visit) endUser() error {
	if v.field("confirm") != v.path("id") {
		if _, err := v.s.house.ReadUser(v.ctx(), v.by, v.path("id")); err != nil {
			return err
		}
		return fault.At("console.endUser", "confirm", "type the user's id, %s, to end them", v.path("id"))
	}
	_, err := v.s.house.EndUser(v.ctx(), v.by, v.path("id"))
	return v.done(err, "/users/"+v.path("id"), "Ended: sessions, keys and say at once; their grants end now.")
}

func (v *visit) endSession() error {
	err := v.s.house.SignOut(v.ctx(), v.by, v.path("id"))
	return v.done(err, ours(v.cameFrom()), "That session is over.")
}
