package evidence

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// campaignRecord is campaign.json: what was reviewed, by whom, out of what.
type campaignRecord struct {
	ID            string           `json:"id"`
	Spec          specRecord       `json:"spec"`
	Says          []string         `json:"spec_in_words"`
	Template      string           `json:"template,omitempty"`
	State         review.State     `json:"state"`
	AsOf          stamp            `json:"as_of"`
	Standing      string           `json:"standing"` // in words
	By            string           `json:"drafted_by,omitempty"`
	ByName        string           `json:"drafted_by_name,omitempty"`
	Created       stamp            `json:"drafted"`
	Started       stamp            `json:"started"`
	Deadline      stamp            `json:"deadline"`
	Ended         stamp            `json:"ended,omitzero"`
	EndedBy       string           `json:"ended_by,omitempty"`
	EndedByName   string           `json:"ended_by_name,omitempty"`
	Done          stamp            `json:"completed,omitzero"`
	Settled       stamp            `json:"settled,omitzero"`
	ConnectorName string           `json:"connector_name,omitempty"`
	House         string           `json:"house,omitempty"`
	Policy        policyRecord     `json:"policy"`
	Population    populationRecord `json:"population"`
	Lines         map[string]int   `json:"lines"`
}

type policyRecord struct {
	Version   int64  `json:"version"`
	Digest    string `json:"sha256,omitempty"`
	By        string `json:"published_by,omitempty"`
	Published stamp  `json:"published,omitzero"`
}

// populationRecord says out of what the lines were taken: what Slack told in the
// run, what was looked at, what was left out and why, what was staged.
type populationRecord struct {
	Run        string         `json:"sync_run"`
	RunAfter   string         `json:"sync_run_when_done"`
	Synced     stamp          `json:"synced"`
	Begun      stamp          `json:"staging_began"`
	Done       stamp          `json:"staging_done"`
	Slack      map[string]int `json:"told_by_slack"`
	Seen       map[string]int `json:"looked_at"`
	Kinds      []kindRecord   `json:"by_kind"`
	Left       []leftRecord   `json:"left_out"`
	Pages      int            `json:"pages"`
	Lines      int            `json:"staged"`
	Unassigned int            `json:"unassigned"`
	Digest     string         `json:"digest"`
	Says       []string       `json:"in_words"`
}

// kindRecord holds what Slack told of a kind against what was looked at and staged.
type kindRecord struct {
	Kind   directory.Kind `json:"kind"`
	Says   string         `json:"in_words"`
	Slack  int            `json:"resources_told_by_slack"`
	Looked int            `json:"resources_looked_at"`
	Told   int            `json:"memberships_told_by_slack"`
	Seen   int            `json:"memberships_looked_at"`
	Staged int            `json:"staged"`
}

type leftRecord struct {
	Reason string `json:"reason"`
	Says   string `json:"in_words"`
	N      int    `json:"number"`
}

type specRecord struct {
	Name      string        `json:"name"`
	Connector string        `json:"connector"`
	Scope     scopeRecord   `json:"scope"`
	Levels    []levelRecord `json:"levels"`
	Fallback  []string      `json:"fallback,omitempty"`
	Self      bool          `json:"self,omitempty"`
	Unchanged bool          `json:"certify_unchanged_at_once,omitempty"`
	AtEnd     review.AtEnd  `json:"at_end"`
	Days      int           `json:"days"`
	Ends      bool          `json:"ends_by_itself,omitempty"`
	Admins    string        `json:"admins_group,omitempty"`
}

// scopeRecord has the fields of review.Scope in their order.
type scopeRecord struct {
	Kinds        []directory.Kind `json:"kinds,omitempty"`
	Public       bool             `json:"public_channels,omitempty"`
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
	r := specRecord{
		Name: s.Name, Connector: s.Connector, Scope: scopeRecord(s.Scope), Fallback: s.Fallback, Self: s.Self,
		Unchanged: s.Unchanged, AtEnd: s.AtEnd, Days: s.Days, Ends: s.Ends, Admins: s.Admins,
	}
	for _, l := range s.Levels {
		r.Levels = append(r.Levels, levelRecord(l))
	}
	return r
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

// listRecord is a line of lists.jsonl: who reviewed what part.
type listRecord struct {
	ID        string            `json:"list"`
	Level     int               `json:"level"`
	Source    review.Source     `json:"source"`
	Group     string            `json:"group,omitempty"`
	Accounts  []string          `json:"accounts,omitempty"`
	Names     map[string]string `json:"names,omitempty"`
	Made      stamp             `json:"made,omitzero"`
	Lines     int               `json:"lines"`
	Closed    int               `json:"closed"`
	Certified int               `json:"certified"`
	Passed    int               `json:"passed_to_next_level"`
	Denied    int               `json:"denied"`
	Gone      int               `json:"gone"`
	Skips     int               `json:"skipped"`
}

func newListRecord(a review.Assignment, names map[string]string) listRecord {
	return listRecord{
		ID: a.ID, Level: a.Level, Source: a.Source, Group: a.Group, Accounts: a.Accounts, Names: names, Made: stamp(a.Made),
		Lines: a.Lines, Closed: a.Closed, Certified: a.Certified, Passed: a.Passed, Denied: a.Denied, Gone: a.Gone, Skips: a.Skips,
	}
}

// manualRecord is a line of manual.jsonl: what no API removes, and who did.
type manualRecord struct {
	ID         string             `json:"task"`
	Line       string             `json:"line"`
	Why        access.ManualWhy   `json:"why"`
	Because    string             `json:"why_in_words"`
	State      access.ManualState `json:"state"`
	Made       stamp              `json:"made"`
	SaidBy     string             `json:"said_done_by,omitempty"`
	SaidByName string             `json:"said_done_by_name,omitempty"`
	Said       stamp              `json:"said_done,omitzero"`
	Closed     stamp              `json:"closed,omitzero"`
	Reminders  int                `json:"reminders"`

	GivenUpBy     string `json:"given_up_by,omitempty"`
	GivenUpByName string `json:"given_up_by_name,omitempty"`
	Hash          string `json:"reason_hash,omitempty"`
	Reason        string `json:"reason,omitempty"`
	Erased        bool   `json:"reason_erased,omitempty"`
}

// Words are the reason for which it was given up, or that it was erased.
func (r manualRecord) Words() string {
	if r.Erased {
		return "(erased)"
	}
	return r.Reason
}

func newManualRecord(m access.Manual, line, saidBy string, g GivenUp) manualRecord {
	return manualRecord{
		ID: m.ID, Line: line, Why: m.Why, Because: m.Because(), State: m.State, Made: stamp(m.Created), SaidBy: m.SaidBy,
		SaidByName: saidBy, Said: stamp(m.Said), Closed: stamp(m.Closed), Reminders: m.Nagged,
		GivenUpBy: m.GivenUpBy, GivenUpByName: g.By, Hash: m.Reason, Reason: g.Text, Erased: g.Erased,
	}
}

func utc(t time.Time) string { return stamp(t).String() }
