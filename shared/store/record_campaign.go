package store

import (
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// specRecord is what a campaign and a template have in common.
type specRecord struct {
	Name      string        `json:"name,omitempty"`
	Connector string        `json:"connector"`
	Scope     scopeRecord   `json:"scope,omitzero"`
	Levels    []levelRecord `json:"levels,omitempty"`
	Fallback  []string      `json:"fallback,omitempty"`
	Self      bool          `json:"self,omitempty"`
	Unchanged bool          `json:"unchanged,omitempty"`
	AtEnd     review.AtEnd  `json:"at_end,omitempty"`
	Days      int           `json:"days,omitempty"`
	Ends      bool          `json:"ends,omitempty"`
	Admins    string        `json:"admins,omitempty"`
}

// scopeRecord has the fields of review.Scope in their order.
type scopeRecord struct {
	Kinds        []directory.Kind `json:"kinds,omitempty"`
	Public       bool             `json:"public,omitempty"`
	Resources    []string         `json:"resources,omitempty"`
	Accounts     []review.Class   `json:"accounts,omitempty"`
	InactiveDays int              `json:"inactive_days,omitempty"`
	Held         review.Held      `json:"held,omitempty"`
	New          bool             `json:"new,omitempty"`
	Findings     bool             `json:"findings,omitempty"`
}

// levelRecord has the fields of review.Level in their order.
type levelRecord struct {
	By       review.Source `json:"by"`
	Group    string        `json:"group,omitempty"`
	Accounts []string      `json:"accounts,omitempty"`
}

func newSpecRecord(s review.Spec) specRecord {
	rec := specRecord{
		Name: s.Name, Connector: s.Connector, Scope: scopeRecord(s.Scope), Fallback: s.Fallback, Self: s.Self,
		Unchanged: s.Unchanged, AtEnd: s.AtEnd, Days: s.Days, Ends: s.Ends, Admins: s.Admins,
	}
	for _, l := range s.Levels {
		rec.Levels = append(rec.Levels, levelRecord(l))
	}
	return rec
}

func (r specRecord) spec() review.Spec {
	s := review.Spec{
		Name: r.Name, Connector: r.Connector, Scope: review.Scope(r.Scope), Fallback: r.Fallback, Self: r.Self,
		Unchanged: r.Unchanged, AtEnd: r.AtEnd, Days: r.Days, Ends: r.Ends, Admins: r.Admins,
	}
	for _, l := range r.Levels {
		s.Levels = append(s.Levels, review.Level(l))
	}
	return s
}

// campaignRecord is a campaign's row. Due is the sort of its due row, "" without one.
type campaignRecord struct {
	ID       string         `json:"id"`
	Template string         `json:"template,omitempty"`
	Spec     specRecord     `json:"spec"`
	State    review.State   `json:"state"`
	By       string         `json:"by,omitempty"`
	Created  stamp          `json:"created,omitzero"`
	Policy   int64          `json:"policy,omitempty"`
	Snapshot snapshotRecord `json:"snapshot,omitzero"`
	Started  stamp          `json:"started,omitzero"`
	Deadline stamp          `json:"deadline,omitzero"`
	Ended    stamp          `json:"ended,omitzero"`
	EndedBy  string         `json:"ended_by,omitempty"`
	Done     stamp          `json:"done,omitzero"`
	Settled  stamp          `json:"settled,omitzero"`
	Told     stamp          `json:"told,omitzero"`
	Looked   stamp          `json:"looked,omitzero"`
	Looking  string         `json:"looking,omitempty"`
	Next     stamp          `json:"next,omitzero"`
	Held     string         `json:"held,omitempty"`
	Due      string         `json:"due,omitempty"`
}

type snapshotRecord struct {
	Begun      stamp          `json:"begun,omitzero"`
	Done       stamp          `json:"done,omitzero"`
	Run        string         `json:"run,omitempty"`
	RunAfter   string         `json:"run_after,omitempty"`
	Synced     stamp          `json:"synced,omitzero"`
	Cursor     cursorRecord   `json:"cursor,omitzero"`
	Pages      int            `json:"pages,omitempty"`
	Lines      int            `json:"lines,omitempty"`
	Digest     string         `json:"digest,omitempty"`
	Seen       map[string]int `json:"seen,omitempty"`
	Left       map[string]int `json:"left,omitempty"`
	Slack      map[string]int `json:"slack,omitempty"`
	Unassigned int            `json:"unassigned,omitempty"`
}

// cursorRecord has the fields of review.Cursor in their order.
type cursorRecord struct {
	Kind     int    `json:"kind,omitempty"`
	Resource string `json:"resource,omitempty"`
	Slug     string `json:"slug,omitempty"`
	Account  string `json:"account,omitempty"`
	Over     bool   `json:"over,omitempty"`
}

func newSnapshotRecord(s review.Snapshot) snapshotRecord {
	return snapshotRecord{
		Begun: stamp(s.Begun), Done: stamp(s.Done), Run: s.Run, RunAfter: s.RunAfter, Synced: stamp(s.Synced),
		Cursor: cursorRecord(s.Cursor), Pages: s.Pages, Lines: s.Lines, Digest: s.Digest,
		Seen: s.Seen, Left: s.Left, Slack: s.Slack, Unassigned: s.Unassigned,
	}
}

func (r snapshotRecord) snapshot() review.Snapshot {
	return review.Snapshot{
		Begun: r.Begun.time(), Done: r.Done.time(), Run: r.Run, RunAfter: r.RunAfter, Synced: r.Synced.time(),
		Cursor: review.Cursor(r.Cursor), Pages: r.Pages, Lines: r.Lines, Digest: r.Digest,
		Seen: r.Seen, Left: r.Left, Slack: r.Slack, Unassigned: r.Unassigned,
	}
}

func newCampaignRecord(c review.Campaign) campaignRecord {
	return campaignRecord{
		ID: c.ID, Template: c.Template, Spec: newSpecRecord(c.Spec), State: c.State, By: c.By, Created: stamp(c.Created),
		Policy: c.Policy, Snapshot: newSnapshotRecord(c.Snapshot), Started: stamp(c.Started), Deadline: stamp(c.Deadline),
		Ended: stamp(c.Ended), EndedBy: c.EndedBy, Done: stamp(c.Done), Settled: stamp(c.Settled),
		Told: stamp(c.Told), Looked: stamp(c.Looked), Looking: c.Looking, Next: stamp(c.Next), Held: c.Held,
	}
}

func (r campaignRecord) campaign(rev int64) review.Campaign {
	return review.Campaign{
		ID: r.ID, Template: r.Template, Spec: r.Spec.spec(), State: r.State, By: r.By, Created: r.Created.time(),
		Policy: r.Policy, Snapshot: r.Snapshot.snapshot(), Started: r.Started.time(), Deadline: r.Deadline.time(),
		Ended: r.Ended.time(), EndedBy: r.EndedBy, Done: r.Done.time(), Settled: r.Settled.time(),
		Told: r.Told.time(), Looked: r.Looked.time(), Looking: r.Looking, Next: r.Next.time(), Held: r.Held, Rev: rev,
	}
}

// templateRecord is a template's row. Due is the sort of its due row, "" without one.
type templateRecord struct {
	ID      string       `json:"id"`
	Spec    specRecord   `json:"spec"`
	Every   review.Every `json:"every"`
	First   stamp        `json:"first,omitzero"`
	Auto    bool         `json:"auto,omitempty"`
	DueAt   stamp        `json:"due_at,omitzero"`
	Next    stamp        `json:"next,omitzero"`
	Last    string       `json:"last,omitempty"`
	Drafted int          `json:"drafted,omitempty"`
	By      string       `json:"by,omitempty"`
	Created stamp        `json:"created,omitzero"`
	Stopped bool         `json:"stopped,omitempty"`
	Due     string       `json:"due,omitempty"`
}

func newTemplateRecord(t review.Template) templateRecord {
	return templateRecord{
		ID: t.ID, Spec: newSpecRecord(t.Spec), Every: t.Every, First: stamp(t.First), Auto: t.Auto, DueAt: stamp(t.Due), Next: stamp(t.Next),
		Last: t.Last, Drafted: t.Drafted, By: t.By, Created: stamp(t.Created), Stopped: t.Stopped,
	}
}

func (r templateRecord) template(rev int64) review.Template {
	return review.Template{
		ID: r.ID, Spec: r.Spec.spec(), Every: r.Every, First: r.First.time(), Auto: r.Auto, Due: r.DueAt.time(), Next: r.Next.time(),
		Last: r.Last, Drafted: r.Drafted, By: r.By, Created: r.Created.time(), Stopped: r.Stopped, Rev: rev,
	}
}
