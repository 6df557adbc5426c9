package slacktest

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// SCIM v2 (docs.slack.dev, reference/scim-api): users and groups can be listed
// and read; PATCH deactivates and reactivates users and adds and removes members
// of groups, by delta; DELETE deactivates a user, repeatably.
// On Business+ a SCIM group is a user group of the workspace, on Enterprise it is
// a group managed by the identity provider, and only those are seen.
// assumed: filters are ignored (the documentation calls them not applicable to
// v2), one write never waits for another (inject resource_locked as a fault).

const (
	scimUserSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	scimEnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	scimGroupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	scimListSchema       = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	scimErrorSchema      = "urn:ietf:params:scim:api:messages:2.0:Error"
	scimPatchSchema      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// scimCall is a SCIM request on its way through.
type scimCall struct {
	verb, kind, id string // kind: users or groups
	query          url.Values
	body           []byte
	actor          *User
	where          string
}

func (o *Org) routeSCIM() {
	for path, kind := range map[string]string{"Users": "users", "Groups": "groups"} {
		handle := func(w http.ResponseWriter, r *http.Request) { o.serveSCIM(w, r, kind) }
		o.mux.HandleFunc("GET /scim/v2/"+path, handle)
		o.mux.HandleFunc("GET /scim/v2/"+path+"/{id}", handle)
		o.mux.HandleFunc("PATCH /scim/v2/"+path+"/{id}", handle)
	}
	o.mux.HandleFunc("DELETE /scim/v2/Users/{id}", func(w http.ResponseWriter, r *http.Request) { o.serveSCIM(w, r, "users") })
}

func (o *Org) serveSCIM(w http.ResponseWriter, r *http.Request, kind string) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	args := r.URL.Query()
	args.Set("verb", r.Method)
	args.Set("id", r.PathValue("id"))
	args.Set("body", string(body))
	in := incoming{name: "scim." + kind, args: args, bearer: bearerToken(r), base: baseURL(r), write: r.Method != http.MethodGet}
	in.scim = &scimCall{verb: r.Method, kind: kind, id: r.PathValue("id"), query: r.URL.Query(), body: body}
	o.serveWithFaults(w, r, in)
}

func (o *Org) executeSCIM(in incoming) answer {
	c := *in.scim
	if a, refused := o.admitSCIM(&c, in.bearer); refused {
		return a
	}
	if wait := o.scimTier(c); wait > 0 {
		a := scimError(http.StatusTooManyRequests, "ratelimited")
		a.header.Set("Retry-After", strconv.Itoa(max(1, seconds(wait))))
		return a
	}
	a := o.dispatchSCIM(c)
	a.user = c.actor.ID
	return a
}

func (o *Org) dispatchSCIM(c scimCall) answer {
	switch {
	case c.kind == "users" && c.id == "":
		return o.scimUsers(c)
	case c.kind == "users":
		return o.scimUser(c)
	case c.id == "":
		return o.scimGroups(c)
	}
	return o.scimGroup(c)
}

// admitSCIM: a user token with the scope admin, on Business+ of an owner or
// admin, on Enterprise org-wide and of an org owner.
func (o *Org) admitSCIM(c *scimCall, bearer string) (answer, bool) {
	t := o.tokens[bearer]
	if t == nil || t.revoked || t.bot || o.users[t.user].Deleted || !t.expires.IsZero() && !o.now().Before(t.expires) {
		return scimUnknown(), true
	}
	c.actor, c.where = o.users[t.user], t.where
	owner := c.actor.OrgOwner || c.actor.OrgPrimaryOwn
	switch {
	case o.opt.Plan != PlanBusiness && o.opt.Plan != PlanEnterprise:
		return scimError(http.StatusForbidden, "plus_teams_only"), true
	case !t.has("admin"):
		return scimError(http.StatusForbidden, "missing_scope"), true
	case o.enterprise != nil && !o.isOrg(t.where):
		return scimError(http.StatusForbidden, "non_org_teams_only"), true
	case o.enterprise != nil && !owner, o.enterprise == nil && !c.actor.isAdmin(t.where):
		return scimError(http.StatusForbidden, "permission_denied"), true
	}
	return answer{}, false
}

// scimTier: per minute 1000 lists, 300 reads of one, 180 writes (docs, SCIM rate
// limits); bursts are not simulated.
func (o *Org) scimTier(c scimCall) time.Duration {
	if !o.opt.Tiers {
		return 0
	}
	limit := 1000
	switch {
	case c.verb != http.MethodGet:
		limit = 180
	case c.id != "":
		limit = 300
	}
	return o.take("scim "+c.verb+" "+c.kind+strconv.FormatBool(c.id == ""), limit, time.Minute, o.now())
}

func scimError(status int, detail string) answer {
	return jsonAnswer(status, false, detail, reply{"schemas": []string{scimErrorSchema}, "detail": detail, "status": status})
}

// scimUnknown has the old shape that Slack's own tests still see for a 401.
func scimUnknown() answer {
	body := reply{"Errors": reply{"description": "invalid_authentication", "code": http.StatusUnauthorized}}
	return jsonAnswer(http.StatusUnauthorized, false, "invalid_authentication", body)
}

// scimPage cuts a list by startIndex (from 1) and count (default 10, at most
// 1000).
func scimPage[T any](c scimCall, all []T, view func(T) reply) answer {
	start, _ := strconv.Atoi(c.query.Get("startIndex"))
	count, err := strconv.Atoi(cmp.Or(c.query.Get("count"), "10"))
	if err != nil || count < 0 {
		return scimError(http.StatusBadRequest, "invalid_count")
	}
	start = max(start, 1)
	from := min(start-1, len(all))
	rows := []reply{}
	for _, v := range all[from:min(len(all), from+min(count, 1000))] {
		rows = append(rows, view(v))
	}
	return jsonAnswer(http.StatusOK, true, "", reply{
		"schemas": []string{scimListSchema}, "totalResults": len(all), "itemsPerPage": len(rows), "startIndex": start, "Resources": rows,
	})
}
