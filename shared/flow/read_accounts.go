package flow

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// A page of accounts reads what it shows and little more, whatever the company's
// size:
//
//	without a filter       the accounts' own rows, behind the cursor
//	search                 the words that begin with it (Finding), then each account
//	an uncommon property   the accounts that have it (Finding), then each account
//	a workspace            its memberships, then each account
//	a common property      the accounts' own rows, at most mostLooked of them: the
//	                       page may be short, and its cursor goes on
//
// Hints that lead to what is not so any more are looked at and left out.

// AccountQuery says which accounts are meant. Search finds words that begin with
// it, an id, or an address; where few accounts are known, parts of words too.
type AccountQuery struct {
	Search string
	directory.Filter
	// Inactive: not active for so many days, as far as the logs were read over all
	// of them; 0 all.
	Inactive int
}

// AccountView is an account as the actor sees it. Without Whole only id, name and
// handle are there.
type AccountView struct {
	directory.Account
	Whole bool
	// TwoFactorKnown: Slack tells this connector who has a second factor.
	TwoFactorKnown bool
	// Activity is there in lists and where one account is read, if Whole.
	Activity ActivityView
}

// account is an account as the actor sees it; false: not at all.
func (r *realm) account(a directory.Account) (AccountView, bool) {
	switch {
	case r.s.oversees():
		return AccountView{Account: a, Whole: true, TwoFactorKnown: len(r.conn.UserScopes) > 0}, true
	case r.seesAccounts(), r.is(a.ID):
		return AccountView{Account: directory.Account{ID: a.ID, Connector: a.Connector, Name: a.Name, Handle: a.Handle}}, true
	}
	return AccountView{}, false
}

// seesAccounts reports whether more accounts than one's own exist for the actor.
func (r *realm) seesAccounts() bool { return r.s.oversees() || r.owns || r.full() }

// ReadAccounts lists accounts: by id, or by the word that a search found. Who
// does not see a property cannot ask for it either.
func (h *House) ReadAccounts(ctx context.Context, by access.Actor, conn string, q AccountQuery, s Slice) (Page[AccountView], error) {
	const op = "flow.ReadAccounts"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return Page[AccountView]{}, fault.Wrap(op, err)
	}
	if field, why := q.Problem(); why != "" {
		return Page[AccountView]{}, fault.At(op, field, "%s", why)
	}
	if (q.Any() || q.Inactive != 0) && !r.s.oversees() {
		return Page[AccountView]{}, fault.New(op, fault.Forbidden, "listing accounts by what they are needs the duty auditor or integration administrator; search by name instead")
	}
	w := accountWalk{r: r, q: q, s: s}
	if r.s.oversees() {
		if w.active, err = r.activities(ctx, q.Inactive); err != nil {
			return Page[AccountView]{}, fault.Wrap(op, err)
		}
	}
	p, err := w.page(ctx)
	return p, fault.Wrap(op, err)
}

// ReadAccount reads one account.
func (h *House) ReadAccount(ctx context.Context, by access.Actor, conn, id string) (AccountView, error) {
	const op = "flow.ReadAccount"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return AccountView{}, fault.Wrap(op, err)
	}
	v, err := r.person(ctx, id)
	if err == nil && v.Whole {
		var active *activities
		if active, err = r.activities(ctx, 0); err == nil {
			v.Activity, err = active.of(ctx, v.Account)
		}
	}
	return v, fault.Wrap(op, err)
}

// person reads an account that the actor sees.
func (r *realm) person(ctx context.Context, id string) (AccountView, error) {
	a, err := r.s.h.Memory.Account(ctx, r.conn.ID, id)
	if err != nil {
		return AccountView{}, err
	}
	v, ok := r.account(a)
	if !ok {
		return v, fault.New("flow.person", fault.NotFound, "there is no account %s", id)
	}
	return v, nil
}

// accountWalk is one page of accounts.
type accountWalk struct {
	r     *realm
	q     AccountQuery
	s     Slice
	typed string
	// active is nil where the actor does not see it.
	active *activities
}

// lived adds when the account was last active, and holds it against what was asked.
func (w *accountWalk) lived(ctx context.Context, v AccountView, ok bool) (AccountView, bool, error) {
	if !ok || w.active == nil {
		return v, ok, nil
	}
	var err error
	v.Activity, err = w.active.of(ctx, v.Account)
	return v, err == nil && w.active.fits(v.Activity, v.Account), err
}

func (w *accountWalk) page(ctx context.Context) (Page[AccountView], error) {
	w.typed = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(w.q.Search)), "@")
	switch {
	case !w.r.seesAccounts():
		return w.mine()
	case w.typed != "":
		return w.search(ctx)
	case w.q.Facet() != "":
		return w.with(ctx, w.q.Facet())
	case w.q.Workspace != "":
		return w.of(ctx, w.q.Workspace)
	}
	return w.all(ctx, mostLooked)
}

// mine is the actor's own account, and no other.
func (w *accountWalk) mine() (Page[AccountView], error) {
	return walk(w.s, func(f func(directory.Account) error) error { return f(w.r.me.Account) }, accountID,
		func(a directory.Account) (AccountView, bool, error) {
			v, ok := w.r.account(a)
			return v, ok && w.fits(a), nil
		})
}

func accountID(a directory.Account) string { return a.ID }

// fits holds a search in any part of a word against what the actor sees.
func (w *accountWalk) fits(a directory.Account) bool {
	v, _ := w.r.account(a)
	return fits(w.typed, v.ID, v.Name, v.Handle, v.Email) && w.q.Fits(a)
}

