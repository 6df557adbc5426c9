package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// ReadManagers reads how far it is known who manages whom in a connector.
func (h *House) ReadManagers(ctx context.Context, by access.Actor, conn string) (directory.ManagerSource, error) {
	const op = "flow.ReadManagers"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return directory.ManagerSource{}, fault.Wrap(op, err)
	}
	if !r.s.oversees() && !r.owns {
		return directory.ManagerSource{}, fault.New(op, fault.Forbidden, "who manages whom is shown to auditors, administrators and the connector's owners")
	}
	s, err := h.managerSource(ctx, r.conn)
	return s, fault.Wrap(op, err)
}

// managerSource is the source; one that was never tried says why not.
func (h *House) managerSource(ctx context.Context, c connector.Connector) (directory.ManagerSource, error) {
	s, err := h.Memory.ManagerSource(ctx, c.ID)
	if err == nil && !s.Shown && s.Why == "" {
		if s.Why = c.NoManagers(); s.Why == "" {
			s.Why = "the first read of Slack's SCIM is not done yet"
		}
	}
	return s, err
}

// staleManagers is how old a read may be before a review is warned of it.
const staleManagers = 3 * 24 * time.Hour

// warnOfManagers says what is doubtful about a spec that asks for managers.
func (h *House) warnOfManagers(ctx context.Context, s review.Spec, c connector.Connector) ([]string, error) {
	if !slices.ContainsFunc(s.Levels, func(l review.Level) bool { return l.By == review.ByManager }) {
		return nil, nil
	}
	src, err := h.managerSource(ctx, c)
	switch {
	case err != nil:
		return nil, err
	case !src.Shown:
		return []string{"a level is reviewed by each account's manager, and Slack does not show who that is: " + src.Why + "; what has none goes to the fallback"}, nil
	case src.Found == 0:
		return []string{"a level is reviewed by each account's manager, and no account has one in Slack: everything goes to the fallback"}, nil
	case h.Now().Sub(src.Read) > staleManagers:
		return []string{"managers were last read on " + src.Read.UTC().Format("2006-01-02") + ": press Sync now"}, nil
	}
	return nil, nil
}
