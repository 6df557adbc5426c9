package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
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
		if !l.Unseen {
			if err := p.learn(ctx, []string{l.Account}); err != nil {
				return err
			}
		}
		e := p.h.event(p.aggregate(), "resource.put-back", ebb, map[string]string{
			"connector": p.conn.ID, "resource": p.res.ID, "account": l.Account,
		})
		if err := p.forget(ctx, l, e); err != nil {
			return err
		}
	}
	if err := p.load(ctx); err != nil || len(p.st.Left) == 0 || p.st.Writing != nil {
		return err
	}
	return p.save(ctx, access.Step{Wake: p.h.Now().Add(lookAgain)})
}

// stayOut forgets members who were left out and of whom a person has said since that
// their access goes: reactivation does not bring them back.
func (p *pass) stayOut(ctx context.Context, out []access.Left) error {
	for _, l := range out {
		e := p.h.event(p.aggregate(), "resource.stays-out", ebb, map[string]string{
			"connector": p.conn.ID, "resource": p.res.ID, "account": l.Account, "note": "was left out, being deactivated; a person has said that it goes",
		})
		if err := p.forget(ctx, l, e); err != nil {
			return err
		}
	}
	return nil
}

// forget takes a member off those who were left out. With the last of them nothing
// is due for them any more.
func (p *pass) forget(ctx context.Context, l access.Left, e audit.Event) error {
	p.st.Left = slices.DeleteFunc(slices.Clone(p.st.Left), func(x access.Left) bool { return x.Account == l.Account })
	last := len(p.st.Left) == 0 && p.st.Writing == nil
	return p.save(ctx, access.Step{Back: []access.Left{l}, Sleep: last}, e)
}

// aggregate names the resource in the audit.
func (p *pass) aggregate() string { return "resource/" + p.conn.ID + "/" + p.res.ID }
