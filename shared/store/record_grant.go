package store

import (
	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// grantRecord is a grant's row and its copy. Due is the sort of its due row,
// "" when it is over. CopyBase is how far the copy's version is behind the
// row's: the Rev at which the grant first needed a copy.
type grantRecord struct {
	ID            string        `json:"id"`
	Request       string        `json:"request,omitempty"`
	Item          int           `json:"item,omitempty"`
	Connector     string        `json:"connector"`
	Workspace     string        `json:"workspace,omitempty"`
	Resource      string        `json:"resource"`
	Kind          string        `json:"kind,omitempty"`
	Slug          string        `json:"slug"`
	Account       string        `json:"account"`
	Parent        string        `json:"parent,omitempty"`
	Origin        string        `json:"origin,omitempty"`
	Start         stamp         `json:"start,omitzero"`
	End           stamp         `json:"end,omitzero"`
	State         string        `json:"state"`
	Taking        bool          `json:"taking,omitempty"`
	Added         bool          `json:"added,omitempty"`
	EndedBy       string        `json:"ended_by,omitempty"`
	EndedFor      string        `json:"ended_for,omitempty"`
	Outcome       string        `json:"outcome,omitempty"`
	Trouble       troubleRecord `json:"trouble,omitzero"`
	Tries         int           `json:"tries,omitempty"`
	Tried         stamp         `json:"tried,omitzero"`
	NextTry       stamp         `json:"next_try,omitzero"`
	PolicyVersion int64         `json:"policy_version,omitempty"`
	Rule          string        `json:"rule,omitempty"`
	Approvers     []string      `json:"approvers,omitempty"`
	Created       stamp         `json:"created,omitzero"`
	Closed        stamp         `json:"closed,omitzero"`
	Due           string        `json:"due,omitempty"`
	CopyBase      int64         `json:"copy_base,omitempty"`
}

func newGrantRecord(g access.Grant) grantRecord {
	return grantRecord{
		ID: g.ID, Request: g.Request, Item: g.Item, Connector: g.Connector, Workspace: g.Workspace, Resource: g.Resource,
		Kind: string(g.Kind), Slug: g.Slug, Account: g.Account, Parent: g.Parent, Origin: g.Origin, Start: stamp(g.Start), End: stamp(g.End),
		State: string(g.State), Taking: g.Taking, Added: g.Added, EndedBy: g.EndedBy, EndedFor: g.EndedFor, Outcome: g.Outcome,
		Trouble: troubleRecord{Code: g.Trouble.Code, Text: g.Trouble.Text, Since: stamp(g.Trouble.Since), Dormant: g.Trouble.Dormant},
		Tries:   g.Tries, Tried: stamp(g.Tried), NextTry: stamp(g.NextTry), PolicyVersion: g.PolicyVersion, Rule: g.Rule, Approvers: g.Approvers,
		Created: stamp(g.Created), Closed: stamp(g.Closed),
	}
}

func (r grantRecord) grant(rev int64) access.Grant {
	return access.Grant{
		ID: r.ID, Request: r.Request, Item: r.Item, Connector: r.Connector, Workspace: r.Workspace, Resource: r.Resource,
		Kind: directory.Kind(r.Kind), Slug: r.Slug, Account: r.Account, Parent: r.Parent, Origin: r.Origin, Start: r.Start.time(), End: r.End.time(),
		State: access.State(r.State), Taking: r.Taking, Added: r.Added, EndedBy: r.EndedBy, EndedFor: r.EndedFor, Outcome: r.Outcome,
		Trouble: access.Trouble{Code: r.Trouble.Code, Text: r.Trouble.Text, Since: r.Trouble.Since.time(), Dormant: r.Trouble.Dormant},
		Tries:   r.Tries, Tried: r.Tried.time(), NextTry: r.NextTry.time(), PolicyVersion: r.PolicyVersion, Rule: r.Rule, Approvers: r.Approvers,
		Created: r.Created.time(), Closed: r.Closed.time(), Rev: rev,
	}
}
