package store

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// sessionRest is how long a session's rows stay after its end, for whoever
// looks at who was signed in.
const sessionRest = 24 * time.Hour

// Session finds a session by the SHA-256 of its word.
func (s *Store) Session(ctx context.Context, hash string) (access.Session, error) {
	const op = "store.Session"
	r, rev, err := load[sessionRecord](ctx, s, sessionKey(hash))
	if fault.Is(err, fault.NotFound) {
		return access.Session{}, fault.New(op, fault.NotFound, "there is no such session; sign in")
	}
	return r.session(rev), fault.Wrap(op, err)
}

// SessionByID finds a session by its id, which opens nothing.
func (s *Store) SessionByID(ctx context.Context, id string) (access.Session, error) {
	const op = "store.SessionByID"
	p, _, err := find[pointer](ctx, s, sessionIDKey(id), "session", id)
	if err != nil {
		return access.Session{}, fault.Wrap(op, err)
	}
	x, err := s.Session(ctx, p.ID)
	return x, fault.Wrap(op, err)
}

// SessionsOf lists a user's sessions, newest first, ended ones too; at most 1000.
func (s *Store) SessionsOf(ctx context.Context, user string) ([]access.Session, error) {
	var out []access.Session
	err := follow(ctx, s, Range{Part: join("sessions-of", user)}, 0, sessionKey, func(r sessionRecord, rev int64) bool {
		out = append(out, r.session(rev))
		return true
	})
	slices.Reverse(out)
	return out, fault.Wrap("store.SessionsOf", err)
}

// SaveSession saves a session with at least one event, unless only its last
// use moved. A new one uses up what it spends.
func (s *Store) SaveSession(ctx context.Context, x access.Session, e ...audit.Event) error {
	const op = "store.SaveSession"
	prev, err := current[sessionRecord](ctx, s, sessionKey(x.Hash), x.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if x.Rev > 0 && (prev.ID != x.ID || prev.User != x.User || prev.Ends != stamp(x.Ends) && !prev.Ends.time().Equal(x.Ends)) {
		return fault.New(op, fault.Internal, "session %s was to become another", prev.ID)
	}
	rec := newSessionRecord(x)
	prev.Seen = rec.Seen
	if x.Rev == 0 || !alike(prev, rec) {
		if err := told("session "+x.ID, e); err != nil {
			return fault.Wrap(op, err)
		}
	}
	var c change
	until := x.Ends.Add(sessionRest).Unix()
	c.putUntil(sessionKey(x.Hash), x.Rev, until, rec)
	if x.Rev == 0 {
		p := pointer{ID: x.Hash}
		c.putUntil(sessionIDKey(x.ID), 0, until, p)
		c.putUntil(sessionOfKey(x.User, x.Created, x.ID), 0, until, p)
		if x.Spends != "" {
			c.putUntil(spentKey(x.Spends), 0, until, pointer{ID: x.ID})
		}
	}
	return fault.Wrap(op, s.save(ctx, &c, e))
}

// SignInLink finds a sign-in link by the SHA-256 of its word, and says whether
// a session spent it.
func (s *Store) SignInLink(ctx context.Context, hash string) (access.SignInLink, error) {
	const op = "store.SignInLink"
	r, _, err := load[signInLinkRecord](ctx, s, signInLinkKey(hash))
	if fault.Is(err, fault.NotFound) {
		return access.SignInLink{}, fault.New(op, fault.NotFound, "there is no such sign-in link; ask for a new one")
	}
	if err != nil {
		return access.SignInLink{}, fault.Wrap(op, err)
	}
	l := r.link()
	_, rev, err := maybe[pointer](ctx, s, spentKey(hash))
	l.Used = rev > 0
	return l, fault.Wrap(op, err)
}

// SaveSignInLink saves a new sign-in link with at least one event.
func (s *Store) SaveSignInLink(ctx context.Context, l access.SignInLink, e ...audit.Event) error {
	const op = "store.SaveSignInLink"
	if err := told("a sign-in link of "+l.User, e); err != nil {
		return fault.Wrap(op, err)
	}
	var c change
	c.putUntil(signInLinkKey(l.Hash), 0, l.Expires.Add(sessionRest).Unix(), newSignInLinkRecord(l))
	return fault.Wrap(op, s.save(ctx, &c, e))
}
