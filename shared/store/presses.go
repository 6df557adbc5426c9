package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// Press reads an act of a person in Slack, with its words until it was served.
func (s *Store) Press(ctx context.Context, id string) (access.Press, error) {
	const op = "store.Press"
	r, rev, err := find[pressRecord](ctx, s, pressKey(id), "press", id)
	if err != nil {
		return access.Press{}, fault.Wrap(op, err)
	}
	p := r.press(rev)
	if r.Words {
		t, _, err := maybe[textRecord](ctx, s, textKey(pressText(id)))
		if err != nil {
			return access.Press{}, fault.Wrap(op, err)
		}
		p.Words = t.Body
	}
	return p, nil
}

// SavePress saves a press with its due row, at Next until it was served. A new
// one (Rev 0) whose id is known already is fault.Conflict. It needs no event: what
// comes of it has its own.
//
// Its words are a text of the account, so that whoever is forgotten is forgotten
// here too, and go once it was served; the rest is known for two days, so that
// the same act is not done again.
func (s *Store) SavePress(ctx context.Context, p access.Press) error {
	const op = "store.SavePress"
	prev, err := current[pressRecord](ctx, s, pressKey(p.ID), p.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	var c change
	rec := newPressRecord(p)
	rec.Words = prev.Words
	expires, text := int64(0), error(nil)
	switch {
	case !p.Served.IsZero():
		rec.Words, expires, text = false, p.Served.Add(knownFor).Unix(), s.dropText(ctx, &c, pressText(p.ID))
	case p.Rev == 0 && p.Words != "":
		rec.Words, text = true, s.addTexts(ctx, &c, []access.Text{{About: pressText(p.ID), Author: p.Account, Body: p.Words, Written: p.Taken}})
	}
	if text != nil {
		return fault.Wrap(op, text)
	}
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: p.Next, Kind: "press", ID: p.ID, Connector: p.Connector, Urgency: 1}, p.Served.IsZero())
	c.putUntil(pressKey(p.ID), p.Rev, expires, rec)
	return fault.Wrap(op, s.save(ctx, &c, nil))
}

func pressText(id string) string { return "press/" + id }

// dropText takes a text away that somebody needed for a while.
func (s *Store) dropText(ctx context.Context, c *change, about string) error {
	t, rev, err := maybe[textRecord](ctx, s, textKey(about))
	if err != nil || rev == 0 {
		return err
	}
	c.delete(textKey(about), rev)
	if !t.Erased {
		c.unpoint(textByKey(t.Author, about))
	}
	return nil
}
