package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
)

// The pages of people: who may what, who is signed in, and the end of each.
func TestUsersPage(t *testing.T) {
	d := newDoor(t)
	page := d.get("root", "/users")
	d.says(page, "Ada Example", "integration administrator", "How people sign in", "Let verified e-mail say")
	d.says(d.get("root", "/users?q=ada"), "Ada Example")
	if strings.Contains(d.get("root", "/users?q=ada"), "Lin Example") {
		t.Error("the search finds everybody")
	}
	if got := d.post("root", "/users/rules", "by_email=1"); got != "/users" {
		t.Error(got)
	}
	d.says(d.get("root", "/users"), "Stop knowing people", "e-mail that the organization has verified")
	if strings.Contains(d.get("auditor", "/users"), "Stop knowing") {
		t.Error("the auditor is offered to change how people sign in")
	}

	c := guestBrowser()
	d.in(c, "/signin/slack", d.Account["ada"], "/")
	ada := "/users/" + d.User["ada"].ID
	own := d.visit(c, ada).text
	d.says(own, "Signed in", "Slack", "this one", "Nobody changes what they may do themselves", "Ada Example in Umbra")
	page = d.get("root", ada)
	d.says(page, "What they may do", "End this user", "in Umbra")
	d.says(d.get("auditor", ada), "Signed in")
	if got := d.get("auditor", ada); strings.Contains(got, ">End<") || strings.Contains(got, "What they may do") {
		t.Error("the auditor is offered to change somebody")
	}
	for _, role := range []string{"lin", "guest", "owner", "outsider"} {
		if got := d.do(role, "GET", ada, ""); got.code != 404 {
			t.Errorf("%s sees ada: %d", role, got.code)
		}
	}

	// An administrator ends a session of somebody else's.
	session := between(page, "/sessions/", "/end")
	d.post("root", "/sessions/"+session+"/end", "")
	if d.known(c) != "" {
		t.Error("the ended session goes on")
	}

	d.in(c, "/signin/slack", d.Account["ada"], "/")
	d.post("root", ada+"/duties", url.Values{"duty": {"auditor", "user"}}.Encode())
	if d.known(c) != "" {
		t.Error("a session survives a change of duties")
	}
	d.says(d.get("root", ada), "auditor, user")
	if got := d.do("root", "POST", "/users/u_root/duties", "duty=user"); got.code != 422 {
		t.Errorf("root changes their own duties: %d", got.code)
	}
	d.At = d.At.Add(access.FreshTime)
	if got := d.do("root", "POST", ada+"/duties", "duty=user"); got.code != 403 || !strings.Contains(got.text, "/signin?again=1") {
		t.Errorf("a sign-in that is not fresh: %d", got.code)
	}
	for path, form := range map[string]string{ada + "/identity": "issuer=https://idp.example&subject=x", "/users/rules": ""} {
		if got := d.do("root", "POST", path, form); got.code != 403 || !strings.Contains(got.text, "/signin?again=1") {
			t.Errorf("%s, and the sign-in is not fresh: %d", path, got.code)
		}
	}
	d.says(d.get("root", ada), "sign in anew")
	delete(d.browsers, "root")
	if got := d.do("root", "POST", ada+"/end", "confirm=no"); got.code != 422 {
		t.Errorf("ended without its id: %d", got.code)
	}
	d.post("root", ada+"/identity", url.Values{"issuer": {d.issuer.URL}, "subject": {"s-ada"}}.Encode())
	d.says(d.get("root", ada), "s-ada", "Take away")
	d.post("root", ada+"/identity", "remove=1")
	d.post("root", ada+"/end", "confirm="+d.User["ada"].ID)
	d.says(d.get("root", ada), "ended")
}

// A key is shown once, works, says when it was used, and ends.
func TestKeysPage(t *testing.T) {
	w := newWorld(t)
	w.says(w.get("ada", "/keys"), "None yet", "Make a key")
	if got := w.do("ada", "POST", "/keys", "name="); got.code != 422 || !strings.Contains(got.text, "aria-invalid") {
		t.Errorf("without a name: %d", got.code)
	}
	made := w.do("ada", "POST", "/keys", "name=laptop+%3Cb%3E")
	key := "ebbkey_" + between(made.text, "ebbkey_", "<")
	by, err := w.House.Authenticate(w.Context(), key)
	if err != nil || by.User.ID != w.User["ada"].ID || by.Service {
		t.Fatalf("%+v, %v", by, err)
	}
	page := w.get("ada", "/keys")
	w.says(page, "laptop &lt;b&gt;", "works", "Revoke")
	if strings.Contains(page, key) || made.Get("Cache-Control") != "no-store" {
		t.Error("the key is shown again, or kept by a browser")
	}
	if strings.Contains(page, ">never<") {
		t.Error("its use is not told")
	}
	bot := w.do("ada", "POST", "/keys", "name=bot&service=1")
	if by, err := w.House.Authenticate(w.Context(), "ebbkey_"+between(bot.text, "ebbkey_", "<")); err != nil || !by.Service {
		t.Errorf("%+v, %v", by, err)
	}
	ada := w.User["ada"].ID
	w.says(w.get("auditor", "/keys?user="+ada), "API keys of", "laptop")
	if strings.Contains(w.get("auditor", "/keys?user="+ada), "Revoke") {
		t.Error("the auditor is offered to revoke it")
	}
	if got := w.do("lin", "GET", "/keys?user="+ada, ""); got.code != 403 {
		t.Errorf("lin sees ada's keys: %d", got.code)
	}
	if strings.Contains(w.get("auditor", "/keys?user="+ada), "Make it") {
		t.Error("the auditor is offered to make one")
	}
	w.says(w.get("root", "/keys?user="+ada), "Make a service's key in their name")
	if got := w.do("root", "POST", "/keys", "name=borrowed&user="+ada); got.code != 403 || strings.Contains(got.text, "ebbkey_") {
		t.Errorf("root has a key that acts as ada: %d", got.code)
	}
	theirs := w.do("root", "POST", "/keys", "name=nightly&service=1&user="+ada)
	if by, err := w.House.Authenticate(w.Context(), "ebbkey_"+between(theirs.text, "ebbkey_", "<")); err != nil || !by.Service || by.User.ID != ada {
		t.Errorf("%+v, %v", by, err)
	}
	w.post("root", "/keys/"+by.Key+"/end", "")
	if _, err := w.House.Authenticate(w.Context(), key); err == nil {
		t.Error("a revoked key opens the house")
	}
	w.says(w.get("ada", "/keys"), "ended")
}
