package api_test

import (
	"strings"
	"testing"
)

// TestUnseenIsMissing: what somebody may not see and what is not there are the
// same answer, by every way to name it.
func TestUnseenIsMissing(t *testing.T) {
	w := newWorld(t)
	request, grant := w.asked(), w.granted()
	hushed, finding := w.foundIn(w.hush, "auditor"), w.foundIn(w.oncall, "auditor")
	for _, x := range []struct{ role, method, path, body, real, none string }{
		{"ada", "GET", "/v1/connectors/{conn}/resources/X", "", w.hush, "C0NONE"},
		{"ada", "GET", "/v1/connectors/{conn}/resources/X/members", "", w.hush, "C0NONE"},
		{"ada", "GET", "/v1/connectors/{conn}/resources/X/grants", "", w.hush, "C0NONE"},
		{"guest", "GET", "/v1/connectors/{conn}/accounts/X/holdings", "", w.account["sam"], "U0NONE"},
		{"guest", "GET", "/v1/connectors/{conn}/accounts/X/grants", "", w.account["sam"], "U0NONE"},
		{"guest", "GET", "/v1/connectors/{conn}/accounts/X/owned", "", w.account["sam"], "U0NONE"},
		{"ada", "GET", "/v1/policy/explain?connector={conn}&resource=X&seconds=60", "", w.hush, "C0NONE"},
		{"ada", "POST", "/v1/requests", `{"connector":"{conn}","resources":["X"],"seconds":60}`, w.hush, "C0NONE"},
		{"ada", "POST", "/v1/requests", `{"connector":"{conn}","resources":["{oncall}","X"],"seconds":60}`, w.hush, "C0NONE"},
		{"guest", "GET", "/v1/connectors/{conn}/accounts/X", "", w.account["sam"], "U0NONE"},
		{"guest", "GET", "/v1/requests/X", "", request, "rq_none"},
		{"guest", "POST", "/v1/requests/X/approve", `{}`, request, "rq_none"},
		{"guest", "POST", "/v1/requests/X/cancel", "", request, "rq_none"},
		{"guest", "POST", "/v1/grants/X/end", "", grant, "g_none"},
		{"guest", "POST", "/v1/grants/X/extend", `{"seconds":60}`, grant, "g_none"},
		{"guest", "POST", "/v1/grants/X/retry", "", grant, "g_none"},
		{"ada", "GET", "/v1/findings/X", "", finding, "fd_none"},
		{"ada", "POST", "/v1/findings/X/keep", `{}`, finding, "fd_none"},
		{"integrator", "GET", "/v1/findings/X", "", hushed, "fd_none"},
		{"integrator", "POST", "/v1/findings/X/remove", `{}`, hushed, "fd_none"},
		{"outsider", "GET", "/v1/connectors/X", "", w.conn, "con_none"},
		{"outsider", "POST", "/v1/connectors/X/syncs", `{}`, w.conn, "con_none"},
		{"outsider", "POST", "/v1/requests", `{"connector":"X","resources":["{oncall}"],"seconds":60}`, w.conn, "con_none"},
	} {
		answer := func(id string) string {
			got := w.send(x.role, x.method, strings.ReplaceAll(w.fill(x.path), "X", id), strings.ReplaceAll(w.fill(x.body), "X", id))
			w.want(got, 404, nil)
			return strings.ReplaceAll(text(got), id, "X")
		}
		if a, b := answer(x.real), answer(x.none); a != b {
			t.Errorf("%s %s %s: %s is not %s", x.role, x.method, x.path, a, b)
		}
	}
}

func TestListsShowWhatIsYours(t *testing.T) {
	w := newWorld(t)
	w.granted()
	list := func(role, path string) string {
		got := w.send(role, "GET", w.fill(path), "")
		w.want(got, 200, nil)
		return text(got)
	}
	resources := "/v1/connectors/{conn}/resources?limit=200"
	for role, want := range map[string][3]bool{ // town, incident, hush
		"ada": {true, true, false}, "guest": {true, false, false}, "sam": {true, true, true}, "lin": {true, false, false},
		"integrator": {true, false, false}, "auditor": {true, true, true}, "owner": {true, true, true}, "root": {true, true, true},
	} {
		got := list(role, resources)
		for i, name := range []string{`"town"`, `"incident-1"`, `"merger-with-acme"`} {
			if strings.Contains(got, name) != want[i] {
				t.Errorf("%s sees %s: %v, want %v", role, name, !want[i], want[i])
			}
		}
	}
	for role, want := range map[string]bool{"ada": true, "lin": true, "owner": true, "integrator": true, "auditor": true, "root": true, "sam": false, "guest": false, "outsider": false} {
		for _, path := range []string{"/v1/requests", "/v1/grants"} {
			if got := strings.Contains(list(role, path), `"id":`); got != want {
				t.Errorf("%s on %s: %v, want %v", role, path, got, want)
			}
		}
	}
}

