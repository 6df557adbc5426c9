package window

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

const ask = `{"type":"modal","title":{"type":"plain_text","text":"Ask for access"},"submit":{"type":"plain_text","text":"Send"},"blocks":[
	{"type":"input","block_id":"what","label":{"type":"plain_text","text":"What"},"element":{"type":"external_select","action_id":"pick"}},
	{"type":"input","block_id":"why","label":{"type":"plain_text","text":"Why"},"element":{"type":"plain_text_input","action_id":"text","multiline":true}},
	{"type":"input","block_id":"when","optional":true,"label":{"type":"plain_text","text":"When"},"element":{"type":"datetimepicker","action_id":"at"}}]}`

// desk is a browser without JavaScript before the window, and a small app
// behind it.
type desk struct {
	t    *testing.T
	org  *slacktest.Org
	http *httptest.Server
	ada  string
	told []map[string]any
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, org: slacktest.NewEmpty(slacktest.Options{})}
	d.ada = d.org.AddUser(slacktest.User{Name: "ada", RealName: "Ada Moreau"})
	app := httptest.NewServer(http.HandlerFunc(d.app))
	t.Cleanup(app.Close)
	d.org.SetAppURLs(slacktest.AppURLs{Commands: app.URL, Interaction: app.URL, Options: app.URL}, nil)
	d.org.SetEventsURL(app.URL, nil)
	d.http = httptest.NewServer(Handler(d.org, Options{Shortcuts: []Shortcut{{"Request access", "request_access"}}}))
	t.Cleanup(d.http.Close)
	return d
}

func (d *desk) slack(method string, args url.Values) {
	d.t.Helper()
	args.Set("token", d.org.BotToken())
	res, err := d.org.Client().PostForm("http://slack.test/api/"+method, args)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	if raw, _ := io.ReadAll(res.Body); !strings.Contains(string(raw), `"ok":true`) {
		d.t.Errorf("%s: %s", method, raw)
	}
}

// app opens a modal, offers one option, posts what was submitted with a button,
// and says who pressed it.
func (d *desk) app(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(raw))
	var p map[string]any
	_ = json.Unmarshal([]byte(form.Get("payload")), &p)
	d.told = append(d.told, p)
	trigger := form.Get("trigger_id")
	if s, ok := p["trigger_id"].(string); ok {
		trigger = s
	}
	switch {
	case form.Get("command") != "", p["type"] == "shortcut":
		d.slack("views.open", url.Values{"trigger_id": {trigger}, "view": {ask}})
	case p["type"] == "block_suggestion":
		_, _ = io.WriteString(w, `{"options":[{"text":{"type":"plain_text","text":"@oncall"},"value":"e1"}]}`)
	case p["type"] == "view_submission":
		d.slack("chat.postMessage", url.Values{"channel": {d.ada}, "text": {"asked"}, "blocks": {`[{"type":"section","text":{"type":"mrkdwn","text":"*<@` + d.ada + `>* asks & <b>waits</b>"}},
			{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"approve","text":{"type":"plain_text","text":"Approve"},"value":"r1"}]}]`}})
	case p["type"] == "block_actions":
		d.slack("views.publish", url.Values{"user_id": {d.ada}, "view": {`{"type":"home","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"You have @oncall","verbatim":true}}]}`}})
	}
}

func (d *desk) get(path string) string {
	d.t.Helper()
	res, err := http.Get(d.http.URL + path) //nolint:noctx // a test's own server
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw)
}

// click posts a form and answers the page after it.
func (d *desk) click(to string, args ...string) string {
	d.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		form.Add(args[i], args[i+1])
	}
	res, err := http.PostForm(d.http.URL+Path+d.ada+to, form) //nolint:noctx // a test's own server
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw)
}

func (d *desk) has(page string, words ...string) {
	d.t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			d.t.Errorf("no %q in %s", w, page)
		}
	}
}

func hidden(page, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return strings.NewReplacer("&#34;", `"`, "&amp;", "&").Replace(m[1])
}

