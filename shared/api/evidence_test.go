package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/review"
)

// TestEvidence: an auditor takes a review's package in parts, and it verifies by the
// key that the house gives; a house that may not sign waits for the sweep.
func TestEvidence(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c, err := w.house.DraftCampaign(ctx, w.root, review.Spec{
		Name: "Autumn", Connector: w.conn, Days: 14, AtEnd: review.SkipOpen, Levels: []review.Level{{By: review.ByNamed, Accounts: []string{w.account["lin"]}}},
	})
	w.ok(err)
	path := "/v1/campaigns/" + c.ID + "/evidence?part=0"
	if got := w.send("auditor", "GET", path, ""); got.Code != 400 {
		t.Errorf("of a draft: %d", got.Code)
	}
	_, err = w.house.StageCampaign(ctx, w.root, c.ID)
	w.ok(err)
	_, err = w.house.Review(ctx)
	w.ok(err)
	_, err = w.house.StartCampaign(ctx, w.root, c.ID)
	w.ok(err)
	if got := w.send("auditor", "GET", path, ""); got.Code != 429 || got.Header().Get("Retry-After") == "" {
		t.Errorf("before it is sealed: %d", got.Code)
	}
	for range 2 {
		w.at = w.at.Add(time.Minute)
		_, err = w.house.Seal(ctx)
		w.ok(err)
		_ = w.send("auditor", "GET", path, "")
	}
	for role, want := range map[string]int{
		"nobody": 401, "outsider": 404, "guest": 404, "ada": 404, "lin": 403, "owner": 403, "integrator": 404, "auditor": 200, "root": 200,
	} {
		if got := w.send(role, "GET", path, ""); got.Code != want {
			t.Errorf("%s: %d, want %d", role, got.Code, want)
		}
	}
	got := w.send("auditor", "GET", path, "")
	raw := got.Body.Bytes()
	sum := sha256.Sum256(raw)
	if got.Header().Get("Ebb-Parts") != "1" || got.Header().Get("Ebb-SHA256") != hex.EncodeToString(sum[:]) || got.Header().Get("Content-Type") != "application/zip" {
		t.Errorf("%v", got.Header())
	}
	var k struct{ Key string }
	w.want(w.send("auditor", "GET", "/v1/audit/key", ""), 200, &k)
	key, err := evidence.ParseKey(k.Key)
	w.ok(err)
	v, err := evidence.Verify(bytes.NewReader(raw), int64(len(raw)), key)
	if err != nil || !v.Whole() || !v.Pinned || v.Lines == 0 {
		t.Errorf("%+v, %v", v, err)
	}
	if got := w.send("auditor", "GET", path[:len(path)-1]+"1", ""); got.Code != 400 {
		t.Errorf("a part that is not there: %d", got.Code)
	}
	if got := w.send("auditor", "GET", path+"&sha256="+hex.EncodeToString(make([]byte, 32)), ""); got.Code != 409 {
		t.Errorf("a part of another package: %d", got.Code)
	}
	w.api = api.Handler(w.house, api.Options{Whole: true})
	if got := w.send("auditor", "GET", "/v1/campaigns/"+c.ID+"/evidence", ""); got.Code != 200 || !bytes.Equal(got.Body.Bytes(), raw) {
		t.Errorf("whole: %d, %d bytes", got.Code, got.Body.Len())
	}
}

// TestLargeEvidence: a package that is too large for one call is made by the house;
// until it is there, each call says so and when to come again.
func TestLargeEvidence(t *testing.T) {
	w := newWorld(t)
	w.house.EvidenceAtOnce = 1
	ctx := t.Context()
	c, err := w.house.DraftCampaign(ctx, w.root, review.Spec{
		Name: "Autumn", Connector: w.conn, Days: 14, AtEnd: review.SkipOpen, Levels: []review.Level{{By: review.ByNamed, Accounts: []string{w.account["lin"]}}},
	})
	w.ok(err)
	_, err = w.house.StageCampaign(ctx, w.root, c.ID)
	w.ok(err)
	_, err = w.house.Review(ctx)
	w.ok(err)
	_, err = w.house.StartCampaign(ctx, w.root, c.ID)
	w.ok(err)
	goesOn := func() {
		w.at = w.at.Add(time.Minute)
		_, err := w.house.Review(ctx)
		w.ok(err)
		_, err = w.house.Seal(ctx)
		w.ok(err)
	}
	goesOn()
	path := "/v1/campaigns/" + c.ID + "/evidence"
	for role, want := range map[string]int{"nobody": 401, "ada": 404, "lin": 403, "integrator": 404, "auditor": 429} {
		got := w.send(role, "GET", path+"?part=0", "")
		if got.Code != want || want == 429 && (got.Header().Get("Retry-After") != "15" || !bytes.Contains(got.Body.Bytes(), []byte("too large to be made at once"))) {
			t.Errorf("%s: %d %s", role, got.Code, got.Body)
		}
	}
	for range 4 {
		goesOn()
	}
	got := w.send("auditor", "GET", path, "") // it fits one answer
	sum := sha256.Sum256(got.Body.Bytes())
	if got.Code != 200 || got.Header().Get("Ebb-SHA256") != hex.EncodeToString(sum[:]) || got.Header().Get("Ebb-Parts") != "1" {
		t.Fatalf("%d %v", got.Code, got.Header())
	}
	again := w.send("auditor", "GET", path+"?part=0&sha256="+hex.EncodeToString(sum[:]), "")
	if again.Code != 200 || !bytes.Equal(again.Body.Bytes(), got.Body.Bytes()) {
		t.Errorf("the part: %d", again.Code)
	}
	if got := w.send("lin", "GET", path+"?part=0&sha256="+hex.EncodeToString(sum[:]), ""); got.Code != 403 {
		t.Errorf("a part for who is no auditor: %d", got.Code)
	}
}
