package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// added remembers which grants Slack definitely took, so that none is added twice.
// Somebody may touch a grant meanwhile (look again, end it now): that is read
// anew, because a pass that gave up here would leave a write unclear, for two
// minutes, of which everything is known.
func (p *pass) added(ctx context.Context, j access.Judgment, out outcome) error {
	return again(func() error {
		err := p.addedNow(ctx, j, out)
		if fault.Is(err, fault.Conflict) {
			if lerr := p.load(ctx); lerr != nil {
				return lerr
			}
		}
		return err
	})
}

func (p *pass) addedNow(ctx context.Context, j access.Judgment, out outcome) error {
	var gs []access.Grant
	for _, g := range p.st.Grants {
		if slices.Contains(j.Add, g.Account) && out.failed[g.Account] == nil && g.Gives(p.h.Now()) && !g.Added {
			g.Added = true
			gs = append(gs, g)
		}
	}
	return p.chunks(ctx, gs)
}

func (p *pass) chunks(ctx context.Context, gs []access.Grant) error {
	for part := range slices.Chunk(gs, grantsPerSave) {
		if err := p.save(ctx, access.Step{Grants: part}); err != nil {
			return err
		}
	}
	if len(gs) == 0 {
		return nil
	}
	return p.load(ctx)
}

// grantsPerSave keeps a commit well under the table's 100 rows.
const grantsPerSave = 8