// TestHoldingsShowNoPrivateChannel: sam holds and owns one that few may know.
func TestHoldingsShowNoPrivateChannel(t *testing.T) {
	w := newWorld(t)
	w.want(w.send("root", "PUT", w.fill("/v1/connectors/{conn}/resources/{hush}/owners"), w.fill(`{"owners":["{sam}"]}`)), 200, nil)
	for role, want := range map[string]bool{"ada": false, "lin": false, "integrator": false, "sam": true, "owner": true, "auditor": true} {
		for _, what := range []string{"holdings", "owned"} {
			got := w.send(role, "GET", w.fill("/v1/connectors/{conn}/accounts/{sam}/"+what), "")
			w.want(got, 200, nil)
			if strings.Contains(text(got), w.hush) != want {
				t.Errorf("%s, %s: %s", role, what, text(got))
			}
		}
	}
}

// TestEmails: only auditors and administrators see more of an account than id,
// name and handle, or find it by its e-mail.
func TestEmails(t *testing.T) {
	w := newWorld(t)
	for role, want := range map[string]bool{"ada": false, "lin": false, "owner": false, "integrator": true, "auditor": true, "root": true} {
		all := text(w.send(role, "GET", w.fill("/v1/connectors/{conn}/accounts"), ""))
		one := text(w.send(role, "GET", w.fill("/v1/connectors/{conn}/accounts/{sam}"), ""))
		found := text(w.send(role, "GET", w.fill("/v1/connectors/{conn}/accounts?q=sam@example.com"), ""))
		for _, got := range []string{all, one} {
			if strings.Contains(got, "@example.com") != want || strings.Contains(got, `"state"`) != want {
				t.Errorf("%s: %s", role, got)
			}
		}
		if strings.Contains(found, w.account["sam"]) != want {
			t.Errorf("%s finds by e-mail: %s", role, found)
		}
	}
}

// TestPrivateNameOfAGrant: an administrator sees that a grant is there, and
// not the name of the private channel; who holds it, owns it or audits does.
func TestPrivateNameOfAGrant(t *testing.T) {
	w := newWorld(t)
	var r struct{ Items []struct{ Grant string } }
	w.want(w.ask("ada", w.incident), 201, &r)
	for role, want := range map[string]bool{"ada": true, "owner": true, "auditor": true, "integrator": false} {
		got := w.send(role, "GET", "/v1/grants/"+r.Items[0].Grant, "")
		w.want(got, 200, nil)
		if strings.Contains(text(got), "#incident-1") != want {
			t.Errorf("%s: %v", role, !want)
		}
		if got := text(w.send(role, "GET", "/v1/requests", "")); strings.Contains(got, "#incident-1") != want {
			t.Errorf("%s in the list of requests: %s", role, got)
		}
	}
}

// TestReasons: who decides reads the reason, who asked reads the comment, and
// after forgetting nobody does.
func TestReasons(t *testing.T) {
	w := newWorld(t)
	id := w.asked()
	if got := text(w.send("lin", "GET", "/v1/requests/"+id, "")); !strings.Contains(got, "an incident") || !strings.Contains(got, `"mayDecide":true`) {
		t.Errorf("lin: %s", got)
	}
	w.want(w.send("lin", "POST", "/v1/requests/"+id+"/approve", `{"comment":"take care"}`), 200, nil)
	if got := text(w.send("ada", "GET", "/v1/requests/"+id, "")); !strings.Contains(got, "take care") || !strings.Contains(got, "Lin Example") {
		t.Errorf("ada: %s", got)
	}
	w.want(w.send("root", "POST", w.fill("/v1/connectors/{conn}/accounts/"+w.account["ada"]+"/forget"), ""), 200, nil)
	if got := text(w.send("auditor", "GET", "/v1/requests/"+id, "")); strings.Contains(got, "an incident") || strings.Contains(got, "Ada") {
		t.Errorf("forgotten: %s", got)
	}
}

// TestPrivateDefaults: a user group's private default channel is listed for
// those who see the channel.
func TestPrivateDefaults(t *testing.T) {
	w := newWorld(t)
	w.slack.HandSetDefaultChannels(w.slack.PrimaryOwner(w.slack.TeamIDs()[0]), w.oncall, w.hush, w.open)
	run := w.resync()
	if run == "" {
		t.Fatal("no run")
	}
	for role, want := range map[string]bool{"ada": false, "auditor": true, "integrator": false} {
		got := text(w.send(role, "GET", w.fill("/v1/connectors/{conn}/resources/{oncall}"), ""))
		if strings.Contains(got, "merger") != want || strings.Contains(got, w.hush) != want || !strings.Contains(got, "#town") {
			t.Errorf("%s: %s", role, got)
		}
	}
}
