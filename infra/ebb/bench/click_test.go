package bench

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	clicks = 100
	// answered is what a click may take on a laptop. Slack waits three seconds, of
	// which the way there and back, and on AWS a cold start, take their part.
	answered = 0.5 // s
)

// From Slack's signed request until the door's answer: the first after the house
// started, and a hundred more.
func TestFromClickToAnswer(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-people", "300", "-groups", "5", "-channels", "20", "-plan", "business")
	h := startHouse(t, s)
	h.connect(s)
	ada := s.people(s.Teams[0])[0]
	var took []float64
	for i := range clicks + 1 {
		body := fmt.Sprintf(`{"type":"event_callback","event_id":"Ev%d","team_id":%q,"event_time":%d,"event":{"type":"user_change","user":{"id":%q}}}`,
			i, s.Teams[0], time.Now().Unix(), ada.ID)
		took = append(took, h.told(s, "/slack/events", "application/json", body).Seconds())
	}
	const what = "from an event to its answer: "
	atMost(t, what+"first", took[0], answered, "s")
	told(what+"p50", quantile(took[1:], 50), "s")
	atMost(t, what+"p95", quantile(took[1:], 95), answered, "s")
}

// told posts what Slack would, signed, and measures until the answer is read.
func (h *house) told(s *sim, path, kind, body string) time.Duration {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(s.SigningSecret))
	_, _ = io.WriteString(mac, "v0:"+stamp+":"+body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	began := time.Now()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	took := time.Since(began)
	if err != nil || resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s %s %v", path, resp.Status, answer, err)
	}
	return took
}
