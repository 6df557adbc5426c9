package store

import (
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// factRecord is the immutable part of a line.
type factRecord struct {
	ID           string            `json:"id"`
	Connector    string            `json:"connector"`
	Workspace    string            `json:"workspace,omitempty"`
	Resource     string            `json:"resource"`
	Kind         directory.Kind    `json:"kind,omitempty"`
	Private      bool              `json:"private,omitempty"`
	Slug         string            `json:"slug"`
	Account      string            `json:"account"`
	Since        stamp             `json:"since,omitzero"`
	Facts        factsRecord       `json:"facts,omitzero"`
	Grants       []grantFactRecord `json:"grants,omitempty"`
	Finding      string            `json:"finding,omitempty"`
	LastActive   stamp             `json:"last_active,omitzero"`
	Unseen       stamp             `json:"unseen,omitzero"`
	New          bool              `json:"new,omitempty"`
	Changed      []string          `json:"changed,omitempty"`
	Earlier      earlierRecord     `json:"earlier,omitzero"`
	Advice       adviceRecord      `json:"advice,omitzero"`
	Assigned     assignedRecord    `json:"assigned,omitzero"`
	ResourceName string            `json:"resource_name,omitempty"`
	AccountName  string            `json:"account_name,omitempty"`
}

// factsRecord has the fields of review.Facts in their order.
type factsRecord struct {
	AccountKind  directory.AccountKind  `json:"account_kind,omitempty"`
	AccountState directory.AccountState `json:"account_state,omitempty"`
	Held         review.Held            `json:"held,omitempty"`
	Shared       bool                   `json:"shared,omitempty"`
	Private      bool                   `json:"private,omitempty"`
}

type grantFactRecord struct {
	ID        string   `json:"id"`
	Rule      string   `json:"rule,omitempty"`
	Approvers []string `json:"approvers,omitempty"`
	End       stamp    `json:"end,omitzero"`
}

// earlierRecord is what was decided last about an access: in a line, and as a row.
type earlierRecord struct {
	Campaign string         `json:"campaign"`
	Verdict  review.Verdict `json:"verdict"`
	By       string         `json:"by,omitempty"`
	At       stamp          `json:"at,omitzero"`
	Facts    factsRecord    `json:"facts,omitzero"`
}

// adviceRecord has the fields of review.Advice in their order.
type adviceRecord struct {
	Verdict review.Verdict  `json:"verdict,omitempty"`
	Why     []review.Reason `json:"why,omitempty"`
}

// assignedRecord has the fields of review.Assigned in their order.
type assignedRecord struct {
	Source   review.Source `json:"source,omitempty"`
	Group    string        `json:"group,omitempty"`
	Accounts []string      `json:"accounts,omitempty"`
}

func newEarlierRecord(e review.Earlier) earlierRecord {
	return earlierRecord{Campaign: e.Campaign, Verdict: e.Verdict, By: e.By, At: stamp(e.At), Facts: factsRecord(e.Facts)}
}

func (r earlierRecord) earlier() review.Earlier {
	return review.Earlier{Campaign: r.Campaign, Verdict: r.Verdict, By: r.By, At: r.At.time(), Facts: review.Facts(r.Facts)}
}

func newFactRecord(f review.Fact) factRecord {
	rec := factRecord{
		ID: f.ID, Connector: f.Connector, Workspace: f.Workspace, Resource: f.Resource, Kind: f.Kind, Private: f.Private,
		Slug: f.Slug, Account: f.Account, Since: stamp(f.Since), Facts: factsRecord(f.Facts), Finding: f.Finding,
		LastActive: stamp(f.LastActive), Unseen: stamp(f.Unseen), New: f.New, Changed: f.Changed,
		Earlier: newEarlierRecord(f.Earlier), Advice: adviceRecord(f.Advice), Assigned: assignedRecord(f.Assigned),
		ResourceName: f.ResourceName, AccountName: f.AccountName,
	}
	for _, g := range f.Grants {
		rec.Grants = append(rec.Grants, grantFactRecord{ID: g.ID, Rule: g.Rule, Approvers: g.Approvers, End: stamp(g.End)})
	}
	return rec
}

func (r factRecord) fact() review.Fact {
	f := review.Fact{
		ID: r.ID, Connector: r.Connector, Workspace: r.Workspace, Resource: r.Resource, Kind: r.Kind, Private: r.Private,
		Slug: r.Slug, Account: r.Account, Since: r.Since.time(), Facts: review.Facts(r.Facts), Finding: r.Finding,
		LastActive: r.LastActive.time(), Unseen: r.Unseen.time(), New: r.New, Changed: r.Changed,
		Earlier: r.Earlier.earlier(), Advice: review.Advice(r.Advice), Assigned: review.Assigned(r.Assigned),
		ResourceName: r.ResourceName, AccountName: r.AccountName,
	}
	for _, g := range r.Grants {
		f.Grants = append(f.Grants, review.GrantFact{ID: g.ID, Rule: g.Rule, Approvers: g.Approvers, End: g.End.time()})
	}
	return f
}

// lineRecord is a line's row: what was staged, and what was decided.
type lineRecord struct {
	Fact       factRecord       `json:"fact"`
	Campaign   string           `json:"campaign"`
	Level      int              `json:"level,omitempty"`
	Assignment string           `json:"assignment"`
	State      review.LineState `json:"state"`
	Draft      decisionRecord   `json:"draft,omitzero"`
	Decided    []decisionRecord `json:"decided,omitempty"`
	Grant      string           `json:"grant,omitempty"`
	Manual     string           `json:"manual,omitempty"`
	Outcome    string           `json:"outcome,omitempty"`
	Closed     stamp            `json:"closed,omitzero"`
}

type decisionRecord struct {
	Verdict review.Verdict `json:"verdict,omitempty"`
	Level   int            `json:"level,omitempty"`
	By      string         `json:"by,omitempty"`
	Account string         `json:"account,omitempty"`
	For     string         `json:"for,omitempty"`
	At      stamp          `json:"at,omitzero"`
	Comment string         `json:"comment,omitempty"`
}

func newDecisionRecord(d review.Decision) decisionRecord {
	return decisionRecord{Verdict: d.Verdict, Level: d.Level, By: d.By, Account: d.Account, For: d.For, At: stamp(d.At), Comment: d.Comment}
}

func (r decisionRecord) decision() review.Decision {
	return review.Decision{Verdict: r.Verdict, Level: r.Level, By: r.By, Account: r.Account, For: r.For, At: r.At.time(), Comment: r.Comment}
}

func newLineRecord(l review.Line) lineRecord {
	rec := lineRecord{
		Fact: newFactRecord(l.Fact), Campaign: l.Campaign, Level: l.Level, Assignment: l.Assignment, State: l.State,
		Draft: newDecisionRecord(l.Draft), Grant: l.Grant, Manual: l.Manual, Outcome: l.Outcome, Closed: stamp(l.Closed),
	}
	for _, d := range l.Decided {
		rec.Decided = append(rec.Decided, newDecisionRecord(d))
	}
	return rec
}

func (r lineRecord) line(rev int64) review.Line {
	l := review.Line{
		Fact: r.Fact.fact(), Campaign: r.Campaign, Level: r.Level, Assignment: r.Assignment, State: r.State,
		Draft: r.Draft.decision(), Grant: r.Grant, Manual: r.Manual, Outcome: r.Outcome, Closed: r.Closed.time(), Rev: rev,
	}
	for _, d := range r.Decided {
		l.Decided = append(l.Decided, d.decision())
	}
	return l
}

// assignmentRecord is an assignment's row.
type assignmentRecord struct {
	ID        string         `json:"id"`
	Campaign  string         `json:"campaign"`
	Connector string         `json:"connector"`
	Level     int            `json:"level,omitempty"`
	Assigned  assignedRecord `json:"assigned,omitzero"`
	Lines     int            `json:"lines,omitempty"`
	Noted     int            `json:"noted,omitempty"`
	Closed    int            `json:"closed,omitempty"`
	Certified int            `json:"certified,omitempty"`
	Passed    int            `json:"passed,omitempty"`
	Denied    int            `json:"denied,omitempty"`
	Gone      int            `json:"gone,omitempty"`
	Skips     int            `json:"skipped,omitempty"`
	Made      stamp          `json:"made,omitzero"`
}

func newAssignmentRecord(a review.Assignment) assignmentRecord {
	return assignmentRecord{
		ID: a.ID, Campaign: a.Campaign, Connector: a.Connector, Level: a.Level, Assigned: assignedRecord(a.Assigned),
		Lines: a.Lines, Noted: a.Noted, Closed: a.Closed, Certified: a.Certified, Passed: a.Passed, Denied: a.Denied, Gone: a.Gone, Skips: a.Skips, Made: stamp(a.Made),
	}
}

func (r assignmentRecord) assignment(rev int64) review.Assignment {
	return review.Assignment{
		ID: r.ID, Campaign: r.Campaign, Connector: r.Connector, Level: r.Level, Assigned: review.Assigned(r.Assigned),
		Lines: r.Lines, Noted: r.Noted, Closed: r.Closed, Certified: r.Certified, Passed: r.Passed, Denied: r.Denied, Gone: r.Gone, Skips: r.Skips, Made: r.Made.time(), Rev: rev,
	}
}