// A person asks by the command, fills the modal in, and presses a button, by
// forms alone.
func TestAPersonAsksAndDecides(t *testing.T) {
	d := newDesk(t)
	d.has(d.get(Path), "Ada Moreau")
	d.has(d.get(Path+d.ada), "Request access", "Nothing was said here yet")
	page := d.click("/say", "text", "request")
	d.has(page, "Ask for access", `role="dialog"`, `for="e0"`)
	page = d.click("/modal", "hash", hidden(page, "hash"), "had.e0", "1", "had.e1", "1", "e1", "a page", "typed0", "onc", "type", "0")
	d.has(page, "@oncall", "a page")
	page = d.click("/modal", "hash", hidden(page, "hash"), "had.e0", "1", "had.e1", "1", "e0", "e1", "e1", "", "submit", "1")
	d.has(page, "Please complete this required field.", `aria-invalid="true"`)
	page = d.click("/modal", "hash", hidden(page, "hash"), "e2", "2026-11-24T09:00", "type", "0")
	d.has(page, `type="datetime-local" value="2026-11-24T09:00"`)
	page = d.click("/modal", "hash", hidden(page, "hash"), "e0", "e1", "e1", "a page", "submit", "1")
	sent, _ := json.Marshal(d.told[len(d.told)-1])
	d.has(string(sent), `"selected_date_time":1795510800`)
	d.has(page, "@Ada Moreau</strong></strong> asks &amp; ", "asks &amp; ", "Approve")
	if strings.Contains(page, `role="dialog"`) {
		t.Error("the modal is still there")
	}
	d.click("/act", "spot", hidden(page, "spot"))
	d.has(d.get(Path+d.ada+"?home=1"), "You have @oncall")
}

// What a menu of the app's own holds from the start is shown as chosen, and sent.
func TestWhatIsChosenFromTheStart(t *testing.T) {
	w := &window{org: slacktest.NewEmpty(slacktest.Options{})}
	oncall := object{"text": object{"type": "plain_text", "text": "@oncall"}, "value": "S1"}
	for kind, e := range map[string]object{
		"external_select":       {"type": "external_select", "action_id": "a", "initial_option": oncall},
		"multi_external_select": {"type": "multi_external_select", "action_id": "a", "initial_options": []any{oncall}},
	} {
		got := w.element(e, object{"type": kind, "selected_options": []any{oncall}}, slacktest.Spot{}, 0)
		if len(got.Options) != 1 || got.Options[0] != (Choice{Text: "@oncall", Value: "S1", Chosen: true}) {
			t.Errorf("%s: %+v", kind, got)
		}
	}
}

// What goes wrong is said, and others' conversations stay theirs.
func TestWhatTheWindowRefuses(t *testing.T) {
	d := newDesk(t)
	d.has(d.click("/act", "spot", `{"Channel":"C0NONE","TS":"1.0","Block":"b","Action":"a"}`), `role="alert"`)
	page := d.click("/do", "shortcut", "request_access")
	d.has(d.click("/modal", "hash", "1.old", "submit", "1"), "changed meanwhile")
	d.click("/modal", "hash", hidden(page, "hash"), "close", "1")
	if len(d.org.Modals(d.ada)) != 0 {
		t.Error("the modal was not closed")
	}
	bob := d.org.AddUser(slacktest.User{Name: "bob", RealName: "Bob Stone"})
	d.slack("chat.postMessage", url.Values{"channel": {bob}, "text": {"for bob alone"}})
	if strings.Contains(d.get(Path+d.ada+"?c="+d.org.DirectWithApp(bob)), "for bob alone") {
		t.Error("ada reads bob's messages")
	}
	d.has(d.get(Path+bob), "for bob alone")
	d.has(d.get(Path+"U0NOBODY"), "404")
	req, _ := http.NewRequest(http.MethodPost, d.http.URL+Path+d.ada+"/say", strings.NewReader("text=x")) //nolint:noctx // a test's own server
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Error("a form of another site was taken", res, err)
	}
	res.Body.Close()
	d.org.Uninstall(d.org.TeamIDs()[0])
	d.has(d.get(Path+d.ada), "not installed")
}

