package slackapp_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

type ctx = context.Context

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestTheAddressIsVerified(t *testing.T) {
	if err := newWorld(t).slack.VerifyEventsURL(t.Context()); err != nil {
		t.Error(err)
	}
}

// Slack's own example (docs.slack.dev, "Verifying requests from Slack").
func TestSlacksOwnSignature(t *testing.T) {
	secret := slackapp.Secret("8f742231b10e8888abcd99yyyzzz85a5")
	w := newWorldWith(t, &secret)
	w.now = time.Unix(1531420618, 0)
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com" +
		"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	res, answer := w.send(body, http.Header{
		"X-Slack-Request-Timestamp": {"1531420618"},
		"X-Slack-Signature":         {"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"},
	})
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(answer, "no JSON") {
		t.Errorf("the signature does not fit: %d %s", res.StatusCode, answer) // it does, and a command is no event
	}
}

// What every event of the simulated Slack leaves in the table: ids and dates.
func TestEventsAreStored(t *testing.T) {
	w := newWorld(t)
	ada := w.slack.AddUser(slacktest.User{Name: "ada", RealName: "Ada Secret", Email: "ada@example.com"})
	group := w.slack.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{w.owner()}})
	channel := w.slack.AddChannel(slacktest.Channel{Name: "war", Private: true, Members: []string{w.slack.BotUser(w.team())}})
	w.slack.TakeEvents()
	for _, c := range []struct {
		kind connector.NoticeKind
		deed func()
		want func(n connector.Notice) bool
	}{
		{
			connector.UserChanged,
			func() { w.slack.HandDeactivate(ada) },
			func(n connector.Notice) bool { return n.Account == ada && n.Gone && n.Urgent() },
		},
		{
			connector.MembersChanged,
			func() { w.slack.HandAddToGroup(w.owner(), group, ada) },
			func(n connector.Notice) bool {
				return n.Resource == group && fmt.Sprint(n.Added) == "["+ada+"]" && len(n.Removed) == 0 && n.Date > n.Before && !n.Cut
			},
		},
		{
			connector.GroupUpdated,
			func() { w.slack.HandDisableGroup(w.owner(), group) },
			func(n connector.Notice) bool { return n.Resource == group && n.Gone && !n.Urgent() },
		},
		{
			connector.ChannelJoined,
			func() { w.slack.HandInvite(channel, ada) },
			func(n connector.Notice) bool { return n.Resource == channel && n.Account == ada },
		},
		{
			connector.ChannelLeft,
			func() { w.slack.HandKick(channel, ada) },
			func(n connector.Notice) bool { return n.Resource == channel && n.Account == ada },
		},
		{
			connector.UserJoined,
			func() { w.slack.HandJoin(slacktest.User{Name: "new"}) },
			func(n connector.Notice) bool { return n.Account != "" && !n.Gone },
		},
	} {
		kind := c.kind
		c.deed()
		found := false
		for _, e := range w.slack.PendingEvents() {
			found = found || e.Type == string(kind)
		}
		if !found {
			t.Errorf("%s did not happen", kind)
		}
		w.slack.DeliverEvents(t.Context())
		if left := w.slack.PendingEvents(); len(left) > 0 {
			t.Errorf("%s: %d events were not taken", kind, len(left))
		}
		found = false
		for _, d := range w.due() {
			n, err := w.store.Notice(t.Context(), d.ID)
			w.ok(err)
			if n.Kind == kind {
				found = c.want(n) && n.Connector == "con_1" && n.Team == w.team()
				if !found {
					t.Errorf("%s: %+v", kind, n)
				}
			}
			n.Served = w.clock()
			w.ok(w.store.SaveNotice(t.Context(), n))
		}
		if !found {
			t.Errorf("%s was not stored", kind)
		}
	}
	for _, word := range []string{"Secret", "example.com", "On call"} {
		if strings.Contains(w.log.String(), word) {
			t.Errorf("the log holds %q", word)
		}
	}
}

