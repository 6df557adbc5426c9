package slackapp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// FuzzInteraction: whatever Slack might sign as somebody's act, the door answers
// with 200 or a refusal for good, changes nothing in a house where nobody is known,
// and reads no account that is no id.
func FuzzInteraction(f *testing.F) {
	for _, payload := range []string{
		`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"trigger_id":"1.2.a","actions":[{"type":"button","action_id":"approve","value":"rq_1","action_ts":"1.2"}]}`,
		`{"type":"block_actions","team":null,"user":{"id":"U1","team_id":"T1"},"enterprise":{"id":"E1"},"view":{"type":"home"},"actions":[{"action_id":"request"}]}`,
		`{"type":"shortcut","callback_id":"request_access","user":{"id":"U1"},"team":{"id":"T1"}}`,
		`{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"id":"V1","callback_id":"ask","state":{"values":{"what":{"what":{"selected_options":[{"value":"S1"}]}},"length":{"length":{"selected_option":{"value":"2h0m0s"}}}}}}}`,
		`{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"callback_id":"send","private_metadata":"{\"r\":[\"S1\"],\"l\":-1}","state":{"values":{"why":{"why":{"value":"x"}}}}}}`,
		`{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"callback_id":"extend","private_metadata":"{\"id\":\"g_1\",\"e\":9223372036854775807}","state":{"values":{"length":{"length":{"selected_option":{"value":"99999999d"}}}}}}}`,
		`{"type":"block_suggestion","user":{"id":"U1"},"team":{"id":"T1"},"action_id":"what","block_id":"what","value":"#<!channel>"}`,
		`{"type":"view_closed","user":{"id":"U1"}}`, `{"type":5}`, `[]`, `null`, ``,
		`{"type":"block_actions","user":{"id":"U1 or 1=1"},"team":{"id":"T1"}}`,
	} {
		f.Add([]byte("payload="+url.QueryEscape(payload)), true)
	}
	f.Add([]byte("team_id=T1&user_id=U1&command=%2Febb&text=request+%3C%21subteam%5ES1%3E+2h&trigger_id=1.2.a"), false)
	f.Add([]byte("team_id=T1&user_id=U1&text=%ff"), false)
	f.Add([]byte("%zz"), false)
	door := fuzzDoor()
	id := regexp.MustCompile(`^[A-Z0-9]{0,32}$`)
	stamp := strconv.FormatInt(fuzzNow.Unix(), 10)
	f.Fuzz(func(t *testing.T, body []byte, interaction bool) {
		path := slackapp.CommandsPath
		if interaction {
			path = slackapp.InteractionPath
		}
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(body)))
		r.Header.Set("X-Slack-Request-Timestamp", stamp)
		r.Header.Set("X-Slack-Signature", slacktest.Sign(fuzzSecret, stamp, body))
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge {
			out, _ := io.ReadAll(w.Body)
			t.Fatalf("%d %s for %q", w.Code, out, body)
		}
		in, err := slackapp.ReadInteraction(body)
		if err == nil && (in.Who.Account == "" || !id.MatchString(in.Who.Account) || !id.MatchString(in.Who.Team) || !id.MatchString(in.Who.Enterprise)) {
			t.Errorf("%+v is read of %q", in.Who, body)
		}
		c, err := slackapp.ReadCommand(body)
		if err == nil && (c.Who.Account == "" || !id.MatchString(c.Who.Account) || len(c.Text) > 16<<10) {
			t.Errorf("%+v is read of %q", c, body)
		}
	})
}
