package console

import (
	"strconv"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var emergencyRoutes = []route{
	{pattern: "GET /freeze", serve: (*visit).emergency},
	{pattern: "POST /freeze", serve: (*visit).freeze},
	{pattern: "POST /thaw", serve: (*visit).thaw},
	{pattern: "GET /kill", serve: (*visit).aim},
	{pattern: "POST /kill", serve: (*visit).kill},
	{pattern: "GET /kills/{id}", serve: (*visit).killed},
}

// EmergencyPage is what freeze.html shows: what is frozen, and the kill switch.
type EmergencyPage struct {
	Frame
	Freezes    []flow.FreezeView
	Connectors []flow.ConnectorView
	Names      map[string]string // of connectors
	House      bool              // the reader may freeze all of it
	Kills      []flow.KillView
	Aim        Aim
}

// emergency shows it, and while one types, what that could mean.
func (v *visit) emergency() error {
	t := v.target()
	a := Aim{Typed: t}
	var err error
	if _, a.Near, err = v.aimedAt(&t); err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	return v.emergencyAgain(a, 200)
}

// emergencyAgain shows the page with the kill switch's form as it was filled.
func (v *visit) emergencyAgain(a Aim, status int) error {
	p := EmergencyPage{Frame: v.frame("Freeze and kill switch"), Names: map[string]string{}, Aim: a}
	var err error
	if p.Freezes, err = v.s.house.ReadFreezes(v.ctx(), v.by); err != nil {
		return err
	}
	all, err := v.s.house.ReadConnectors(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p.House = v.by.Is(access.IntegrationAdministrator)
	for _, c := range all {
		p.Names[c.ID] = c.Name
		if c.Label != connector.NotConnected {
			p.Aim.Slacks = append(p.Aim.Slacks, Choice{Value: c.ID, Says: c.Name, Chosen: c.ID == a.Typed.Connector})
		}
		if p.House || v.owns(c) {
			p.Connectors = append(p.Connectors, c)
		}
	}
	kills, err := v.s.house.ReadKills(v.ctx(), v.by, flow.Slice{Limit: 20})
	if err != nil {
		return err
	}
	p.Kills = kills.Items
	return v.showAs(status, "freeze", p)
}

func (v *visit) owns(c flow.ConnectorView) bool {
	for _, o := range c.Owners {
		if o == v.by.User.ID {
			return true
		}
	}
	return false
}

func (v *visit) freeze() error {
	_, err := v.s.house.Freeze(v.ctx(), v.by, v.field("connector"), v.field("reason"))
	return v.done(v.ofScope(err), "/freeze", "New access is frozen. What was given ends on time.")
}

func (v *visit) thaw() error {
	_, err := v.s.house.Thaw(v.ctx(), v.by, v.field("connector"))
	return v.done(v.ofScope(err), "/freeze", "The freeze is lifted. What waited for it begins within seconds.")
}

// ofScope hides a connector that the reader does not see.
func (v *visit) ofScope(err error) error {
	if v.field("connector") == "" {
		return err
	}
	return masked(err, func() error {
		_, err := v.s.house.ReadConnector(v.ctx(), v.by, v.field("connector"))
		return err
	})
}

// KillPage is what kill.html shows: what would end, before anything does; or how
// far it is.
type KillPage struct {
	Frame
	Target   access.Target
	What     string // the target in words
	Lines    []GrantLine
	Grants   int
	Requests int
	Done     *flow.KillView
}

func (v *visit) aim() error {
	t := v.target()
	if t.Account == "" && t.Resource == "" {
		t.Connector = "" // the form's choice, of no matter for a user or a policy
	}
	typed := t
	field, near, err := v.aimedAt(&t)
	if fault.Is(err, fault.Invalid) {
		return v.aimAgain(typed, field, near, err)
	}
	if err != nil {
		return err
	}
	e, err := v.s.house.WouldEnd(v.ctx(), v.by, t)
	switch {
	case fault.FieldOf(err) == "target":
		return v.aimAgain(typed, "target", nil, err)
	case t.Kind() == "policy" && fault.Is(err, fault.NotFound):
		return v.aimAgain(typed, "rule", v.rules(), err)
	case err != nil:
		return v.ofTarget(t, err)
	}
	p := KillPage{Frame: v.frame("Kill switch"), Target: t, What: v.targetWords(t), Grants: len(e.Grants), Requests: len(e.Requests)}
	if p.Lines, err = v.ending(e.Grants); err != nil {
		return err
	}
	return v.show("kill", p)
}

func (v *visit) kill() error {
	t := v.target()
	k, err := v.s.house.Kill(v.ctx(), v.by, flow.Killing{Target: t, Reason: v.field("reason"), Confirmed: int(v.number("confirmed"))})
	if err != nil {
		return v.ofTarget(t, err)
	}
	return v.to("/kills/"+k.ID, "")
}

// ofTarget hides what the reader does not see.
func (v *visit) ofTarget(t access.Target, err error) error {
	return masked(err, func() error {
		switch {
		case t.Connector == "":
			return nil
		case t.Resource != "":
			_, err := v.s.house.ReadResource(v.ctx(), v.by, t.Connector, t.Resource)
			return err
		case t.Account != "":
			_, err := v.s.house.ReadAccount(v.ctx(), v.by, t.Connector, t.Account)
			return err
		}
		return nil
	})
}

func (v *visit) killed() error {
	k, err := v.s.house.ReadKill(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	return v.show("kill", KillPage{Frame: v.frame("Kill switch"), Target: k.Target, What: v.targetWords(k.Target), Done: &k})
}

// targetWords names a target as far as the reader may know it.
func (v *visit) targetWords(t access.Target) string {
	if t.Connector != "" {
		says, err := v.named(t.Connector, t.Account, t.Resource)
		if err == nil && says != "" {
			return says
		}
		return t.Account + t.Resource
	}
	says := ""
	if t.Rule != "" {
		says = "what rule “" + t.Rule + "” gave"
	}
	if t.Version > 0 {
		if says == "" {
			says = "what the policy gave"
		}
		says += " in version " + strconv.FormatInt(t.Version, 10)
	}
	if t.User != "" {
		says = "everything of " + t.User
	}
	return says
}

// frozenWords is what the frame says while new access is frozen.
func (v *visit) frozenWords() string {
	all, err := v.s.house.ReadFreezes(v.ctx(), v.by)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		v.s.log.Warn("frozen", "error", err)
	}
	if len(all) == 0 {
		return ""
	}
	f := all[0]
	says := "nothing new is given since " + f.Since.In(v.zone()).Format("2 Jan, 15:04") + "; what was given ends on time."
	if f.Connector != "" {
		says = "one Slack: " + says
	}
	if f.Reason != "" {
		says += " " + f.Reason
	}
	return says
}
