package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
)

// TestTemplates: made, listed with what comes next, drafting by itself, stopped.
func TestTemplates(t *testing.T) {
	w := newWorld(t)
	w.campaigner()
	w.says(w.get("campaigner", "/reviews?tab=templates"), "No template yet", "New template")
	w.says(w.get("campaigner", "/templates/new"), "How often?", "First on", "starts by itself")
	form := w.specForm(url.Values{"every": {"quarterly"}, "first": {"2026-12-01"}, "auto": {"draft"}})
	for _, x := range []struct{ name, value, want string }{
		{"every", "daily", "monthly, quarterly or yearly"}, {"first", "tomorrow", `id="first-wrong"`}, {"first", "2020-01-01", "in the past"},
	} {
		bad := w.specForm(url.Values{"every": {"monthly"}, "first": {"2026-12-01"}})
		bad.Set(x.name, x.value)
		if got := w.do("campaigner", "POST", "/templates/new", bad.Encode()); got.code != 422 || !strings.Contains(got.text, x.want) {
			t.Errorf("%s: %d", x.value, got.code)
		}
	}
	to := w.post("campaigner", "/templates/new", form.Encode())
	w.says(w.get("campaigner", to), "Every three months", "drafted on", "1 Dec 2026", "0 reviews")
	w.At = time.Date(2026, 12, 1, 8, 0, 1, 0, time.UTC)
	delete(w.browsers, "campaigner")
	delete(w.browsers, "auditor")
	w.reviews()
	w.says(w.get("campaigner", to), "1 review", "the last one", "1 Mar 2027")
	w.says(w.get("campaigner", "/reviews?tab=draft"), "Autumn 2026-12-01", "by its template")
	w.says(w.get("auditor", "/reviews?tab=templates"), "Autumn", "Quarterly")
	w.post("campaigner", to+"/stop", "")
	w.says(w.get("campaigner", to), "Stopped")
	draft := "/reviews/" + between(w.get("campaigner", "/reviews?tab=draft"), `<td role="cell" data-head="Review"><a href="/reviews/`, `"`)
	w.says(w.get("campaigner", draft), "its template")
	w.post("campaigner", draft+"/cancel", "")
	w.says(w.get("campaigner", draft), "Canceled")
	w.says(w.get("campaigner", "/templates/new?from="+strings.TrimPrefix(draft, "/reviews/")), "Owner Example", "Autumn 2026-12-01")
}

// TestManualIsSeen: a manual task closes only when a sync shows it.
func TestManualIsSeen(t *testing.T) {
	w := newWorld(t)
	id := w.byHand()
	w.says(w.get("root", "/manual"), "Take Sam Example out of #town", "an access review")
	w.says(w.get("auditor", "/manual/"+id), "What to do")
	if strings.Contains(w.get("auditor", "/manual/"+id), "I did this") {
		t.Error("an auditor does it")
	}
	w.says(w.get("lin", "/manual"), "Nothing is to be done by hand")
	w.Slack.HandKick(w.Open, w.Account["sam"])
	w.At = w.At.Add(20 * time.Minute)
	w.Sync(w.Conn)
	w.At = w.At.Add(20 * time.Minute)
	for range 3 {
		w.Sweep()
		w.At = w.At.Add(time.Minute)
	}
	w.says(w.get("root", "/manual?all=1"), "Done, and seen in Slack")
	w.says(w.get("root", "/manual"), "Nothing is to be done by hand")
	m, err := w.Store.Manual(w.Context(), id)
	w.OK(err)
	if m.State != access.ManualDone {
		t.Errorf("%+v", m)
	}
}
