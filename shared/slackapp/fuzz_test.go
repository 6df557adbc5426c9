package slackapp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

const fuzzSecret = "8f742231b10e8888abcd99yyyzzz85a5"

var fuzzNow = time.Unix(1531420618, 0)

// fuzzDoor is a door over an empty house.
func fuzzDoor() http.Handler {
	clock := func() time.Time { return fuzzNow }
	return slackapp.Handler(&flow.House{
		Now: clock, NewID: flow.RandomID, Memory: store.New(memory.New(clock), store.Options{Now: clock}),
	}, fuzzSecret, nil)
}

// FuzzSignature: nothing but Slack's own signature of this very body within the
// window gets in.
func FuzzSignature(f *testing.F) {
	body := []byte(`{"type":"url_verification","challenge":"abc"}`)
	stamp := strconv.FormatInt(fuzzNow.Unix(), 10)
	good := slacktest.Sign(fuzzSecret, stamp, body)
	f.Add(stamp, good, body)
	f.Add(stamp, strings.ToUpper(good), body)
	f.Add(stamp, good[:20], body)
	f.Add("", "", []byte{})
	f.Add("-1", "v0=", body)
	f.Add(" "+stamp, good, body)
	f.Add("0"+stamp, good, body)
	f.Add("+"+stamp, slacktest.Sign(fuzzSecret, "+"+stamp, body), body)
	door := fuzzDoor()
	f.Fuzz(func(t *testing.T, stamp, signature string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, slackapp.EventsPath, strings.NewReader(string(body)))
		r.Header.Set("X-Slack-Request-Timestamp", stamp)
		r.Header.Set("X-Slack-Signature", signature)
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		in := w.Code != http.StatusUnauthorized && w.Code != http.StatusRequestEntityTooLarge
		if real := strings.EqualFold(signature, slacktest.Sign(fuzzSecret, stamp, body)); in && !real {
			t.Errorf("%q with %q got in: %d", signature, stamp, w.Code)
		}
	})
}

// FuzzEvent: whatever Slack might sign, the door answers with 200 or a refusal
// for good, and what is kept of it is ids.
func FuzzEvent(f *testing.F) {
	for _, body := range []string{
		`{"type":"url_verification","challenge":"abc"}`,
		`{"type":"event_callback","event_id":"Ev1","team_id":"T1","event_time":1531420618,"event":{"type":"user_change","user":{"id":"U1","deleted":true}}}`,
		`{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"subteam_members_changed","subteam_id":"S1","added_users":["U1"],"added_users_count":"1","date_update":"7"}}`,
		`{"type":"event_callback","event_id":"Ev1","event":{"type":"subteam_updated","subteam":{"id":"S1","date_delete":1}}}`,
		`{"type":"event_callback","event_id":"Ev1","event":{"type":"member_joined_channel","user":"U1","channel":"C1"}}`,
		`{"type":"event_callback","event_id":"Ev1","event":{"type":"tokens_revoked","tokens":{"oauth":["U1"]}}}`,
		`{"type":"event_callback","event":null}`, `[]`, ``, `{"type":5}`,
	} {
		f.Add([]byte(body))
	}
	door := fuzzDoor()
	stamp := strconv.FormatInt(fuzzNow.Unix(), 10)
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, slackapp.EventsPath, strings.NewReader(string(body)))
		r.Header.Set("X-Slack-Request-Timestamp", stamp)
		r.Header.Set("X-Slack-Signature", slacktest.Sign(fuzzSecret, stamp, body))
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge {
			out, _ := io.ReadAll(w.Body)
			t.Fatalf("%d %s for %q", w.Code, out, body)
		}
		n, served, err := slackapp.Read(body)
		if !served || err != nil {
			return
		}
		for _, id := range append(append([]string{n.Account, n.Resource, n.Team, n.Enterprise}, n.Added...), n.Removed...) {
			if strings.ContainsAny(id, " @.#%\n") || len(id) > 32 {
				t.Errorf("%q is kept of %q", id, body)
			}
		}
	})
}
