package console

import (
	"net/http"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// sessionCookie holds the word of a session.
const sessionCookie = "ebb-session"

// actor says who a call acts for, by its session; false: nobody who is known.
func (s *server) actor(r *http.Request) (access.Actor, bool, error) {
	c, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil || c.Value == "" {
		return access.Actor{}, false, nil
	}
	by, _, err := s.house.SignedIn(r.Context(), c.Value)
	if fault.Is(err, fault.Unauthenticated) {
		return access.Actor{}, false, nil
	}
	return by, err == nil, err
}
