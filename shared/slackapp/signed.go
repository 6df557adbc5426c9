package slackapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Secret is the app's signing secret; it prints as dots.
type Secret string

func (Secret) String() string   { return "Secret(…)" }
func (Secret) GoString() string { return "Secret(…)" }

// window is how far Slack's clock and ours may lie apart (docs.slack.dev,
// "Verifying requests from Slack"). Inside it a delivery could be played again,
// which is known by its signature, and an event by its id.
const window = 5 * time.Minute

// mostBytes of a body: a user group's largest change names 10,000 accounts, 150
// KB.
const mostBytes = 1 << 20

const version = "v0"

// signed lets pass what Slack has signed, with its raw body: the signature is
// over the bytes as they came, so nothing is parsed before.
func (e *edge) signed(next func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBytes))
		var long *http.MaxBytesError
		switch {
		case errors.As(err, &long):
			e.refuse(w, http.StatusRequestEntityTooLarge, problem{Detail: "no event of Slack is that long"})
			return
		case err != nil:
			e.fail(w, r, fault.New("slackapp", fault.Invalid, "the body ended in the middle"))
			return
		}
		if err := e.secret.check(r.Header, body, e.house.Now()); err != nil {
			e.unsigned(w, err)
			return
		}
		next(w, r, body)
	}
}

// unsigned answers what is not Slack's, or what cannot be told.
func (e *edge) unsigned(w http.ResponseWriter, err error) {
	code := http.StatusUnauthorized
	if fault.Is(err, fault.Misconfigured) {
		code = http.StatusServiceUnavailable
		e.log.Error("slackapp", "error", err)
	}
	e.refuse(w, code, problem{Detail: fault.TextOf(err)})
}

// check is Slack's v0 signature: an HMAC of version, time and raw body, compared
// in constant time.
func (s Secret) check(h http.Header, body []byte, now time.Time) error {
	const op = "slackapp.signature"
	if s == "" {
		return fault.New(op, fault.Misconfigured, "Ebb does not know the Slack app's signing secret, so it can tell no event from a forgery: an operator has to set it (EBB_SLACK_SIGNING_SECRET, or signingSecret in the app's secret)")
	}
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fault.New(op, fault.Unauthenticated, "this is not signed by Slack: no X-Slack-Request-Timestamp")
	}
	given, err := hex.DecodeString(strings.TrimPrefix(h.Get("X-Slack-Signature"), version+"="))
	if err != nil || !strings.HasPrefix(h.Get("X-Slack-Signature"), version+"=") {
		return fault.New(op, fault.Unauthenticated, "this is not signed by Slack: no X-Slack-Signature of version "+version)
	}
	if !hmac.Equal(given, s.mac(stamp, body)) {
		return fault.New(op, fault.Unauthenticated, "the signature does not fit: the app's signing secret is another one, or the body was changed on the way")
	}
	// Last, so that a clock that is wrong shows as that. The bounds first: a
	// difference of any two numbers could overflow.
	if at := now.Unix(); seconds < at-int64(window/time.Second) || seconds > at+int64(window/time.Second) {
		return fault.New(op, fault.Unauthenticated, "the signature is older or newer than five minutes: set this machine's clock")
	}
	return nil
}

func (s Secret) mac(stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(s))
	_, _ = io.WriteString(mac, version+":"+stamp+":")
	_, _ = mac.Write(body)
	return mac.Sum(nil)
}
