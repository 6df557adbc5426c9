package slacktest

import "strings"

// limitRequired is how many users a workspace may have before users.list
// demands a limit. assumed: Slack says "large teams" and no number.
const limitRequired = 2000

// mostPerPage: "under 1000" (conversations.list), "max value of 999"
// (users.conversations), the same for users.list in the guide to pagination.
const mostPerPage = 999

func (r *request) email() bool { return r.tok.has("users:read.email") }

func (r *request) usersList() (reply, error) {
	t, err := r.team()
	if err != nil {
		return nil, err
	}
	limit, err := r.limit(0, mostPerPage)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		if limit = t.users.len(); limit > limitRequired {
			return nil, refuse("limit_required")
		}
	}
	ids, next, err := r.page(&t.users, limit, nil)
	if err != nil {
		return nil, err
	}
	members := make([]*userJSON, len(ids))
	for i, id := range ids {
		members[i] = r.viewUser(r.org.users[id], t.id)
	}
	return reply{"members": members, "cache_ts": r.at.Unix(), "response_metadata": nextCursor(next)}, nil
}

func (r *request) viewUser(u *User, team string) *userJSON {
	v := r.org.userView(u, team, r.email())
	v.IsStranger = u.External && !r.sharesChannel(u)
	if r.flag("include_locale") {
		v.Locale = "en-US"
	}
	return v
}

// sharesChannel tells whether the token's owner and u are in one channel:
// is_stranger is its opposite, for people of other organizations.
func (r *request) sharesChannel(u *User) bool {
	for _, c := range r.org.channels {
		if c.members.has(u.ID) && c.members.has(r.user.ID) {
			return true
		}
	}
	return false
}

// users.info resolves everybody whom the token can meet: members of its
// workspaces and, alone among the methods, external people.
// assumed: people of a workspace that was not granted are user_not_found.
func (r *request) usersInfo() (reply, error) {
	u := r.org.users[r.str("user")]
	if u == nil || !r.meets(u) {
		return nil, refuse("user_not_found")
	}
	team := u.Team
	if !r.orgWide() {
		team = r.tok.where
	}
	return reply{"user": r.viewUser(u, team)}, nil
}

// meets: external people, and members of a workspace that the token reaches, or
// of the same organization.
func (r *request) meets(u *User) bool {
	if u.External || r.org.enterprise != nil && !r.orgWide() {
		return true
	}
	for _, t := range u.Teams {
		if r.reaches(t) {
			return true
		}
	}
	return false
}

// users.lookupByEmail finds active members; a deactivated one is
// users_not_found (its page says so).
func (r *request) usersLookupByEmail() (reply, error) {
	for _, id := range r.org.byEmail[strings.ToLower(strings.TrimSpace(r.str("email")))] {
		u := r.org.users[id]
		if !u.Deleted && !u.External && r.meets(u) {
			team := u.Team
			if !r.orgWide() {
				team = r.tok.where
			}
			return reply{"user": r.viewUser(u, team)}, nil
		}
	}
	return nil, refuse("users_not_found")
}
