package e2e

import (
	"context"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
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
	s.tell("%d lines staged, 1 certified, %d skipped", c.Snapshot.Lines, done.Left)
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
