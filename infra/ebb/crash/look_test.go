package crash

import (
	"path/filepath"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// look holds the ledger against a house that was just started: first what got
// no answer, then what was written since the last look, then Slack.
func (c *company) look(h *house) {
	c.t.Helper()
	for _, w := range c.workers {
		w.resume(h)
	}
	requests, grants := c.ledger.touched()
	for _, e := range requests {
		got := h.call(c.root, "GET", "/v1/requests/"+e.id, nil, "")
		if wrong := e.judge(shown[foundRequest](got)); wrong != "" {
			c.ledger.violate("%s", wrong)
		}
		c.told(h, "request/"+e.id, e.writes)
	}
	for _, e := range grants {
		found := shown[foundGrant](h.call(c.root, "GET", "/v1/grants/"+e.id, nil, ""))
		if wrong := e.judge(found); wrong != "" {
			c.ledger.violate("%s", wrong)
		} else {
			c.ledger.seen(e, *found)
		}
		c.told(h, "grant/"+e.id, e.writes)
	}
	for _, id := range c.ledger.lastRuns() {
		if got := h.call(c.root, "GET", "/v1/syncs/"+id, nil, ""); !got.ok() {
			c.ledger.violate("sync %s was acknowledged and is lost: %d", id, got.status)
		}
	}
	for _, wrong := range c.ledger.judgeMembers(c.house.slack.members(), false) {
		c.ledger.violate("%s", wrong)
	}
}

// shown is what the house answered, nil where it has nothing.
func shown[T any](a answer) *T {
	v, err := said[T](a)
	if err != nil {
		return nil
	}
	return &v
}

// told wants an event for each write.
func (c *company) told(h *house, aggregate string, writes int) {
	c.t.Helper()
	events, err := list[struct{ Action string }](h, c.root, "/v1/audit/events?aggregate="+aggregate+"&")
	if err != nil || len(events) < writes {
		c.ledger.violate("%s: %d events for %d writes (%v)", aggregate, len(events), writes, err)
	}
}

// verify has the house walk its whole trail.
func (c *company) verify(h *house) {
	c.t.Helper()
	v, err := said[struct {
		Whole  bool
		Events int
		Broken []string
	}](h.call(c.root, "POST", "/v1/audit/verify", nil, ""))
	if err != nil || !v.Whole {
		c.ledger.violate("the audit does not verify: %v %v", err, v.Broken)
	}
	c.events = v.Events
}

// patientFrom so many kills a run waits for the end of every grant, two minutes
// as a rule, and not only until all access is gone.
const patientFrom = 100

// restWithin is how long the house may take, in peace, until nothing is left to
// do: a dead holder's lock has 40 s, and an unclear write its second look after
// two minutes.
const restWithin = 3*time.Minute + longestGrant*time.Second

// rest lets the house work in peace until all access is gone, or the patient
// until all is over, and looks at everything.
func (c *company) rest(patient bool) {
	c.t.Helper()
	h := c.open()
	c.look(h)
	c.settle(h, patient)
	c.whole(h)
	c.verify(h)
	h.kill()
	if got := integrity(filepath.Join(c.house.dir, "ebb.db")); got != "ok" {
		c.ledger.violate("SQLite's integrity check: %s", got)
	}
}

func (c *company) settle(h *house, patient bool) {
	c.t.Helper()
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		live, err := list[foundGrant](h, c.root, "/v1/grants?")
		live = over(live)
		c.waiting = len(live)
		wrong := c.ledger.judgeMembers(c.house.slack.members(), true)
		if c.settled = time.Since(began); len(wrong) > 0 {
			c.gone = c.settled
		}
		late := slices.ContainsFunc(live, func(g foundGrant) bool { return time.Now().Before(g.End) || g.State == "active" })
		if err == nil && len(wrong) == 0 && (len(live) == 0 || !patient && !late) {
			return
		}
		if c.settled > restWithin {
			c.ledger.violate("not at rest after %s: %d grants are live (such as %+v), %v, %v", restWithin, len(live), live[:min(3, len(live))], wrong, err)
			return
		}
	}
}

// over leaves out what nothing is left to do for.
func over(all []foundGrant) (live []foundGrant) {
	for _, g := range all {
		if !g.Over {
			live = append(live, g)
		}
	}
	return live
}

// whole compares all that the house has with all that it ever acknowledged.
func (c *company) whole(h *house) {
	c.t.Helper()
	requests, err := list[foundRequest](h, c.root, "/v1/requests?")
	if err != nil {
		c.ledger.violate("%v", err)
	}
	grants, err := list[foundGrant](h, c.root, "/v1/grants?all=true&")
	if err != nil {
		c.ledger.violate("%v", err)
	}
	for _, wrong := range c.ledger.judgeAll(requests, grants) {
		c.ledger.violate("%s", wrong)
	}
}

// integrity is SQLite's own word about its file.
func integrity(file string) string {
	conn, err := sqlite.OpenConn(file, sqlite.OpenReadWrite)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	said := ""
	err = sqlitex.Execute(conn, "PRAGMA integrity_check", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		said += s.ColumnText(0)
		return nil
	}})
	if err != nil {
		return err.Error()
	}
	return said
}
