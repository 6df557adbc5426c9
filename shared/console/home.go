package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var homeRoutes = []route{
	{pattern: "GET /{$}", serve: (*visit).home},
	{pattern: "POST /zone", serve: (*visit).chooseZone, open: true},
}

// HomePage is what home.html shows: what one has, asked for, and is waited for.
type HomePage struct {
	Frame
	Slacks []HomeSlack
	Tasks  int
	More   bool // of tasks
	// ByHand and Reviews are those of the tasks that are no request's.
	ByHand  []ManualLine
	Reviews []flow.ReviewTask
}

// HomeSlack is all that in one Slack.
type HomeSlack struct {
	Connector flow.ConnectorView
	Several   bool // there are other Slacks on the page
	flow.Home
}

func (v *visit) home() error {
	p := HomePage{Frame: v.frame("My access")}
	refs := v.by.User.Accounts
	for _, ref := range refs {
		h, err := v.s.house.ReadHome(v.ctx(), v.by, ref.Connector)
		if fault.Is(err, fault.NotFound) {
			continue // the account has left
		}
		if err != nil {
			return err
		}
		c, err := v.s.house.ReadConnector(v.ctx(), v.by, ref.Connector)
		if err != nil {
			return err
		}
		p.Slacks = append(p.Slacks, HomeSlack{Connector: c, Several: len(refs) > 1, Home: h})
	}
	tasks, more, err := v.s.house.ReadTasks(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p.Tasks, p.More = len(tasks), more
	for _, t := range tasks {
		switch {
		case t.Manual != nil:
			p.ByHand = append(p.ByHand, manualLine(*t.Manual))
		case t.Review != nil:
			p.Reviews = append(p.Reviews, *t.Review)
		}
	}
	return v.show("home", p)
}

// chooseZone keeps the reader's time zone.
func (v *visit) chooseZone() error {
	name := v.field("zone")
	if _, err := time.LoadLocation(name); err != nil || name == "" || strings.EqualFold(name, "local") {
		return fault.At("console.zone", "zone", "there is no time zone of this name; use one such as Europe/Berlin or UTC")
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: zoneCookie, Value: url.QueryEscape(name), Path: "/", MaxAge: 365 * 24 * 3600,
		Secure: v.s.secure(), SameSite: http.SameSiteLaxMode,
	})
	return v.to(ours(v.cameFrom()), "Times are shown in "+name+".")
}

// Person is what a page calls an account: the name, else the id.
func person(names map[string]string, id string) string { return cmp.Or(names[id], id) }

// people names accounts, in their order, each once.
func people(names map[string]string, ids ...string) string {
	var out []string
	for _, id := range ids {
		if n := person(names, id); id != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return strings.Join(out, ", ")
}

// resourceName is a grant's resource in words; a private one that the reader may
// not know has none.
func resourceName(g flow.GrantView) string {
	if g.Resource.Name == "" {
		return unnamed(string(g.Kind))
	}
	return access.Name(g.Resource)
}

func unnamed(kind string) string {
	return "a private " + cmp.Or(strings.ReplaceAll(kind, "usergroup", "user group"), "resource")
}
