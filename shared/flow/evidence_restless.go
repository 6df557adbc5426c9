package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/review"
)

// A package is read from a campaign that goes on. Reading begins anew where a line
// changed meanwhile: while people decide, and, once it has ended, while what was denied
// goes. The second ends by itself, line by line; a task that waits for weeks keeps no
// package from being made, because nothing happens to its line until it is over.

// whyRestless says why a campaign could not be read whole, as it stands now.
func (h *House) whyRestless(ctx context.Context, campaign string) string {
	const unsealed = "what has just happened in this review was not sealed yet"
	c, err := h.Memory.Campaign(ctx, campaign)
	if err != nil {
		return unsealed
	}
	n := 0
	switch {
	case c.State == review.Running || c.State == review.Ending:
		err = h.Memory.EachAssignment(ctx, c.ID, func(a review.Assignment) error { n += a.Left(); return nil })
		if err == nil && n > 0 {
			return "the review went on while it was read, with " + count(n, "line") + " to be decided"
		}
	case c.Settled.IsZero():
		if n, err = h.stillTaken(ctx, c.ID); err == nil && n > 0 {
			return "the review went on while it was read: " + count(n, "denied line") + " still to be settled"
		}
	}
	return unsealed
}

// stillTaken counts the denied lines of a campaign whose removal is not over.
func (h *House) stillTaken(ctx context.Context, campaign string) (n int, err error) {
	for after := ""; ; {
		lines, err := h.Memory.Taking(ctx, campaign, after, settleAtOnce)
		if n += len(lines); err != nil || len(lines) < settleAtOnce {
			return n, err
		}
		after = lines[len(lines)-1].ID
	}
}

// count is "1 line", "12 lines".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(n) + " " + what
}
