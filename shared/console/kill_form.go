package console

import (
	"net/url"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// Aim is the form of the kill switch as it was filled: what one typed, and what it
// could mean.
type Aim struct {
	Slacks []Choice // in which it can be pressed
	Typed  access.Target
	Near   []Meant
	Wrong  map[string]string // by field
}

// target is what the form names, by ids or as a person writes it.
func (v *visit) target() access.Target {
	return access.Target{
		User: v.field("user"), Connector: v.field("connector"), Account: v.field("account"), Resource: v.field("resource"),
		Rule: v.field("rule"), Version: v.number("version"),
	}
}

// aimedAt puts ids in the place of names, in the first field that holds one. Where
// a name is not one thing's it says at which field, and what could be meant.
func (v *visit) aimedAt(t *access.Target) (field string, near []Meant, err error) {
	which, what, id := v.s.house.WhichPerson, "person", func(c flow.Called) string { return c.Account }
	at, conn := &t.Account, t.Connector
	switch {
	case t.Account != "":
		field = "account"
	case t.Resource != "":
		field, at, which, what, id = "resource", &t.Resource, v.s.house.WhichResource, "resource", func(c flow.Called) string { return c.Resource }
	case t.User != "":
		field, at, conn, id = "user", &t.User, "", func(c flow.Called) string { return c.User }
	default:
		return "", nil, nil
	}
	w, err := which(v.ctx(), v.by, conn, *at)
	if hidden(err) {
		return "", nil, nil // of a Slack that is not there for the reader
	}
	if err != nil {
		return "", nil, err
	}
	var can flow.Which
	for _, c := range w.Near {
		if id(c) != "" {
			can.Near = append(can.Near, c)
		}
	}
	others := url.Values{}
	if field != "user" {
		others.Set("connector", conn)
	}
	if w.Sure && id(w.One) != "" {
		*at = id(w.One)
		if field != "user" {
			t.Connector = w.One.Connector
		}
		return "", meant(w, "/kill", others, field, id), nil
	}
	near = meant(can, "/kill", others, field, id)
	if len(near) == 0 && likeID.MatchString(*at) {
		return "", nil, nil
	}
	if w.Sure {
		return field, nil, fault.At("console.aimedAt", field, "%s has no user in Ebb; aim at the account", w.One.Name)
	}
	return field, near, fault.At("console.aimedAt", field, "%s", notMeant(what, *at, near))
}

// rules are those in force, as far as the reader may read the policy.
func (v *visit) rules() []Meant {
	p, err := v.s.house.ReadPolicy(v.ctx(), v.by)
	if err != nil {
		return nil
	}
	var out []Meant
	for _, r := range p.Rules {
		out = append(out, Meant{Says: r.ID, Small: "a rule in force", To: "/kill?" + url.Values{"rule": {r.ID}}.Encode()})
	}
	return out
}

// aimAgain shows the form with what is wrong at its field, and what could be meant.
func (v *visit) aimAgain(typed access.Target, field string, near []Meant, wrong error) error {
	a := Aim{Typed: typed, Near: near, Wrong: map[string]string{field: fault.TextOf(wrong)}}
	return v.emergencyAgain(a, 422)
}
