package flow

import (
	"context"
	"errors"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// people are a connector's accounts as a campaign reads them: one by one while it
// needs few, all of them once it needs many.
type people struct {
	h        *House
	conn     connector.Connector
	accounts map[string]directory.Account
	missed   int
	whole    bool
	err      error // the first of able and knows

	source  *directory.ActivitySource
	seen    map[string]time.Time // days on which accounts were active last
	allSeen bool

	eyes  map[string]*realm // reviewers' own, by account
	sight *realm            // what all of these have in common
	about string            // the resource of which known says who may know
	known map[string]bool
}

func newPeople(h *House, c connector.Connector) *people {
	return &people{h: h, conn: c, accounts: map[string]directory.Account{}}
}

const (
	// manyAccounts is after how many single reads all accounts are read at once, a
	// thousand a query.
	manyAccounts = 500
	// mostKept is how many are kept in memory, some 500 bytes each.
	mostKept = 120000
)

func (p *people) account(ctx context.Context, id string) (directory.Account, error) {
	if a, ok := p.accounts[id]; ok {
		return a, nil
	}
	if p.missed++; p.missed > manyAccounts && !p.whole {
		err := p.h.Memory.EachAccount(ctx, p.conn.ID, func(a directory.Account) error {
			if len(p.accounts) == mostKept {
				return errEnough
			}
			p.accounts[a.ID] = a
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return directory.Account{}, err
		}
		p.whole = true
		if a, ok := p.accounts[id]; ok {
			return a, nil
		}
	}
	a, err := p.h.Memory.Account(ctx, p.conn.ID, id)
	if err == nil && len(p.accounts) < mostKept {
		p.accounts[id] = a
	}
	return a, err
}

// able says who may review: active full members. What could not be read is not able,
// and the error stays in p.err.
func (p *people) able(ctx context.Context) func(string) bool {
	return func(id string) bool {
		a, err := p.account(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) && p.err == nil {
			p.err = err
		}
		return err == nil && a.Live() && a.Kind == directory.Human
	}
}

// active is when an account was active last, or since when it surely was not. What
// is stored of it may be older than the truth by ActivityPrecision.
func (p *people) active(ctx context.Context, a directory.Account) (last, unseen time.Time, err error) {
	if p.source == nil {
		source, err := p.h.Memory.ActivitySource(ctx, p.conn.ID)
		if err != nil {
			return last, unseen, err
		}
		source = source.At(p.h.Now())
		p.source, p.seen = &source, map[string]time.Time{}
	}
	source := p.source.For(a.Kind)
	if !source.Shown {
		return last, unseen, nil
	}
	if p.whole && !p.allSeen && len(p.seen) < mostKept {
		err = p.h.Memory.EachActive(ctx, p.conn.ID, "", func(x directory.Activity) error {
			if len(p.seen) == mostKept {
				return errEnough
			}
			p.seen[x.Account] = x.Last
			return nil
		})
		if p.allSeen = err == nil; errors.Is(err, errEnough) {
			err = nil // of the others each is asked for
		}
		if err != nil {
			return last, unseen, err
		}
	}
	last, ok := p.seen[a.ID]
	if !ok && !p.allSeen {
		if last, err = p.h.Memory.LastActive(ctx, p.conn.ID, a.ID); err != nil {
			return last, unseen, err
		}
	}
	if last.IsZero() {
		return last, source.From, nil
	}
	return last.Add(directory.ActivityPrecision), unseen, nil
}
