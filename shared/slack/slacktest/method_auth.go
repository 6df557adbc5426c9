package slacktest

// auth.test tells whose token it is. On an organization an org-wide token names
// the organization where a workspace token names its workspace (assumed).
func (r *request) authTest() (reply, error) {
	name, id, domain := r.place()
	out := reply{
		"url": "https://" + domain + ".slack.com/", "team": name, "user": r.user.Name, "team_id": id, "user_id": r.user.ID,
		"is_enterprise_install": r.orgWide(),
	}
	if e := r.org.enterprise; e != nil {
		out["enterprise_id"] = e.id
	}
	if r.tok.bot {
		out["bot_id"] = r.org.app.botID
		out["app_id"] = r.org.app.id
	}
	if !r.tok.expires.IsZero() {
		out["expires_in"] = int64(r.tok.expires.Sub(r.at).Seconds())
	}
	return out, nil
}

// place is the token's workspace or organization.
func (r *request) place() (name, id, domain string) {
	if r.orgWide() {
		e := r.org.enterprise
		return e.name, e.id, e.domain
	}
	t := r.org.team(r.tok.where)
	return t.name, t.id, t.domain
}

// auth.teams.list tells the workspaces that an org-wide app was granted.
// assumed: a workspace token gets its own workspace.
func (r *request) authTeamsList() (reply, error) {
	limit, err := r.limit(100, 1000)
	if err != nil {
		return nil, err
	}
	granted := newIDSet(nil)
	for _, t := range r.org.teams {
		if r.reaches(t.id) {
			granted.add(t.id)
		}
	}
	ids, next, err := r.page(&granted, limit, nil)
	if err != nil {
		return nil, err
	}
	teams := []reply{}
	for _, id := range ids {
		teams = append(teams, reply{"id": id, "name": r.org.team(id).name})
	}
	return reply{"teams": teams, "response_metadata": nextCursor(next)}, nil
}

// auth.revoke ends the calling token, or with test=1 only says that it would.
func (r *request) authRevoke() (reply, error) {
	if r.flag("test") {
		return reply{"revoked": false}, nil
	}
	r.org.revoke(r.tok)
	return reply{"revoked": true}, nil
}

// team.info describes the token's workspace or the one that team names; for an
// org-wide token without team the organization itself (assumed).
func (r *request) teamInfo() (reply, error) {
	name, id, domain := r.place()
	if asked := r.str("team"); asked != "" && asked != id {
		t := r.org.team(asked)
		if t == nil || r.org.enterprise == nil {
			return nil, refuse("team_not_found")
		}
		name, id, domain = t.name, t.id, t.domain
	}
	info := reply{
		"id": id, "name": name, "domain": domain, "email_domain": domain + ".example",
		"icon": icons(),
	}
	if e := r.org.enterprise; e != nil {
		info["enterprise_id"], info["enterprise_name"] = e.id, e.name
	}
	return reply{"team": info}, nil
}

func icons() reply {
	out := reply{"image_default": true}
	for _, size := range []string{"34", "44", "68", "88", "102", "132"} {
		out["image_"+size] = "https://avatars.slack.test/team_" + size + ".png"
	}
	return out
}