func (w *accountWalk) all(ctx context.Context, most int) (Page[AccountView], error) {
	after, err := w.s.after()
	if err != nil {
		return Page[AccountView]{}, err
	}
	w.inOrder()
	return bounded(w.s, most,
		func(f func(directory.Account) error) error {
			return w.r.s.h.Memory.AccountsAfter(ctx, w.r.conn.ID, after, f)
		}, accountID,
		func(a directory.Account) (AccountView, bool, error) {
			v, ok := w.r.account(a)
			return w.lived(ctx, v, ok && w.fits(a))
		})
}

// with lists the accounts that have an uncommon property.
func (w *accountWalk) with(ctx context.Context, what directory.Facet) (Page[AccountView], error) {
	after, err := w.s.after()
	if err != nil {
		return Page[AccountView]{}, err
	}
	w.inOrder()
	return bounded(w.s, mostHints,
		func(f func(string) error) error {
			return w.r.s.h.Memory.AccountsWith(ctx, w.r.conn.ID, what, after, f)
		},
		func(id string) string { return id },
		func(id string) (AccountView, bool, error) { return w.look(ctx, id) })
}

// of lists the accounts of a workspace, by role and id.
func (w *accountWalk) of(ctx context.Context, workspace string) (Page[AccountView], error) {
	after, err := w.s.after()
	if err != nil {
		return Page[AccountView]{}, err
	}
	from := directory.Membership{Connector: w.r.conn.ID, Resource: workspace}
	from.Slug, from.Account, _ = strings.Cut(after, "\x00")
	return bounded(w.s, mostHints,
		func(f func(directory.Membership) error) error { return w.r.s.h.Memory.HoldersAfter(ctx, from, f) },
		func(m directory.Membership) string { return m.Slug + "\x00" + m.Account },
		func(m directory.Membership) (AccountView, bool, error) { return w.look(ctx, m.Account) })
}

// look reads an account that something leads to.
func (w *accountWalk) look(ctx context.Context, id string) (AccountView, bool, error) {
	a, err := w.r.s.h.Memory.Account(ctx, w.r.conn.ID, id)
	if fault.Is(err, fault.NotFound) {
		return AccountView{}, false, nil
	}
	if err != nil {
		return AccountView{}, false, err
	}
	v, ok := w.r.account(a)
	return w.lived(ctx, v, ok && w.q.Fits(a))
}

// search lists accounts by the words that begin with what was typed; whose id it
// is comes first. Of an address only what stands before the @ leads anywhere.
func (w *accountWalk) search(ctx context.Context) (Page[AccountView], error) {
	after, err := w.s.after()
	if err != nil {
		return Page[AccountView]{}, err
	}
	first := w.s.After == ""
	var from directory.Lead
	from.Text, from.Account, _ = strings.Cut(after, "\x00")
	begin, _, address := strings.Cut(w.typed, "@")
	begin = directory.CutWord(begin)
	p, err := bounded(w.s, mostHints,
		func(f func(directory.Lead) error) error { return w.leads(ctx, begin, from, f) },
		func(l directory.Lead) string { return l.Text + "\x00" + l.Account },
		func(l directory.Lead) (AccountView, bool, error) {
			v, ok, err := w.look(ctx, l.Account)
			ok = ok && l.Text == firstWord(v.Words(), begin) && (!address || strings.HasPrefix(strings.ToLower(v.Email), w.typed))
			return v, ok, err
		})
	if err != nil || !first {
		return p, err
	}
	v, ok, err := w.look(ctx, strings.ToUpper(w.typed))
	if err != nil {
		return p, err
	}
	if ok && !holdsAccount(p, v.ID) {
		p.Items = append([]AccountView{v}, p.Items...)
	}
	if len(p.Items) >= fewFound || p.Next != "" {
		return p, nil
	}
	if many, err := w.many(ctx); err != nil || many {
		return p, err
	}
	more, err := w.all(ctx, mostScanned)
	for _, v := range more.Items {
		if !holdsAccount(p, v.ID) {
			p.Items = append(p.Items, v)
		}
	}
	return p, err
}

// many reports whether there are more accounts than a search looks through for the
// middle of a word, as the last sync counted them.
func (w *accountWalk) many(ctx context.Context) (bool, error) {
	n := 0
	for _, id := range w.r.conn.Workspaces {
		x, err := w.r.look(ctx, id)
		if err != nil {
			return false, err
		}
		if n += x.Count; n > mostScanned {
			return true, nil
		}
	}
	return false, nil
}

// leads gives first those whose word it is, whole, and then the others. A word
// that goes on with a space sorts before the word alone.
func (w *accountWalk) leads(ctx context.Context, begin string, from directory.Lead, f func(directory.Lead) error) error {
	called := w.r.s.h.Memory.AccountsCalled
	if from.Text == "" || from.Text == begin {
		if from.Account == "" {
			from = directory.Lead{Text: begin, Account: "!"} // before every id
		}
		err := called(ctx, w.r.conn.ID, begin, from, func(l directory.Lead) error {
			if l.Text != begin {
				return errOthers
			}
			return f(l)
		})
		if err != nil && !errors.Is(err, errOthers) {
			return err
		}
		from = directory.Lead{}
	}
	return called(ctx, w.r.conn.ID, begin, from, func(l directory.Lead) error {
		if l.Text == begin {
			return nil
		}
		return f(l)
	})
}

var errOthers = errors.New("words that are longer follow")

// firstWord is the word by which a search shows an account, once: the first in
// order of those that begin with it. What has none is led to by a name of before.
func firstWord(words []string, begin string) string {
	words = slices.DeleteFunc(words, func(x string) bool { return !strings.HasPrefix(x, begin) })
	if len(words) == 0 {
		return "\x00"
	}
	return slices.Min(words)
}

func holdsAccount(p Page[AccountView], id string) bool {
	return slices.ContainsFunc(p.Items, func(v AccountView) bool { return v.ID == id })
}
