package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/message"
)

// What is remembered of the people of the house; ports.go says what holds for
// every port.

// People remembers users.
type People interface {
	User(ctx context.Context, id string) (access.User, error)
	UserOf(ctx context.Context, conn, account string) (access.User, error)
	UserBy(ctx context.Context, id access.Identity) (access.User, error)
	// EachUser calls f in id order, behind after, until it returns an error.
	EachUser(ctx context.Context, after string, f func(access.User) error) error
	SaveUser(ctx context.Context, u access.User, e ...audit.Event) (access.User, error)
	// SaveUserBy is SaveUser, if by is still as they were read.
	SaveUserBy(ctx context.Context, u, by access.User, e ...audit.Event) (access.User, error)
}

// Keys remembers API keys, by their hash.
type Keys interface {
	Key(ctx context.Context, hash string) (access.Key, error)
	KeyByID(ctx context.Context, id string) (access.Key, error)
	// KeysOf lists a user's keys by id, ended ones too.
	KeysOf(ctx context.Context, user string) ([]access.Key, error)
	SaveKey(ctx context.Context, k access.Key, e ...audit.Event) error
}

// Sessions remembers who is signed in, by the hash of the session's word. The
// table forgets a session a day after its end.
type Sessions interface {
	Session(ctx context.Context, hash string) (access.Session, error)
	SessionByID(ctx context.Context, id string) (access.Session, error)
	// SessionsOf lists a user's sessions, newest first, ended ones too.
	SessionsOf(ctx context.Context, user string) ([]access.Session, error)
	// SaveSession saves a session with at least one event, unless only its last
	// use moved. What a new one spends is used up in the same commit, which is
	// fault.Conflict when it was already.
	SaveSession(ctx context.Context, x access.Session, e ...audit.Event) error
}

// Voucher asks an issuer of OpenID Connect who somebody is. Errors:
// fault.Unauthenticated for an answer that is not genuine, not of this journey,
// or used; fault.Misconfigured where a person has to change the client;
// fault.Backoff where the issuer does not answer. A code works once.
type Voucher interface {
	// AuthorizeURL is where the issuer asks a browser's person.
	AuthorizeURL(ctx context.Context, s access.SignIn) (string, error)
	// Vouch exchanges the code that the issuer sent back.
	Vouch(ctx context.Context, s access.SignIn, code string) (access.Vouched, error)
}

// SignIns remembers what a sign-in is made of before there is a session.
type SignIns interface {
	// SignInLink finds a link by the hash of its word, with whether it was spent.
	SignInLink(ctx context.Context, hash string) (access.SignInLink, error)
	// SaveSignInLink saves a new link; the table forgets it a day after it expired.
	SaveSignInLink(ctx context.Context, l access.SignInLink, e ...audit.Event) error
	// SignInRules gives the rules; the zero value before somebody set them.
	SignInRules(ctx context.Context) (access.SignInRules, error)
	SaveSignInRules(ctx context.Context, r access.SignInRules, e ...audit.Event) (access.SignInRules, error)
}

// Knocks counts refused sign-ins. The table forgets an hour after a day.
type Knocks interface {
	Refusals(ctx context.Context, hour time.Time) (access.Refusals, error)
	SaveRefusals(ctx context.Context, r access.Refusals, e ...audit.Event) error
}

// Delegations remembers who decides in whose place.
type Delegations interface {
	Delegation(ctx context.Context, id string) (access.Delegation, error)
	// DelegationsOf lists what an account delegates and what is delegated to it,
	// without what was taken back.
	DelegationsOf(ctx context.Context, conn, account string) ([]access.Delegation, error)
	SaveDelegation(ctx context.Context, d access.Delegation, e ...audit.Event) (access.Delegation, error)
}

// Texts are read for people and erased by ebb forget.
type Texts interface {
	Text(ctx context.Context, about string) (access.Text, error)
	// ForgetTexts erases what the account wrote and says how many.
	ForgetTexts(ctx context.Context, author string, e audit.Event) (int, error)
}

// Mail sends one e-mail to one address; mail.Sender describes it.
type Mail interface {
	Send(ctx context.Context, m message.Mail) error
}
