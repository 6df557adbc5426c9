package window

import (
	"net/http"
	"strings"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// PeoplePage is where one chooses who to be.
type PeoplePage struct {
	Query  string
	People []slacktest.User
	More   int // who are not shown
}

const peopleShown = 50

func person(u slacktest.User) bool {
	return !u.Bot && !u.Deleted && !u.Invited && !u.External && u.ID != slacktest.USLACKBOT
}

func (w *window) people(rw http.ResponseWriter, r *http.Request) {
	p := PeoplePage{Query: r.FormValue("q")}
	for _, u := range w.org.Users() {
		named := strings.Contains(strings.ToLower(u.Name+" "+u.RealName), strings.ToLower(p.Query))
		switch {
		case !person(u) || !named:
		case len(p.People) < peopleShown:
			p.People = append(p.People, u)
		default:
			p.More++
		}
	}
	render(rw, "people.html", p)
}