// Slack delivers again what it got no answer to: stored once.
func TestARepeatedDeliveryIsStoredOnce(t *testing.T) {
	w := newWorld(t)
	ada := w.slack.AddUser(slacktest.User{Name: "ada"})
	w.slack.TakeEvents()
	w.slack.HandDeactivate(ada)
	event := w.slack.PendingEvents()[0]
	for attempt := range 3 {
		event.Attempts = attempt
		r, err := w.slack.EventRequest(t.Context(), w.door.URL+slackapp.EventsPath, event)
		w.ok(err)
		res, err := http.DefaultClient.Do(r)
		w.ok(err)
		if res.Body.Close(); res.StatusCode != http.StatusOK {
			t.Errorf("attempt %d: %s", attempt, res.Status)
		}
	}
	if n := w.notice(); n.ID != event.ID || n.Rev != 1 {
		t.Errorf("%+v", n)
	}
}

// What cannot be stored is not acknowledged, and comes again.
func TestABrokenTableIsNoAcknowledgement(t *testing.T) {
	w := newWorld(t)
	ada := w.slack.AddUser(slacktest.User{Name: "ada"})
	w.slack.TakeEvents()
	w.slack.HandDeactivate(ada)
	w.table.fails = errTable
	if n := w.slack.DeliverEvents(t.Context()); n != 0 || len(w.slack.PendingEvents()) != 1 {
		t.Fatalf("%d were taken", n)
	}
	w.table.fails = nil
	if n := w.slack.DeliverEvents(t.Context()); n != 1 {
		t.Fatalf("%d were taken", n)
	}
	w.notice()
}

// What is of no use is acknowledged and leaves nothing.
func TestWhatIsDropped(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"another workspace": `{"type":"event_callback","event_id":"Ev1","team_id":"T0NOBODY","event":{"type":"app_uninstalled"}}`,
		"a message":         `{"type":"event_callback","event_id":"Ev2","team_id":"` + w.team() + `","event":{"type":"message","text":"secret"}}`,
		"a new event":       `{"type":"event_callback","event_id":"Ev3","team_id":"` + w.team() + `","event":{"type":"tea_time"}}`,
		"a rate limit":      `{"type":"app_rate_limited","team_id":"` + w.team() + `","minute_rate_limited":1518467820}`,
	} {
		if res, answer := w.post(body, w.slack.SigningSecret(), w.clock()); res.StatusCode != http.StatusOK || answer != "" {
			t.Errorf("%s: %s %s", name, res.Status, answer)
		}
	}
	if due := w.due(); len(due) > 0 {
		t.Errorf("%+v", due)
	}
}

// What is signed and still no event is refused for good.
func TestOddEventsAreRefused(t *testing.T) {
	w := newWorld(t)
	event := func(inner string) string {
		return `{"type":"event_callback","event_id":"Ev1","team_id":"` + w.team() + `","event_time":1763888400,"event":` + inner + `}`
	}
	for name, body := range map[string]string{
		"no JSON":              `payload=1`,
		"a list":               `[]`,
		"no event":             event(`null`),
		"no kind":              event(`{}`),
		"no id":                `{"type":"event_callback","team_id":"` + w.team() + `","event":{"type":"app_uninstalled"}}`,
		"no account":           event(`{"type":"user_change","user":{"name":"ada"}}`),
		"an account's name":    event(`{"type":"member_joined_channel","user":"Ada Secret","channel":"C1"}`),
		"a member with a name": event(`{"type":"subteam_members_changed","subteam_id":"S1","added_users":["Ada Secret"]}`),
		"a user in a list":     event(`{"type":"subteam_members_changed","subteam_id":"S1","added_users":"U1"}`),
		"a count in words":     event(`{"type":"subteam_members_changed","subteam_id":"S1","added_users":[],"added_users_count":"many"}`),
		"a date of no table":   event(`{"type":"subteam_members_changed","subteam_id":"S1","date_update":9223372036854775807}`),
		"a time of no table":   `{"type":"event_callback","event_id":"Ev1","event_time":999999999999999,"event":{"type":"app_uninstalled"}}`,
	} {
		res, answer := w.post(body, w.slack.SigningSecret(), w.clock())
		if res.StatusCode != http.StatusBadRequest || res.Header.Get("X-Slack-No-Retry") != "1" || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %s", name, res.Status, answer)
		}
		if strings.Contains(answer, "Ada") {
			t.Errorf("%s: the answer quotes it: %s", name, answer)
		}
	}
	if due := w.due(); len(due) > 0 {
		t.Errorf("%+v", due)
	}
}

