package flow

import (
	"context"
	"slices"
	"time"

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
	var back []string
	for a, hold := range st.Holds {
		if seen[a] && !hold.GoneAt.IsZero() && !hold.Stood && s.h.Now().Sub(hold.GoneAt) < cameBackWithin {
			back = append(back, a)
		}
	}
	slices.Sort(back)
	for _, a := range back {
		e := s.h.event("resource/"+s.c.ID+"/"+r.ID, "finding.came-back", ebb, map[string]string{
			"connector": s.c.ID, "resource": r.ID, "account": a, "run": s.run.ID, "gone": stamp(st.Holds[a].GoneAt),
		})
		if err := s.h.Memory.SaveEvents(ctx, e); err != nil {
			return err
		}
	}
	return nil
}
