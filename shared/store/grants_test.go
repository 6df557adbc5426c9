package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// grant is a new grant of a connector's user group to an account.
func (h *house) grant(id, resource, account string) access.Grant {
	return access.Grant{
		ID: id, Request: "rq_1", Connector: "c1", Workspace: "T1", Resource: resource, Kind: directory.UserGroup, Slug: "member",
		Account: account, Start: h.now, End: h.now.Add(time.Hour), State: access.Scheduled, Created: h.now,
	}
}

// made saves a new grant and reads it.
func (h *house) made(id, resource, account string) access.Grant {
	h.t.Helper()
	g := h.grant(id, resource, account)
	h.must(h.SaveGrants(ctx, []access.Grant{g}, h.event("grant/"+id, "grant.scheduled")))
	return value[access.Grant](h)(h.Grant(ctx, id))
}

// turned moves a grant and saves it.
func (h *house) turned(g access.Grant, turn access.Turn) access.Grant {
	h.t.Helper()
	next, err := g.Turn(turn, h.now, "because")
	h.must(err)
	h.must(h.SaveGrants(ctx, []access.Grant{next}, h.event("grant/"+g.ID, "grant."+string(next.State))))
	return value[access.Grant](h)(h.Grant(ctx, g.ID))
}

func TestGrantThroughItsLife(t *testing.T) {
	h := newHouse(t)
	g := h.made("g1", "S1", "U1")
	if g.Rev != 1 || h.table.rows != 5 {
		t.Errorf("a new grant: rev %d, %d rows", g.Rev, h.table.rows)
	}
	if st := value[access.Standing](h)(h.Standing(ctx, "c1", "S1")); len(st.Grants) != 0 {
		t.Error("a grant that was not begun concerns converge")
	}
	for i, step := range []struct {
		turn access.Turn
		rows int
	}{{access.Begin, 6}, {access.Give, 7}, {access.End, 6}, {access.Stick, 5}} {
		h.now = h.now.Add(time.Second)
		g = h.turned(g, step.turn)
		if g.Rev != int64(i+2) || h.table.rows != step.rows {
			t.Errorf("%s: rev %d, %d rows, want %d", step.turn, g.Rev, h.table.rows, step.rows)
		}
		st := value[access.Standing](h)(h.Standing(ctx, "c1", "S1"))
		if len(st.Grants) != 1 || fmt.Sprint(st.Grants[0]) != fmt.Sprint(g) {
			t.Errorf("%s: the copy is %+v, the grant %+v", step.turn, st.Grants, g)
		}
	}
	g = h.turned(h.turned(g, access.End), access.Gone)
	if h.table.rows != 10 {
		t.Errorf("the end took %d rows", h.table.rows)
	}
	for _, part := range []string{"live", "due#act", "res#c1#S1"} {
		if left := h.table.part(part); len(left) > 0 {
			t.Errorf("%s still has %q", part, left)
		}
	}
	again := g
	again.Outcome = "said better"
	h.must(h.SaveGrants(ctx, []access.Grant{again}))
	if got := value[access.Grant](h)(h.Grant(ctx, "g1")); got.Outcome != again.Outcome || len(h.table.part("ended")) != 1 {
		t.Errorf("a note on what is over: %+v", got)
	}
}

func TestGrantRefusals(t *testing.T) {
	h := newHouse(t)
	g := h.made("g1", "S1", "U1")
	e := h.event("grant/g1", "grant.granting")
	begun, _ := g.Turn(access.Begin, h.now, "")

	before := h.table.everything()
	h.refused(h.SaveGrants(ctx, []access.Grant{begun}), fault.Internal)
	stale, fresh := begun, h.grant("g1", "S1", "U1")
	stale.Rev = 7
	h.refused(h.SaveGrants(ctx, []access.Grant{stale}, e), fault.Conflict)
	h.refused(h.SaveGrants(ctx, []access.Grant{fresh}, e), fault.Conflict)
	gone := h.grant("g2", "S1", "U1")
	gone.Rev = 1
	h.refused(h.SaveGrants(ctx, []access.Grant{gone}, e), fault.Conflict)
	moved := begun
	moved.Account = "U2"
	h.refused(h.SaveGrants(ctx, []access.Grant{moved}, e), fault.Internal)
	word := begun
	word.State = "asleep"
	h.refused(h.SaveGrants(ctx, []access.Grant{word}, e), fault.Internal)
	nameless := e
	nameless.Aggregate = ""
	h.refused(h.SaveGrants(ctx, []access.Grant{begun}, nameless), fault.Internal)
	if after := h.table.everything(); after != before {
		t.Errorf("a refused save wrote:\n%s", after)
	}

	over := h.turned(g, access.Withdraw)
	back := over
	back.State = access.Granting
	h.refused(h.SaveGrants(ctx, []access.Grant{back}, e), fault.Internal)
	_, err := h.Grant(ctx, "g9")
	h.refused(err, fault.NotFound)
	if fault.TextOf(err) != "there is no grant g9" {
		t.Errorf("the text for people is %q", fault.TextOf(err))
	}
}

func TestTriesNeedNoEvent(t *testing.T) {
	h := newHouse(t)
	g := h.turned(h.made("g1", "S1", "U1"), access.Begin)
	tried := g.Trip(access.Trouble{Code: "ratelimited", Text: "wait"}, h.now, h.now.Add(time.Minute))
	tried.Added = true
	h.must(h.SaveGrants(ctx, []access.Grant{tried}))
	due := value[[]access.Due](h)(h.Due(ctx, "act", h.now.Add(time.Hour), 0))
	if len(due) != 1 || !due[0].At.Equal(tried.NextTry) {
		t.Errorf("due: %+v", due)
	}
	if n := len(value[[]access.Grant](h)(h.Grants(ctx, true, 0))); n != 1 {
		t.Errorf("%d live grants", n)
	}
}

func ids(gs []access.Grant) []string {
	var out []string
	for _, g := range gs {
		out = append(out, g.ID)
	}
	return out
}

func TestGrantLists(t *testing.T) {
	h := newHouse(t)
	for i := range 6 {
		g := h.made(fmt.Sprintf("g%d", i), "S1", fmt.Sprintf("U%d", i%2*10+1)) // U1 and U11
		h.now = h.now.Add(time.Minute)
		if i < 3 {
			h.turned(g, access.Withdraw)
		}
	}
	lists := func(liveOnly bool, limit int) []string {
		return ids(value[[]access.Grant](h)(h.Grants(ctx, liveOnly, limit)))
	}
	for _, c := range []struct {
		live  bool
		limit int
		want  []string
	}{
		{true, 0, []string{"g5", "g4", "g3"}},
		{true, 2, []string{"g5", "g4"}},
		{false, 0, []string{"g5", "g4", "g3", "g2", "g1", "g0"}},
		{false, 4, []string{"g5", "g4", "g3", "g2"}},
		{false, 3, []string{"g5", "g4", "g3"}},
	} {
		if got := lists(c.live, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("live only %v, limit %d: %q, want %q", c.live, c.limit, got, c.want)
		}
	}
	if got := ids(value[[]access.Grant](h)(h.GrantsOf(ctx, "c1", "U1"))); !slices.Equal(got, []string{"g4"}) {
		t.Errorf("U1's: %q", got)
	}
	if got := ids(value[[]access.Grant](h)(h.GrantsOf(ctx, "c1", "U11"))); !slices.Equal(got, []string{"g5", "g3"}) {
		t.Errorf("U11's: %q", got)
	}
}
