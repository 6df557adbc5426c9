package console_test

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// TestDirectory walks from a search to a person, from there to what they hold and
// to who else holds it, without any script.
func TestDirectory(t *testing.T) {
	w := newWorld(t)
	g := w.Granted()
	w.At = w.At.Add(time.Second)
	page := w.get("auditor", "/directory?q=ada")
	w.says(page, "Ada Example", "ada@example.com", "human", "active", `name="kind"`, "All that fit, as CSV")
	if strings.Contains(page, "Sam Example") {
		t.Error("a search for ada shows sam")
	}
	person := "/directory/" + w.Conn + "/accounts/" + w.Account["ada"]
	w.says(page, `href="`+person+`"`)
	page = w.get("auditor", person)
	w.says(page, "Ada Example", "@oncall", "granted", "/grants/"+g.ID, "/requests/"+g.Request, "Second factor", "Last active", "not known: it needs the user scope admin")
	resource := "/directory/" + w.Conn + "/resources/" + w.Oncall
	w.says(page, `href="`+resource+`"`)
	page = w.get("auditor", resource)
	w.says(page, "Ada Example", "granted", "standing", "Nobody owns it")
	if strings.Contains(page, "<form class=\"ask\"") {
		t.Error("an auditor is offered to name owners")
	}
	w.says(w.get("auditor", "/directory?standing=admin"), "owner")
	w.says(w.get("auditor", "/directory?q=zzz"), "Nobody fits")
	if got := w.do("auditor", "GET", "/directory?kind=alien", ""); got.code != 422 {
		t.Errorf("a kind that is none: %d", got.code)
	}
	page = w.get("lin", "/directory?q=ada")
	w.says(page, "Ada Example")
	if strings.Contains(page, "@example.com") || strings.Contains(page, `name="kind"`) {
		t.Error("lin sees what accounts are")
	}
	w.says(w.get("lin", resource), "not for you to see")
}

// TestLastActivityIsShown: where the access logs are read, with how far that goes;
// where not, with the reason.
func TestLastActivityIsShown(t *testing.T) {
	w := newWorld(t)
	connector := "/integrations/" + w.Conn
	w.says(w.get("root", connector), "Last activity: not shown, it needs the user scope admin")
	page := w.get("auditor", "/directory")
	w.says(page, "last active is not shown: it needs the user scope admin")
	if strings.Contains(page, `name="inactive"`) {
		t.Error("a filter is offered that cannot be answered")
	}
	if got := w.do("auditor", "GET", "/directory?inactive=90", ""); got.code != 422 {
		t.Errorf("inactive where nothing is known: %d", got.code)
	}
	w.OK(w.Store.SaveActive(t.Context(), w.Conn, []directory.Activity{{Account: w.Account["sam"], Last: w.At.AddDate(0, 0, -120)}, {Account: w.Account["lin"], Last: w.At}}))
	w.OK(w.Store.SaveActivitySource(t.Context(), w.Conn, directory.ActivitySource{Shown: true, From: w.At.AddDate(0, 0, -100), Read: w.At}))
	w.says(w.get("root", connector), "Last activity: shown", "without a gap since")
	page = w.get("auditor", "/directory")
	w.says(page, `name="inactive"`, `<option value="90">90 days</option>`, "not seen", w.At.Format("2 Jan 2006"), "or up to six days later")
	if strings.Contains(page, `<option value="180">`) {
		t.Error("a span is offered over which nothing was read")
	}
	page = w.get("auditor", "/directory?inactive=90&q=example")
	if strings.Contains(page, "Lin Example") || strings.Contains(page, "Sam Example") && !strings.Contains(page, `<option value="90" selected>`) {
		t.Error("lin was active today")
	}
	w.says(page, "Ada Example", "Sam Example")
	if got := w.do("auditor", "GET", "/directory?inactive=soon", ""); got.code != 422 {
		t.Errorf("no number: %d", got.code)
	}
	w.says(w.get("auditor", "/directory.csv?q=sam"), "last active,activity", w.At.AddDate(0, 0, -120).Format(time.DateOnly)+`,"`)
	w.says(w.get("auditor", "/directory/"+w.Conn+"/accounts/"+w.Account["ada"]), "no activity seen, in logs that reach back to "+w.At.AddDate(0, 0, -100).Format(time.DateOnly))
	if strings.Contains(w.get("lin", "/directory?q=sam"), "Last active") {
		t.Error("lin sees who is active")
	}
}

