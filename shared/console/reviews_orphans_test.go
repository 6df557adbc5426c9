package console_test

import (
	"net/url"
	"testing"
)

// TestReviewOfNobody: a review that finds no reviewer says so before it is started, and
// and that its start tells nobody.
func TestReviewOfNobody(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	form := w.specForm(url.Values{"name": {"Of nobody"}, "fallback": nil, "level1": {"manager"}, "level1_people": nil})
	to := w.post("campaigner", "/reviews/new", form.Encode())
	if got := w.do("campaigner", "POST", to+"/start", ""); got.code != 409 && got.code != 422 {
		t.Errorf("a draft was started: %d", got.code)
	} else {
		w.says(got.text, "has no snapshot: stage it")
	}
	w.post("campaigner", to+"/stage", "")
	w.reviews()
	w.says(w.get("campaigner", to), "1 line has no reviewer", "Nobody yet", "Start: tell the reviewer of 1 list")
	w.post("campaigner", to+"/start", "")
	w.reviews()
	w.says(w.get("campaigner", to), "no reviewer")
	if got := w.do("campaigner", "POST", to+"/cancel", ""); got.code == 303 {
		t.Error("a running review was canceled")
	} else {
		w.says(got.text, "end it")
	}
}
