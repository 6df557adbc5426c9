package slacktest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// request is one Web API call on its way through: what was asked, by whom.
type request struct {
	org  *Org
	name string
	spec *method
	args url.Values
	tok  *token // nil for methods that take none
	user *User  // the token's owner
	at   time.Time
	base string // scheme and host that the client called

	bearer string // for methods whose token is not one of a person or bot
}

func (r *request) str(name string) string { return r.args.Get(name) }

// flag accepts true, 1 and their opposites; anything else counts as false.
func (r *request) flag(name string) bool {
	v, _ := strconv.ParseBool(r.str(name))
	return v
}

// list reads a comma-separated list, or the JSON array that Slack accepts for
// arguments of type array.
func (r *request) list(name string) []string {
	raw := strings.TrimSpace(r.str(name))
	if strings.HasPrefix(raw, "[") && r.spec.Args[name].Type == "array" {
		var ids []string
		if json.Unmarshal([]byte(raw), &ids) == nil {
			return ids
		}
	}
	var out []string
	for part := range strings.SplitSeq(raw, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// set is list without repetitions, in the order given.
func (r *request) set(name string) []string {
	var out []string
	for _, id := range r.list(name) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// limit reads the page size: absent is byDefault, and what is not a number from
// 1 to most is refused.
// assumed: with invalid_limit where the method documents nothing (users.list).
func (r *request) limit(byDefault, most int) (int, error) {
	raw := r.str("limit")
	if raw == "" || raw == "0" {
		return byDefault, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > most {
		return 0, refuse(firstDocumented(r.spec, "invalid_limit", "invalid_arguments", "invalid_limit"))
	}
	return n, nil
}

// need refuses with missing_scope unless the token has one of the scopes.
func (r *request) need(anyOf ...string) error {
	if slices.ContainsFunc(anyOf, r.tok.has) {
		return nil
	}
	return refuseWith("missing_scope", reply{
		"needed": strings.Join(anyOf, ","), "provided": strings.Join(r.tok.scopes, ","),
	})
}

// orgWide tells whether the token belongs to the organization.
func (r *request) orgWide() bool { return r.tok != nil && r.org.isOrg(r.tok.where) }

// team is the workspace that a call is about: the token's own, whatever team_id
// says; for an org-wide token the one that team_id names (docs.slack.dev,
// "Developing for Enterprise orgs").
func (r *request) team() (*team, error) {
	if !r.orgWide() {
		return r.org.team(r.tok.where), nil
	}
	id := r.str("team_id")
	if id == "" {
		return nil, refuse(firstDocumented(r.spec, "target_team_must_be_specified_in_org_context", "missing_argument"))
	}
	t := r.org.team(id)
	if t == nil {
		return nil, refuse(firstDocumented(r.spec, "target_team_not_on_org", "invalid_team", "team_access_not_granted"))
	}
	if !t.granted {
		return nil, refuse("team_access_not_granted")
	}
	return t, nil
}

// reaches tells whether the token may look into a workspace at all.
func (r *request) reaches(team string) bool {
	if r.orgWide() {
		t := r.org.team(team)
		return t != nil && t.granted
	}
	return r.tok.where == team
}

// firstDocumented picks the code that Slack lists for the method; the last one
// is taken when it lists none.
func firstDocumented(spec *method, codes ...string) string {
	for _, c := range codes {
		if spec.documents(c) {
			return c
		}
	}
	return codes[len(codes)-1]
}
