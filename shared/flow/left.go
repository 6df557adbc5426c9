package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// revived are the members that were left out of the list because they were
// deactivated, and of whom the directory and Slack say that they live again.
// They are added like a grant's account, intent first.
func (p *pass) revived(ctx context.Context) []string {
	if p.view.Resource.Kind != directory.UserGroup || p.st.Writing != nil {
		return nil
	}
	var back []string
	for _, l := range p.st.Left {
		a, err := p.h.Memory.Account(ctx, p.conn.ID, l.Account)
		if err != nil || !a.Live() {
			continue
		}
		life, err := p.h.lifeOf(ctx, p.link, l.Account)
		if err == nil && life == access.Living {
			p.life[l.Account] = life
			back = append(back, l.Account)
		}
	}
	return back
}

// lookAgain is how often a resource with members who were left out is looked
// at, so that they come back soon after they were reactivated.
const lookAgain = time.Hour

// putBack forgets that members were left out once they are in the list again.
func (p *pass) putBack(ctx context.Context) error {
	for _, l := range p.st.Left {
		if !slices.Contains(p.view.Members, l.Account) || p.life[l.Account] != access.Living {
			continue
		}
		if err := p.learn(ctx, []string{l.Account}); err != nil {
			return err
		}
		e := p.h.event(p.aggregate(), "resource.put-back", ebb, map[string]string{
			"connector": p.conn.ID, "resource": p.res.ID, "account": l.Account,
		})
		if err := p.save(ctx, access.Step{Back: []access.Left{l}}, e); err != nil {
			return err
		}
	}
	if err := p.load(ctx); err != nil || len(p.st.Left) == 0 || p.st.Writing != nil {
		return err
	}
	return p.save(ctx, access.Step{Wake: p.h.Now().Add(lookAgain)})
}

// aggregate names the resource in the audit.
func (p *pass) aggregate() string { return "resource/" + p.conn.ID + "/" + p.res.ID }
