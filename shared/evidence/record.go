package evidence

import (
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// The records are the files' own: what a reader of JSON finds, and what Verify makes
// the domain's values of again.

// stamp is a time as files have it: UTC, to the millisecond, "" for none.
type stamp time.Time

const stampForm = "2006-01-02T15:04:05.000Z"

// MarshalText writes it.
func (s stamp) MarshalText() ([]byte, error) {
	if time.Time(s).IsZero() {
		return nil, nil
	}
	return []byte(time.Time(s).UTC().Truncate(time.Millisecond).Format(stampForm)), nil
}

// UnmarshalText reads it.
func (s *stamp) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*s = stamp{}
		return nil
	}
	t, err := time.Parse(stampForm, string(b))
	*s = stamp(t)
	return err
}

// IsZero lets JSON leave it out.
func (s stamp) IsZero() bool { return time.Time(s).IsZero() }

func (s stamp) String() string { b, _ := s.MarshalText(); return string(b) }

// factRecord is a line of snapshot.jsonl: one access as it was staged.
type factRecord struct {
	Page         int            `json:"page"`
	ID           string         `json:"line"`
	Connector    string         `json:"connector"`
	Workspace    string         `json:"workspace,omitempty"`
	Resource     string         `json:"resource"`
	Kind         directory.Kind `json:"kind,omitempty"`
	Private      bool           `json:"private,omitempty"`
	Slug         string         `json:"access"`
	Account      string         `json:"account"`
	Since        stamp          `json:"since,omitzero"`
	Facts        factsRecord    `json:"facts,omitzero"`
	Grants       []grantRecord  `json:"grants,omitempty"`
	Finding      string         `json:"finding,omitempty"`
	LastActive   stamp          `json:"last_active,omitzero"`
	Unseen       stamp          `json:"not_seen_since,omitzero"`
	New          bool           `json:"new,omitempty"`
	Changed      []string       `json:"changed,omitempty"`
	Earlier      earlierRecord  `json:"earlier,omitzero"`
	Advice       adviceRecord   `json:"advice,omitzero"`
	Assigned     assignedRecord `json:"assigned,omitzero"`
	ResourceName string         `json:"resource_name,omitempty"`
	AccountName  string         `json:"account_name,omitempty"`
}

type factsRecord struct {
	AccountKind  directory.AccountKind  `json:"account_kind,omitempty"`
	AccountState directory.AccountState `json:"account_state,omitempty"`
	Held         review.Held            `json:"held,omitempty"`
	Shared       bool                   `json:"shared,omitempty"`
	Private      bool                   `json:"private,omitempty"`
}

type grantRecord struct {
	ID        string   `json:"id"`
	Rule      string   `json:"rule,omitempty"`
	Approvers []string `json:"approvers,omitempty"`
	End       stamp    `json:"end,omitzero"`
}

type earlierRecord struct {
	Campaign string         `json:"campaign,omitempty"`
	Verdict  review.Verdict `json:"verdict,omitempty"`
	By       string         `json:"by,omitempty"`
	At       stamp          `json:"at,omitzero"`
	Facts    factsRecord    `json:"facts,omitzero"`
}

type adviceRecord struct {
	Verdict review.Verdict  `json:"verdict,omitempty"`
	Why     []review.Reason `json:"why,omitempty"`
}

type assignedRecord struct {
	Source   review.Source `json:"source,omitempty"`
	Group    string        `json:"group,omitempty"`
	Accounts []string      `json:"accounts,omitempty"`
}

func newFactRecord(page int, f review.Fact) factRecord {
	r := factRecord{
		Page: page, ID: f.ID, Connector: f.Connector, Workspace: f.Workspace, Resource: f.Resource, Kind: f.Kind, Private: f.Private,
		Slug: f.Slug, Account: f.Account, Since: stamp(f.Since), Facts: factsRecord(f.Facts), Finding: f.Finding,
		LastActive: stamp(f.LastActive), Unseen: stamp(f.Unseen), New: f.New, Changed: f.Changed,
		Earlier: earlierRecord{Campaign: f.Earlier.Campaign, Verdict: f.Earlier.Verdict, By: f.Earlier.By, At: stamp(f.Earlier.At), Facts: factsRecord(f.Earlier.Facts)},
		Advice:  adviceRecord(f.Advice), Assigned: assignedRecord(f.Assigned), ResourceName: f.ResourceName, AccountName: f.AccountName,
	}
	for _, g := range f.Grants {
		r.Grants = append(r.Grants, grantRecord{ID: g.ID, Rule: g.Rule, Approvers: g.Approvers, End: stamp(g.End)})
	}
	return r
}

func (r factRecord) fact() review.Fact {
	f := review.Fact{
		ID: r.ID, Connector: r.Connector, Workspace: r.Workspace, Resource: r.Resource, Kind: r.Kind, Private: r.Private,
		Slug: r.Slug, Account: r.Account, Since: time.Time(r.Since), Facts: review.Facts(r.Facts), Finding: r.Finding,
		LastActive: time.Time(r.LastActive), Unseen: time.Time(r.Unseen), New: r.New, Changed: r.Changed,
		Earlier: review.Earlier{Campaign: r.Earlier.Campaign, Verdict: r.Earlier.Verdict, By: r.Earlier.By, At: time.Time(r.Earlier.At), Facts: review.Facts(r.Earlier.Facts)},
		Advice:  review.Advice(r.Advice), Assigned: review.Assigned(r.Assigned), ResourceName: r.ResourceName, AccountName: r.AccountName,
	}
	for _, g := range r.Grants {
		f.Grants = append(f.Grants, review.GrantFact{ID: g.ID, Rule: g.Rule, Approvers: g.Approvers, End: time.Time(g.End)})
	}
	return f
}

