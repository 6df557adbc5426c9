package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// forgetAtOnce is how many texts one commit erases: two rows each.
const forgetAtOnce = 40

// Text reads one free text; an erased one has no Body and says so.
func (s *Store) Text(ctx context.Context, about string) (access.Text, error) {
	r, _, err := find[textRecord](ctx, s, textKey(about), "text about", about)
	if err != nil {
		return access.Text{}, fault.Wrap("store.Text", err)
	}
	return r.text(), nil
}

// addTexts adds free texts to a change. A text may be written again by its
// author, by nobody else.
func (s *Store) addTexts(ctx context.Context, c *change, texts []access.Text) error {
	for _, t := range texts {
		prev, rev, err := maybe[textRecord](ctx, s, textKey(t.About))
		if err != nil {
			return err
		}
		if rev > 0 && prev.Author != t.Author {
			return fault.New("", fault.Conflict, "somebody else wrote the text about %s", t.About)
		}
		c.put(textKey(t.About), rev, newTextRecord(t))
		if rev == 0 || prev.Erased {
			c.point(textByKey(t.Author, t.About), pointer{ID: t.About})
		}
	}
	return nil
}

// ForgetTexts erases what the account wrote, forty texts a commit, each commit
// with the event; Data "texts" of it says how many. The event is saved when
// there was nothing to erase, too. After an error call it again: it goes on
// where it stopped, and counts what it erased itself.
func (s *Store) ForgetTexts(ctx context.Context, author string, e audit.Event) (int, error) {
	total := 0
	for {
		n, more, err := s.forgetSome(ctx, author, e)
		if err != nil {
			return total, fault.Wrap("store.ForgetTexts", err)
		}
		if total += n; !more {
			return total, nil
		}
		e.ID = "" // the next commit's event is another one
	}
}

// forgetSome erases the first texts of an author and takes away their pointers.
func (s *Store) forgetSome(ctx context.Context, author string, e audit.Event) (n int, more bool, err error) {
	rows, more, err := s.table.Query(ctx, Range{Part: join("text-by", author), Limit: forgetAtOnce})
	if err != nil {
		return 0, false, err
	}
	var c change
	for _, row := range rows {
		p, err := decode[pointer](row)
		if err != nil {
			return 0, false, err
		}
		c.delete(row.Key, row.Version)
		t, rev, err := maybe[textRecord](ctx, s, textKey(p.ID))
		if err != nil {
			return 0, false, err
		}
		if rev > 0 {
			t.Body, t.Erased = "", true
			c.put(textKey(p.ID), rev, t)
			n++
		}
	}
	return n, more && len(rows) > 0, s.save(ctx, &c, []audit.Event{counted(e, "texts", n)})
}
