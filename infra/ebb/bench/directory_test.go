package bench

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// How soon the house answers about a company of 100,000: what a person waits for
// when they list, type, open somebody, and look who holds what. Each is asked often
// and about many; the time is the whole call over HTTP on this machine, beside
// which a page's own making is small.
const (
	asked  = 100
	sooner = 0.1 // s, at the 95th percentile
)

func TestADirectoryOf100000(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-people", "100600", "-groups", "230", "-channels", "200")
	h := startHouse(t, s)
	h.connectSlowly(s, 10*time.Minute)
	people := s.people(s.Teams[0])
	if len(people) < 100_000 {
		t.Fatalf("only %d people", len(people))
	}
	groups := s.groups(s.Teams[0])
	base := "/v1/connectors/" + h.conn
	some := func(i int) person { return people[i*997%len(people)] }

	// From the middle of the list: cursors as the list gives them.
	var cursors []string
	for cursor := ""; len(cursors) < asked; {
		var p struct{ Cursor string }
		path := base + "/accounts?limit=200"
		if cursor != "" {
			path += "&cursor=" + url.QueryEscape(cursor)
		}
		h.send("GET", path, nil, &p)
		if cursor = p.Cursor; cursor == "" {
			break
		}
		cursors = append(cursors, cursor)
	}
	for _, x := range []struct {
		what string
		path func(i int) string
	}{
		{"list, a page from the middle", func(i int) string { return "/accounts?cursor=" + url.QueryEscape(cursors[i%len(cursors)]) }},
		{"list, administrators", func(int) string { return "/accounts?standing=admin" }},
		{"list, single-channel guests", func(int) string { return "/accounts?kind=single-channel+guest" }},
		{"list, deactivated without a second factor, which is nobody", func(int) string { return "/accounts?state=deactivated&twoFactor=off" }},
		{"list, resources without an owner", func(int) string { return "/resources?unowned=true" }},
		{"search, two letters", func(i int) string { return "/accounts?q=" + url.QueryEscape(short(some(i).Name, 2)) }},
		{"search, a handle", func(i int) string { return "/accounts?q=" + url.QueryEscape(some(i).Name) }},
		{"search, nobody", func(i int) string { return fmt.Sprintf("/accounts?q=zzzz%d", i) }},
		{"detail, an account", func(i int) string { return "/accounts/" + some(i).ID }},
		{"detail, what it holds", func(i int) string { return "/accounts/" + some(i).ID + "/holdings" }},
		{"detail, its grants", func(i int) string { return "/accounts/" + some(i).ID + "/grants" }},
		{"detail, a user group", func(i int) string { return "/resources/" + groups[i%len(groups)] }},
		{"detail, who holds it", func(i int) string { return "/resources/" + groups[i%len(groups)] + "/members" }},
		{"detail, who is in the workspace", func(int) string { return "/resources/" + s.Teams[0] + "/members" }},
	} {
		var took []float64
		for i := range asked {
			began := time.Now()
			h.send("GET", base+x.path(i), nil, nil)
			took = append(took, time.Since(began).Seconds())
		}
		told("100,000 accounts, "+x.what+": p50", quantile(took, 50)*1000, "ms")
		atMost(t, "100,000 accounts, "+x.what+": p95", quantile(took, 95)*1000, sooner*1000, "ms")
	}
}

func short(s string, n int) string { return s[:min(n, len(s))] }

// connectSlowly is connect for a company whose first sync takes a while.
func (h *house) connectSlowly(s *sim, most time.Duration) {
	h.t.Helper()
	var c struct{ ID, Label string }
	h.send("POST", "/v1/connectors", map[string]any{"name": "Umbra"}, &c)
	h.conn = c.ID
	h.send("PUT", "/v1/connectors/"+c.ID+"/token", map[string]any{"token": s.UserToken}, nil)
	for end := time.Now().Add(most); c.Label != "Connected"; time.Sleep(time.Second) {
		if time.Now().After(end) {
			h.t.Fatalf("the connector is %s", c.Label)
		}
		h.send("GET", "/v1/connectors/"+h.conn, nil, &c)
	}
}
