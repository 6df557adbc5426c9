package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// playable is how long a delivery is remembered: five minutes back and five ahead
// are what the door takes, and clocks differ.
const playable = 15 * time.Minute

// Delivered notes that something which Slack signed is being served, by its
// signature. fault.Already when it was before: then somebody plays it again.
func (h *House) Delivered(ctx context.Context, signature string) error {
	const op = "flow.Delivered"
	sum := sha256.Sum256([]byte(strings.ToLower(signature))) // hexadecimal, in either case the same
	err := h.Memory.SaveDelivery(ctx, hex.EncodeToString(sum[:16]), h.Now().Add(playable))
	if fault.Is(err, fault.Conflict) {
		return fault.New(op, fault.Already, "this was delivered before")
	}
	return fault.Wrap(op, err)
}
