package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestAskToEnd walks through the pages without any script: ada asks, lin approves,
// the grant begins, lasts longer, and ends.
func TestAskToEnd(t *testing.T) {
	w := newWorld(t)
	w.says(w.get("ada", "/"), "Request access", "Nothing that ends")
	w.says(w.get("ada", "/ask?q=onc"), "@oncall", "What fits")
	check := "/ask/check?r=" + w.Oncall + "&length=2h"
	page := w.get("ada", check)
	w.says(page, "Needs @leads", "at most 8 hours", "Lin Example")
	key := between(page, `name="key" value="`, `"`)
	form := url.Values{"key": {key}, "r": {w.Oncall}, "length": {"2h"}, "reason": {"an <b>incident</b>"}, "connector": {w.Conn}}.Encode()
	request := w.post("ada", "/ask", form)
	if again := w.post("ada", "/ask", form); again != request {
		t.Errorf("the same form twice made %s and %s", request, again)
	}
	w.says(w.get("ada", request), "Ada Example asks for @oncall", "Waits for @leads", "an &lt;b&gt;incident&lt;/b&gt;", "Withdraw")
	if strings.Contains(w.get("ada", request), ">Approve<") {
		t.Error("who asked is offered to approve it")
	}
	w.says(w.get("lin", "/tasks"), "Ada Example", "@oncall", "Approve the ticked")
	w.says(w.get("lin", request), ">Approve<")
	w.post("lin", request+"/approve", "comment=go+ahead")
	w.says(w.get("lin", request), "Approved.") // what the form did
	w.says(w.get("ada", request), "Approved by Lin Example", "go ahead")

	w.At = w.At.Add(time.Second)
	w.Sweep()
	w.says(w.get("ada", "/"), "@oncall", "1 h 59 min left", "End access")
	grants := w.get("ada", "/grants")
	w.says(grants, "Ada Example", "<svg", "active", `<div class="strips">`, `<small>until `)
	grant := "/grants/" + between(grants, `href="/grants/`, `"`)
	page = w.get("ada", grant)
	w.says(page, "by Lin Example, rule “oncall”, version 1", "Until")
	from := between(page, `name="from" value="`, `"`)
	more := url.Values{"from": {from}, "by": {"1h"}}.Encode()
	if to := w.post("ada", grant+"/extend", more); !strings.HasPrefix(to, "/requests/") {
		t.Errorf("more time without a new approval: %s", to)
	}
	w.post("ada", grant+"/end", "")
	w.At = w.At.Add(5 * time.Second)
	w.Sweep()
	w.says(w.get("ada", grant), "revoked")
	w.says(w.get("ada", "/"), "Nothing that ends")
}

// TestRefusedAtItsField: what is wrong is said where it stands, and what was
// entered stays.
func TestRefusedAtItsField(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"length=2h":                                   "choose at least one",
		"r=" + w.Oncall + "&length=90d":               "allows at most 8h",
		"r=" + w.Oncall + "&length=2h&start=tomorrow": "say when",
		"r=" + w.Oncall + "&length=2h&whom=zoe":       "nobody here is called",
		"r=" + w.Oncall + "&length=7y":                "say for how long",
	} {
		got := w.do("ada", "GET", "/ask/check?"+query, "")
		if got.code != 422 || !strings.Contains(strings.ToLower(got.text), strings.ToLower(want)) {
			t.Errorf("%s: %d, not %q: %s", query, got.code, want, between(got.text, "<main", "</main>"))
		}
		if strings.Contains(query, w.Oncall) && !strings.Contains(got.text, `value="`+w.Oncall+`" checked`) {
			t.Errorf("%s: what was chosen is lost", query)
		}
	}
	// Nothing was asked for by any of it.
	w.says(w.get("ada", "/requests?all=1"), "Nobody has asked")
}

// TestPrivate: a private channel that one may not know is nowhere, and asking for
// it by its id is asking for nothing.
func TestPrivate(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/ask?q=merger", "/ask?r=" + w.Hush, "/ask/check?length=1h&r=" + w.Hush, "/grants", "/requests"} {
		got := w.do("ada", "GET", path, "")
		if strings.Contains(got.text, "merger-with") || strings.Contains(path, w.Hush) && got.code != 404 {
			t.Errorf("%s: %d: %s", path, got.code, got.text)
		}
	}
}

