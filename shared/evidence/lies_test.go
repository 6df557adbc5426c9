package evidence

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/review"
)

// row is a line of JSON, to be changed.
type row = map[string]any

// rows changes the lines of a file one by one; nil takes one away.
func (b *box) rows(t *testing.T, name string, f func(n int, r row) []row) {
	t.Helper()
	var out strings.Builder
	for n, line := range strings.Split(strings.TrimSpace(b.files[name]), "\n") {
		var r row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		for _, x := range f(n, r) {
			raw, _ := json.Marshal(x)
			out.Write(append(raw, '\n'))
		}
	}
	b.files[name] = out.String()
}

// set changes a field of the first row in which fits holds.
func set(name string, fits func(row) bool, change func(row)) func(*testing.T, *box) {
	return func(t *testing.T, b *box) {
		done := false
		b.rows(t, name, func(_ int, r row) []row {
			if !done && fits(r) {
				done = true
				change(r)
			}
			return []row{r}
		})
		if !done {
			t.Errorf("no row of %s fits", name)
		}
	}
}

func state(s string) func(row) bool { return func(r row) bool { return r["state"] == s } }
func decided(r row) bool            { return r["decisions"] != nil }
func any1(row) bool                 { return true }
func decision(r row) row            { return r["decisions"].([]any)[0].(row) }
func event(r row) row               { return r["event"].(row) }

func acts(action string) func(row) bool {
	return func(r row) bool { return event(r)["action"] == action }
}

// without takes row n of a file away, twice has it twice, swapped exchanges two.
func without(name string, n int) func(*testing.T, *box) {
	return func(t *testing.T, b *box) {
		b.rows(t, name, func(i int, r row) []row {
			if i == n {
				return nil
			}
			return []row{r}
		})
	}
}

func twice(name string, n int) func(*testing.T, *box) {
	return func(t *testing.T, b *box) {
		b.rows(t, name, func(i int, r row) []row {
			if i == n {
				return []row{r, r}
			}
			return []row{r}
		})
	}
}

func swapped(name string) func(*testing.T, *box) {
	return func(_ *testing.T, b *box) {
		lines := strings.Split(b.files[name], "\n")
		lines[0], lines[1] = lines[1], lines[0]
		b.files[name] = strings.Join(lines, "\n")
	}
}

func replaced(name, from, to string) func(*testing.T, *box) {
	return func(t *testing.T, b *box) {
		if !strings.Contains(b.files[name], from) {
			t.Errorf("%s has no %s", name, from)
		}
		b.files[name] = strings.Replace(b.files[name], from, to, 1)
	}
}

// retold changes the first event of an action and makes the hashes of it and of those
// behind it anew, as a house does that lies in its audit, too.
func retold(action string, change func(row)) func(*testing.T, *box) {
	return func(t *testing.T, b *box) {
		done := false
		last := map[string]audit.Event{}
		b.rows(t, eventsLines, func(_ int, r row) []row {
			if e := event(r); !done && e["action"] == action {
				done = true
				change(e)
			}
			raw, _ := json.Marshal(r)
			var x eventRecord
			if err := json.Unmarshal(raw, &x); err != nil {
				t.Fatal(err)
			}
			s := x.sealed()
			s.Event = audit.Link(last[s.Event.Aggregate], s.Event)
			s.Seal = audit.Append(audit.Seal{N: s.Seal.N - 1, Hash: s.Seal.Prev}, s.Event, s.Seal.At)
			last[s.Event.Aggregate] = s.Event
			raw, _ = json.Marshal(newEventRecord(s))
			var out row
			if err := json.Unmarshal(raw, &out); err != nil {
				t.Fatal(err)
			}
			return []row{out}
		})
		if !done {
			t.Errorf("no event is %s", action)
		}
	}
}

