package console_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestKillByName: what a person writes is enough for the kill switch; what means
// nobody or several ends nothing and says who could be meant, and a private channel
// is none of them for who may not know it.
func TestKillByName(t *testing.T) {
	w := newWorld(t)
	w.Granted()
	kill := func(name string, fields ...string) answer {
		q := url.Values{"connector": {w.Conn}}
		for i := 0; i+1 < len(fields); i += 2 {
			q.Set(fields[i], fields[i+1])
		}
		return w.do(name, "GET", "/kill?"+q.Encode(), "")
	}
	for _, x := range []struct {
		as, field, typed string
		code             int
		says             string
	}{
		{"integrator", "account", "@ada", 200, "1 live grant would end"},
		{"integrator", "account", "ada example", 200, "1 live grant would end"},
		{"integrator", "account", w.Account["ada"], 200, "1 live grant would end"},
		{"integrator", "user", "ada", 200, "1 live grant would end"},
		{"integrator", "resource", "@oncall", 200, "1 live grant would end"},
		{"integrator", "resource", "OnCall", 200, "1 live grant would end"},
		{"integrator", "resource", "#oncall", 422, "No resource that you may see is called"},
		{"integrator", "resource", "onc", 422, `resource=` + w.Oncall},
		{"integrator", "account", "Example", 422, `account=` + w.Account["ada"]},
		{"integrator", "account", "nobody-here", 422, "No person that you may see is called"},
		{"integrator", "user", "<b>nobody", 422, "“&lt;b&gt;nobody”"},
		{"integrator", "resource", "#merger-with-acme", 422, "No resource that you may see is called"},
		{"integrator", "resource", "merger", 422, "No resource that you may see is called"},
		{"owner", "resource", "merger-with-acme", 200, "0 live grants would end"},
		{"integrator", "rule", "nonesuch", 422, `rule=oncall`},
		{"integrator", "account", "", 422, "name one thing"},
		{"ada", "resource", "@oncall", 403, "kill switch needs"},
	} {
		got := kill(x.as, x.field, x.typed)
		if got.code != x.code || !strings.Contains(got.text, x.says) {
			t.Errorf("%s: %s %q: %d, without %q: %s", x.as, x.field, x.typed, got.code, x.says, between(got.text, "<h2 id=\"kill-h\"", "</main>"))
		}
		if strings.Contains(got.text, w.Hush) && x.as != "owner" {
			t.Errorf("%s: %s %q tells of a private channel", x.as, x.field, x.typed)
		}
	}
	w.says(w.get("integrator", "/freeze?connector="+w.Conn+"&account=exam"), "What could be meant", `account=`+w.Account["ada"])
	if page := w.get("integrator", "/freeze?connector="+w.Conn+"&resource=merger"); strings.Contains(page, "What could be meant") {
		t.Error("a private channel is found while one types")
	}
	// The link of a candidate leads on.
	w.says(w.get("integrator", "/kill?"+strings.ReplaceAll(between(kill("integrator", "resource", "onc").text, `<li><a href="/kill?`, `"`), "&amp;", "&")), "1 live grant would end")
}

// TestAuditByName finds the events of a person with all that is theirs, and of a
// resource, by names.
func TestAuditByName(t *testing.T) {
	w := newWorld(t)
	g := w.Granted()
	w.Sweep()
	for _, x := range []struct {
		query string
		code  int
		says  string
	}{
		{"person=ada", 200, "grant/" + g.ID},
		{"person=Ada+Example&action=request.", 200, "request.made"},
		{"person=" + w.User["ada"].ID, 200, "grant/" + g.ID},
		{"resource=@oncall&person=@ada", 200, "grant/" + g.ID},
		{"resource=@oncall", 200, "Of @oncall (" + w.Oncall + ")"},
		{"resource=%23merger-with-acme", 200, "Of #merger-with-acme"},
		{"resource=onc", 422, "resource=" + w.Oncall},
		{"person=example&action=grant.", 422, "action=grant.&amp;person=" + w.User["ada"].ID},
		{"person=Nobody+Here", 422, "No person that you may see"},
		{"person=UNOBODY", 200, "Nothing fits"},
	} {
		if got := w.do("auditor", "GET", "/audit?"+x.query, ""); got.code != x.code || !strings.Contains(got.text, x.says) {
			t.Errorf("%s: %d, without %q: %s", x.query, got.code, x.says, between(got.text, "<main", "</main>"))
		}
	}
	w.says(w.get("auditor", "/audit/names?person=exam"), "What could be meant", "person="+w.User["ada"].ID)
	if got := w.do("integrator", "GET", "/audit/names?resource=merger", ""); got.code != 403 || strings.Contains(got.text, w.Hush) {
		t.Errorf("an administrator types in the audit: %d", got.code)
	}
}
