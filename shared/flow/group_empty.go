package flow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// empty takes the last member out: by SCIM where the plan has it, else as policy
// says. SCIM comes before a when_empty on purpose: that is the way out of a list
// which Slack will not empty, it gives somebody access (a keeper) or takes a
// handle from everybody (disable), and where Slack does empty the list neither
// is owed to anybody. SCIM is a delta too, so that whoever joined since the read
// stays. Where it refuses for good, nothing happened, and policy's way is next.
func (p *pass) empty(ctx context.Context, j access.Judgment) outcome {
	if p.conn.MayEmpty() {
		out, refused := p.shrink(ctx, j)
		if !refused || p.last == (access.Empty{}) {
			return out
		}
		if !p.lock.MayWrite(p.h.Now()) { // the refusal took its time
			return notSent(j)
		}
	}
	return p.keepOrDisable(ctx, j)
}

// shrink removes by SCIM; refused: for good, and nothing happened. An account
// that was to be added is dead, or the list would not have become empty.
func (p *pass) shrink(ctx context.Context, j access.Judgment) (out outcome, refused bool) {
	var err error
	if until := p.paused(ctx, scimPatch); until.IsZero() {
		err = p.h.Slack.Shrink(ctx, p.link, p.res.ID, j.Remove)
	} else {
		err = &fault.Error{Op: "flow.shrink", Kind: fault.Wait, Until: until, Code: "ratelimited", Text: "Slack asked Ebb to wait"}
	}
	out = answered(err, access.Judgment{Remove: j.Remove})
	if out.unclear == nil && len(j.Add) > 0 {
		out.fail(errDeactivated, j.Add...)
	}
	return out, fault.Is(err, fault.Misconfigured, fault.Permanent)
}

// allButOne leaves one of several last members for a write of its own, where nothing
// lets a user group become empty: the others go, and one alone needs attention. It is
// who may stay longest.
func (p *pass) allButOne(j access.Judgment) access.Judgment {
	if p.view.Resource.Kind != directory.UserGroup || p.conn.MayEmpty() || p.last != (access.Empty{}) || len(p.list(j.Add, j.Remove)) > 0 {
		return j
	}
	ends := map[string]time.Time{}
	for _, g := range p.st.Grants {
		ends[g.Account] = later(g.End, ends[g.Account])
	}
	in := slices.DeleteFunc(slices.Clone(j.Remove), func(a string) bool { return !slices.Contains(p.view.Members, a) })
	if len(in) < 2 {
		return j
	}
	stays := slices.MaxFunc(in, func(a, b string) int { return cmp.Or(ends[a].Compare(ends[b]), cmp.Compare(a, b)) })
	j.Remove = without(j.Remove, []string{stays})
	return j
}

// scimPatch is the name under which a 429 of SCIM's writes is remembered.
const scimPatch = "scim.groups.patch"

// keepOrDisable is policy's way out where Slack keeps one member in.
func (p *pass) keepOrDisable(ctx context.Context, j access.Judgment) outcome {
	var out outcome
	switch {
	case p.last.Keep != "":
		if err := p.alsoAdd(ctx, p.last.Keep); err != nil {
			out.fail(err, slices.Concat(j.Add, j.Remove)...)
			return out
		}
		err := p.replace(ctx, []string{p.last.Keep})
		if blames(err) {
			err = lastMember("the account that policy keeps as the last member of " + access.Name(p.res) + " cannot be in it any more: name another one in when_empty, or add another member in Slack")
		}
		return answered(err, j)
	case p.last.Disable:
		err := p.h.Slack.Disable(ctx, p.link, p.res.ID)
		out = answered(err, j)
		out.closed = out.unclear == nil && len(out.failed) == 0
		return out
	}
	out.fail(lastMember("this is the last member of "+access.Name(p.res)+" and Slack keeps a user group from becoming empty: add another member in Slack, or say when_empty in the policy and publish it; on Business+ the scope admin lets SCIM take it out"), j.Remove...)
	return out
}

func lastMember(text string) error {
	return &fault.Error{Op: "flow.write", Kind: fault.Misconfigured, Code: "last_member", Text: text}
}

// alsoAdd puts the keeper into the stored intent, before the list goes.
func (p *pass) alsoAdd(ctx context.Context, keeper string) error {
	w := *p.st.Writing
	w.Add = append(slices.Clone(w.Add), keeper)
	e := p.h.event(p.aggregate(), "resource.keeper", ebb, map[string]string{
		"connector": p.conn.ID, "resource": p.res.ID, "account": keeper, "note": "stays, as policy says for the last member",
	})
	if err := p.save(ctx, access.Step{Writing: &w}, e); err != nil {
		return err
	}
	return p.load(ctx)
}

