package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// FreshSignIn is the code of a refusal that ends with a new sign-in.
const FreshSignIn = "fresh-signin"

// sessionPrefix lets secret scanners know the word of a session.
const sessionPrefix = "ebbsession_"

// proof is how somebody proved who they are, and when (zero: now).
type proof struct {
	means   access.Means
	account access.Ref
	spends  string
	at      time.Time
}

// openSession opens a session of a user who has proved who they are; its word is
// given once. What it spends is used up with it: fault.Conflict if it was.
func (h *House) openSession(ctx context.Context, u access.User, p proof) (string, access.Session, error) {
	now := h.Now()
	if p.at.IsZero() || p.at.After(now) {
		p.at = now
	}
	word := sessionPrefix + h.NewWord()
	x := access.Session{
		ID: h.NewID("ses"), Hash: hash(word), User: u.ID, Means: p.means, Account: p.account, Standing: u.Standing(), Spends: p.spends,
		Created: now, Authenticated: p.at, Seen: now.Truncate(access.SessionSeen), Ends: now.Add(access.SessionTime),
	}
	err := h.Memory.SaveSession(ctx, x, h.event("person/"+u.ID, "session.begun", u.ID, map[string]string{
		"session": x.ID, "means": string(p.means), "connector": p.account.Connector, "account": p.account.Account,
	}))
	return word, x, err
}

// SignedIn says who a session's word acts for. One that is unknown, over or
// ended, whose user is not who they were, or whose Slack account does not live
// any more, is one and the same error.
func (h *House) SignedIn(ctx context.Context, word string) (access.Actor, access.Session, error) {
	const op = "flow.SignedIn"
	no := fault.New(op, fault.Unauthenticated, "you are not signed in, or not any more; sign in again")
	if !strings.HasPrefix(word, sessionPrefix) {
		return access.Actor{}, access.Session{}, no
	}
	x, err := h.Memory.Session(ctx, hash(word))
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, access.Session{}, no
	}
	if err != nil {
		return access.Actor{}, access.Session{}, fault.Wrap(op, err)
	}
	u, lives, err := h.speaks(ctx, x)
	if err != nil || !lives {
		if err == nil {
			err = no
		}
		return access.Actor{}, access.Session{}, fault.Wrap(op, err)
	}
	if now := h.Now(); now.Sub(x.Seen) >= access.SessionSeen {
		x.Seen = now.Truncate(access.SessionSeen)
		if err := h.Memory.SaveSession(ctx, x); err != nil && !fault.Is(err, fault.Conflict) {
			h.log().Warn("session", "id", x.ID, "error", err)
		}
	}
	x.Hash = ""
	return access.Actor{User: u, Session: x.ID, Fresh: x.Authenticated}, x, nil
}

// speaks judges a session now: by its user and, where Slack vouched for them, by
// the account.
func (h *House) speaks(ctx context.Context, x access.Session) (access.User, bool, error) {
	u, err := h.Memory.User(ctx, x.User)
	if err == nil && !x.Lives(u, h.Now()) {
		return u, false, nil
	}
	if err == nil && x.Means == access.BySlack {
		a, err := h.Memory.Account(ctx, x.Account.Connector, x.Account.Account)
		if fault.Is(err, fault.NotFound) {
			return u, false, nil
		}
		return u, err == nil && a.Live(), err
	}
	if fault.Is(err, fault.NotFound) {
		return u, false, nil
	}
	return u, err == nil, err
}

// SignOut ends a session, for ever and at once: one's own, or as a Super
// Administrator. Ending it again changes nothing. A service's key ends none.
func (h *House) SignOut(ctx context.Context, by access.Actor, session string) error {
	const op = "flow.SignOut"
	err := again(func() error {
		x, err := h.ownSession(ctx, by, session)
		if err != nil || x.Ended {
			return err
		}
		x.Ended = true
		return h.Memory.SaveSession(ctx, x, h.event("person/"+x.User, "session.ended", who(by), map[string]string{"session": x.ID}))
	})
	return fault.Wrap(op, err)
}

// ownSession reads a session that the actor may end; for who may not see it
// there is none.
func (h *House) ownSession(ctx context.Context, by access.Actor, id string) (access.Session, error) {
	s, err := h.sight(by)
	if err != nil {
		return access.Session{}, err
	}
	x, err := h.Memory.SessionByID(ctx, id)
	switch {
	case err != nil:
		return access.Session{}, err
	case x.User != by.User.ID && !s.oversees():
		return access.Session{}, fault.New("flow.ownSession", fault.NotFound, "there is no session %s", id)
	case by.Service || x.User != by.User.ID && !by.Is(access.SuperAdministrator):
		return access.Session{}, fault.New("flow.ownSession", fault.Forbidden, "a person ends their own sessions; those of others need the duty super administrator")
	}
	return x, nil
}

// ReadSessions lists the sessions of a user ("": the actor) that still speak for
// them, newest first. Those of others are for auditors and administrators.
func (h *House) ReadSessions(ctx context.Context, by access.Actor, user string) ([]access.Session, error) {
	const op = "flow.ReadSessions"
	eye, err := h.sight(by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if user == "" {
		user = by.User.ID
	}
	if user != by.User.ID && !eye.oversees() {
		return nil, fault.New(op, fault.Forbidden, "listing the sessions of others needs the duty auditor or integration administrator")
	}
	if _, err := h.Memory.User(ctx, user); err != nil {
		return nil, fault.Wrap(op, err)
	}
	all, err := h.Memory.SessionsOf(ctx, user)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []access.Session
	for _, x := range all {
		_, lives, err := h.speaks(ctx, x)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		if lives {
			x.Hash = ""
			out = append(out, x)
		}
	}
	return out, nil
}
