package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

const (
	clicks = 10 // of each kind
	// slackWaits is how long Slack waits for the answer to a click.
	slackWaits = 3 * time.Second
)

// TestClick is the part of `make bench` about clicks on the deployed functions: from
// Slack's signed click on Approve until the answer, with a process that starts for it
// and with one that is there, and until Slack lists the member. Each click approves a
// request of its own.
func TestClick(t *testing.T) {
	if os.Getenv("EBB_BENCH") == "" {
		t.Skip("SKIP: `make bench` measures this")
	}
	s := newStory(t, site{company: company, definition: workflow.Lease, secrets: "click/", level: "info"})
	s.voice = "click: "
	s.scheduled(t, names.Sync)
	var groups []string
	for i := range 2 * clicks {
		groups = append(groups, s.slack.AddGroup(slacktest.Group{Handle: fmt.Sprintf("click-%d", i), Name: fmt.Sprintf("click-%d", i), Members: []string{s.sam, s.kit}}))
	}
	if err := s.connect(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, s.errors())
	}
	rules := strings.ReplaceAll(policy, "[oncall]", `["click-*"]`)
	if err := s.admin.send(t.Context(), http.MethodPut, "/v1/policy", "application/yaml", []byte(rules), nil); err != nil {
		t.Fatal(err)
	}
	var cold, warm, member []time.Duration
	for i, g := range groups {
		if i%2 == 0 {
			s.fleet.afresh(names.Slack)
		}
		ack, in, err := s.click(t.Context(), g)
		if err != nil {
			t.Fatalf("click %d: %v\n%s", i, err, s.errors())
		}
		if member = append(member, in); i%2 == 0 {
			cold = append(cold, ack)
		} else {
			warm = append(warm, ack)
		}
	}
	for _, f := range []struct {
		what  string
		list  []time.Duration
		limit time.Duration
	}{
		{"from a signed click on Approve to its answer, process start included", cold, slackWaits},
		{"from a signed click on Approve to its answer, warm", warm, slackWaits},
		{"from a click on Approve to member in", member, 0},
	} {
		slices.Sort(f.list)
		p50, p95 := f.list[(len(f.list)-1)/2], f.list[(len(f.list)*95+99)/100-1]
		fmt.Printf("%-70s p50 %4d ms   p95 %4d ms\n", f.what, p50.Milliseconds(), p95.Milliseconds())
		if f.limit > 0 && p95 > f.limit {
			t.Errorf("%s: p95 is %s, and Slack waits %s", f.what, p95, f.limit)
		}
	}
}

// afresh ends the processes of a function that wait, so that its next call starts one.
func (f *fleet) afresh(name string) {
	f.mu.Lock()
	fn := f.functions[name]
	f.mu.Unlock()
	fn.Idle()
}

// click has Ada ask for a group and Lin press Approve, and measures.
func (s *story) click(ctx context.Context, group string) (ack, member time.Duration, err error) {
	var r struct{ ID string }
	err = s.adaKey.post(ctx, "/v1/requests", map[string]any{"connector": s.conn, "resources": []string{group}, "seconds": 3600, "reason": "bench"}, &r)
	if err != nil {
		return 0, 0, err
	}
	payload, err := json.Marshal(map[string]any{
		"type": "block_actions", "team": map[string]any{"id": s.owner.team}, "user": map[string]any{"id": s.lin, "team_id": s.owner.team},
		"trigger_id": "1.2." + r.ID, "response_url": s.owner.base + "/actions/" + s.owner.team + "/used-up",
		"actions": []any{map[string]any{"type": "button", "action_id": "approve", "block_id": "do/" + r.ID, "value": r.ID, "action_ts": "1.2"}},
	})
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := s.signedPost(ctx, slackapp.InteractionPath, url.Values{"payload": {string(payload)}}.Encode()); err != nil {
		return 0, 0, err
	}
	ack = time.Since(began)
	err = until(ctx, 30*time.Second, func() (bool, error) {
		got, err := s.owner.members(ctx, group)
		return slices.Contains(got, s.ada), err
	})
	return ack, time.Since(began), err
}

// signedPost posts a form as Slack does.
func (s *story) signedPost(ctx context.Context, path, body string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(s.slack.SigningSecret()))
	_, _ = io.WriteString(mac, "v0:"+stamp+":"+body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", path, resp.Status, answer)
	}
	return err
}
