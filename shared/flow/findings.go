package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// cameBackWithin is how long after its end an access that is held again is
// worth telling the owner.
const cameBackWithin = 24 * time.Hour

// cameBack tells of accounts that hold again what Ebb took back within a day.
// Somebody else gave it, so it stands; whether it should, its owner decides.
func (s *syncing) cameBack(ctx context.Context, r directory.Resource, seen map[string]bool) error {
	st, err := s.h.Memory.Standing(ctx, s.c.ID, r.ID)
	if err != nil {
		return err
	}
	return s.h.cameBack(ctx, r, st, seen, "run", s.run.ID)
}

// cameBack saves the findings; by and id say what showed it, a run or a notice.
// One more has come back: whoever was in a user group that was disabled as policy
// says for its last member, when somebody enables it.
func (h *House) cameBack(ctx context.Context, r directory.Resource, st access.Standing, seen map[string]bool, by, id string) error {
	var back []string
	for a, hold := range st.Holds {
		lately := !hold.GoneAt.IsZero() && !hold.Stood && h.Now().Sub(hold.GoneAt) < cameBackWithin
		closed := hold.Ours() && r.Visible() && !slices.ContainsFunc(st.Grants, func(g access.Grant) bool { return g.Account == a })
		if seen[a] && (lately || closed) {
			back = append(back, a)
		}
	}
	slices.Sort(back)
	for _, a := range back {
		id := r.Connector + "/" + r.ID
		e := h.event("resource/"+id, findingCameBack, ebb, map[string]string{
			"connector": r.Connector, "resource": r.ID, "account": a, by: id, "gone": stamp(st.Holds[a].GoneAt),
		})
		if err := h.Memory.SaveNews(ctx, "resource", id, r.Connector, e); err != nil {
			return err
		}
	}
	return nil
}
