package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

func managersFromKey(conn string) Key { return Key{"managers-from", join(conn)} }

type managerSourceRecord struct {
	Shown   bool   `json:"shown,omitempty"`
	Why     string `json:"why,omitempty"`
	Found   int    `json:"found,omitempty"`
	Read    stamp  `json:"read,omitzero"`
	Next    stamp  `json:"next,omitzero"`
	Begun   stamp  `json:"begun,omitzero"`
	Pages   int    `json:"pages,omitempty"`
	Unknown int    `json:"unknown,omitempty"`
}

// ManagerSource gives how far it is known who manages whom in a connector.
func (s *Store) ManagerSource(ctx context.Context, conn string) (directory.ManagerSource, error) {
	r, _, err := maybe[managerSourceRecord](ctx, s, managersFromKey(conn))
	return directory.ManagerSource{
		Shown: r.Shown, Why: r.Why, Found: r.Found, Read: r.Read.time(), Next: r.Next.time(),
		Begun: r.Begun.time(), Pages: r.Pages, Unknown: r.Unknown,
	}, fault.Wrap("store.ManagerSource", err)
}

// SaveManagerSource replaces it; of two at once the later stays.
func (s *Store) SaveManagerSource(ctx context.Context, conn string, m directory.ManagerSource) error {
	body, err := encode(managerSourceRecord{
		Shown: m.Shown, Why: m.Why, Found: m.Found, Read: stamp(m.Read), Next: stamp(m.Next),
		Begun: stamp(m.Begun), Pages: m.Pages, Unknown: m.Unknown,
	})
	if err == nil {
		err = s.table.Batch(ctx, []Write{{Action: Put, Row: Row{Key: managersFromKey(conn), Body: body}}})
	}
	return fault.Wrap("store.SaveManagerSource", err)
}
