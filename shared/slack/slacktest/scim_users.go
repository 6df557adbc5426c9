package slacktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (o *Org) scimUsers(c scimCall) answer {
	people := []*User{}
	for _, e := range o.everybody().list {
		if u := o.users[e.id]; u.ID != USLACKBOT && !u.Bot {
			people = append(people, u)
		}
	}
	return scimPage(c, people, o.scimUserView)
}

func (o *Org) scimUser(c scimCall) answer {
	u := o.users[c.id]
	if u == nil || u.External || u.ID == USLACKBOT {
		return scimError(http.StatusNotFound, "user_not_found")
	}
	switch c.verb {
	case http.MethodGet:
		return jsonAnswer(http.StatusOK, true, "", o.scimUserView(u))
	case http.MethodDelete:
		if code := scimMayDisable(c.actor, u); code != "" {
			return scimError(http.StatusForbidden, code)
		}
		o.setDeleted(u, true)
		return answer{status: http.StatusNoContent, header: http.Header{}, ok: true}
	}
	return o.scimPatchUser(c, u)
}

// scimPatchUser: replace of active alone, as path or within the value.
func (o *Org) scimPatchUser(c scimCall, u *User) answer {
	ops, code := patchOf(c.body)
	if code != "" {
		return scimError(http.StatusBadRequest, code)
	}
	for _, op := range ops {
		active, known := op.active()
		if !known {
			return scimError(http.StatusBadRequest, "unsupported_operation: the simulation patches active alone")
		}
		if code := scimMayDisable(c.actor, u); !active && code != "" {
			return scimError(http.StatusForbidden, code)
		}
		o.setDeleted(u, !active)
	}
	return jsonAnswer(http.StatusOK, true, "", o.scimUserView(u))
}

// scimMayDisable: a token acts on equal or lower accounts, and on no bot.
func scimMayDisable(actor, u *User) string {
	owner := len(u.OwnerOf) > 0 || u.OrgOwner
	actorOwner := len(actor.OwnerOf) > 0 || actor.OrgOwner
	switch {
	case len(u.PrimaryOwnerOf) > 0 || u.OrgPrimaryOwn:
		return "cannot_disable_primary_owner"
	case u.Bot:
		return "cannot_disable_bot_user_with_scim"
	case owner && !actorOwner:
		return "cannot_modify_owner"
	}
	return ""
}

func (o *Org) scimUserView(u *User) reply {
	first, last, _ := strings.Cut(u.RealName, " ")
	groups := []reply{}
	for _, t := range o.teams {
		for _, e := range t.groups.list {
			if g := o.groups[e.id]; g.members.has(u.ID) && o.scimSees(g) {
				groups = append(groups, reply{"value": g.ID, "display": g.Name})
			}
		}
	}
	out := reply{
		"schemas": []string{scimUserSchema}, "id": u.ID, "userName": u.Name, "nickName": u.DisplayName, "displayName": u.DisplayName,
		"name": reply{"givenName": first, "familyName": last}, "title": u.Title, "timezone": u.TZ, "active": !u.Deleted,
		"emails": []reply{{"value": u.Email, "primary": true}}, "groups": groups,
		"meta": reply{"created": time.Unix(u.Created, 0).UTC().Format(time.RFC3339)},
	}
	if u.Manager != "" { // assumed: left out where there is none, as SCIM has it
		out["schemas"] = []string{scimUserSchema, scimEnterpriseSchema}
		out[scimEnterpriseSchema] = reply{"manager": reply{"managerId": u.Manager}}
	}
	return out
}

// patchOp is one operation of a PATCH.
type patchOp struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

func patchOf(body []byte) (ops []patchOp, code string) {
	var patch struct {
		Schemas    []string  `json:"schemas"`
		Operations []patchOp `json:"Operations"`
	}
	if json.Unmarshal(body, &patch) != nil {
		return nil, "invalid_json"
	}
	if !slices.Contains(patch.Schemas, scimPatchSchema) {
		return nil, "missing_schema_element"
	}
	return patch.Operations, ""
}

func (p patchOp) active() (active, known bool) {
	if !strings.EqualFold(p.Op, "replace") {
		return false, false
	}
	if p.Path == "active" {
		return active, json.Unmarshal(p.Value, &active) == nil
	}
	var value struct {
		Active *bool `json:"active"`
	}
	if p.Path != "" || json.Unmarshal(p.Value, &value) != nil || value.Active == nil {
		return false, false
	}
	return *value.Active, true
}

// members names the users of an operation on members: its value's, or the one in
// a path like members[value eq U1], with or without quotes.
func (p patchOp) members() (ids []string, all, known bool) {
	if inner, found := strings.CutPrefix(p.Path, "members[value eq "); found {
		return []string{strings.Trim(strings.TrimSuffix(inner, "]"), `"' `)}, false, true
	}
	if p.Path != "members" {
		return nil, false, false
	}
	if len(p.Value) == 0 || string(p.Value) == "null" {
		return nil, strings.EqualFold(p.Op, "remove"), strings.EqualFold(p.Op, "remove")
	}
	var rows []struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(p.Value, &rows) != nil {
		return nil, false, false
	}
	for _, r := range rows {
		ids = append(ids, r.Value)
	}
	return ids, false, true
}
