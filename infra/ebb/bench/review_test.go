package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// A review of 100,000 accounts and 200,000 lines, on the engine of a laptop: 400
// user groups of 500 members, each group with one of 100 owners, who so have 2,000
// lines each.
const (
	reviewAccounts = 100_000
	reviewGroups   = 400
	reviewMembers  = 500
	reviewOwners   = 100

	reviewMemory = 256.0 // MiB, of the process while it stages
	reviewPage   = 0.3   // s, a reviewer's page at the 95th percentile
	reviewWeb    = 0.5   // s, the same as the console shows it, over HTTP
)

// counting counts the rows that a table is given.
type counting struct {
	store.Table
	rows, read atomic.Int64
}

func (c *counting) Commit(ctx context.Context, w []store.Write) error {
	c.rows.Add(int64(len(w)))
	return c.Table.Commit(ctx, w)
}

func (c *counting) Batch(ctx context.Context, w []store.Write) error {
	c.rows.Add(int64(len(w)))
	return c.Table.Batch(ctx, w)
}

func (c *counting) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	rows, more, err := c.Table.Query(ctx, r)
	c.read.Add(int64(len(rows)))
	return rows, more, err
}

func (c *counting) Get(ctx context.Context, k store.Key) (store.Row, error) {
	c.read.Add(1)
	return c.Table.Get(ctx, k)
}

func TestAReviewOf200000(t *testing.T) {
	heavy(t)
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lite, err := sqlite.Open(filepath.Join(t.TempDir(), "ebb.db"), sqlite.Options{Now: time.Now})
	ok(err)
	defer lite.Close()
	table := &counting{Table: lite}
	mem := store.New(table, store.Options{Now: time.Now})
	n := 0
	h := &flow.House{
		Now: time.Now, NewID: func(p string) string { n++; return fmt.Sprintf("%s_%d", p, n) }, NewWord: func() string { return "w" },
		Memory: mem, Secrets: noSecrets{}, Slack: asKnown{mem: mem},
	}
	root := access.Actor{User: access.User{ID: "u_root", Duties: []access.Duty{access.SuperAdministrator}}}
	reviewer := fill(ctx, t, mem)

	d, err := h.DraftCampaign(ctx, root, review.Spec{
		Name: "All", Connector: "c1", Days: 14, AtEnd: review.SkipOpen, Levels: []review.Level{{By: review.ByOwner}},
		Scope: review.Scope{Kinds: []directory.Kind{directory.UserGroup}},
	})
	ok(err)
	_, err = h.StageCampaign(ctx, root, d.ID)
	ok(err)
	runtime.GC()
	most, stop := heapPeak()
	table.rows.Store(0)
	began := time.Now()
	for d.State = review.Staging; d.State == review.Staging; {
		_, err := h.Review(ctx)
		ok(err)
		d, err = mem.Campaign(ctx, d.ID)
		ok(err)
	}
	took := time.Since(began).Seconds()
	stop()
	lines := d.Snapshot.Lines
	exactly(t, "a review of 100,000 accounts: lines staged", lines, reviewGroups*reviewMembers, "")
	told("the same: lines staged a second", float64(lines)/took, "")
	told("the same: rows written for a line", float64(table.rows.Load())/float64(lines), "")
	atMost(t, "the same: memory while staging", *most/(1<<20), reviewMemory, "MiB")

	_, err = h.StartCampaign(ctx, root, d.ID)
	ok(err)
	mine, err := mem.AssignmentsOf(ctx, "c1", reviewer.User.In("c1"), d.ID)
	ok(err)
	if len(mine) != 1 {
		t.Fatalf("%d lists", len(mine))
	}
	list := mine[0].ID
	var pages []float64
	var read int64
	for i := range 40 {
		table.read.Store(0)
		began := time.Now()
		v, err := h.ReadReview(ctx, reviewer, d.ID, list, flow.LineFilter{ByPerson: i%2 == 1}, flow.Slice{Limit: 100})
		ok(err)
		if v.Found != reviewGroups*reviewMembers/reviewOwners || len(v.Lines.Items) != 100 {
			t.Fatalf("%d lines, %d on the page", v.Found, len(v.Lines.Items))
		}
		pages = append(pages, time.Since(began).Seconds())
		read = table.read.Load()
	}
	told("a reviewer's page of a list of 2,000: p50", quantile(pages, 50)*1000, "ms")
	atMost(t, "a reviewer's page of a list of 2,000: p95", quantile(pages, 95)*1000, reviewPage*1000, "ms")
	told("the same: rows read", read, "")
	web, size := webPage(ctx, t, h, mem, reviewer, "/reviews/"+d.ID+"/lists/"+list)
	told("the console's page of a list of 2,000: p50", quantile(web, 50)*1000, "ms")
	atMost(t, "the console's page of a list of 2,000: p95", quantile(web, 95)*1000, reviewWeb*1000, "ms")
	told("the same: size", size/1024, "KiB")

	v, err := h.ReadReview(ctx, reviewer, d.ID, list, flow.LineFilter{}, flow.Slice{Limit: 200})
	ok(err)
	var ids []string
	for _, l := range v.Lines.Items {
		ids = append(ids, l.ID)
	}
	for _, x := range []struct {
		what string
		ids  []string
		v    review.Verdict
	}{{"one certified by itself", ids[:1], review.Certify}, {"199 certified together", ids[1:], review.Certify}} {
		table.rows.Store(0)
		_, err = h.NoteReviews(ctx, reviewer, flow.Noting{Campaign: d.ID, Assignment: list, Lines: x.ids, Verdict: x.v})
		ok(err)
		told("rows written for a noted line, "+x.what, float64(table.rows.Load())/float64(len(x.ids)), "")
		table.rows.Store(0)
		began := time.Now()
		_, err = h.SubmitReviews(ctx, reviewer, d.ID, list)
		ok(err)
		told("rows written for a submitted line, "+x.what, float64(table.rows.Load())/float64(len(x.ids)), "")
		told("submitted, "+x.what, time.Since(began).Seconds()*1000, "ms")
	}
	packaged(ctx, t, h, mem, root, d.ID)
}

