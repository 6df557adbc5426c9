package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/evidence"
)

// campaign is an access review as the API shows it.
type campaign struct {
	ID, State string
	Snapshot  struct{ Lines int }
	Lists     []struct {
		ID   string
		Left int
	}
}

// reviewed runs an access review: function review takes its snapshot, tells of its
// start and closes what nobody decided, called by its schedule alone.
func (s *story) reviewed(ctx context.Context) error {
	s.say("An access review: drafted, staged, started, decided and ended; review runs, too")
	s.scheduled(s.t, names.Review)
	var c campaign
	err := s.admin.post(ctx, "/v1/campaigns", map[string]any{
		"name": "Autumn", "connector": s.conn, "kinds": []string{"usergroup"}, "atEnd": "skip", "days": 14,
		"levels": []any{map[string]any{"by": "named", "accounts": []string{s.lin}}},
	}, &c)
	if err != nil {
		return err
	}
	path := "/v1/campaigns/" + c.ID
	if err := s.turned(ctx, path, "stage", nil, "staged"); err != nil {
		return err
	}
	if err := s.turned(ctx, path, "start", nil, "running"); err != nil {
		return err
	}
	if err := s.linKey.get(ctx, path, &c); err != nil || len(c.Lists) != 1 || c.Lists[0].Left == 0 {
		return fmt.Errorf("lin has the lists %+v: %w", c.Lists, err)
	}
	list := path + "/lists/" + c.Lists[0].ID
	var page struct {
		Items []struct {
			Fact    struct{ ID string }
			Refuses string
		}
	}
	if err := s.linKey.get(ctx, list+"/lines?show=left&limit=1", &page); err != nil || len(page.Items) != 1 || page.Items[0].Refuses != "" {
		return fmt.Errorf("lin sees %+v: %w", page.Items, err)
	}
	err = s.linKey.post(ctx, list+"/notes", map[string]any{"lines": []string{page.Items[0].Fact.ID}, "verdict": "certify"}, nil)
	var done struct{ Certified, Left int }
	if err == nil {
		err = s.linKey.post(ctx, list+"/submit", nil, &done)
	}
	if err != nil || done.Certified != 1 {
		return fmt.Errorf("submitted: %+v: %w", done, err)
	}
	if err := s.turned(ctx, path, "end", map[string]any{}, "completed"); err != nil {
		return err
	}
	if err := s.admin.get(ctx, path, &c); err != nil {
		return err
	}
	s.campaign = c
	s.tell("%d lines staged, 1 certified, %d skipped", c.Snapshot.Lines, done.Left)
	return nil
}

// exported has an auditor ask for the evidence of the review, which is too large for
// api to make: review makes it, and it comes in parts and verifies.
func (s *story) exported(ctx context.Context) error {
	var whole []byte
	sum, waited, began := "", 0, time.Now()
	for part, of := 0, 1; part < of; {
		resp, raw, err := s.admin.answer(ctx, fmt.Sprintf("/v1/campaigns/%s/evidence?part=%d", s.campaign.ID, part)+sum)
		if err != nil {
			return err
		}
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
			if waited++; time.Since(began) > 3*time.Minute {
				return fmt.Errorf("the evidence does not come: %s", raw)
			}
			time.Sleep(time.Second)
			continue
		}
		if _, err := fmt.Sscan(resp.Header.Get("Ebb-Parts"), &of); err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("part %d: %s %s", part, resp.Status, raw)
		}
		sum = "&sha256=" + resp.Header.Get("Ebb-SHA256")
		part, whole = part+1, append(whole, raw...)
	}
	var k struct{ Key string }
	if err := s.admin.get(ctx, "/v1/audit/key", &k); err != nil {
		return err
	}
	key, err := evidence.ParseKey(k.Key)
	if err != nil {
		return err
	}
	v, err := evidence.Verify(bytes.NewReader(whole), int64(len(whole)), key)
	if err != nil || !v.Whole() || v.Lines != s.campaign.Snapshot.Lines || waited == 0 {
		return fmt.Errorf("the evidence, after %d times: %+v: %w", waited, v, err)
	}
	s.tell("its evidence: made by review, %d bytes, %d lines; it verifies by the house's key", len(whole), v.Lines)
	return nil
}

// turned turns the review and waits for the state that follows.
func (s *story) turned(ctx context.Context, path, verb string, body map[string]any, state string) error {
	var c campaign
	if err := s.admin.post(ctx, path+"/"+verb, body, nil); err != nil {
		return err
	}
	err := until(ctx, 60*time.Second, func() (bool, error) {
		err := s.admin.get(ctx, path, &c)
		return c.State == state, err
	})
	if err != nil {
		return fmt.Errorf("after %s the review is %q: %w", verb, c.State, err)
	}
	return nil
}
