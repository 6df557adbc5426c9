package slacktest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Access is an entry of the access logs: somebody used Slack, from one address
// and with one program, from First to Last.
type Access struct {
	User, IP, Agent string
	First, Last     time.Time
	Count           int
	// ThirdParty: through another app, which is what an organization's token is
	// shown of one workspace.
	ThirdParty bool
}

// "the max count value is 1000 and the max page value is 100".
const (
	mostLogsPerPage = 1000
	mostLogPages    = 100
)

// HandUse is a person who uses Slack now; the entry of the same person, address
// and program grows, as Slack collates them.
func (o *Org) HandUse(user string) { o.Log(Access{User: user}) }

// Log writes into the access logs: now, where no time is given. External people
// are logged by their own organization, bots nowhere.
func (o *Org) Log(a Access) {
	defer o.lock()()
	u := mustHave(o.users, "user", a.User)
	if u.Bot || u.External {
		panic("slacktest: the access logs know no bots and no external people")
	}
	if a.Last.IsZero() {
		a.Last = o.now()
	}
	if a.First.IsZero() || a.First.After(a.Last) {
		a.First = a.Last
	}
	a.IP, a.Agent, a.Count = cmp.Or(a.IP, "192.0.2.7"), cmp.Or(a.Agent, "SlackWeb Mozilla/5.0"), max(1, a.Count)
	for i, was := range o.logs {
		if was.User == a.User && was.IP == a.IP && was.Agent == a.Agent && was.ThirdParty == a.ThirdParty {
			o.logs[i].Count += a.Count
			if a.First.Before(was.First) {
				o.logs[i].First = a.First
			}
			if a.Last.After(was.Last) {
				o.logs[i].Last = a.Last
			}
			return
		}
	}
	o.logs = append(o.logs, a)
}

// place is where an entry stands; the newest come first.
// assumed: by the last use, as the example of Slack's page has it.
func (a Access) place() string {
	return fmt.Sprintf("%012d %s %s %s", 1<<39-a.Last.Unix(), a.User, a.IP, a.Agent)
}

// team.accessLogs: an organization's token sees the organization's entries, and
// with a team_id those of third parties alone; a workspace's token those of its
// members. assumed: of a workspace in an organization third parties alone, too.
func (r *request) teamAccessLogs() (reply, error) {
	if r.org.opt.Plan == PlanFree {
		return nil, refuse("paid_only")
	}
	where := r.tok.where
	if r.orgWide() {
		where = r.str("team_id")
		if where != "" && !r.reaches(where) {
			return nil, refuse("invalid_team_id")
		}
	}
	until := r.at
	if raw := r.str("before"); raw != "" && raw != "now" {
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return nil, badArguments("before is no date")
		}
		until = time.Unix(n, 0)
	}
	var found []Access
	for _, a := range r.org.logs {
		here := where == "" || r.org.users[a.User].in(where) && (r.org.enterprise == nil || a.ThirdParty)
		if here && !a.Last.After(until) {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b Access) int { return cmp.Compare(a.place(), b.place()) })
	if r.str("limit") != "" || r.str("cursor") != "" {
		return r.logsBehind(found)
	}
	return r.logsOfPage(found)
}

// logsBehind is a page by cursor. The log goes on meanwhile: a cursor stands at a
// place in it and not at a number.
func (r *request) logsBehind(found []Access) (reply, error) {
	limit, err := r.limit(100, mostLogsPerPage)
	if err != nil {
		return nil, err
	}
	last, err := r.cursor()
	if err != nil {
		return nil, err
	}
	from, next := 0, ""
	for from < len(found) && found[from].place() <= last {
		from++
	}
	found = found[from:]
	if len(found) > limit {
		found = found[:limit]
		next = r.cursorAfter(found[limit-1].place())
	}
	return reply{"logins": r.logins(found), "response_metadata": nextCursor(next)}, nil
}

func (r *request) logsOfPage(found []Access) (reply, error) {
	number := func(name string, byDefault, most int) (int, error) {
		raw := r.str(name)
		if raw == "" {
			return byDefault, nil
		}
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 {
			return 0, badArguments(name + " is no number of pages")
		}
		if n > most {
			return 0, refuse("over_pagination_limit")
		}
		return n, nil
	}
	count, err := number("count", 100, mostLogsPerPage)
	if err != nil {
		return nil, err
	}
	page, err := number("page", 1, mostLogPages)
	if err != nil {
		return nil, err
	}
	total := len(found)
	from := min(total, (page-1)*count)
	return reply{
		"logins": r.logins(found[from:min(total, from+count)]),
		"paging": reply{"count": count, "total": total, "page": page, "pages": (total + count - 1) / count},
	}, nil
}

func (r *request) logins(found []Access) []reply {
	out := []reply{}
	for _, a := range found {
		out = append(out, reply{
			"user_id": a.User, "username": r.org.users[a.User].Name, "date_first": a.First.Unix(), "date_last": a.Last.Unix(), "count": a.Count,
			"ip": a.IP, "user_agent": a.Agent, "isp": "Umbra Telecom", "country": "US", "region": "CA",
		})
	}
	return out
}

// lastUse is when the logs last saw somebody, in Unix seconds; 0 never.
func (o *Org) lastUse(user string) int64 {
	var last int64
	for _, a := range o.logs {
		if a.User == user && !a.ThirdParty {
			last = max(last, a.Last.Unix())
		}
	}
	return last
}