// fill writes the directory, and gives the actor who owns the first groups.
func fill(ctx context.Context, t *testing.T, mem *store.Store) access.Actor {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	e := func(about string) audit.Event {
		return audit.Event{At: now, Aggregate: about, Action: "test.made", Actor: "ebb"}
	}
	_, err := mem.SaveConnector(ctx, connector.Connector{
		ID: "c1", Name: "Umbra", Label: connector.Connected, Team: "T1", Workspaces: []string{"T1"}, LastGood: now, Every: time.Hour,
		UserScopes: []string{"usergroups:read", "usergroups:write"}, Created: now,
	}, e("connector/c1"))
	ok(err)
	account := func(i int) string { return fmt.Sprintf("U%08d", i) }
	for i := 0; i < reviewAccounts; {
		var b directory.Batch
		for range 5000 {
			b.Accounts = append(b.Accounts, directory.Account{
				ID: account(i), Connector: "c1", Kind: directory.Human, State: directory.Active, Name: fmt.Sprintf("Person %d", i),
				Handle: fmt.Sprintf("person%d", i), Email: fmt.Sprintf("person%d@example.com", i), TwoFactor: true,
				Roles: map[string]directory.WorkspaceRole{"T1": directory.Member},
			})
			i++
		}
		ok(mem.Put(ctx, b))
	}
	for g := range reviewGroups {
		id := fmt.Sprintf("S%05d", g)
		b := directory.Batch{Resources: []directory.Resource{{
			ID: id, Connector: "c1", Workspace: "T1", Kind: directory.UserGroup, Name: fmt.Sprintf("group-%d", g), Count: reviewMembers,
		}}}
		for m := range reviewMembers {
			b.Memberships = append(b.Memberships, directory.Membership{
				Connector: "c1", Resource: id, Slug: "member", Account: account((g*reviewMembers + m) % (reviewAccounts - 1000)), Since: now, Kind: directory.UserGroup,
			})
		}
		ok(mem.Put(ctx, b))
		ok(mem.SetOwners(ctx, "c1", id, []string{account(reviewAccounts - 1 - g%reviewOwners)}, e("resource/c1/"+id)))
	}
	u := access.User{ID: "u_1", Name: "Owner", Accounts: []access.Ref{{Connector: "c1", Account: account(reviewAccounts - 1)}}, Duties: []access.Duty{access.Ordinary}, Created: now}
	u, err = mem.SaveUser(ctx, u, e("person/u_1"))
	ok(err)
	return access.Actor{User: u}
}

// heapPeak watches what the process holds, in bytes, until it is stopped.
func heapPeak() (most *float64, stop func()) {
	most = new(float64)
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*most = max(*most, float64(m.Sys-m.HeapReleased))
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return most, func() { close(done); <-over }
}

// asKnown is a Slack that says of accounts what is known.
type asKnown struct {
	flow.Slack
	mem *store.Store
}

func (s asKnown) Account(ctx context.Context, l connector.Link, id string) (directory.Account, error) {
	return s.mem.Account(ctx, "c1", id)
}

// noSecrets has none: nothing here needs a token.
type noSecrets struct{}

func (noSecrets) Get(context.Context, string) ([]byte, string, error) {
	return nil, "", fault.New("bench", fault.NotFound, "no secrets here")
}
func (noSecrets) Swap(context.Context, string, []byte, string) (string, error) { return "1", nil }
func (noSecrets) Delete(context.Context, string) error                         { return nil }
