package store

import "github.com/ebb-access/ebb/shared/access"

// sessionRecord is a session's row; its word is nowhere.
type sessionRecord struct {
	ID            string       `json:"id"`
	Hash          string       `json:"hash"`
	User          string       `json:"user"`
	Means         access.Means `json:"means"`
	Account       *refRecord   `json:"account,omitempty"`
	Standing      string       `json:"standing,omitempty"`
	Spends        string       `json:"spends,omitempty"`
	Created       stamp        `json:"created,omitzero"`
	Authenticated stamp        `json:"authenticated,omitzero"`
	Seen          stamp        `json:"seen,omitzero"`
	Ends          stamp        `json:"ends,omitzero"`
	Ended         bool         `json:"ended,omitempty"`
}

func newSessionRecord(x access.Session) sessionRecord {
	rec := sessionRecord{
		ID: x.ID, Hash: x.Hash, User: x.User, Means: x.Means, Standing: x.Standing, Spends: x.Spends,
		Created: stamp(x.Created), Authenticated: stamp(x.Authenticated), Seen: stamp(x.Seen), Ends: stamp(x.Ends), Ended: x.Ended,
	}
	if x.Account != (access.Ref{}) {
		account := refRecord(x.Account)
		rec.Account = &account
	}
	return rec
}

func (r sessionRecord) session(rev int64) access.Session {
	x := access.Session{
		ID: r.ID, Hash: r.Hash, User: r.User, Means: r.Means, Standing: r.Standing, Spends: r.Spends,
		Created: r.Created.time(), Authenticated: r.Authenticated.time(), Seen: r.Seen.time(), Ends: r.Ends.time(), Ended: r.Ended, Rev: rev,
	}
	if r.Account != nil {
		x.Account = access.Ref(*r.Account)
	}
	return x
}

// signInLinkRecord is a sign-in link's row; whether it was used is another one.
type signInLinkRecord struct {
	Hash    string `json:"hash"`
	User    string `json:"user"`
	Created stamp  `json:"created,omitzero"`
	Expires stamp  `json:"expires,omitzero"`
}

func newSignInLinkRecord(l access.SignInLink) signInLinkRecord {
	return signInLinkRecord{Hash: l.Hash, User: l.User, Created: stamp(l.Created), Expires: stamp(l.Expires)}
}

func (r signInLinkRecord) link() access.SignInLink {
	return access.SignInLink{Hash: r.Hash, User: r.User, Created: r.Created.time(), Expires: r.Expires.time()}
}
