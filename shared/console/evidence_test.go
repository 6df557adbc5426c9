package console_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/console"
)

// TestLargePackage: where answers are bounded a large package is made by the house;
// its page says how far it is, and has the link once it is there.
func TestLargePackage(t *testing.T) {
	w := newWorld(t)
	w.House.EvidenceAtOnce = 1
	s := httptest.NewServer(console.Handler(w.House, console.Options{SheetRows: 1000}))
	t.Cleanup(s.Close)
	w.at = s.URL
	id, _ := w.reviewed(false, false)
	file, page := "/reviews/"+id+"/evidence", "/reviews/"+id+"/package"
	w.says(w.get("auditor", "/reviews/"+id), `href="`+file+`"`)
	if got := w.do("auditor", "GET", file, ""); got.code != 303 || got.to != page {
		t.Fatalf("asked for, it is %d to %q", got.code, got.to)
	}
	w.says(w.get("auditor", page), "too large to be made at once", `hx-trigger="every 10s"`, `http-equiv="refresh"`)
	w.reviews()
	text := w.get("auditor", page)
	w.says(text, "is ready")
	take := between(text, `<a class="button" href="`, `"`)
	if strings.Contains(text, `http-equiv="refresh"`) || strings.Contains(text, "hx-trigger") {
		t.Error("what is ready goes on asking")
	}
	if !strings.HasPrefix(take, file+"?sha256=") {
		t.Errorf("the link leads to %q", take)
	}
	got := w.do("auditor", "GET", take, "")
	if got.code != 200 || got.Get("Content-Type") != "application/zip" || !strings.HasPrefix(got.text, "PK\x03\x04") {
		t.Errorf("%d, %s", got.code, got.Get("Content-Type"))
	}
	for role, want := range map[string]int{"nobody": 303, "ada": 404, "lin": 403} {
		if got := w.do(role, "GET", page, ""); got.code != want {
			t.Errorf("%s: %d", role, got.code)
		}
	}
	w.House.EvidenceAtOnce = 0
	w.says(w.get("auditor", page), "being sealed", `href="`+file+`"`)
}
