package console

import (
	"cmp"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

var keyRoutes = []route{
	{pattern: "GET /keys", serve: (*visit).keys},
	{pattern: "POST /keys", serve: (*visit).createKey},
	{pattern: "POST /keys/{id}/end", serve: (*visit).endKey},
}

// KeysPage is what keys.html shows.
type KeysPage struct {
	Frame
	Of     string // whose: a user's id; "": the reader's own
	Whose  string
	Keys   []access.Key
	MayEnd bool   // and make: of others only what decides nothing
	New    string // the key that was just made, shown once
	Name   string
	Duties []access.Duty
	Wrong  string // at the name
}

func (v *visit) keysPage(user string) (KeysPage, error) {
	p := KeysPage{Frame: v.frame("API keys"), Of: user, MayEnd: user == "" || user == v.by.User.ID || v.by.Is(access.SuperAdministrator)}
	if user == v.by.User.ID {
		p.Of = ""
	}
	keys, err := v.s.house.ReadKeys(v.ctx(), v.by, user)
	if err != nil {
		return p, err
	}
	u, err := v.s.house.ReadUser(v.ctx(), v.by, cmp.Or(user, v.by.User.ID))
	p.Keys, p.Whose, p.Duties = keys, cmp.Or(u.Name, u.ID), u.Duties
	return p, err
}

func (v *visit) keys() error {
	p, err := v.keysPage(v.field("user"))
	if err != nil {
		return err
	}
	return v.show("keys", p)
}

// createKey answers with the key itself and no redirect: it is shown once, and is
// nowhere but in this answer. The form sent again makes another one.
func (v *visit) createKey() error {
	name, user := v.field("name"), cmp.Or(v.field("user"), v.by.User.ID)
	if name == "" || len(name) > 100 {
		p, err := v.keysPage(user)
		if err != nil {
			return err
		}
		p.Wrong = "Say in up to 100 characters what the key is for, so that it can be told from others."
		return v.showAs(422, "keys", p)
	}
	key, k, err := v.s.house.CreateKey(v.ctx(), v.by, user, name, v.field("service") != "")
	if err != nil {
		return err
	}
	p, err := v.keysPage(user)
	if err != nil {
		return err
	}
	p.New, p.Name = key, k.Name
	return v.show("keys", p)
}

func (v *visit) endKey() error {
	k, err := v.s.house.EndKey(v.ctx(), v.by, v.path("id"))
	to := "/keys"
	if err == nil && k.User != v.by.User.ID {
		to += "?user=" + k.User
	}
	if fault.Is(err, fault.Already) {
		err = nil
	}
	return v.done(err, to, "That key opens nothing any more.")
}