// lineRecord is a line of lines.jsonl: what became of an access of the snapshot.
type lineRecord struct {
	ID      string           `json:"line"`
	List    string           `json:"list"`
	Level   int              `json:"level"`
	State   review.LineState `json:"state"`
	Decided []decisionRecord `json:"decisions,omitempty"`
	Grant   string           `json:"removed_by_grant,omitempty"`
	Manual  string           `json:"removed_by_manual_task,omitempty"`
	Outcome string           `json:"outcome,omitempty"`
	Closed  stamp            `json:"closed,omitzero"`
}

type decisionRecord struct {
	Verdict review.Verdict `json:"verdict"`
	Level   int            `json:"level"`
	By      string         `json:"by,omitempty"`
	Name    string         `json:"by_name,omitempty"`
	Account string         `json:"account,omitempty"`
	For     string         `json:"in_place_of,omitempty"`
	At      stamp          `json:"at,omitzero"`
	Hash    string         `json:"comment_hash,omitempty"`
	Comment string         `json:"comment,omitempty"`
	Erased  bool           `json:"comment_erased,omitempty"`
}

// eventRecord is a line of events.jsonl: an event of the audit with the link of the
// house's chain that seals it, in the form of ebb audit export.
type eventRecord struct {
	N     int64      `json:"n"`
	Event eventBody  `json:"event"`
	Seal  sealRecord `json:"seal"`
}

type eventBody struct {
	ID        string            `json:"id"`
	Aggregate string            `json:"aggregate"`
	Seq       int64             `json:"seq"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action"`
	Actor     string            `json:"actor,omitempty"`
	Data      map[string]string `json:"data,omitempty"`
	Prev      string            `json:"prev,omitempty"`
	Hash      string            `json:"hash"`
}

type sealRecord struct {
	Previous string    `json:"previous,omitempty"`
	Hash     string    `json:"hash"`
	At       time.Time `json:"at"`
}

func newEventRecord(x audit.Sealed) eventRecord {
	e, s := x.Event, x.Seal
	return eventRecord{
		N:     s.N,
		Event: eventBody{ID: e.ID, Aggregate: e.Aggregate, Seq: e.Seq, At: e.At.UTC(), Action: e.Action, Actor: e.Actor, Data: e.Data, Prev: e.Prev, Hash: e.Hash},
		Seal:  sealRecord{Previous: s.Prev, Hash: s.Hash, At: s.At.UTC()},
	}
}

func (r eventRecord) sealed() audit.Sealed {
	e := r.Event
	return audit.Sealed{
		Event: audit.Event{ID: e.ID, Aggregate: e.Aggregate, Seq: e.Seq, At: e.At, Action: e.Action, Actor: e.Actor, Data: e.Data, Prev: e.Prev, Hash: e.Hash},
		Seal:  audit.Seal{N: r.N, Aggregate: e.Aggregate, Seq: e.Seq, Event: e.Hash, Prev: r.Seal.Previous, Hash: r.Seal.Hash, At: r.Seal.At},
	}
}

// linkRecord is a link of the house's chain between the campaign's and the head.
type linkRecord struct {
	N         int64     `json:"n"`
	Aggregate string    `json:"aggregate"`
	Seq       int64     `json:"seq"`
	Event     string    `json:"event_hash"`
	Prev      string    `json:"previous"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
}

type headRecord struct {
	Seals     int64     `json:"seals"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"`
}

// Binding is what binds a manifest to the audit's chain.
type Binding struct {
	Event audit.Sealed // campaign.evidence
	Links []audit.Seal // behind the event's link, up to and with the head's
	Head  audit.Head
	Key   string // the house's public key, Ed25519, hex
}

type bindingRecord struct {
	Event eventRecord  `json:"event"`
	Links []linkRecord `json:"links"`
	Head  headRecord   `json:"head"`
	Key   string       `json:"public_key"`
}

func (b Binding) record() bindingRecord {
	r := bindingRecord{
		Event: newEventRecord(b.Event), Links: []linkRecord{}, Key: b.Key,
		Head: headRecord{Seals: b.Head.N, Hash: b.Head.Hash, At: b.Head.At.UTC(), Signature: b.Head.Signature},
	}
	for _, s := range b.Links {
		s.At = s.At.UTC()
		r.Links = append(r.Links, linkRecord(s))
	}
	return r
}

func (r bindingRecord) binding() Binding {
	b := Binding{Event: r.Event.sealed(), Key: r.Key, Head: audit.Head{N: r.Head.Seals, Hash: r.Head.Hash, At: r.Head.At, Signature: r.Head.Signature}}
	for _, s := range r.Links {
		b.Links = append(b.Links, audit.Seal(s))
	}
	return b
}

// File is a line of the manifest.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Form is the form of packages that this release writes and reads.
const Form = "ebb evidence 1"

// Manifest names every file of a package but itself and the binding.
type Manifest struct {
	Form     string `json:"form"`
	Campaign string `json:"campaign"`
	Name     string `json:"name"`
	State    string `json:"state"`
	AsOf     stamp  `json:"as_of"`
	Settled  bool   `json:"settled"`
	Files    []File `json:"files"`
}

// Action is the event by which the house vouches for a manifest.
const Action = "campaign.evidence"

// Aggregate is where events of a campaign stand; of its lists and of what its
// reviewers were told, below Lists.
func Aggregate(campaign string) string { return "campaign/" + campaign }

// Lists is what the aggregates of a campaign's lists begin with.
func Lists(campaign string) string { return "review/" + campaign + "/" }

// Ours reports whether an aggregate's events are of a campaign.
func Ours(campaign, aggregate string) bool {
	return aggregate == Aggregate(campaign) || strings.HasPrefix(aggregate, Lists(campaign)) || strings.HasPrefix(aggregate, "manual/")
}
