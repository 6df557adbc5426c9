package flow

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Where an issuer's answer comes back to.
const (
	SlackSignInPath  = "/signin/slack/callback"
	IssuerSignInPath = "/signin/oidc/callback"
)

// signInTime is how long a journey to an issuer and back may take.
const signInTime = 10 * time.Minute

// Journey is what somebody wants who signs in: by which means, with which word
// of their browser, and where they go then. Fresh asks for a proof anew.
type Journey struct {
	Means   access.Means
	Browser string // a word that this browser alone has
	Back    string // where in the house; "": its first page
	Fresh   bool
}

// Entry is somebody who has signed in. Word opens the session, and is given once.
type Entry struct {
	Word    string
	Session access.Session
	Back    string
}

// parcel is what a state carries, readable and signed: nothing is stored about
// a journey that nobody comes back from.
type parcel struct {
	Word    string       `json:"w"`
	Means   access.Means `json:"m"`
	Back    string       `json:"b,omitempty"`
	Fresh   bool         `json:"f,omitempty"`
	Expires int64        `json:"e"`
}

// Offers lists by which means one can sign in.
func (h *House) Offers() []access.Means {
	var out []access.Means
	for _, m := range []access.Means{access.BySlack, access.ByIssuer} {
		if h.Vouchers[m] != nil {
			out = append(out, m)
		}
	}
	return out
}

// BeginSignIn gives the address where an issuer asks somebody who they are. The
// state in it is good for this browser, once, for ten minutes.
func (h *House) BeginSignIn(ctx context.Context, j Journey) (string, error) {
	const op = "flow.BeginSignIn"
	v := h.Vouchers[j.Means]
	if v == nil || j.Browser == "" {
		return "", fault.New(op, fault.NotFound, "this house does not sign people in that way")
	}
	raw, err := json.Marshal(parcel{Word: h.NewWord(), Means: j.Means, Back: j.Back, Fresh: j.Fresh, Expires: h.Now().Add(signInTime).Unix()})
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	seal, err := h.sealer(ctx)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	body := base64.RawURLEncoding.EncodeToString(raw)
	to, err := v.AuthorizeURL(ctx, h.journey(seal, j, body+"."+seal("state", body, hash(j.Browser))))
	return to, fault.Wrap(op, err)
}

// sealer makes words that only this house can make.
func (h *House) sealer(ctx context.Context) (func(words ...string) string, error) {
	key, err := h.houseKey(ctx, "signin/state")
	if err != nil {
		return nil, err
	}
	return func(words ...string) string {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(strings.Join(words, "\n")))
		return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
	}, nil
}

// journey is what the issuer is told. Nonce and verifier follow from the state,
// so that neither is stored or sent through the browser in the clear.
func (h *House) journey(seal func(...string) string, j Journey, state string) access.SignIn {
	path := SlackSignInPath
	if j.Means == access.ByIssuer {
		path = IssuerSignInPath
	}
	return access.SignIn{State: state, Nonce: seal("nonce", state), Verifier: seal("verifier", state), Redirect: h.URL + path, Fresh: j.Fresh}
}

// FinishSignIn takes an issuer's answer and opens a session. One and the same
// state opens one session, in the browser that it was made for. Whoever the
// issuer names and Ebb refuses is in the audit.
func (h *House) FinishSignIn(ctx context.Context, means access.Means, browser, state, code string) (Entry, error) {
	const op = "flow.FinishSignIn"
	e, err := h.finishSignIn(ctx, means, browser, state, code)
	if err != nil && fault.Is(err, fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict) {
		h.refusedSignIn(ctx, means, err)
	}
	return e, fault.Wrap(op, err)
}

func (h *House) finishSignIn(ctx context.Context, means access.Means, browser, state, code string) (Entry, error) {
	v := h.Vouchers[means]
	if v == nil {
		return Entry{}, fault.New("flow.signin", fault.NotFound, "this house does not sign people in that way")
	}
	seal, err := h.sealer(ctx)
	if err != nil {
		return Entry{}, err
	}
	p, err := h.unseal(seal, means, browser, state)
	if err != nil {
		return Entry{}, err
	}
	said, err := v.Vouch(ctx, h.journey(seal, Journey{Means: means, Fresh: p.Fresh}, state), code)
	if err != nil {
		return Entry{}, err
	}
	u, ref, err := h.vouched(ctx, means, said)
	if err != nil {
		return Entry{}, err
	}
	word, x, err := h.openSession(ctx, u, proof{means: means, account: ref, spends: hash(state), at: said.Authenticated})
	if fault.Is(err, fault.Conflict) {
		err = fault.New("flow.signin", fault.Unauthenticated, "this sign-in was finished already; sign in again")
	}
	return Entry{Word: word, Session: x, Back: p.Back}, err
}

// unseal reads a state that this house made for this browser, and that is not old.
func (h *House) unseal(seal func(...string) string, means access.Means, browser, state string) (parcel, error) {
	stale := fault.New("flow.signin", fault.Unauthenticated, "this answer belongs to no sign-in that began in this browser within the last ten minutes; sign in again")
	body, mac, ok := strings.Cut(state, ".")
	if !ok || browser == "" || !hmac.Equal([]byte(mac), []byte(seal("state", body, hash(browser)))) {
		return parcel{}, stale
	}
	var p parcel
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(raw, &p) != nil || p.Means != means || h.Now().Unix() >= p.Expires {
		return parcel{}, stale
	}
	return p, nil
}