// The app subscribes to what the door reads, and to nothing else.
func TestEventsAreThoseOfTheApp(t *testing.T) {
	for kind := range connector.Events {
		body := `{"type":"event_callback","event_id":"Ev1","team_id":"T1","event_time":1763888400,"event":{"type":"` + string(kind) +
			`","user":"U1","channel":"C1","subteam_id":"S1","subteam":{"id":"S1"}}}`
		body = strings.Replace(body, `"user":"U1"`, map[bool]string{true: `"user":{"id":"U1"}`, false: `"user":"U1"`}[strings.HasPrefix(string(kind), "user") || kind == connector.UserJoined], 1)
		if n, served, err := slackapp.Read([]byte(body)); !served || err != nil || n.Kind != kind {
			t.Errorf("%s: %+v %v %v", kind, n, served, err)
		}
	}
}

// Dates and counts that come as text are read; a list that is not whole is said.
func TestNumbersAsText(t *testing.T) {
	body := `{"type":"event_callback","event_id":"Ev1","team_id":"T1","event_time":1763888400,"event":{"type":"subteam_members_changed","subteam_id":"S1",
		"date_previous_update":"1446670362","date_update":1446670363,"added_users":["U1"],"added_users_count":"1","removed_users":["U2"],"removed_users_count":"700"}}`
	n, served, err := slackapp.Read([]byte(body))
	if err != nil || !served || n.Before != 1446670362 || n.Date != 1446670363 || !n.Cut || n.Removed[0] != "U2" {
		t.Errorf("%+v %v %v", n, served, err)
	}
}

func TestWhatIsNotSlacksIsRefused(t *testing.T) {
	const body = `{"type":"url_verification","challenge":"abc"}`
	w := newWorld(t)
	secret, now := w.slack.SigningSecret(), w.clock()
	stamp := itoa(now.Unix())
	good := slacktest.Sign(secret, stamp, []byte(body))
	header := func(stamp, signature string) http.Header {
		return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {signature}}
	}
	for name, h := range map[string]http.Header{
		"nothing":             {},
		"no time":             {"X-Slack-Signature": {good}},
		"no signature":        {"X-Slack-Request-Timestamp": {stamp}},
		"another secret":      header(stamp, slacktest.Sign("another", stamp, []byte(body))),
		"another body":        header(stamp, slacktest.Sign(secret, stamp, []byte(body+" "))),
		"another time":        header(itoa(now.Unix()+1), good),
		"an empty one":        header(stamp, "v0="),
		"cut":                 header(stamp, good[:len(good)-2]),
		"longer":              header(stamp, good+"00"),
		"no hex":              header(stamp, "v0=zz"),
		"another version":     header(stamp, "v1="+strings.TrimPrefix(good, "v0=")),
		"no version":          header(stamp, strings.TrimPrefix(good, "v0=")),
		"a time in words":     header("now", slacktest.Sign(secret, "now", []byte(body))),
		"too old":             signedAt(secret, body, now.Add(-5*time.Minute-time.Second)),
		"too new":             signedAt(secret, body, now.Add(5*time.Minute+time.Second)),
		"before all time":     header("-9223372036854775808", slacktest.Sign(secret, "-9223372036854775808", []byte(body))),
		"after all time":      header("9223372036854775807", slacktest.Sign(secret, "9223372036854775807", []byte(body))),
		"beyond all numbers":  header("99999999999999999999", slacktest.Sign(secret, "99999999999999999999", []byte(body))),
		"signed without key":  header(stamp, slacktest.Sign("", stamp, []byte(body))),
		"the secret in clear": header(stamp, secret),
	} {
		res, answer := w.send(body, h)
		if res.StatusCode != http.StatusUnauthorized || strings.Contains(answer, "abc") || strings.Contains(answer, secret) {
			t.Errorf("%s: %s %s", name, res.Status, answer)
		}
	}
	for name, at := range map[string]time.Time{"now": now, "five minutes ago": now.Add(-5 * time.Minute), "in five minutes": now.Add(5 * time.Minute)} {
		if res, answer := w.send(body, signedAt(secret, body, at)); res.StatusCode != http.StatusOK || !strings.Contains(answer, "abc") {
			t.Errorf("%s: %s %s", name, res.Status, answer)
		}
	}
	if strings.Contains(w.log.String(), secret) {
		t.Error("the log holds the secret")
	}
}

