package store

import (
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// requestRecord is a request's row. Due is the sort of its due row, "" without one.
type requestRecord struct {
	ID        string       `json:"id"`
	Requester string       `json:"requester,omitempty"`
	By        string       `json:"by,omitempty"`
	Subject   string       `json:"subject,omitempty"`
	Connector string       `json:"connector"`
	Items     []itemRecord `json:"items,omitempty"`
	Start     stamp        `json:"start,omitzero"`
	Length    span         `json:"length"`
	Created   stamp        `json:"created,omitzero"`
	Expires   stamp        `json:"expires,omitzero"`
	Emergency bool         `json:"emergency,omitempty"`
	Profile   string       `json:"profile,omitempty"`
	Due       string       `json:"due,omitempty"`
}

type itemRecord struct {
	Resource      string `json:"resource"`
	Kind          string `json:"kind,omitempty"`
	Slug          string `json:"slug"`
	State         string `json:"state"`
	Rule          string `json:"rule,omitempty"`
	PolicyVersion int64  `json:"policy_version,omitempty"`
	DecidedBy     string `json:"decided_by,omitempty"`
	DecidedFor    string `json:"decided_for,omitempty"`
	DecidedAt     stamp  `json:"decided_at,omitzero"`
	Grant         string `json:"grant,omitempty"`
	stageRecord
	Since     stamp         `json:"since,omitzero"`
	Deadline  stamp         `json:"deadline,omitzero"`
	Remind    stamp         `json:"remind,omitzero"`
	Reminders int           `json:"reminders,omitempty"`
	Votes     []voteRecord  `json:"votes,omitempty"`
	Risk      access.Risk   `json:"risk,omitempty"`
	Extends   string        `json:"extends,omitempty"`
	Confirm   confirmRecord `json:"confirm,omitzero"`
	SoloAt    stamp         `json:"solo_at,omitzero"`
}

type confirmRecord struct {
	Due     stamp  `json:"due,omitzero"`
	By      string `json:"by,omitempty"`
	For     string `json:"for,omitempty"`
	At      stamp  `json:"at,omitzero"`
	Denied  bool   `json:"denied,omitempty"`
	Overdue bool   `json:"overdue,omitempty"`
	Handed  string `json:"handed,omitempty"`
}

func newConfirmRecord(c access.Confirm) confirmRecord {
	return confirmRecord{Due: stamp(c.Due), By: c.By, For: c.For, At: stamp(c.At), Denied: c.Denied, Overdue: c.Overdue, Handed: c.Handed}
}

func (c confirmRecord) confirm() access.Confirm {
	return access.Confirm{Due: c.Due.time(), By: c.By, For: c.For, At: c.At.time(), Denied: c.Denied, Overdue: c.Overdue, Handed: c.Handed}
}

// stageRecord has the fields of access.Stage in their order; in an item they
// stand beside the others.
type stageRecord struct {
	Step       int    `json:"step,omitempty"`
	Fallen     bool   `json:"fallen,omitempty"`
	Overdue    bool   `json:"overdue,omitempty"`
	Reassigned bool   `json:"reassigned,omitempty"`
	Handed     string `json:"handed,omitempty"`
}

type voteRecord struct {
	stageRecord
	Account string `json:"account"`
	User    string `json:"user,omitempty"`
	For     string `json:"for,omitempty"`
	ForUser string `json:"for_user,omitempty"`
	At      stamp  `json:"at,omitzero"`
}

func newVoteRecords(votes []access.Vote) []voteRecord {
	var out []voteRecord
	for _, v := range votes {
		out = append(out, voteRecord{stageRecord: stageRecord(v.Stage), Account: v.Account, User: v.User, For: v.For, ForUser: v.ForUser, At: stamp(v.At)})
	}
	return out
}

func votes(records []voteRecord) []access.Vote {
	var out []access.Vote
	for _, v := range records {
		out = append(out, access.Vote{Stage: access.Stage(v.stageRecord), Account: v.Account, User: v.User, For: v.For, ForUser: v.ForUser, At: v.At.time()})
	}
	return out
}

func newRequestRecord(r access.Request) requestRecord {
	rec := requestRecord{
		ID: r.ID, Requester: r.Requester, By: r.By, Subject: r.Subject, Connector: r.Connector, Start: stamp(r.Start),
		Length: span(r.Length), Created: stamp(r.Created), Expires: stamp(r.Expires), Emergency: r.Emergency, Profile: r.Profile,
	}
	for _, i := range r.Items {
		rec.Items = append(rec.Items, itemRecord{
			Resource: i.Resource, Kind: string(i.Kind), Slug: i.Slug, State: string(i.State), Rule: i.Rule,
			PolicyVersion: i.PolicyVersion, DecidedBy: i.DecidedBy, DecidedFor: i.DecidedFor, DecidedAt: stamp(i.DecidedAt), Grant: i.Grant, Extends: i.Extends,
			stageRecord: stageRecord(i.Stage), Since: stamp(i.Since), Deadline: stamp(i.Deadline), Remind: stamp(i.Remind),
			Reminders: i.Reminders, Votes: newVoteRecords(i.Votes), Risk: i.Risk,
			Confirm: newConfirmRecord(i.Confirm), SoloAt: stamp(i.SoloAt),
		})
	}
	return rec
}

func (r requestRecord) request(rev int64) access.Request {
	out := access.Request{
		ID: r.ID, Requester: r.Requester, By: r.By, Subject: r.Subject, Connector: r.Connector, Start: r.Start.time(),
		Length: time.Duration(r.Length), Created: r.Created.time(), Expires: r.Expires.time(), Emergency: r.Emergency, Profile: r.Profile, Rev: rev,
	}
	for _, i := range r.Items {
		out.Items = append(out.Items, access.Item{
			Resource: i.Resource, Kind: directory.Kind(i.Kind), Slug: i.Slug, State: access.ItemState(i.State), Rule: i.Rule,
			PolicyVersion: i.PolicyVersion, DecidedBy: i.DecidedBy, DecidedFor: i.DecidedFor, DecidedAt: i.DecidedAt.time(), Grant: i.Grant, Extends: i.Extends,
			Stage: access.Stage(i.stageRecord), Since: i.Since.time(), Deadline: i.Deadline.time(), Remind: i.Remind.time(),
			Reminders: i.Reminders, Votes: votes(i.Votes), Risk: i.Risk,
			Confirm: i.Confirm.confirm(), SoloAt: i.SoloAt.time(),
		})
	}
	return out
}
