package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// TestGivenUp: a denial that nobody carries out is given up on its page, with a reason
// that is asked for, and stays on the pages for as long as Slack shows the access.
func TestGivenUp(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	id := w.byHand()
	path := "/manual/" + id
	page := w.get("campaigner", path)
	w.says(page, "It will not be done", "Give it up")
	if strings.Contains(page, "I did this") {
		t.Error("who runs reviews does what owners have to")
	}
	for _, name := range []string{"owner", "auditor"} {
		if strings.Contains(w.get(name, path), "Give it up") {
			t.Errorf("the %s may give it up", name)
		}
	}
	if got := w.do("campaigner", "POST", path+"/give-up", url.Values{"why": {" "}}.Encode()); got.code != 422 || !strings.Contains(got.text, "Say why this is not done") {
		t.Errorf("without a reason: %d", got.code)
	}
	if got := w.do("owner", "POST", path+"/give-up", url.Values{"why": {"no"}}.Encode()); got.code != 403 {
		t.Errorf("by who has to do it: %d", got.code)
	}
	w.post("campaigner", path+"/give-up", url.Values{"why": {"sam <b>stays</b> until May"}}.Encode())
	w.says(w.get("campaigner", path), "Denied, given up, and still standing", "sam &lt;b&gt;stays&lt;/b&gt; until May", "Given up")
	w.says(w.get("owner", "/manual"), "Denied, and still standing", "until May", "Nothing is to be done by hand")
	m, err := w.Store.Manual(w.Context(), id)
	w.OK(err)
	campaign, _ := m.OfReview()
	_, err = w.House.EndCampaign(w.Context(), w.As("root"), campaign, review.SkipOpen)
	w.OK(err)
	w.reviews()
	w.says(w.get("campaigner", "/reviews/"+campaign), "or its line says why not", "what still stands (1)")
	v, err := w.House.ReadCampaign(w.Context(), w.As("lin"), campaign)
	w.OK(err)
	list := "/reviews/" + campaign + "/lists/" + v.Mine[0].ID
	w.says(w.get("lin", "/reviews/"+campaign), "or its line says why not", list, "what became of its lines")
	w.says(w.get("lin", list), "closed", " that nobody decided")
	w.says(w.get("root", list), "Denied, still standing", "Could not be removed: sam &lt;b&gt;stays", "given up by")
	w.Slack.HandKick(w.Open, w.Account["sam"])
	w.At = w.At.Add(time.Hour)
	w.Sync(w.Conn)
	if strings.Contains(w.get("root", "/manual"), "still standing") {
		t.Error("gone, it is said to stand")
	}
	w.says(w.get("root", "/manual?all=1"), "Slack does not show it any more")
}

// TestFixedLine: what nobody can take away in Slack is marked before anybody denies it.
func TestFixedLine(t *testing.T) {
	w := newWorld(t)
	s := w.spec()
	s.Scope.Kinds = []directory.Kind{directory.Workspace}
	campaign, list := w.campaign(s, false, false)
	w.says(w.get("lin", "/reviews/"+campaign+"/lists/"+list), `<span class="label bad">cannot be removed in Slack</span>`)
}

// TestReviewOfNothing: where nothing fits there is nothing to start.
func TestReviewOfNothing(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	s := w.spec()
	s.Scope.Kinds, s.Scope.Accounts = []directory.Kind{directory.UserGroup}, []review.Class{review.Externals}
	campaign, _ := w.campaign(s, false, true)
	page := w.get("campaigner", "/reviews/"+campaign)
	w.says(page, "There is nothing to review", "Cancel the review")
	if strings.Contains(page, "/start") {
		t.Error("it can be started")
	}
	if got := w.do("campaigner", "POST", "/reviews/"+campaign+"/start", ""); got.code != 422 && got.code != 400 || !strings.Contains(got.text, "wider scope") {
		t.Errorf("started: %d", got.code)
	}
}

// TestTemplateSentTwice: the same form sent twice is one template; stopped, and sent
// again, it is another.
func TestTemplateSentTwice(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	form := w.specForm(url.Values{
		"key": {between(w.get("campaigner", "/templates/new"), `name="key" value="`, `"`)}, "every": {"quarterly"}, "first": {"2026-12-01"}, "auto": {"draft"},
	})
	if form.Get("key") == "" {
		t.Fatal("the form has no key")
	}
	first := w.post("campaigner", "/templates/new", form.Encode())
	if to := w.post("campaigner", "/templates/new", form.Encode()); to != first {
		t.Errorf("sent twice it is %s and %s", first, to)
	}
	form.Set("name", "Winter")
	if to := w.post("campaigner", "/templates/new", form.Encode()); to == first {
		t.Error("changed, it is the same")
	}
	form.Set("name", "Autumn")
	w.post("campaigner", first+"/stop", "")
	if to := w.post("campaigner", "/templates/new", form.Encode()); to == first {
		t.Error("a stopped template was given for a new one")
	}
}
