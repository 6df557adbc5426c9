package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Lock takes the resource's lock for owner until now + access.LeaseTime. The
// owner who has it takes it anew. While somebody else holds it: fault.Conflict
// with Until set to when it frees; without Until a race for it was lost.
//
// The lock's row is never deleted, so that its version never comes again: a
// Record under an old lease always fails.
func (s *Store) Lock(ctx context.Context, conn, resource, owner string, now time.Time) (access.Lock, error) {
	const op = "store.Lock"
	k := lockKey(conn, resource)
	have, rev, err := maybe[lockRecord](ctx, s, k)
	if err != nil {
		return access.Lock{}, fault.Wrap(op, err)
	}
	if l := have.lock(rev); l.Owner != owner && !l.Free(now) {
		e := fault.New(op, fault.Conflict, "somebody else is changing %s right now", resource)
		e.Until = l.Until
		return access.Lock{}, e
	}
	l := access.Lock{Connector: conn, Resource: resource, Owner: owner, Until: now.Add(access.LeaseTime)}
	var c change
	c.put(k, rev, newLockRecord(l))
	if err := s.save(ctx, &c, nil); err != nil {
		return access.Lock{}, fault.Wrap(op, err)
	}
	l.Rev = rev + 1
	return l, nil
}

// Unlock gives the lock back. It is no error when somebody else has it by now.
func (s *Store) Unlock(ctx context.Context, l access.Lock) error {
	var c change
	c.put(lockKey(l.Connector, l.Resource), l.Rev, lockRecord{Connector: l.Connector, Resource: l.Resource})
	err := s.save(ctx, &c, nil)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return fault.Wrap("store.Unlock", err)
}

// Standing reads the live grants that were begun, holds, left-out members and the write on its
// way, all from the resource's own partition. It is one picture only under the
// resource's lock, and even then others move grants (an early end): every row
// carries its Rev.
//
// Holds are keyed by account alone: "member" is the only slug that can be held
// on what Ebb changes (user groups, channels).
func (s *Store) Standing(ctx context.Context, conn, resource string) (access.Standing, error) {
	st := access.Standing{Holds: map[string]access.Hold{}}
	err := s.each(ctx, Range{Part: standing(conn, resource)}, func(row Row) error { return addStanding(&st, row) })
	if err != nil {
		return access.Standing{}, fault.Wrap("store.Standing", err)
	}
	return st, nil
}

func addStanding(st *access.Standing, row Row) error {
	switch split(row.Sort)[0] {
	case "grant":
		r, err := decode[grantRecord](row)
		st.Grants = append(st.Grants, r.grant(row.Version+r.CopyBase))
		return err
	case "hold":
		r, err := decode[holdRecord](row)
		st.Holds[r.Account] = r.hold(row.Version)
		return err
	case "writing":
		r, err := decode[writingRecord](row)
		w := r.writing(row.Version)
		st.Writing = &w
		return err
	case "left":
		r, err := decode[leftRecord](row)
		st.Left = append(st.Left, r.left(row.Version))
		return err
	}
	return addMending(st, row)
}

// addMending reads what is remembered of other people's edits.
func addMending(st *access.Standing, row Row) error {
	switch split(row.Sort)[0] {
	case "meant":
		r, err := decode[meantRecord](row)
		st.Meant = append(st.Meant, r.meant(row.Version))
		return err
	case "told":
		r, err := decode[toldRecord](row)
		st.Told = append(st.Told, r.told(row.Version))
		return err
	case "mend":
		r, err := decode[mendRecord](row)
		st.Mends = append(st.Mends, r.mend(row.Version))
		return err
	}
	return nil
}

// Record saves a step of converge in one commit that fails with
// fault.Conflict when the lock is no longer the one in l. It takes up to
// MaxGrantsPerStep grants; fault.Invalid when the step is more than a commit
// holds. A row saved from Rev r stands at r+1.
//
// Events are needed where a grant's state changes and where members are left
// out, put back or mended; tries, troubles, baselines, the writing row and what
// is remembered of edits need none.
func (s *Store) Record(ctx context.Context, l access.Lock, st access.Step, e ...audit.Event) error {
	const op = "store.Record"
	var c change
	c.check(lockKey(l.Connector, l.Resource), l.Rev)
	if err := s.addGrants(ctx, &c, st.Grants, e); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.addFindings(ctx, &c, st.Findings, e); err != nil {
		return fault.Wrap(op, err)
	}
	if err := c.addStep(l, st, e); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.addWake(ctx, &c, l, st); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.save(ctx, &c, e))
}

// addStep adds the rows that carry their version with them.
func (c *change) addStep(l access.Lock, st access.Step, e []audit.Event) error {
	for _, h := range st.Holds {
		c.put(holdKey(l.Connector, l.Resource, h.Slug, h.Account), h.Rev, newHoldRecord(h))
	}
	for _, x := range st.Left {
		c.put(leftKey(l.Connector, l.Resource, x.Account), x.Rev, newLeftRecord(x))
	}
	for _, x := range st.Back {
		c.delete(leftKey(l.Connector, l.Resource, x.Account), x.Rev)
	}
	c.addMending(l, st)
	switch {
	case st.Writing != nil && st.Clear != nil:
		return fault.New("", fault.Internal, "a step was to store and to clear the write on its way")
	case st.Writing != nil:
		c.put(writingKey(l.Connector, l.Resource), st.Writing.Rev, newWritingRecord(*st.Writing))
	case st.Clear != nil:
		c.delete(writingKey(l.Connector, l.Resource), st.Clear.Rev)
	}
	if len(st.Left)+len(st.Back)+len(st.Mend)+len(st.Mended) > 0 {
		return told("a member left out of, or mended in, "+l.Resource, e)
	}
	return nil
}

// addMending adds the rows about other people's edits. What was meant and told
// goes by itself.
func (c *change) addMending(l access.Lock, st access.Step) {
	if m := st.Meant; m != nil {
		c.putUntil(meantKey(l.Connector, l.Resource, m.Owner), m.Rev, m.SentAt.Add(access.RememberedFor).Unix(), newMeantRecord(*m))
	}
	if t := st.Told; t != nil {
		c.putUntil(toldKey(l.Connector, l.Resource, t.Notice), t.Rev, t.At.Add(access.RememberedFor).Unix(), newToldRecord(*t))
	}
	for _, m := range st.Mend {
		c.put(mendKey(l.Connector, l.Resource, m.Account), m.Rev, newMendRecord(m))
	}
	for _, m := range st.Mended {
		c.delete(mendKey(l.Connector, l.Resource, m.Account), m.Rev)
	}
}

// addWake moves the resource's own due row, or takes it away.
func (s *Store) addWake(ctx context.Context, c *change, l access.Lock, st access.Step) error {
	if st.Wake.IsZero() && !st.Sleep {
		return nil
	}
	k := wakeKey(l.Connector, l.Resource)
	have, rev, err := maybe[wakeRecord](ctx, s, k)
	if err != nil {
		return err
	}
	due := c.due(laneAct, have.Due, access.Due{At: st.Wake, Kind: "resource", ID: l.Resource, Connector: l.Connector}, !st.Sleep)
	switch {
	case due == have.Due:
	case due == "":
		c.delete(k, rev)
	default:
		c.put(k, rev, wakeRecord{Due: due})
	}
	return nil
}