// TestNamingOwners: at the resource, and by a file that shows first what it would
// do.
func TestNamingOwners(t *testing.T) {
	w := newWorld(t)
	resource := "/directory/" + w.Conn + "/resources/" + w.Oncall
	w.says(w.get("owner", "/resources?unowned=1"), "@oncall", "Name owners by CSV")
	got := w.do("owner", "POST", resource+"/owners", "owners=sam+nobody-of-that-name")
	if got.code != 422 || !strings.Contains(got.text, "no account nobody-of-that-name") || !strings.Contains(got.text, `value="sam nobody-of-that-name"`) {
		t.Errorf("%d: %s", got.code, between(got.text, "<main", "</main>"))
	}
	w.says(w.get("owner", resource), "Nobody owns it")
	w.post("owner", resource+"/owners", "owners=sam")
	w.says(w.get("owner", resource), "Sam Example")
	if strings.Contains(w.get("owner", "/resources?unowned=1"), ">@oncall<") {
		t.Error("it has an owner, and is listed without")
	}

	file := "resource,owners\n@oncall,lin\n@leads,nobody-of-that-name\n"
	page := w.upload("owner", file)
	w.says(page, "1 line is", "wrong: there is no account", "changes")
	if strings.Contains(page, `value="change"`) {
		t.Error("a file with a wrong line can be done")
	}
	file = "resource,owners\n@oncall,lin\n@leads,lin\n"
	page = w.upload("owner", file)
	w.says(page, "Change 2 resources", "Sam Example", "Lin Example")
	w.says(w.get("owner", resource), "Sam Example")
	form := url.Values{"connector": {w.Conn}, "do": {"change"}, "csv": {file}}.Encode()
	w.post("owner", "/resources/owners", form)
	w.post("owner", "/resources/owners", form) // twice is once
	w.says(w.get("owner", resource), "Lin Example")
	if got := w.do("owner", "POST", "/resources/owners", "csv=a,b&connector="+w.Conn); got.code != 422 || !strings.Contains(got.text, "names no column") {
		t.Errorf("%d: %s", got.code, got.text)
	}
}

// upload sends a file as a browser does, and gives the page.
func (w *world) upload(name, file string) string {
	w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w.OK(m.WriteField("connector", w.Conn))
	f, err := m.CreateFormFile("file", "owners.csv")
	w.OK(err)
	_, err = f.Write([]byte(file))
	w.OK(err)
	w.OK(m.Close())
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.at+"/resources/owners", &b)
	w.OK(err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := w.browser(name).Do(r)
	w.OK(err)
	defer resp.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(resp.Body)
	w.OK(err)
	return out.String()
}

// TestSheets: what is filtered comes as CSV, guarded, in UTC, and shows nothing
// that its page would not.
func TestSheets(t *testing.T) {
	w := newWorld(t)
	a, err := w.Store.Account(w.Context(), w.Conn, w.Account["ada"])
	w.OK(err)
	was := a
	a.Name = `=HYPERLINK("http://evil.test","Ada")`
	w.OK(w.Store.Put(w.Context(), directory.Batch{Accounts: []directory.Account{a}, Before: []directory.Account{was}}))
	g := w.Granted()
	sheet := func(role, path string) [][]string {
		got := w.do(role, "GET", path, "")
		if got.code != 200 || !strings.HasPrefix(got.Get("Content-Type"), "text/csv") || !strings.Contains(got.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: %d %v", path, got.code, got.Header)
		}
		rows, err := csv.NewReader(strings.NewReader(got.text)).ReadAll()
		w.OK(err)
		return rows
	}
	column := func(rows [][]string, head string) (out []string) {
		for i, h := range rows[0] {
			if h == head {
				for _, r := range rows[1:] {
					out = append(out, r[i])
				}
			}
		}
		return out
	}
	rows := sheet("auditor", "/directory.csv?q=hyperlink")
	if names := column(rows, "name"); len(names) != 1 || names[0] != `'=HYPERLINK("http://evil.test","Ada")` {
		t.Errorf("%q", names)
	}
	if mails := strings.Join(column(sheet("lin", "/directory.csv"), "email"), ""); mails != "" {
		t.Errorf("lin takes away addresses: %s", mails)
	}
	for role, want := range map[string]bool{"ada": false, "lin": false, "integrator": false, "owner": true, "auditor": true} {
		got := strings.Join(column(sheet(role, "/resources.csv"), "resource"), " ")
		if strings.Contains(got, w.Hush) != want {
			t.Errorf("%s: %s", role, got)
		}
	}
	holders := sheet("auditor", "/directory/"+w.Conn+"/resources/"+w.Oncall+"/holders.csv")
	if until := strings.Join(column(holders, "until"), ""); until != g.End.UTC().Format(time.RFC3339) || !strings.Contains(strings.Join(column(holders, "grants"), " "), g.ID) {
		t.Errorf("%v", holders)
	}
	if got := strings.Join(column(sheet("lin", "/directory/"+w.Conn+"/accounts/"+w.Account["sam"]+"/holdings.csv"), "resource"), " "); strings.Contains(got, w.Hush) || got == "" {
		t.Errorf("lin sees of sam: %s", got)
	}
}

// TestStrangeAccounts: a name with markup is text, wherever it is shown.
func TestStrangeAccounts(t *testing.T) {
	w := newWorld(t)
	a, err := w.Store.Account(w.Context(), w.Conn, w.Account["sam"])
	w.OK(err)
	a.Name = `<script>alert(1)</script>"'` + "\u202e" + strings.Repeat("long", 2500)
	w.OK(w.Store.Put(w.Context(), directory.Batch{Accounts: []directory.Account{a}}))
	for _, path := range []string{"/directory", "/directory/" + w.Conn + "/accounts/" + a.ID, "/directory/" + w.Conn + "/resources/" + w.Oncall, "/directory?q=%3Cscript%3E"} {
		if got := w.do("auditor", "GET", path, ""); got.code != 200 || strings.Contains(got.text, "<script>alert") {
			t.Errorf("%s: %d", path, got.code)
		}
	}
}