// TestAHouseThatLies: a package in which something is another and everything is
// signed anew with the house's own key contradicts itself.
func TestAHouseThatLies(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*testing.T, *box)
		says string
	}{
		"snapshot: an account":        {set(snapshotLines, any1, func(r row) { r["account"] = "U9" }), "digest is not the one"},
		"snapshot: since":             {set(snapshotLines, any1, func(r row) { r["since"] = "2020-01-01T00:00:00.000Z" }), "digest is not the one"},
		"snapshot: a fact":            {set(snapshotLines, any1, func(r row) { r["facts"].(row)["account_kind"] = "bot" }), "digest is not the one"},
		"snapshot: advice":            {set(snapshotLines, any1, func(r row) { r["advice"] = row{"verdict": "certify"} }), "digest is not the one"},
		"snapshot: the reviewers":     {set(snapshotLines, any1, func(r row) { r["assigned"].(row)["accounts"] = []string{"U9"} }), "digest is not the one"},
		"snapshot: a page":            {set(snapshotLines, any1, func(r row) { r["page"] = 1 }), "the snapshot"},
		"snapshot: a line gone":       {without(snapshotLines, 3), "is not in the snapshot"},
		"snapshot: the last gone":     {without(snapshotLines, 21), "is not in the snapshot"},
		"snapshot: a line twice":      {twice(snapshotLines, 3), "is in the snapshot twice"},
		"snapshot: another order":     {swapped(snapshotLines), "digest is not the one"},
		"snapshot: an unknown field":  {set(snapshotLines, any1, func(r row) { r["note"] = "x" }), "this is no record"},
		"line: certified":             {set(linesLines, state("removed"), func(r row) { r["state"] = "certified" }), "the audit says removed"},
		"line: removed":               {set(linesLines, state("certified"), func(r row) { r["state"] = "removed" }), "the audit says certified"},
		"line: skipped":               {set(linesLines, state("gone"), func(r row) { r["state"] = "skipped" }), "the audit says gone"},
		"line: when it was closed":    {set(linesLines, state("removed"), func(r row) { r["closed"] = "2026-11-03T00:00:00.000Z" }), "was closed at"},
		"line: what removed it":       {set(linesLines, state("removed"), func(r row) { r["removed_by_grant"] = "g_9" }), "by something else"},
		"line: gone":                  {without(linesLines, 2), "nothing says what became of it"},
		"line: twice":                 {twice(linesLines, 2), "is there twice"},
		"line: made up":               {set(linesLines, any1, func(r row) { r["line"] = "S1/member/U9" }), "is not in the snapshot"},
		"line: its list":              {set(linesLines, any1, func(r row) { r["list"] = "as_9" }), "which there is not"},
		"line: its level":             {set(linesLines, any1, func(r row) { r["level"] = 1 }), "which there is not"},
		"decision: the verdict":       {set(linesLines, state("certified"), func(r row) { decision(r)["verdict"] = "deny" }), "is not what was submitted"},
		"decision: by whom":           {set(linesLines, decided, func(r row) { decision(r)["by"] = "u_9" }), "is not what was submitted"},
		"decision: the account":       {set(linesLines, decided, func(r row) { decision(r)["account"] = "U9" }), "is not what was submitted"},
		"decision: in whose place":    {set(linesLines, decided, func(r row) { decision(r)["in_place_of"] = "U9" }), "is not what was submitted"},
		"decision: the comment's":     {set(linesLines, decided, func(r row) { decision(r)["comment_hash"] = "h:00" }), "is not what was submitted"},
		"decision: when":              {set(linesLines, decided, func(r row) { decision(r)["at"] = "2026-11-02T09:00:00.000Z" }), "and the audit says"},
		"decision: later":             {set(linesLines, decided, func(r row) { decision(r)["at"] = "2026-12-02T09:00:00.000Z" }), "and the audit says"},
		"decision: gone":              {set(linesLines, decided, func(r row) { delete(r, "decisions") }), "has 0 decisions"},
		"decision: twice":             {set(linesLines, decided, func(r row) { r["decisions"] = []any{decision(r), decision(r)} }), "has 2 decisions"},
		"list: counts":                {set(listsLines, any1, func(r row) { r["certified"] = 99 }), "counts certified"},
		"list: lines":                 {set(listsLines, any1, func(r row) { r["lines"] = 99 }), "counts 99 lines"},
		"list: reviewers":             {set(listsLines, any1, func(r row) { r["accounts"] = []string{"U9"} }), "is not of who it says"},
		"list: gone":                  {without(listsLines, 0), "lists.jsonl does not"},
		"list: twice":                 {twice(listsLines, 0), "is there twice"},
		"event: its actor":            {set(eventsLines, acts("review.submitted"), func(r row) { event(r)["actor"] = "u_9" }), "the event was changed"},
		"event: its lines":            {set(eventsLines, acts("review.submitted"), func(r row) { event(r)["data"].(row)["lines"] = "S1/member/U1=certify" }), "the event was changed"},
		"event: its time":             {set(eventsLines, acts("review.submitted"), func(r row) { event(r)["at"] = "2026-11-02T09:00:00Z" }), "the event was changed"},
		"event: its link":             {set(eventsLines, any1, func(r row) { r["n"] = 1 }), "the seal was changed"},
		"event: when it was sealed":   {set(eventsLines, any1, func(r row) { r["seal"].(row)["at"] = "2026-11-02T00:00:00Z" }), "the seal was changed"},
		"event: gone":                 {without(eventsLines, 1), "one is missing or out of order"},
		"event: the last of its life": {without(eventsLines, 6), "last event"},
		"event: twice":                {twice(eventsLines, 1), "one is missing or out of order"},
		"event: another order":        {swapped(eventsLines), "one is missing or out of order"},
		"event: of something else":    {set(eventsLines, any1, func(r row) { event(r)["aggregate"] = "grant/g_1" }), "event grant/g_1"},
		"task: its state":             {set(manualLines, any1, func(r row) { r["state"] = "dropped" }), "the audit says done"},
		"task: its line":              {set(manualLines, any1, func(r row) { r["line"] = "S1/member/U9" }), "is not in the snapshot"},
		"task: gone":                  {without(manualLines, 0), "manual.jsonl does not"},
		"task: twice":                 {twice(manualLines, 0), "is there twice"},
		"task: who gave it up":        {set(manualLines, state("given up"), func(r row) { r["given_up_by"] = "u_9" }), "was given up by"},
		"task: why it was given up":   {set(manualLines, state("given up"), func(r row) { r["reason_hash"] = "h:00" }), "was given up by"},
		"task: of another line":       {set(manualLines, state("given up"), func(r row) { r["line"] = "T0NT34AM1PH/admin/U06NBU6LND9" }), "and the audit says of"},
		"task: given up, called done": {set(manualLines, state("given up"), func(r row) { r["state"] = "done" }), "the audit says given up"},
		"line: stands, called gone":   {set(linesLines, state("stands"), func(r row) { r["state"] = "removed" }), "the audit says stands"},
		"line: stands, by nobody": {retold("manual.given-up", func(e row) {
			e["action"], e["data"].(row)["state"] = "manual.dropped", "dropped"
			delete(e["data"].(row), "reason")
		}), "knows of nobody who gave its removal up"},
		"decision: by no reviewer": {retold("review.submitted", func(e row) { e["data"].(row)["account"] = "U9" }), "is not one of its reviewers"},
		"decision: about oneself": {retold("review.submitted", func(e row) {
			_, _, about, _ := review.SplitLineID(strings.SplitN(e["data"].(row)["lines"].(string), "=", 2)[0])
			e["data"].(row)["account"] = about
		}), "about their own access"},
		"scope: the levels":           {replaced(campaignFile, `"by": "owner"`, `"by": "creator"`), "the scope was changed"},
		"scope: the fallback":         {replaced(campaignFile, `"fallback": [`, `"fallback": ["U9",`), "the scope was changed"},
		"scope: what becomes of open": {replaced(campaignFile, `"at_end": "revoke"`, `"at_end": "skip"`), "what became of open lines"},
		"scope: accounts":             {replaced(campaignFile, `"guests",`, ``), "the scope was changed"},
		"scope: oneself":              {replaced(campaignFile, `"days": 14`, `"days": 14, "self": true`), "the scope was changed"},
		"scope: the time":             {replaced(campaignFile, `"days": 14`, `"days": 15`), "the scope was changed"},
		"campaign: its state":         {replaced(campaignFile, `"state": "completed"`, `"state": "running"`), "last event says"},
		"campaign: not settled":       {replaced(campaignFile, `"settled": "`, `"ended_by_name": "`), "settled"},
		"campaign: as of":             {replaced(campaignFile, `"as_of": "2026-11-18`, `"as_of": "2026-11-19`), "as of"},
		"campaign: its counts":        {replaced(campaignFile, `"certified": 12`, `"certified": 11`), "campaign.json counts"},
		"population: the run":         {replaced(campaignFile, `"sync_run": "run_`, `"sync_run": "run_x`), "the population was changed"},
		"population: staged":          {replaced(campaignFile, `"staged": 22`, `"staged": 21`), "the population was changed"},
		"population: unassigned":      {replaced(campaignFile, `"unassigned": 2`, `"unassigned": 1`), "the population was changed"},
		"population: the digest":      {replaced(campaignFile, `"digest": "`, `"digest": "0`), "the population was changed"},
		"policy":                      {replaced(policyFile, `8h`, `9h`), "the policy is not the one"},
	} {
		b := open(t)
		c.do(t, b)
		if v := b.verify(t, pinned); v.Whole() {
			t.Errorf("%s, not signed anew: nothing was found", name)
		}
		b.sign(t, demoKey())
		if v := b.verify(t, pinned); !strings.Contains(strings.Join(v.Broken, "\n"), c.says) {
			t.Errorf("%s: %q", name, v.Broken)
		}
	}
}
