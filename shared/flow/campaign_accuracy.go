package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// Accuracy is how far what Ebb knows of a connector can be trusted for a review.
type Accuracy struct {
	Synced time.Time // when the last whole sync ended; zero: never
	Run    string
	// Warnings say in words what makes it doubtful, and what to do.
	Warnings []string
}

// staleAfter is how many of a connector's intervals may pass without a good sync.
const staleAfter = 2

// doubtful says why a connector's picture is too old or broken for an automatic start.
func doubtful(c connector.Connector, now time.Time) string {
	every := max(c.Every, time.Hour)
	switch {
	case c.LastGood.IsZero():
		return "it was never synced: press Sync now"
	case !c.Usable():
		return "the connector is " + string(c.Label) + ": nothing is synced until that is mended"
	case now.Sub(c.LastGood) > staleAfter*every:
		return "the last good sync ended on " + c.LastGood.UTC().Format("2006-01-02 15:04 UTC") + ": press Sync now"
	}
	return ""
}

// ReviewAccuracy says how fresh a connector's picture is, for whoever is about to
// stage a campaign of it.
func (h *House) ReviewAccuracy(ctx context.Context, by access.Actor, conn string) (Accuracy, error) {
	const op = "flow.ReviewAccuracy"
	if err := h.mayCampaign(by); err != nil {
		return Accuracy{}, fault.Wrap(op, err)
	}
	c, err := h.Memory.Connector(ctx, conn)
	if err != nil {
		return Accuracy{}, fault.Wrap(op, err)
	}
	var out Accuracy
	if out.Run, out.Synced, _, err = h.lastGoodRun(ctx, c); err != nil {
		return out, fault.Wrap(op, err)
	}
	if why := doubtful(c, h.Now()); why != "" {
		out.Warnings = append(out.Warnings, why)
	}
	if c.LastRun != "" && c.LastRun != out.Run {
		r, err := h.Memory.Run(ctx, c.LastRun)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return out, fault.Wrap(op, err)
		}
		switch r.State {
		case connector.Failed:
			out.Warnings = append(out.Warnings, "the newest sync failed; its log says why, and what is reviewed is older")
		case connector.Running:
			out.Warnings = append(out.Warnings, "a sync is running; stage when it is done")
		case connector.Waiting:
			out.Warnings = append(out.Warnings, "removals of the newest sync wait for a confirmation; what is reviewed still holds them")
		}
	}
	if c.OpenGroups {
		out.Warnings = append(out.Warnings, "everybody may edit this workspace's user groups, so that no user group counts as reviewers")
	}
	return out, nil
}

// SyncForReview is Sync now for who is about to stage a campaign: campaign
// administrators, who need not own the connector.
func (h *House) SyncForReview(ctx context.Context, by access.Actor, conn string) (connector.Run, error) {
	const op = "flow.SyncForReview"
	if err := h.mayCampaign(by); err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	r, err := h.startRun(ctx, conn, who(by), nil)
	return r, fault.Wrap(op, err)
}
