package store

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// deliveryRecord is the row of a delivery of Slack's: that it came is all.
type deliveryRecord struct {
	Until stamp `json:"until"`
}

// SaveDelivery notes what Slack signed, by the hash of its signature, until it could
// not be played again; fault.Conflict when it is known. It needs no event: it changes
// nothing.
func (s *Store) SaveDelivery(ctx context.Context, hash string, until time.Time) error {
	var c change
	c.putUntil(deliveryKey(hash), 0, until.Unix(), deliveryRecord{Until: stamp(until)})
	return fault.Wrap("store.SaveDelivery", s.save(ctx, &c, nil))
}
