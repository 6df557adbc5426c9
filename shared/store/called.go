package store

import (
	"context"
	"strings"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// lead is a row that leads to an account: by a word of its names, or by a
// property that few have. It holds nothing but its key, which says all.
type lead struct {
	part, text, account string
}

type leadRecord struct {
	Account string `json:"account"`
}

func calledPart(conn string) string { return join("called", conn) }
func facetPart(conn string) string  { return join("facet", conn) }
func indexedKey(conn string) Key    { return Key{"indexed", join(conn)} }

func leadKey(l lead) Key       { return Key{l.part, join(l.text, l.account)} }
func newLeadRecord(l lead) any { return leadRecord{l.account} }

// leads of accounts.
func leads(all []directory.Account) map[lead]bool {
	out := map[lead]bool{}
	for _, a := range all {
		for _, w := range a.Words() {
			out[lead{calledPart(a.Connector), w, a.ID}] = true
		}
		for _, f := range a.Facets() {
			out[lead{facetPart(a.Connector), string(f), a.ID}] = true
		}
	}
	return out
}

// without gives the leads of one set that another has not.
func without(some, others map[lead]bool) []lead {
	var out []lead
	for l := range some {
		if !others[l] {
			out = append(out, l)
		}
	}
	return out
}

// AccountsCalled calls f for words that begin with typed (lower case) and the
// accounts that they lead to, by word, behind one of them. An account may come by
// several words, and by one that it has no more: its own row says what is so.
func (s *Store) AccountsCalled(ctx context.Context, conn, typed string, after directory.Lead, f func(directory.Lead) error) error {
	r := typing(calledPart(conn), typed)
	r.Limit = fewRows
	if after.Account != "" {
		r.After = join(after.Text, after.Account)
	}
	err := s.each(ctx, r, func(row Row) error { return f(leadOf(row)) })
	return fault.Wrap("store.AccountsCalled", err)
}

// AccountsWith calls f for accounts that have, or had lately, a property.
func (s *Store) AccountsWith(ctx context.Context, conn string, what directory.Facet, after string, f func(account string) error) error {
	r := below(facetPart(conn), string(what))
	r.Limit = fewRows
	if after != "" {
		r.After = join(string(what), after)
	}
	err := s.each(ctx, r, func(row Row) error { return f(leadOf(row).Account) })
	return fault.Wrap("store.AccountsWith", err)
}

func leadOf(row Row) directory.Lead {
	words := split(row.Sort)
	if len(words) != 2 {
		return directory.Lead{}
	}
	return directory.Lead{Text: words[0], Account: words[1]}
}

// indexPiece is how many accounts one call of Index takes.
const indexPiece = 2000

// Indexed reports whether words and properties lead to every account of a
// connector: a directory from before there were any is not.
func (s *Store) Indexed(ctx context.Context, conn string) (bool, error) {
	_, err := s.table.Get(ctx, indexedKey(conn))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, fault.Wrap("store.Indexed", err)
}

// Index writes what leads to the next accounts behind an id, and gives the last
// of them; "" when there are no more, and the connector counts as indexed.
func (s *Store) Index(ctx context.Context, conn, after string) (string, error) {
	const op = "store.Index"
	var piece []directory.Account
	err := s.AccountsAfter(ctx, conn, after, func(a directory.Account) error {
		piece = append(piece, a)
		if len(piece) == indexPiece {
			return errStop
		}
		return nil
	})
	if err == nil {
		err = write(ctx, s, without(leads(piece), nil), leadKey, newLeadRecord)
	}
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	if len(piece) == indexPiece {
		return piece[len(piece)-1].ID, nil
	}
	body, err := encode(struct {
		At stamp `json:"at"`
	}{stamp(s.now())})
	if err == nil {
		err = s.table.Batch(ctx, []Write{{Action: Put, Row: Row{Key: indexedKey(conn), Body: body}}})
	}
	return "", fault.Wrap(op, err)
}

// Unname takes away every word that leads to an account, those of names that it
// had before too. It reads all words of the connector: a person is forgotten
// seldom, and wholly.
func (s *Store) Unname(ctx context.Context, conn, account string) error {
	end := "#" + join(account)
	var found []lead
	err := s.each(ctx, Range{Part: calledPart(conn)}, func(row Row) error {
		if strings.HasSuffix(row.Sort, end) {
			l := leadOf(row)
			found = append(found, lead{calledPart(conn), l.Text, l.Account})
		}
		return nil
	})
	if err == nil {
		err = erase(ctx, s, found, leadKey)
	}
	return fault.Wrap("store.Unname", err)
}