func signedAt(secret, body string, at time.Time) http.Header {
	stamp := itoa(at.Unix())
	return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {slacktest.Sign(secret, stamp, []byte(body))}}
}

// Without a secret nothing gets in, not even what is signed with none.
func TestWithoutASecretNothingGetsIn(t *testing.T) {
	none := slackapp.Secret("")
	w := newWorldWith(t, &none)
	const body = `{"type":"url_verification","challenge":"abc"}`
	for _, secret := range []string{"", w.slack.SigningSecret()} {
		if res, answer := w.post(body, secret, w.clock()); res.StatusCode != http.StatusServiceUnavailable || strings.Contains(answer, `"abc"`) {
			t.Errorf("signed with %q: %s %s", secret, res.Status, answer)
		}
	}
}

func TestOtherRequests(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat(" ", 1<<20+1)
	if res, _ := w.post(long, w.slack.SigningSecret(), w.clock()); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Error(res.Status)
	}
	for path, want := range map[string]int{slackapp.EventsPath: http.StatusMethodNotAllowed, "/slack/commands": http.StatusMethodNotAllowed} {
		res, err := http.Get(w.door.URL + path)
		w.ok(err)
		if res.Body.Close(); res.StatusCode != want {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

// A secret prints as dots, and so does what the door is made of.
func TestTheSecretPrintsAsDots(t *testing.T) {
	s := slackapp.Secret("8f742231")
	if text := fmt.Sprintf("%v %s %#v %+v", s, s, s, struct{ S slackapp.Secret }{s}); strings.Contains(text, "8f74") {
		t.Error(text)
	}
}

// An event is marked as heard, once a day, for people to read.
func TestTheConnectorHears(t *testing.T) {
	w := newWorld(t)
	ada := w.slack.AddUser(slacktest.User{Name: "ada"})
	w.slack.TakeEvents()
	for range 3 {
		w.slack.HandDeactivate(ada)
		w.slack.HandReactivate(ada)
		w.slack.DeliverEvents(t.Context())
	}
	c, err := w.store.Connector(t.Context(), "con_1")
	w.ok(err)
	if !c.Heard.Equal(w.clock()) || c.Rev != 2 {
		t.Errorf("heard %s, rev %d", c.Heard, c.Rev)
	}
	w.move(25 * time.Hour)
	w.slack.HandDeactivate(ada)
	w.slack.DeliverEvents(t.Context())
	if c, _ = w.store.Connector(t.Context(), "con_1"); !c.Heard.Equal(w.clock()) {
		t.Errorf("heard %s", c.Heard)
	}
}

func TestABrokenTableIsSaid(t *testing.T) {
	w := newWorld(t)
	w.table.fails = fault.New("table", fault.Internal, "what nobody may read")
	body := `{"type":"event_callback","event_id":"Ev1","team_id":"` + w.team() + `","event":{"type":"app_uninstalled"}}`
	res, answer := w.post(body, w.slack.SigningSecret(), w.clock())
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(answer, "nobody may read") || !strings.Contains(answer, "err_") {
		t.Errorf("%s %s", res.Status, answer)
	}
	if !strings.Contains(w.log.String(), "nobody may read") {
		t.Error("the log says nothing")
	}
}
