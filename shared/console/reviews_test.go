package console_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// TestReviewToItsEnd walks through the pages without any script: a campaign
// administrator drafts, counts, stages and starts; lin notes, in bulk too, and
// submits; what she denied is gone from Slack; the administrator ends it.
func TestReviewToItsEnd(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	w.owned(w.Incident)
	w.says(w.get("campaigner", "/reviews"), "No review is running", "New review")
	w.says(w.get("lin", "/reviews"), "No list waits for you")
	w.says(w.get("campaigner", "/reviews/new"), "Nothing is counted yet", "Validate scope", "November 2026")

	form := w.specForm(nil)
	page := w.get("campaigner", "/reviews/new?"+form.Encode()+"&validate=1")
	w.says(page, "in 2 lists", "Looked at", "Left out", "Lin Example", "Owner Example", "@oncall", `value="Autumn"`)
	to := w.post("campaigner", "/reviews/new", form.Encode())
	w.says(w.get("campaigner", to), "Saved as a draft", "Draft", "Stage", "Edit", "Lin Example", "User groups, channels, public ones too", "14 days")
	w.says(w.get("campaigner", "/reviews?tab=draft"), "Autumn", "by Cam Example")
	if got := w.do("lin", "GET", to, ""); got.code != 404 {
		t.Errorf("a reviewer sees a draft: %d", got.code)
	}

	form.Set("name", "Autumn 2026")
	w.says(w.get("campaigner", to+"/edit"), `value="Autumn"`, "Owner Example", "Save the draft")
	w.post("campaigner", to+"/edit", form.Encode())
	w.post("campaigner", to+"/stage", "")
	w.says(w.get("campaigner", to), "Taking the snapshot", `hx-select-oob="#far"`, `<div id="far">`)
	w.reviews()
	w.says(w.get("campaigner", to), "Ready to start", "Start: tell the reviewers of 2 lists", "Digest", "left", "Autumn 2026")
	if got := w.do("campaigner", "GET", to+"/edit", ""); got.code != 422 {
		t.Errorf("what was staged can be edited: %d", got.code)
	}
	w.says(w.get("lin", "/reviews"), "No list waits for you")
	w.post("campaigner", to+"/start", "")
	w.reviews()

	// Lin is waited for, everywhere.
	w.says(w.get("lin", "/"), "Access reviews that wait for me", "Autumn 2026", "lines wait for you")
	w.says(w.get("lin", "/tasks"), "Access reviews", "Autumn 2026")
	w.says(w.get("lin", "/reviews"), "Autumn 2026", "wait for you")
	list := "/reviews/" + between(w.get("lin", "/reviews"), `href="/reviews/`, `"`)
	page = w.get("lin", list)
	w.says(page, "@oncall", "Sam Example", "never reviewed", "activity not shown by Slack", "standing, without an end", "Certify", "New")
	if strings.Contains(page, "/submit") {
		t.Error("there is nothing to submit yet")
	}
	campaign := strings.TrimPrefix(to, "/reviews/")
	private, public := review.LineID(w.Incident, "member", w.Account["sam"]), review.LineID(w.Open, "member", w.Account["sam"])

	// One with a comment, one after the other; a group; all of the page.
	w.post("lin", list+"/note", url.Values{"deny": {private}, "comment:" + private: {"left the <b>shift</b>"}, "back": {"show=left"}}.Encode())
	w.says(w.get("lin", list), "1 noted", "Submit 1 review", "left the &lt;b&gt;shift&lt;/b&gt;")
	w.says(w.get("lin", list+"?show=noted"), "#incident-1")
	on := url.Values{"on": {private, public, review.LineID(w.Open, "member", w.Account["guest"])}, "back": {""}}
	on["group"], on["many"] = []string{w.Open}, []string{"deny"}
	if back := w.post("lin", list+"/note", on.Encode()); back != list {
		t.Errorf("back to %s", back)
	}
	w.says(w.get("lin", list), "2 lines are noted to be denied", "3 noted")
	on.Del("group")
	on["line"], on["many"] = []string{review.LineID(w.Open, "member", w.Account["guest"])}, []string{"clear"}
	w.post("lin", list+"/note", on.Encode())
	w.says(w.get("lin", list), "1 line is open again", "2 noted")
	var rest []string
	for _, l := range w.lines("lin", campaign) {
		if l.Draft.Verdict == "" {
			rest = append(rest, l.ID)
		}
	}
	w.post("lin", list+"/note", url.Values{"on": rest, "everything": {"1"}, "many": {"certify"}, "comment": {"looked at"}}.Encode())
	for form, want := range map[string]string{"many=certify": "Tick the lines", "many=nothing": "Tick the lines"} {
		w.post("lin", list+"/note", form)
		w.says(w.get("lin", list), want)
	}
	if got := w.do("lin", "POST", list+"/note", "many=bless&line="+url.QueryEscape(private)); got.code != 422 {
		t.Errorf("blessed: %d", got.code)
	}

	n := strconv.Itoa(len(rest))
	w.says(w.get("lin", list+"/submit"), "Certifies "+n, "Denies 2", "Sam Example", "#town", "cannot be changed", "left the &lt;b&gt;shift")
	w.post("lin", list+"/submit", "shown=1/0") // of another window, before the last notes
	w.says(w.get("lin", list+"/submit"), "Nothing was submitted: look again")
	w.post("lin", list+"/submit", "shown="+n+"/2")
	w.says(w.get("lin", list), "Submitted", n+" certified", "2 denied", "Nothing is left in this list", "being removed", "manual task")
	if got := w.do("lin", "POST", list+"/note", url.Values{"certify": {private}}.Encode()); got.code == 303 {
		w.says(w.get("lin", list), "already")
	}
	w.says(w.get("lin", list+"?show=decided"), "Certified", "Denied")
	w.At = w.At.Add(5 * time.Second)
	w.Sweep()
	w.reviews()
	if slices.Contains(w.Slack.Channel(w.Incident).Members, w.Account["sam"]) {
		t.Error("who was denied is still in the channel")
	}
	w.At = w.At.Add(20 * time.Minute)
	w.reviews()
	w.says(w.get("lin", list+"?show=decided&q=incident"), "Removed, and seen gone")

	// The public channel is a person's, with steps.
	w.says(w.get("owner", "/tasks"), "To do by hand in Slack", "Take Sam Example out of #town")
	w.says(w.get("owner", "/"), "Take Sam Example out of #town")
	manual := "/manual/" + between(w.get("owner", "/manual"), `href="/manual/`, `"`)
	w.says(w.get("owner", manual), "public channel", "Open #town in Slack", "I did this")
	w.post("owner", manual+"/done", "")
	page = w.get("owner", manual)
	w.says(page, "Said to be done", "Owner Example")
	if strings.Contains(page, "I did this") {
		t.Error("it can be said twice")
	}

	// The rest is open: ended by a number that one knows.
	w.says(w.get("campaigner", to), "Progress", "Owner Example", "End…", "Reassign")
	page = w.get("campaigner", to+"/end")
	open := between(page, `name="confirm" value="`, `"`)
	w.says(page, open+" line", "Skip", "Revoke")
	for _, form := range []string{"at_end=skip", "at_end=skip&confirm=0", "confirm=" + open} {
		if got := w.do("campaigner", "POST", to+"/end", form); got.code != 422 {
			t.Errorf("%s: %d", form, got.code)
		}
	}
	w.post("campaigner", to+"/end", "at_end=skip&confirm="+open)
	w.reviews()
	w.says(w.get("campaigner", to), "Completed", "skipped", "Ended")
	w.says(w.get("campaigner", "/reviews?tab=completed"), "Autumn 2026", "Completed")
	w.says(w.get("auditor", to), "Completed", "Snapshot")
	w.says(w.get("owner", "/reviews"), "Completed")
	if page := w.get("lin", "/"); strings.Contains(page, "wait for me") && strings.Contains(page, "Autumn 2026") {
		t.Error("what ended waits")
	}
}

