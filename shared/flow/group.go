package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// writeGroup replaces the whole list of a user group, the only way that
// Slack's Web API has (usergroups.users.update). One stale member fails the
// call for everybody, and the list cannot be emptied: both have a way out
// (group_empty.go for the latter).
func (p *pass) writeGroup(ctx context.Context, j access.Judgment) outcome {
	list := p.list(j.Add, j.Remove)
	if len(list) == 0 {
		return p.empty(ctx, j)
	}
	err := p.replace(ctx, list)
	if blames(err) {
		return p.withoutStale(ctx, j, err)
	}
	return answered(err, j)
}

// replace sends a whole list and keeps in mind what it means against the read,
// for the event that tells what it did.
func (p *pass) replace(ctx context.Context, list []string) error {
	date, err := p.h.Slack.Replace(ctx, p.link, p.res.ID, list)
	if err == nil {
		m := access.MeantBy(p.lock.Owner, p.view.Members, list, date, p.h.Now())
		p.meant = &m
	}
	return err
}

// list is the new member list: only our own removals shrink it.
func (p *pass) list(add, remove []string) []string {
	var out []string
	for _, a := range p.view.Members {
		if !slices.Contains(remove, a) {
			out = append(out, a)
		}
	}
	for _, a := range add {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, l := range p.st.Left {
		if p.life[l.Account] == access.Living && !slices.Contains(out, l.Account) {
			out = append(out, l.Account) // reactivated: comes back
		}
	}
	return out
}

// answered sorts the answer to a whole-list write: it is all or nothing.
func answered(err error, j access.Judgment) outcome {
	var out outcome
	switch fault.KindOf(err) {
	case "", fault.Already:
	case fault.Unclear, fault.Internal:
		out.unclear = err
	default:
		out.fail(err, slices.Concat(j.Add, j.Remove)...)
	}
	return out
}

// blames reports whether Slack refused the list because of somebody in it.
// Codes: slack's usergroups.users.update.
func blames(err error) bool {
	switch fault.CodeOf(err) {
	case "failed_for_some_users", "invalid_users", "invalid_user", "single_channel_guests_cannot_be_added":
		return true
	}
	return false
}

// withoutStale leaves out members that users.info confirms dead now, and, if
// that is not it, gives up the additions so that they do not block removals.
func (p *pass) withoutStale(ctx context.Context, j access.Judgment, cause error) outcome {
	dead, err := p.dead(ctx, j)
	if err != nil {
		out := outcome{}
		out.fail(err, slices.Concat(j.Add, j.Remove)...)
		return out
	}
	if len(dead) > 0 {
		if err := p.leave(ctx, dead); err != nil {
			out := outcome{}
			out.fail(err, slices.Concat(j.Add, j.Remove)...)
			return out
		}
		if !p.lock.MayWrite(p.h.Now()) { // the lookups took their time
			return notSent(j)
		}
		rest := without(p.list(j.Add, j.Remove), dead)
		if len(rest) == 0 {
			return p.empty(ctx, j)
		}
		err := p.replace(ctx, rest)
		if !blames(err) {
			out := answered(err, j)
			for _, a := range dead {
				if slices.Contains(j.Add, a) {
					out.fail(cause, a)
				}
			}
			return out
		}
	}
	var out outcome
	out.fail(cause, j.Add...)
	if len(j.Remove) == 0 {
		return out
	}
	if !p.lock.MayWrite(p.h.Now()) {
		return notSent(j)
	}
	err = p.replace(ctx, without(p.list(nil, j.Remove), dead))
	rest := answered(err, access.Judgment{Remove: j.Remove})
	if rest.unclear != nil {
		return rest
	}
	for a, e := range rest.failed {
		out.fail(e, a)
	}
	return out
}

// dead asks Slack about everybody in the list of whom the directory or the
// grants do not say that they live. At most 40 lookups a pass; a sync brings
// the directory up to date for the rest.
func (p *pass) dead(ctx context.Context, j access.Judgment) ([]string, error) {
	var doubtful, rest []string
	for _, a := range p.list(j.Add, j.Remove) {
		known, err := p.h.Memory.Account(ctx, p.conn.ID, a)
		if err == nil && known.Live() && known.Kind == directory.Human && known.In(p.res.Workspace) {
			rest = append(rest, a)
			continue
		}
		doubtful = append(doubtful, a)
	}
	const most = 40
	// The doubtful first, then everybody else: a colleague who was deactivated
	// since the last sync looks as alive as before.
	doubtful = append(doubtful, rest...)
	var out []string
	for _, a := range doubtful[:min(most, len(doubtful))] {
		life, err := p.h.lifeOf(ctx, p.link, a)
		if err != nil {
			return nil, err
		}
		p.life[a] = life
		if life == access.Dead {
			out = append(out, a)
		}
	}
	return out, nil
}

// leave remembers who is left out, an event each, before the list goes. Whose
// membership is ours does not come back with reactivation: that is a removal.
func (p *pass) leave(ctx context.Context, dead []string) error {
	for _, a := range dead {
		known := slices.ContainsFunc(p.st.Left, func(l access.Left) bool { return l.Account == a })
		if known || !slices.Contains(p.view.Members, a) {
			continue
		}
		seen, err := p.h.Memory.Holds(ctx, p.rows([]string{a})[0])
		if err != nil {
			return err
		}
		step := access.Step{Left: []access.Left{{Account: a, Since: p.h.Now(), Unseen: !seen}}}
		if p.st.Holds[a].Ours() {
			w := *p.st.Writing
			w.Remove = append(slices.Clone(w.Remove), a)
			step = access.Step{Writing: &w}
		}
		e := p.h.event(p.aggregate(), "resource.left-out", ebb, map[string]string{
			"connector": p.conn.ID, "resource": p.res.ID, "account": a, "note": "deactivated; Slack refuses the list with this member",
		})
		if err := p.save(ctx, step, e); err != nil {
			return err
		}
		if err := p.load(ctx); err != nil {
			return err
		}
		if err := p.endDead(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// endDead ends what an account holds here by Ebb that Slack says is deactivated, as
// the news of it does, which may be late or lost: reactivation restores nothing, and
// who is taken out of the list was not removed by somebody else.
func (p *pass) endDead(ctx context.Context, account string) error {
	for _, g := range p.st.Grants {
		if g.Account != account || g.State != access.Active {
			continue
		}
		g, err := g.Turn(access.End, p.h.Now(), "")
		if err == nil {
			err = p.save(ctx, access.Step{Grants: []access.Grant{g}}, p.h.grantEvent(g, "the account is deactivated"))
		}
		if err != nil {
			return err
		}
	}
	return p.load(ctx)
}

func without(list, dead []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(a string) bool { return slices.Contains(dead, a) })
}