// wayOut reads what policy says for the last member of a user group under
// whose rule the removals were granted. A keeper who has to go is none.
func (p *pass) wayOut(ctx context.Context, j access.Judgment) (access.Empty, error) {
	if p.view.Resource.Kind != directory.UserGroup || len(j.Remove) == 0 {
		return access.Empty{}, nil
	}
	rule, err := p.ruleOf(ctx, j.Remove)
	out := rule.Empty
	if slices.Contains(j.Remove, out.Keep) {
		out.Keep = ""
	}
	return out, err
}

// ruleOf is the rule, as it stands now, under which one of the accounts was
// granted; an unknown rule says nothing about empty.
func (p *pass) ruleOf(ctx context.Context, accounts []string) (access.Rule, error) {
	pol, err := p.h.Memory.Policy(ctx, 0)
	if err != nil {
		return access.Rule{}, err
	}
	for _, g := range p.st.Grants {
		if !slices.Contains(accounts, g.Account) {
			continue
		}
		for _, r := range pol.Rules {
			if r.ID == g.Rule && r.Resources.Fits(p.view.Resource) {
				return r, nil
			}
		}
	}
	return access.Rule{}, nil
}

// closeGroup records that the group was disabled: its handle stopped working,
// which counts as revoked. The hold stays known, so that an enabled group
// with the member still in it is found.
func (p *pass) closeGroup(ctx context.Context, j access.Judgment) error {
	for _, g := range p.st.Grants {
		if !slices.Contains(j.Remove, g.Account) || !g.Takes() {
			continue
		}
		next, events, err := p.h.turn(access.Verdict{Grant: g, Turn: access.Gone, Note: "the user group was disabled, as policy says for its last member; its handle stopped working"})
		if err != nil {
			return err
		}
		if err := p.putClosed(ctx, g); err != nil {
			return err
		}
		// The hold stays open: an enabled group shows the member again, and a
		// later grant must not take that for standing.
		hold := p.st.Holds[g.Account]
		step := access.Step{Grants: []access.Grant{next}}
		if hold.Rev > 0 {
			step.Holds = []access.Hold{hold}
		}
		more, err := p.h.carriedOut(ctx, &step, directory.TookFinding)
		if err == nil {
			err = p.save(ctx, step, append(events, more...)...)
		}
		if err != nil {
			return err
		}
		if err := p.load(ctx); err != nil {
			return err
		}
	}
	step := access.Step{Sleep: true}
	if p.st.Writing != nil {
		w := *p.st.Writing
		step.Clear = &w
	}
	return p.save(ctx, step, p.proved(j, outcome{})...)
}

// putClosed has the directory know at once that the group is disabled, with the
// membership that goes for it: where it still looked open, a member who is only
// hidden would pass for one who was seen gone.
func (p *pass) putClosed(ctx context.Context, g access.Grant) error {
	b := directory.Batch{GoneMemberships: []directory.Membership{{Connector: g.Connector, Resource: g.Resource, Slug: g.Slug, Account: g.Account}}}
	res, err := p.h.Memory.Resource(ctx, g.Connector, g.Resource)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	default:
		res.Disabled = true
		b.Resources = []directory.Resource{res}
	}
	return p.h.Memory.Put(ctx, b)
}

// hidden ends a pass over a resource that is disabled or archived: nothing in
// it is gone and nothing can be changed. One exception is a user group that
// is disabled as policy says for its last member: our write whose answer
// was lost, or a hand that was faster.
func (p *pass) hidden(ctx context.Context) error {
	if err := p.settle(ctx); err != nil {
		return err
	}
	if p.st.Writing == nil && p.view.Resource.Disabled {
		seen := p.view
		seen.Resource.Disabled = false
		j := p.st.Judge(seen, p.life, p.h.Now())
		out, err := p.wayOut(ctx, j)
		if err != nil {
			return p.trip(ctx, p.moving(), err)
		}
		if out.Disable && len(p.list(j.Add, j.Remove)) == 0 {
			if err := p.stayOut(ctx, j.StayOut); err != nil {
				return err
			}
			return p.closeGroup(ctx, j)
		}
	}
	return p.trip(ctx, p.moving(), &fault.Error{Kind: fault.NotFound, Code: codeHidden, Text: hiddenText(p.view.Resource)})
}
