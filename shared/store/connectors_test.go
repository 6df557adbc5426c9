package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

func TestConnectors(t *testing.T) {
	h := newHouse(t)
	e := h.event("connector/c1", "connector.added")
	c, err := h.SaveConnector(ctx, connector.Connector{ID: "c1", Label: connector.NotConnected}, e)
	h.must(err)
	_, err = h.SaveConnector(ctx, connector.Connector{ID: "c0", Label: connector.NotConnected}, h.event("connector/c0", "connector.added"))
	h.must(err)
	_, err = h.SaveConnector(ctx, connector.Connector{ID: "c2"})
	h.refused(err, fault.Internal)
	_, err = h.SaveConnector(ctx, connector.Connector{ID: "c1"}, e)
	h.refused(err, fault.Conflict)

	c.NextSync, c.LastRun, c.LastGood = h.now, "run_1", h.now
	c, err = h.SaveConnector(ctx, c)
	h.must(err)
	labeled := c
	labeled.Label = connector.Connected
	_, err = h.SaveConnector(ctx, labeled)
	h.refused(err, fault.Internal)
	all := value[[]connector.Connector](h)(h.Connectors(ctx))
	if len(all) != 2 || all[0].ID != "c0" || all[1].Rev != 2 || !all[1].NextSync.Equal(h.now) {
		t.Errorf("%+v", all)
	}
	_, err = h.Connector(ctx, "c9")
	h.refused(err, fault.NotFound)
}

func TestAnInvitationIsFoundByLinkAndState(t *testing.T) {
	h := newHouse(t)
	e := h.event("connector/c1", "connector.invited")
	i := connector.Invitation{Link: "abc", Connector: "c1", Expires: h.now.Add(connector.InvitationTime)}
	h.refused(h.SaveInvitation(ctx, i), fault.Internal)
	h.must(h.SaveInvitation(ctx, i, e))
	i = value[connector.Invitation](h)(h.Invitation(ctx, "abc"))
	i.State, i.Browser = "def", "ghi"
	h.must(h.SaveInvitation(ctx, i, e))
	i = value[connector.Invitation](h)(h.Invitation(ctx, "def"))
	if i.Link != "abc" || i.Rev != 2 {
		t.Errorf("by its state: %+v", i)
	}
	other := i
	other.State = "xyz"
	h.refused(h.SaveInvitation(ctx, other, e), fault.Internal)
	i.Used = true
	h.must(h.SaveInvitation(ctx, i, e))
	h.refused(h.SaveInvitation(ctx, i, e), fault.Conflict)

	h.now = i.Expires.Add(23 * time.Hour)
	if got := value[connector.Invitation](h)(h.Invitation(ctx, "def")); !got.Used {
		t.Errorf("%+v", got)
	}
	h.now = h.now.Add(2 * time.Hour)
	for _, hash := range []string{"abc", "def", "none"} {
		_, err := h.Invitation(ctx, hash)
		h.refused(err, fault.NotFound)
	}
}

func TestRuns(t *testing.T) {
	h := newHouse(t)
	for i := range 3 {
		r := connector.Run{ID: fmt.Sprintf("run_%d", i), Connector: "c1", State: connector.Running, Started: h.now}
		_, err := h.SaveRun(ctx, r)
		h.refused(err, fault.Internal)
		_, err = h.SaveRun(ctx, r, h.event("connector/c1", "sync.started"))
		h.must(err)
		h.now = h.now.Add(time.Minute)
	}
	r := value[connector.Run](h)(h.Run(ctx, "run_1"))
	r.Page, r.Cursor = 4, "dXNlcjpVMDYxTkZUVDI="
	r, err := h.SaveRun(ctx, r)
	if h.must(err); h.table.rows != 1 {
		t.Errorf("progress took %d rows", h.table.rows)
	}
	r.State = connector.Done
	_, err = h.SaveRun(ctx, r)
	h.refused(err, fault.Internal)
	_, err = h.SaveRun(ctx, r, h.event("connector/c1", "sync.ended"))
	h.must(err)
	_, err = h.SaveRun(ctx, r, h.event("connector/c1", "sync.ended"))
	h.refused(err, fault.Conflict)
	rs := value[[]connector.Run](h)(h.Runs(ctx, "c1", 2))
	if len(rs) != 2 || rs[0].ID != "run_2" || rs[1].State != connector.Done || rs[1].Page != 4 {
		t.Errorf("%+v", rs)
	}
	if due := value[[]access.Due](h)(h.Due(ctx, "sync", h.now, 0)); len(due) != 2 || due[0].ID != "run_0" || due[0].Kind != "run" {
		t.Errorf("due: %+v", due)
	}
	_, err = h.Run(ctx, "run_9")
	h.refused(err, fault.NotFound)
}

func TestSeenPagesAddUp(t *testing.T) {
	h := newHouse(t)
	page := func(from, n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("U%06d", from+i))
		}
		return out
	}
	h.must(h.Saw(ctx, "run_1", "accounts", 1, page(0, 25_000)))
	h.must(h.Saw(ctx, "run_1", "accounts", 2, page(24_000, 1_000)))
	h.must(h.Saw(ctx, "run_1", "accounts", 2, page(25_000, 1_000)))
	h.must(h.Saw(ctx, "run_1", "accounts", 3, nil))
	h.must(h.Saw(ctx, "run_1", "channels", 1, page(90_000, 5)))
	if n := len(value[map[string]bool](h)(h.Seen(ctx, "run_1", "accounts"))); n != 26_000 {
		t.Errorf("%d ids", n)
	}
	h.now = h.now.Add(8 * 24 * time.Hour)
	if n := len(value[map[string]bool](h)(h.Seen(ctx, "run_1", "accounts"))); n != 0 {
		t.Errorf("%d ids after a week", n)
	}
}