// TestKill: names with markup, quotes, marks of direction and ten thousand
// characters harm nothing.
func TestStrangeNames(t *testing.T) {
	w := newWorld(t)
	strange := `<script>alert(1)</script>"'&` + "\u202e" + strings.Repeat("long", 2500)
	got := w.do("ada", "GET", "/ask?q="+url.QueryEscape(strange[:200]), "")
	if got.code != 200 || strings.Contains(got.text, "<script>alert") {
		t.Errorf("%d: %s", got.code, got.text)
	}
	got = w.do("ada", "GET", "/ask/check?length=1h&r="+w.Oncall+"&whom="+url.QueryEscape(strange), "")
	if got.code != 422 || strings.Contains(got.text, "<script>alert") {
		t.Errorf("%d: %s", got.code, got.text)
	}
	if got := w.do("ada", "POST", "/zone", "zone="+url.QueryEscape(strange)); got.code != 422 {
		t.Errorf("a zone of that name: %d", got.code)
	}
	if got := w.do("ada", "POST", "/ask", "reason="+strings.Repeat("x", 2<<20)); got.code != 422 {
		t.Errorf("two megabytes: %d", got.code)
	}
}

// TestSafe: what holds for every answer, and a form from elsewhere is not taken.
func TestSafe(t *testing.T) {
	w := newWorld(t)
	got := w.do("ada", "GET", "/", "")
	if csp := got.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy: %s", csp)
	}
	if strings.Contains(got.text, " style=") || strings.Contains(got.text, "onclick") {
		t.Error("a page holds a style or a script of its own")
	}
	request := w.post("ada", "/ask", url.Values{"key": {"form_1"}, "r": {w.Oncall}, "length": {"2h"}, "reason": {"x"}}.Encode())
	r := w.foreign("lin", request+"/approve")
	if r.code != 403 {
		t.Errorf("a form from elsewhere: %d", r.code)
	}
	w.says(w.get("ada", request), "Waits for @leads")
	if to := w.do("nobody", "GET", request, ""); to.code != 303 || to.to != "/signin?to="+url.QueryEscape(request) {
		t.Errorf("nobody: %d to %s", to.code, to.to)
	}
}

// between cuts what stands between two marks.
func between(s, from, to string) string {
	_, rest, ok := strings.Cut(s, from)
	if !ok {
		return ""
	}
	out, _, _ := strings.Cut(rest, to)
	return out
}

// TestHighRisk: who approves what is high-risk has signed in lately, and is led
// there; what is denied needs none.
func TestHighRisk(t *testing.T) {
	w := newWorld(t)
	q := w.post("ada", "/ask", url.Values{"key": {"form_9"}, "r": {w.Keys}, "length": {"1h"}, "reason": {"x"}}.Encode())
	w.browser("lin")
	w.At = w.At.Add(11 * time.Minute)
	w.says(w.get("lin", q), "sign in anew")
	if got := w.do("lin", "POST", q+"/approve", ""); got.code != 403 || !strings.Contains(got.text, "/signin?again=1") {
		t.Errorf("an old sign-in approved what is high-risk: %d", got.code)
	}
	w.says(w.get("lin", q), "Waits for @leads")
	w.says(w.get("lin", "/tasks"), "alone")
	w.says(w.get("lin", w.post("lin", "/tasks", "id="+strings.TrimPrefix(q, "/requests/"))), "0 requests approved", "high-risk")
	delete(w.browsers, "lin")
	w.post("lin", q+"/approve", "")
	w.says(w.get("lin", q), "Approved by Lin Example")
}

// TestHandOn: a task is handed to somebody whom policy may ask, and to nobody else.
func TestHandOn(t *testing.T) {
	w := newWorld(t)
	q := w.post("ada", "/ask", url.Values{"key": {"form_9"}, "r": {w.Oncall}, "length": {"1h"}, "reason": {"x"}}.Encode())
	w.says(w.get("lin", q), "Hand it to somebody else")
	for _, to := range []string{"", "ada", "guest", "zoe"} {
		if got := w.do("lin", "POST", q+"/reassign", "to="+to); got.code < 400 {
			t.Errorf("handed to %q: %d %s", to, got.code, got.to)
		}
	}
	w.post("lin", q+"/reassign", "to=owner&comment=yours")
	w.says(w.get("owner", q), ">Approve<")
	if got := w.do("lin", "POST", q+"/approve", ""); got.code != 404 {
		t.Errorf("who handed it on can still approve it: %d", got.code)
	}
	w.post("owner", q+"/approve", "")
	w.says(w.get("ada", q), "Approved by Owner Example")
}
