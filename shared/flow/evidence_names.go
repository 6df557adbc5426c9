package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// evidenceNames gives the names of an evidence package. Of what was reviewed they are
// those of the snapshot, so that a renamed person changes no package; who was
// forgotten has none. Of reviewers, whom no snapshot has, they are the directory's.
type evidenceNames struct {
	h         *House
	conn      string
	forgotten map[string]bool   // accounts
	whole     bool              // forgotten has all of them
	accounts  map[string]string // of reviewers
	users     map[string]string
}

func newEvidenceNames(ctx context.Context, h *House, c review.Campaign) (*evidenceNames, error) {
	n := &evidenceNames{h: h, conn: c.Connector, forgotten: map[string]bool{}, accounts: map[string]string{}, users: map[string]string{}}
	if n.whole = c.Snapshot.Lines > manyAccounts; !n.whole {
		return n, nil
	}
	err := h.Memory.EachAccount(ctx, c.Connector, func(a directory.Account) error {
		if a.Forgotten {
			n.forgotten[a.ID] = true
		}
		return nil
	})
	return n, err
}

// of is the name of the account that a line is about.
func (n *evidenceNames) of(ctx context.Context, f review.Fact) (string, error) {
	gone, known := n.forgotten[f.Account]
	if !known && !n.whole {
		a, err := n.h.Memory.Account(ctx, n.conn, f.Account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return "", err
		}
		gone = a.Forgotten
		n.forgotten[f.Account] = gone
	}
	if gone {
		return "", nil
	}
	return f.AccountName, nil
}

// account is a reviewer's name.
func (n *evidenceNames) account(ctx context.Context, id string) (string, error) {
	if name, ok := n.accounts[id]; ok || id == "" {
		return name, nil
	}
	a, err := n.h.Memory.Account(ctx, n.conn, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	name := a.Label()
	if name == id {
		name = ""
	}
	n.accounts[id] = name
	return name, nil
}

// user is a user's name: their account's in this Slack where they have one.
func (n *evidenceNames) user(ctx context.Context, id string) (string, error) {
	if name, ok := n.users[id]; ok || id == "" || id == ebb {
		return name, nil
	}
	u, err := n.h.Memory.User(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	name := u.Name
	if a := u.In(n.conn); a != "" {
		if name, err = n.account(ctx, a); err != nil {
			return "", err
		}
	}
	n.users[id] = name
	return name, nil
}

func (n *evidenceNames) decider(ctx context.Context, d review.Decision) (string, error) {
	if d.Account != "" {
		return n.account(ctx, d.Account)
	}
	return n.user(ctx, d.By)
}

// actor is the name of whom an event tells something, or of who did it.
func (n *evidenceNames) actor(ctx context.Context, e audit.Event) (string, error) {
	if e.Action == "review.told" {
		return n.account(ctx, e.Data["account"])
	}
	if slices.Contains([]string{"manual.made", "manual.refused", "manual.reminded"}, e.Action) {
		return "the owners", nil
	}
	return n.user(ctx, e.Actor)
}
