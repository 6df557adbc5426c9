package flow

import (
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// linkPrefix lets secret scanners know the word of a sign-in link.
const linkPrefix = "ebbsignin_"

// SignInPath is where a sign-in link leads.
const SignInPath = "/signin/first"

// MakeSignInLink makes a link that signs a Super Administrator in: single use, a
// quarter of an hour. It asks nobody who they are, because it is for whoever
// has the house's own table: the house on a laptop when it starts, and the
// operator of a deployed one. The word is in
// the link alone and is stored as a hash.
func (h *House) MakeSignInLink(ctx context.Context, user string) (link string, err error) {
	const op = "flow.MakeSignInLink"
	u, err := h.Memory.User(ctx, user)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	word, now := linkPrefix+h.NewWord(), h.Now()
	l := access.SignInLink{Hash: hash(word), User: u.ID, Created: now, Expires: now.Add(access.SignInLinkTime)}
	if !l.Opens(u, now) {
		return "", fault.New(op, fault.Invalid, "a sign-in link is for a super administrator whose user has not ended")
	}
	err = h.Memory.SaveSignInLink(ctx, l, h.event("person/"+u.ID, "signin.link-made", ebb, nil))
	return h.URL + SignInPath + "?word=" + word, fault.Wrap(op, err)
}

// LookAtSignInLink says whom a link would sign in, and uses nothing up: browsers
// and chats look at links before a person does.
func (h *House) LookAtSignInLink(ctx context.Context, word string) (access.User, error) {
	_, u, err := h.signInLink(ctx, word)
	return u, fault.Wrap("flow.LookAtSignInLink", err)
}

// SignInByLink opens a session and uses the link up, in one commit.
func (h *House) SignInByLink(ctx context.Context, word string) (string, access.Session, error) {
	const op = "flow.SignInByLink"
	l, u, err := h.signInLink(ctx, word)
	if err != nil {
		return "", access.Session{}, fault.Wrap(op, err)
	}
	out, x, err := h.openSession(ctx, u, proof{means: access.ByLink, spends: l.Hash})
	if fault.Is(err, fault.Conflict) {
		err = noLink(op)
	}
	return out, x, fault.Wrap(op, err)
}

func (h *House) signInLink(ctx context.Context, word string) (access.SignInLink, access.User, error) {
	const op = "flow.signInLink"
	if !strings.HasPrefix(word, linkPrefix) {
		return access.SignInLink{}, access.User{}, noLink(op)
	}
	l, err := h.Memory.SignInLink(ctx, hash(word))
	if fault.Is(err, fault.NotFound) {
		return l, access.User{}, noLink(op)
	}
	if err != nil {
		return l, access.User{}, err
	}
	u, err := h.Memory.User(ctx, l.User)
	if err == nil && !l.Opens(u, h.Now()) {
		err = noLink(op)
	}
	return l, u, err
}

// noLink is one and the same for whatever is wrong with a link.
func noLink(op string) error {
	return fault.New(op, fault.Unauthenticated, "this sign-in link is not known, was used, or is older than a quarter of an hour; the house's operator makes a new one: ebb signin link")
}
