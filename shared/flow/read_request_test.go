package flow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
)

// seldom counts how many requests are read to make a list.
type seldom struct {
	flow.Memory
	read int
}

func (s *seldom) Requests(ctx context.Context, open bool, n int) ([]access.Request, error) {
	all, err := s.Memory.Requests(ctx, open, n)
	s.read += len(all)
	return all, err
}

func (s *seldom) RequestsOf(ctx context.Context, conn, account string, n int) ([]access.Request, error) {
	all, err := s.Memory.RequestsOf(ctx, conn, account, n)
	s.read += len(all)
	return all, err
}

// listed pages through the requests that somebody sees.
func (c *company) listed(by access.Actor, limit int) (ids []string) {
	c.t.Helper()
	for s := (flow.Slice{Limit: limit}); ; {
		p, err := c.house.ReadRequests(c.ctx, by, false, s)
		c.ok(err)
		for _, v := range p.Items {
			ids = append(ids, v.ID)
		}
		if p.Next == "" {
			return ids
		}
		s.After = p.Next
	}
}

// TestRequestsOfAPerson: the list of somebody who oversees nothing is what they
// would see one by one, and is made without reading everybody's.
func TestRequestsOfAPerson(t *testing.T) {
	c := newCompany(t)
	var all []string
	for i, who := range []string{c.ada, c.bob, c.kit, c.ada, c.bob, c.ada} {
		r, err := c.request(who, c.oncall, time.Hour)
		c.ok(err)
		all = append(all, r.ID)
		if i%2 == 0 {
			_, err = c.house.Deny(c.ctx, c.actor(c.lin), r.ID, "")
			c.ok(err)
		}
		c.clock.move(time.Minute)
	}
	for range 30 { // of bob's, over long ago
		r, err := c.request(c.bob, c.oncall, time.Hour)
		c.ok(err)
		_, err = c.house.Cancel(c.ctx, c.actor(c.bob), r.ID)
		c.ok(err)
		all = append(all, r.ID)
	}
	slices.Reverse(all)
	for _, who := range []string{c.ada, c.bob, c.kit, c.lin, c.sam} {
		by := c.actor(who)
		var want []string
		for _, id := range all {
			if _, err := c.house.ReadRequest(c.ctx, by, id); err == nil {
				want = append(want, id)
			}
		}
		for _, limit := range []int{1, 2, 50} {
			got := c.listed(by, limit)
			slices.Sort(got) // bob's thirty share a time, and then ids order them
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s by %d: %v, want %v", who, limit, got, want)
			}
		}
	}
	if n := len(c.listed(c.actor(c.lin), 50)); n != 6 { // three that she denied, three that wait for her
		t.Errorf("lin sees %d", n)
	}
	count := &seldom{Memory: c.house.Memory}
	c.house.Memory = count
	if c.listed(c.actor(c.ada), 50); count.read > 10 {
		t.Errorf("%d requests were read for ada's few", count.read)
	}
}
