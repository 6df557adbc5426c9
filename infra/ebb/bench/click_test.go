package bench

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
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

// From a click on Approve until the door's answer, which Slack waits three seconds
// for, and until Slack lists the member: the first click that a house gets after
// its start, then nine more.
func TestFromClickToMember(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-people", "300", "-groups", "5", "-channels", "20", "-plan", "business")
	ada, lin, groups := s.stage()
	h := startHouse(t, s)
	h.connect(s)
	h.send("PUT", "/v1/policy", policyOf("leads-of-bench"), nil)
	asks := h.as(s, ada)
	requests := make([]string, len(groups))
	for i, g := range groups {
		requests[i] = asks.request(g, 10*time.Minute)
	}
	h.again(s)
	var acks, in []float64
	for i, g := range groups {
		began := time.Now()
		acks = append(acks, h.told(s, "/slack/interaction", "application/x-www-form-urlencoded", s.click(lin, requests[i])).Seconds())
		in = append(in, s.until(g, ada.ID, true, began.Add(20*time.Second)).Sub(began).Seconds())
	}
	const ack, member = "from a click on Approve to its answer: ", "from a click on Approve to member in: "
	atMost(t, ack+"first", acks[0], answered, "s")
	told(ack+"p50", quantile(acks[1:], 50), "s")
	atMost(t, ack+"p95", quantile(acks[1:], 95), answered, "s")
	atMost(t, member+"first", in[0], slowest, "s")
	told(member+"p50", quantile(in[1:], 50), "s")
	atMost(t, member+"p95", quantile(in[1:], 95), slowest, "s")
}

// click is what Slack posts when somebody presses Approve in a message.
func (s *sim) click(by person, request string) string {
	s.t.Helper()
	payload, err := json.Marshal(map[string]any{
		"type": "block_actions", "team": map[string]any{"id": s.Teams[0]}, "user": map[string]any{"id": by.ID, "team_id": s.Teams[0]},
		"container": map[string]any{"type": "message"}, "trigger_id": "1.2." + request, "response_url": strings.TrimSuffix(s.API, "api/") + "actions/" + s.Teams[0] + "/used-up",
		"actions": []any{map[string]any{"type": "button", "action_id": "approve", "block_id": "do/" + request, "value": request, "action_ts": "1.2"}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return url.Values{"payload": {string(payload)}}.Encode()
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
