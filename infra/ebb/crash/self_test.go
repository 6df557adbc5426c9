package crash

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAnOldCopyIsNoticed: acknowledged writes that a house has lost, because
// yesterday's file was put in the place of today's, are violations, and the
// audit does not verify.
func TestAnOldCopyIsNoticed(t *testing.T) {
	_, seed := settings(t)
	c := newCompany(t, seed)
	file, old := filepath.Join(c.house.dir, "ebb.db"), filepath.Join(t.TempDir(), "ebb.db")
	for life := range 2 {
		if life == 1 {
			copyTable(t, file, old)
		}
		c.ledger.life = life
		h := c.open()
		c.look(h)
		c.load(h, c.untilSigned)
	}
	if c.ledger.violations != nil {
		t.Fatalf("before anything was lost: %q", c.ledger.violations)
	}
	copyTable(t, old, file)
	h := c.open()
	c.look(h)
	c.verify(h)
	all := strings.Join(c.ledger.violations, "\n")
	for _, want := range []string{"acknowledged and is lost", "the audit does not verify"} {
		if !strings.Contains(all, want) {
			t.Errorf("no violation says %q:\n%s", want, all)
		}
	}
}

// untilSigned lets everybody work for a while, and waits until a head is signed
// over what was written.
func (c *company) untilSigned() {
	c.t.Helper()
	heads := filepath.Join(c.house.dir, "heads.jsonl")
	size := func() int64 {
		info, err := os.Stat(heads)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	time.Sleep(500 * time.Millisecond)
	c.tired.Store(true) // a house at rest comes to signing soon
	defer c.tired.Store(false)
	was := size()
	for end := time.Now().Add(30 * time.Second); size() <= was; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("no head was signed within 30 s")
		}
	}
}

// copyTable copies SQLite's file with what lies beside it.
func copyTable(t *testing.T, from, to string) {
	t.Helper()
	for _, part := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(from + part)
		if err == nil {
			err = os.WriteFile(to+part, raw, 0o600)
		} else if os.IsNotExist(err) {
			if err = os.Remove(to + part); os.IsNotExist(err) {
				err = nil
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheLedgerSees: for each way in which a house could be wrong, one entry
// that says so. It needs no house.
func TestTheLedgerSees(t *testing.T) {
	end := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	request := func(change func(*foundRequest)) []foundRequest {
		r := foundRequest{ID: "rq_1"}
		r.Subject.ID = "U1"
		r.Items = append(r.Items, struct {
			Resource struct{ ID string }
			State    string
			Grant    string
		}{struct{ ID string }{"S1"}, "approved", "g_1"})
		change(&r)
		return []foundRequest{r}
	}
	grant := func(change func(*foundGrant)) []foundGrant {
		g := foundGrant{ID: "g_1", State: "revoked", End: end, Over: true}
		g.Resource.ID, g.Account.ID = "S1", "U1"
		change(&g)
		return []foundGrant{g}
	}
	asIs, asItIs := func(*foundRequest) {}, func(*foundGrant) {}
	for want, found := range map[string]struct {
		requests []foundRequest
		grants   []foundGrant
		ended    bool
	}{
		"": {request(asIs), grant(asItIs), false},
		"request rq_1 was acknowledged and is lost":               {nil, grant(asItIs), false},
		"grant g_1 was acknowledged and is lost":                  {request(asIs), nil, false},
		"acknowledged as approved":                                {request(func(r *foundRequest) { r.Items[0].State = "pending" }), grant(asItIs), false},
		"is approved (g_2)":                                       {request(func(r *foundRequest) { r.Items[0].Grant = "g_2" }), grant(asItIs), false},
		"request rq_1 is another one":                             {request(func(r *foundRequest) { r.Subject.ID = "U2" }), grant(asItIs), false},
		"request rq_2 was never acknowledged":                     {append(request(asIs), request(func(r *foundRequest) { r.ID = "rq_2" })...), grant(asItIs), false},
		"request rq_1 was never acknowledged, or is listed twice": {append(request(asIs), request(asIs)...), grant(asItIs), false},
		"ends at 10:00:00.000":                                    {request(asIs), grant(func(g *foundGrant) { g.End = end.Add(time.Hour) }), false},
		"grant g_1 is another one":                                {request(asIs), grant(func(g *foundGrant) { g.Account.ID = "U2" }), false},
		"by whom is \"u_1\"":                                      {request(asIs), grant(func(g *foundGrant) { g.EndedBy = "u_1" }), false},
		"by whom is \"\"":                                         {request(asIs), grant(asItIs), true},
		"ended by hand and is active":                             {request(asIs), grant(func(g *foundGrant) { g.EndedBy, g.State = "u_1", "active" }), true},
		"grant g_1 is ended outside":                              {request(asIs), grant(func(g *foundGrant) { g.State = "ended outside" }), false},
		"grant g_2 was never acknowledged":                        {request(asIs), append(grant(asItIs), grant(func(g *foundGrant) { g.ID = "g_2" })...), false},
	} {
		l := newLedger()
		e := l.ask(request(asIs)[0])
		l.turned(l.grantOf(e), grant(asItIs)[0], found.ended)
		got := strings.Join(l.judgeAll(found.requests, found.grants), "\n")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

// TestTheLedgerSeesSlack: who is where nobody asked, who is missing, and who is
// still there in the end.
func TestTheLedgerSeesSlack(t *testing.T) {
	l := newLedger()
	l.standing["S1"] = []string{"U8", "U9"}
	l.grants["g_1"] = &grant{id: "g_1", group: "S1", account: "U1"}
	for _, x := range []struct {
		in   []string
		rest bool
		want string
	}{
		{[]string{"U8", "U9"}, true, ""},
		{[]string{"U8", "U9", "U1"}, false, ""},
		{[]string{"U8", "U9", "U1"}, true, "U1 is in S1"},
		{[]string{"U8", "U9", "U2"}, false, "U2 is in S1"},
		{[]string{"U8", "U1"}, false, "U9 stood in S1"},
		{nil, true, "U8 stood in S1"},
	} {
		got := strings.Join(l.judgeMembers(map[string][]string{"S1": x.in}, x.rest), "\n")
		if (got == "") != (x.want == "") || !strings.Contains(got, x.want) {
			t.Errorf("%v, at rest %t: want %q, got %q", x.in, x.rest, x.want, got)
		}
	}
}

// TestTheSeedDecides: the same seed gives the same moments and wishes.
func TestTheSeedDecides(t *testing.T) {
	wishes := func(seed uint64) (all []string) {
		w := &worker{c: &company{groups: []string{"S1", "S2", "S3"}, ledger: newLedger()}, n: 1, moods: rand.New(rand.NewPCG(seed, 1))}
		for range 20 {
			all = append(all, w.wish().what)
		}
		return all
	}
	same, other := strings.Join(wishes(1), " "), strings.Join(wishes(2), " ")
	if same != strings.Join(wishes(1), " ") || same == other {
		t.Errorf("%s\n%s", same, other)
	}
}