// TestReviewAtItsField: what is wrong is said where it stands, and what was typed
// stays.
func TestReviewAtItsField(t *testing.T) {
	w := newWorld(t)
	for name, x := range map[string]struct {
		set  url.Values
		want string
	}{
		"no name":         {url.Values{"name": {""}}, `id="name-wrong"`},
		"no days":         {url.Values{"days": {"soon"}}, `id="days-wrong"`},
		"too many days":   {url.Values{"days": {"999"}}, `id="days-wrong"`},
		"no kind":         {url.Values{"kind": nil}, "tick at least one kind"},
		"nobody":          {url.Values{"level1_people": nil}, `id="levels-wrong"`},
		"a level skipped": {url.Values{"level3": {"owner"}}, `id="levels-wrong"`},
		"no end":          {url.Values{"at_end": {""}}, "skip or revoke"},
		"unknown people":  {url.Values{"fallback": {"U0NOBODY"}}, `id="fallback-wrong"`},
		"unknown group":   {url.Values{"admins": {"S0NONE"}}, `id="admins-wrong"`},
		"inactive":        {url.Values{"inactive_days": {"x"}}, `id="inactive-wrong"`},
	} {
		form := w.specForm(x.set)
		got := w.do("root", "POST", "/reviews/new", form.Encode())
		if got.code != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(got.text), strings.ToLower(x.want)) {
			t.Errorf("%s: %d without %q: %s", name, got.code, x.want, between(got.text, "<main", "</main>"))
		}
		if !strings.Contains(got.text, `name="public" value="1" checked`) || name != "unknown people" && !strings.Contains(got.text, "Owner Example") {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	w.says(w.get("root", "/reviews?tab=draft"), "No draft")

	// People and groups are found by name.
	page := w.get("root", "/reviews/new?form=1&connector="+w.Conn+"&level1=group&level1_group_q=lea&fallback_q=ada&resources_q=onc")
	w.says(page, "@leads", "Ada Example", "@oncall", `name="fallback" value="`+w.Account["ada"]+`"`, `name="level1_group" value="`+w.Leads+`"`)

	// Sync now keeps what was typed.
	form := w.specForm(url.Values{"at": {"/reviews/new"}, "name": {"Typed & kept"}})
	to := w.post("root", "/reviews/sync", form.Encode())
	w.says(w.get("root", to), "A sync has begun", "Typed &amp; kept", "A sync is running")
	if got := w.do("root", "POST", "/reviews/sync", url.Values{"connector": {w.Conn}, "at": {"https://evil.example/"}}.Encode()); strings.HasPrefix(got.to, "https:") {
		t.Errorf("led away to %s", got.to)
	}
}

// TestDraftSentTwice: the same form sent twice is one draft; changed, or begun again
// after it was given up, it is another.
func TestDraftSentTwice(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	page := w.get("campaigner", "/reviews/new")
	form := w.specForm(url.Values{"key": {between(page, `name="key" value="`, `"`)}})
	again := w.get("campaigner", "/reviews/new?"+form.Encode())
	if got := between(again, `name="key" value="`, `"`); got != form.Get("key") || got == "" {
		t.Fatalf("the form's key is %q, then %q", form.Get("key"), got)
	}
	first := w.post("campaigner", "/reviews/new", form.Encode())
	if to := w.post("campaigner", "/reviews/new", form.Encode()); to != first {
		t.Errorf("sent twice it is %s and %s", first, to)
	}
	form.Set("name", "Winter")
	other := w.post("campaigner", "/reviews/new", form.Encode())
	form.Set("name", "Autumn")
	w.post("campaigner", first+"/cancel", "")
	if third := w.post("campaigner", "/reviews/new", form.Encode()); other == first || third == first || third == other {
		t.Errorf("%s, %s, %s", first, other, third)
	}
}

// TestReviewsKeepPrivate: who runs a review and is no member of a private channel
// finds it nowhere; whoever reviews it sees it.
func TestReviewsKeepPrivate(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	form := w.specForm(url.Values{"validate": {"1"}, "resources_q": {"merger"}})
	s := w.spec()
	s.Scope.Resources = []string{w.Hush}
	s.Scope.Public = false
	campaign, list := w.campaign(s, false, false)
	at := "/reviews/" + campaign + "/lists/" + list
	w.says(w.get("lin", at), "#merger-with-acme")
	w.says(w.get("campaigner", at), "about private channels that you may not see")
	w.says(w.get("campaigner", "/reviews/"+campaign), "one that you may not see")
	w.says(w.get("auditor", at), "#merger-with-acme")
	w.says(w.get("campaigner", "/reviews/new?"+form.Encode()), "counted, and not shown")
	for _, path := range []string{"/reviews/new?" + form.Encode(), at, at + "?q=merger", at + "/reassign", "/reviews/" + campaign, "/reviews", "/reviews/" + campaign + "/end", "/templates/new?from=" + campaign} {
		got := w.do("campaigner", "GET", path, "")
		if strings.Contains(strings.ReplaceAll(got.text, `value="merger"`, ""), "merger-with") {
			t.Errorf("%s: %s", path, between(got.text, "<main", "</main>"))
		}
	}
	for _, path := range []string{"/reviews/" + campaign, at, at + "/submit", at + "/reassign"} {
		if got := w.do("ada", "GET", path, ""); got.code != 404 {
			t.Errorf("%s as ada: %d", path, got.code)
		}
	}
}

// TestListIsWorkable: parts of a list, grouped by person, page by page; what did not
// change is certified at once only where the campaign says so; a script gets one
// line back.
func TestListIsWorkable(t *testing.T) {
	w := newWorld(t)
	var many []string
	for i := range 130 {
		many = append(many, w.Slack.AddUser(slacktest.User{Name: "p" + strconv.Itoa(i), RealName: "Person " + strconv.Itoa(i), Restricted: i == 7}))
	}
	big := w.Slack.AddChannel(slacktest.Channel{Name: "big", Private: true, Members: append(many, w.Slack.BotUser(w.Slack.TeamIDs()[0]))})
	w.At = w.At.Add(2 * time.Minute)
	w.Sync(w.Conn)
	w.owned(big)
	s := w.spec()
	s.Unchanged = true
	s.Scope = review.Scope{Kinds: []directory.Kind{directory.Channel}, Resources: []string{big, w.Hush}}
	campaign, list := w.campaign(s, false, false)
	at := "/reviews/" + campaign + "/lists/" + list
	page := w.get("lin", at)
	if n := strings.Count(page, "data-line"); n != 100 {
		t.Errorf("%d lines on a page", n)
	}
	w.says(page, "#big", "Next page", "All on this page")
	next := between(page, `<a class="button plain" href="`+at+"?", `"`)
	w.says(w.get("lin", at+"?"+strings.ReplaceAll(next, "&amp;", "&")), "From the beginning", "#big")
	w.says(w.get("lin", at+"?show=advised"), "Person 7", "1 line", "multi-channel guest", "Deny: a guest without an end")
	w.says(w.get("lin", at+"?by=person&q=Person+12"), "Person 120", "#big")
	w.says(w.get("lin", at+"?q=zebra"), "Nothing here fits")
	if got := w.do("lin", "GET", at+"?show=everything", ""); got.code != 422 {
		t.Errorf("a part that is none: %d", got.code)
	}
	if strings.Contains(page, "Certify all that did not change") {
		t.Error("nothing was certified before")
	}

	// A script gets the line alone, and where the list stands.
	line := w.lines("lin", campaign)[0].ID
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.at+at+"/note", strings.NewReader(url.Values{"certify": {line}, "comment:" + line: {"fine"}}.Encode()))
	w.OK(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	resp, err := w.browser("lin").Do(r)
	w.OK(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.OK(err)
	part := string(raw)
	if resp.StatusCode != 200 || strings.Contains(part, "<html") || strings.Count(part, "data-line") != 1 || !strings.Contains(part, `aria-pressed="true"`) || !strings.Contains(part, "1 noted") {
		t.Errorf("%d: %s", resp.StatusCode, part)
	}

	var all []string
	for _, l := range w.lines("lin", campaign) {
		all = append(all, l.ID)
	}
	w.notes(campaign, list, review.Certify, all...)
	w.post("lin", at+"/submit", "")
	w.At = w.At.Add(time.Minute)
	again, list := w.campaign(s, false, false)
	at = "/reviews/" + again + "/lists/" + list
	page = w.get("lin", at)
	w.says(page, "Certify all that did not change", "certified <time", "by Lin Example")
	w.post("lin", at+"/unchanged", "back=show%3Dleft")
	w.says(w.get("lin", at), "noted to be certified")
	s.Unchanged = false
	third, list := w.campaign(s, false, false)
	at = "/reviews/" + third + "/lists/" + list
	if strings.Contains(w.get("lin", at), "Certify all that did not change") {
		t.Error("offered where the campaign does not allow it")
	}
	if got := w.do("lin", "POST", at+"/unchanged", ""); got.code != 403 {
		t.Errorf("taken where the campaign does not allow it: %d", got.code)
	}
}

// TestReassignAndOwn: a list is given to somebody by name; nobody decides about
// themselves, and reads why.
func TestReassignAndOwn(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	campaign, list := w.reviewed(false, false)
	at := "/reviews/" + campaign + "/lists/" + list
	w.says(w.get("campaigner", at+"/reassign?to_q=ada"), "Ada Example", `name="to" value="`+w.Account["ada"]+`"`)
	if got := w.do("campaigner", "POST", at+"/reassign", ""); got.code != 422 || !strings.Contains(got.text, "Name 1 to 20") {
		t.Errorf("given to nobody: %d", got.code)
	}
	if got := w.do("campaigner", "POST", at+"/reassign", "to="+w.Account["guest"]); got.code != 422 || !strings.Contains(got.text, "Guest Example is no active full member") {
		t.Errorf("given to a guest: %d %s", got.code, between(got.text, "<main", "</main>"))
	}
	oncall := review.LineID(w.Oncall, "member", w.Account["sam"])
	got := w.do("lin", "POST", at+"/note", url.Values{"many": {"reassign"}, "line": {oncall}}.Encode())
	w.says(got.text, "Give 1 line to somebody else", `name="line" value="`+oncall+`"`)
	w.post("lin", at+"/reassign", url.Values{"line": {oncall}, "to": {w.Account["ada"]}}.Encode())
	w.says(w.get("ada", "/reviews"), "1 line waits", "Autumn &lt;b&gt;24&lt;/b&gt;")
	mine := "/reviews/" + between(w.get("ada", "/reviews"), `href="/reviews/`, `"`)
	w.says(w.get("ada", mine), "Sam Example", "@oncall")
	to := w.post("campaigner", at+"/reassign", url.Values{"to": {w.Account["ada"], w.Account["owner"]}}.Encode())
	w.says(w.get("campaigner", to), "went to them", "Ada Example, Owner Example")

	s := w.spec()
	s.Levels = []review.Level{{By: review.ByGroup, Group: w.Leads}}
	second, list := w.campaign(s, false, false)
	w.says(w.get("lin", "/reviews/"+second+"/lists/"+list), "shared with the members of @leads")
}
