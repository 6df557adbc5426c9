package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func activeKey(conn, account string) Key { return Key{join("active", conn), join(account)} }
func activeFromKey(conn string) Key      { return Key{"active-from", join(conn)} }

type activityRecord struct {
	Last string `json:"last"` // a day
}

type activitySourceRecord struct {
	Shown bool   `json:"shown,omitempty"`
	Why   string `json:"why,omitempty"`
	From  stamp  `json:"from,omitzero"`
	Read  stamp  `json:"read,omitzero"`
	Next  stamp  `json:"next,omitzero"`

	Begun  stamp `json:"begun,omitzero"`
	Oldest stamp `json:"oldest,omitzero"`
	Pages  int   `json:"pages,omitempty"`
	Loose  bool  `json:"loose,omitempty"`
}

func newActivitySourceRecord(s directory.ActivitySource) activitySourceRecord {
	return activitySourceRecord{
		Shown: s.Shown, Why: s.Why, From: stamp(s.From), Read: stamp(s.Read), Next: stamp(s.Next),
		Begun: stamp(s.Reading.Begun), Oldest: stamp(s.Reading.Oldest), Pages: s.Reading.Pages, Loose: s.Reading.Loose,
	}
}

func (r activitySourceRecord) source() directory.ActivitySource {
	return directory.ActivitySource{
		Shown: r.Shown, Why: r.Why, From: r.From.time(), Read: r.Read.time(), Next: r.Next.time(),
		Reading: directory.ActivityReading{Begun: r.Begun.time(), Oldest: r.Oldest.time(), Pages: r.Pages, Loose: r.Loose},
	}
}

// LastActive gives the day when an account was last seen active, the zero time
// where none is known.
func (s *Store) LastActive(ctx context.Context, conn, account string) (time.Time, error) {
	const op = "store.LastActive"
	r, rev, err := maybe[activityRecord](ctx, s, activeKey(conn, account))
	if err != nil || rev == 0 {
		return time.Time{}, fault.Wrap(op, err)
	}
	day, err := r.day()
	return day, fault.Wrap(op, err)
}

func (r activityRecord) day() (time.Time, error) {
	day, err := time.Parse(time.DateOnly, r.Last)
	if err != nil {
		return day, fault.New("", fault.Internal, "the day of an account's activity is not what this version of Ebb wrote")
	}
	return day, nil
}

// EachActive calls f for each account with a known activity behind an id, in the
// order in which accounts are listed.
func (s *Store) EachActive(ctx context.Context, conn, after string, f func(directory.Activity) error) error {
	err := eachRecord(ctx, s, behind(join("active", conn), after), func(r activityRecord, row Row) error {
		day, err := r.day()
		if err != nil {
			return err
		}
		return f(directory.Activity{Account: split(row.Sort)[0], Last: day})
	})
	return fault.Wrap("store.EachActive", err)
}

// SaveActive writes days without asking what is stored; a zero day forgets.
func (s *Store) SaveActive(ctx context.Context, conn string, seen []directory.Activity) error {
	err := inPieces(ctx, s, seen, func(a directory.Activity) (Write, error) {
		k := activeKey(conn, a.Account)
		if a.Last.IsZero() {
			return Write{Action: Delete, Row: Row{Key: k}}, nil
		}
		body, err := encode(activityRecord{directory.Day(a.Last).Format(time.DateOnly)})
		return Write{Action: Put, Row: Row{Key: k, Body: body}}, err
	})
	return fault.Wrap("store.SaveActive", err)
}

// ActivitySource gives what is known of a connector's activity; the zero source
// where it was never read.
func (s *Store) ActivitySource(ctx context.Context, conn string) (directory.ActivitySource, error) {
	r, _, err := maybe[activitySourceRecord](ctx, s, activeFromKey(conn))
	return r.source(), fault.Wrap("store.ActivitySource", err)
}

// SaveActivitySource replaces it; of two at once the later stays.
func (s *Store) SaveActivitySource(ctx context.Context, conn string, a directory.ActivitySource) error {
	body, err := encode(newActivitySourceRecord(a))
	if err == nil {
		err = s.table.Batch(ctx, []Write{{Action: Put, Row: Row{Key: activeFromKey(conn), Body: body}}})
	}
	return fault.Wrap("store.SaveActivitySource", err)
}
