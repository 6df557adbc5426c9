package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// TestFreezeAndKill by the pages alone: frozen, everybody reads why and nothing
// begins; the kill switch says first what would end.
func TestFreezeAndKill(t *testing.T) {
	w := newWorld(t)
	g := w.Granted()
	w.says(w.get("root", "/freeze"), "Nothing is frozen")
	w.post("root", "/freeze", url.Values{"reason": {"a <b>drill</b>"}}.Encode())
	w.says(w.get("ada", "/"), "Frozen:", "a &lt;b&gt;drill&lt;/b&gt;", "ends on time")
	if got := w.do("ada", "POST", "/thaw", ""); got.code != 403 {
		t.Errorf("ada thaws: %d", got.code)
	}
	w.says(w.get("root", "/freeze"), "Lift the freeze")
	w.post("root", "/thaw", "")
	if strings.Contains(w.get("ada", "/"), "Frozen:") {
		t.Error("it is still said that it is frozen")
	}
	q := url.Values{"connector": {w.Conn}, "resource": {w.Oncall}}
	page := w.get("root", "/kill?"+q.Encode())
	w.says(page, "1 live grant would end", "Nothing has ended yet", "Ada Example", "End 1 grant now")
	if got := w.do("ada", "GET", "/kill?"+q.Encode(), ""); got.code != 403 {
		t.Errorf("ada aims: %d", got.code)
	}
	q.Set("reason", "a drill")
	q.Set("confirmed", "1")
	to := w.post("root", "/kill", q.Encode())
	w.At = w.At.Add(5 * time.Second)
	w.Sweep()
	w.says(w.get("root", to), "a drill", "everything was turned", "nothing")
	if now, err := w.Store.Grant(w.Context(), g.ID); err != nil || now.State != access.Revoked {
		t.Errorf("%s %v", now.State, err)
	}
	w.says(w.get("root", "/freeze"), "Pressed before", "a drill")
}

// TestPolicies: check, publish, compare, and ask.
func TestPolicies(t *testing.T) {
	w := newWorld(t)
	page := w.get("root", "/policies")
	w.says(page, "Version 1 is in force", "History", "compare version 1")
	p, err := w.House.ReadPolicy(w.Context(), w.As("root"))
	w.OK(err)
	got := w.do("root", "POST", "/policies/check", url.Values{"document": {"version: 1\nrules: [{id: x}]"}}.Encode())
	w.says(got.text, "What was found", "Line ")
	got = w.do("root", "POST", "/policies", url.Values{"document": {"nonsense: 1"}}.Encode())
	if got.code != 422 || !strings.Contains(got.text, "nonsense") {
		t.Errorf("%d: %s", got.code, between(got.text, "<main", "</main>"))
	}
	next := p.Source + "\n# the same, with a remark\n"
	w.says(w.do("root", "POST", "/policies/check", url.Values{"document": {next}}.Encode()).text, "Every live grant would still be allowed")
	w.post("root", "/policies", url.Values{"document": {next}}.Encode())
	w.says(w.get("root", "/policies"), "Version 2 is in force")
	w.says(w.get("auditor", "/policies/diff"), "<ins>+ # the same, with a remark</ins>", "compared with version 1")
	w.says(w.get("auditor", "/policies/explain?who=ada&what=oncall&length=1h"), "Yes: Ada Example, @oncall", "Every rule that was tried")
	if got := w.do("ada", "GET", "/policies", ""); got.code != 403 {
		t.Errorf("ada reads the policy: %d", got.code)
	}
	w.says(w.get("ada", "/policies/explain?what=oncall&length=1h"), "Yes: Ada Example")
}

// TestPolicyDraft: whoever may confirm or veto what waits sees what would change; an
// owner of a connector, who reads no policy else, the document alone.
func TestPolicyDraft(t *testing.T) {
	w := newWorld(t)
	id := w.drafted()
	page := "/policies/drafts/" + id
	w.says(w.get("root", "/policies"), page)
	for name, says := range map[string]string{"root": "Confirm: put it in force", "auditor": "Refuse", "integrator": "<ins>+ # with a remark &lt;b&gt;</ins>"} {
		w.says(w.get(name, page), "proposed it", "rule &#34;oncall&#34; is longer", "<ins>+ # with a remark &lt;b&gt;</ins>", says)
	}
	if owners := w.get("owner", page); strings.Contains(owners, "<ins>") || !strings.Contains(owners, "# with a remark &lt;b&gt;") || !strings.Contains(owners, "Refuse") {
		t.Errorf("the owner: %s", between(owners, "<main", "</main>"))
	}
	for _, name := range []string{"ada", "guest"} {
		if got := w.do(name, "GET", page, ""); got.code != 403 {
			t.Errorf("%s reads it: %d", name, got.code)
		}
	}
	if to := w.post("owner", page+"/refuse", ""); to != page {
		t.Errorf("sent to %s", to)
	}
	w.says(w.get("owner", page), "It was refused", "will not come into force")
	if strings.Contains(w.get("root", page), "put it in force") {
		t.Error("what was refused can be confirmed")
	}
}

// TestAuditPage: search, verify, export.
func TestAuditPage(t *testing.T) {
	w := newWorld(t)
	g := w.Granted()
	w.Sweep()
	w.says(w.get("auditor", "/audit?person="+w.Account["ada"]+"&action=grant."), "grant.active", "grant/"+g.ID)
	w.says(w.get("auditor", "/audit?person=UNOBODY"), "Nothing fits")
	if got := w.do("auditor", "GET", "/audit?from=tomorrow", ""); got.code != 422 {
		t.Errorf("tomorrow: %d", got.code)
	}
	verified := w.do("auditor", "POST", "/audit/verify", "")
	w.says(verified.text, "Nothing was changed, is missing or out of order")
	lines := w.get("auditor", "/audit/export?from=1&format=jsonl")
	if !strings.HasPrefix(lines, `{"n":1,"event":{"id":"`) || !strings.Contains(lines, "grant.active") {
		t.Errorf("%.300s", lines)
	}
	if sheet := w.get("auditor", "/audit/export?from=3&format=csv"); !strings.Contains(sheet, "\n3,2") {
		t.Errorf("%.300s", sheet)
	}
	if got := w.do("integrator", "GET", "/audit/export?format=csv", ""); got.code != 403 {
		t.Errorf("an administrator exports: %d", got.code)
	}
}
