package reporting

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// withLogs is a Slack in which the owner is active, somebody left off 100 days ago,
// and somebody was never seen; the logs begin so many days ago.
func withLogs(t *testing.T, days int) (*slacktest.Org, *clerk, Report) {
	t.Helper()
	org, url := simulated(t)
	owner := org.PrimaryOwner(org.TeamIDs()[0])
	org.Log(slacktest.Access{User: owner, Last: readAt.Add(-time.Hour)})
	org.Log(slacktest.Access{User: owner, IP: "192.0.2.99", Last: readAt.AddDate(0, 0, -days)})
	if days > 100 {
		org.Log(slacktest.Access{User: "U0SLY", Last: readAt.AddDate(0, 0, -100)})
	}
	c := newClerk(t)
	return org, c, c.withToken(url, org.Token(slacktest.TokenSpec{Scopes: append([]string{"admin"}, everything...)}))
}

func TestWhoWasNotActiveIsListed(t *testing.T) {
	_, c, r := withLogs(t, 200)
	c.must(r)
	sheet := c.files()["inactive.csv"]
	if !strings.Contains(sheet, "U0SLY") || !strings.Contains(sheet, "2026-07-26") || !strings.Contains(sheet, "U0GUEST") || strings.Contains(sheet, "U0GONE") {
		t.Errorf("%s", sheet)
	}
	if strings.Contains(sheet, "Amara Okafor") {
		t.Error("who was there an hour ago is listed")
	}
	if all := c.files()["accounts.csv"]; !strings.Contains(all, "2026-11-03") {
		t.Errorf("last activity is not in the list of everybody: %s", all)
	}
}

// Logs that do not reach back as far as is asked make nobody inactive.
func TestLogsThatReachTooShort(t *testing.T) {
	_, c, r := withLogs(t, 40)
	c.must(r)
	if _, there := c.files()["inactive.csv"]; there || !strings.Contains(c.files()[pageName], "--inactive-days 40") {
		t.Error("logs of 40 days say who was not active in 90")
	}
	_, c, r = withLogs(t, 40)
	r.InactiveDays = 30
	c.must(r)
	if sheet := c.files()["inactive.csv"]; !strings.Contains(sheet, "U0SLY") {
		t.Errorf("%s", sheet)
	}
}

// Whatever becomes of the logs, the report stands and says so.
func TestLogsThatCannotBeRead(t *testing.T) {
	for want, fault := range map[string]slacktest.Fault{
		"Slack keeps access logs on paid plans only.":            {Kind: slacktest.Fail, Error: "paid_only"},
		"access logs could not be read (http_503)":               {Kind: slacktest.Fail, HTTPStatus: 503, Times: -1},
		"Slack does not show it to this kind of token":           {Kind: slacktest.Fail, Error: "not_allowed_token_type"},
		"access logs could not be read (invalid_cursor)":         {Kind: slacktest.Fail, Error: "invalid_cursor"},
		"needs the scope admin (a wide one: an admin&#39;s user": {Kind: slacktest.Fail, Error: "missing_scope"},
	} {
		org, c, r := withLogs(t, 200)
		fault.Method = "team.accessLogs"
		org.Inject(fault)
		c.must(r)
		if _, there := c.files()["inactive.csv"]; there || !strings.Contains(c.files()[pageName], want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// A report takes twenty pages of the logs and no more.
func TestLogsAreReadForTwoMinutes(t *testing.T) {
	org, _ := simulated(t)
	pages := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/team.accessLogs" {
			org.ServeHTTP(w, r)
			return
		}
		pages++
		at := readAt.Add(-time.Duration(pages) * time.Hour).Unix()
		fmt.Fprintf(w, `{"ok":true,"logins":[{"user_id":"U0SLY","date_last":%d}],"response_metadata":{"next_cursor":"c%d"}}`, at, pages)
	}))
	defer server.Close()
	c := newClerk(t)
	c.must(c.withToken(server.URL+"/api/", org.UserToken()))
	if pages != mostLogPages {
		t.Errorf("%d pages", pages)
	}
	if _, there := c.files()["inactive.csv"]; there {
		t.Error("logs of twenty hours say who was not active in 90 days")
	}
}