// Whatever a message says, a page stays the window's own.
func TestMrkdwnIsEscaped(t *testing.T) {
	w := &window{org: slacktest.NewEmpty(slacktest.Options{})}
	for in, want := range map[string]string{
		"*bold* `x`\nnext":                "<strong>bold</strong> <code>x</code><br>next",
		"*<@U0NONE>* asks":                "<strong><strong>@U0NONE</strong></strong> asks",
		"&lt;script&gt; <script>":         "&lt;script&gt; script",
		"<https://a.example|here>":        `<a rel="noreferrer" href="https://a.example">here</a>`,
		"<javascript:alert(1)|here>":      "here",
		"<!date^1^{date} at {time}|1970>": "January 1, 1970 at 00:00 UTC",
		"<!date^x^{date}|25 November>":    "25 November",
		"so:\n>one\n> two\nand":           `so:<span class="quote">one<br>two</span>and`,
		"<!subteam^S0NONE> <#C0NONE|ops>": "<strong>@S0NONE</strong> <strong>ops</strong>",
		`<https://a.example/"onx="|y>`:    `<a rel="noreferrer" href="https://a.example/&#34;onx=&#34;">y</a>`,
	} {
		if got := string(w.rich(in)); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}

// What is merely typed becomes a link or a mention where a text is not verbatim, and
// stays as it is where it is.
func TestTypedBecomesALink(t *testing.T) {
	w := &window{org: slacktest.NewEmpty(slacktest.Options{})}
	const typed = "see https://a.example/x?y=1 in #general, @here; not a@b or <https://b.example|this>"
	const link = `not a@b or <a rel="noreferrer" href="https://b.example">this</a>`
	for _, c := range []struct {
		text object
		want string
	}{
		{object{"type": "mrkdwn", "text": typed}, `see <a rel="noreferrer" href="https://a.example/x?y=1">https://a.example/x?y=1</a> in <strong>#general</strong>, <strong>@here</strong>; ` + link},
		{object{"type": "mrkdwn", "text": typed, "verbatim": true}, "see https://a.example/x?y=1 in #general, @here; " + link},
		{object{"type": "plain_text", "text": "*a* <b> https://a.example"}, "*a* &lt;b&gt; https://a.example"},
	} {
		if got := string(w.markup(c.text)); got != c.want {
			t.Errorf("%v became %q, not %q", c.text, got, c.want)
		}
	}
}

// What somebody wrote shows as a quotation, and what cannot be undone is asked about.
func TestQuotationAndQuestion(t *testing.T) {
	d := newDesk(t)
	d.slack("views.publish", url.Values{"user_id": {d.ada}, "view": {`{"type":"home","blocks":[
		{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"it is <b>slow</b>"},{"type":"user","user_id":"` + d.ada + `"}]}]},
		{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"end","value":"g1","text":{"type":"plain_text","text":"End access"},"confirm":{
			"title":{"type":"plain_text","text":"Really?"},"text":{"type":"plain_text","text":"It ends now."},"confirm":{"type":"plain_text","text":"End it"},"deny":{"type":"plain_text","text":"No"}}}]}]}`}})
	page := d.get(Path + d.ada + "?home=1")
	d.has(page, `<span class="quote">it is &lt;b&gt;slow&lt;/b&gt;<strong>@Ada Moreau</strong></span>`, `role="dialog"`, "Really?", "It ends now.", "<button>End it</button>")
	id := regexp.MustCompile(`popovertarget="([^"]+)">End access`).FindStringSubmatch(page)
	if id == nil || !strings.Contains(page, `popover id="`+id[1]+`"`) {
		t.Error("the button does not open its question: ", page)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Ada Moreau": "AM", "ada": "A", "Jean de la Tour": "JT", "": "?", "Øyvind Ås": "ØÅ"} {
		if got := face("U1", name); got.Initials != want || got.Hue >= hues {
			t.Errorf("%q: %+v", name, got)
		}
	}
}
