package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Who decides about a finding: the owners of its resource and of its connector, and
// administrators. For everybody else there is none. Nobody lets their own access
// stand: about that somebody else decides.

// FindingText is where the comment on a finding lies, as often as it opened.
func FindingText(f directory.Finding) string { return "finding/" + f.ID + "/" + fmt.Sprint(f.Times) }

// AcceptFinding lets access that others gave stand until a time, at which Ebb ends
// it as it ends its own.
func (h *House) AcceptFinding(ctx context.Context, by access.Actor, id string, until time.Time, comment string) (directory.Finding, error) {
	const op = "flow.AcceptFinding"
	now := h.Now()
	switch {
	case !until.After(now.Add(time.Minute)):
		return directory.Finding{}, fault.At(op, "until", "say until when, more than a minute from now; to end it now, remove it")
	case until.After(now.Add(access.Longest)):
		return directory.Finding{}, fault.At(op, "until", "the longest is 360 days; what is to stay is kept instead")
	}
	f, err := h.decideFinding(ctx, by, id, directory.AcceptFinding, until, comment)
	return f, fault.Wrap(op, err)
}

// RemoveFinding has Ebb take access away that others gave, now. It is done when a
// complete read shows it gone; until then the finding is being removed, and its
// grant says what stands in the way.
func (h *House) RemoveFinding(ctx context.Context, by access.Actor, id, comment string) (directory.Finding, error) {
	f, err := h.decideFinding(ctx, by, id, directory.RemoveFinding, time.Time{}, comment)
	return f, fault.Wrap("flow.RemoveFinding", err)
}

// KeepFinding declares what was found right as it is: access becomes standing.
func (h *House) KeepFinding(ctx context.Context, by access.Actor, id, comment string) (directory.Finding, error) {
	f, err := h.decideFinding(ctx, by, id, directory.KeepFinding, time.Time{}, comment)
	return f, fault.Wrap("flow.KeepFinding", err)
}

// decideFinding stores what a person said of a finding, with the grant that carries
// it out. Said again, it is left as it is.
func (h *House) decideFinding(ctx context.Context, by access.Actor, id string, t directory.FindingTurn, until time.Time, comment string) (directory.Finding, error) {
	var out directory.Finding
	if len([]rune(comment)) > longestReason {
		return out, fault.At("flow.decideFinding", "comment", "the comment has more than %d characters", longestReason)
	}
	err := again(func() error {
		v, err := h.ReadFinding(ctx, by, id)
		if err != nil {
			return err
		}
		out = v.Finding
		switch {
		case by.Service:
			return fault.New("flow.decideFinding", fault.Forbidden, "a service's key cannot decide; a person has to")
		case !v.Decides:
			return fault.New("flow.decideFinding", fault.Forbidden, "an auditor reads findings; owners and administrators decide about them")
		case out.By == by.User.ID && saysSo(out, t, until):
			return nil
		}
		if why := v.Refuses[t]; why != "" {
			return fault.New("flow.decideFinding", fault.Invalid, "%s", why)
		}
		out, err = h.storeFinding(ctx, by, v, t, until, comment)
		return err
	})
	return out, err
}

// saysSo reports whether a finding was decided the same way already.
func saysSo(f directory.Finding, t directory.FindingTurn, until time.Time) bool {
	switch t {
	case directory.AcceptFinding:
		return f.State == directory.FindingAccepted && f.Until.Equal(until)
	case directory.RemoveFinding:
		return f.State == directory.FindingRemoving || f.State == directory.FindingRemoved
	}
	return f.State == directory.FindingKept
}

// storeFinding saves a decision: the finding, its grant, the comment and the events
// in one commit.
func (h *House) storeFinding(ctx context.Context, by access.Actor, v FindingView, t directory.FindingTurn, until time.Time, comment string) (directory.Finding, error) {
	now := h.Now()
	f, err := v.Turn(t, now)
	if err != nil {
		return f, err
	}
	author := by.User.In(f.Connector)
	if author == "" {
		author = by.User.ID
	}
	texts, hash, err := h.reason(ctx, FindingText(f), author, comment)
	if err != nil {
		return f, err
	}
	f.By, f.Decided, f.Until = by.User.ID, now, until
	var grants []access.Grant
	var events []audit.Event
	if t != directory.KeepFinding {
		g := access.TakeOver(h.NewID("g"), access.Removal{Origin: "finding/" + f.ID, By: by.User.ID, Account: f.Account, Until: until}, v.Resource, now)
		f.Grant, grants = g.ID, append(grants, g)
		e := h.grantEvent(g, "access that others gave; somebody decided that it ends")
		e.Actor = who(by)
		events = append(events, e)
	} else if err := h.keepHold(ctx, f); err != nil {
		return f, err
	}
	events = append(events, h.findingEvent(f, string(f.State), who(by), map[string]string{
		"until": stamp(until), "grant": f.Grant, "comment": hash, "key": by.Key,
	}))
	if err := h.Memory.SaveFindings(ctx, []directory.Finding{f}, grants, texts, events...); err != nil {
		return f, err
	}
	if t == directory.RemoveFinding {
		h.wake(ctx, ".end", grants...)
	} else {
		h.wake(ctx, "", grants...)
	}
	return h.Memory.Finding(ctx, f.ID)
}

// keepHold makes access standing that Ebb would still call its own: it was to end
// with a user group that was disabled, and somebody enabled that.
func (h *House) keepHold(ctx context.Context, f directory.Finding) error {
	if !f.Stands() {
		return nil
	}
	st, err := h.Memory.Standing(ctx, f.Connector, f.Resource)
	if err != nil || !st.Holds[f.Account].Ours() {
		return err
	}
	err = h.locked(ctx, f.Connector, f.Resource, func(l access.Lock, st access.Standing) error {
		hold := st.Holds[f.Account]
		covered := slices.ContainsFunc(st.Grants, func(g access.Grant) bool { return g.Account == f.Account })
		if !hold.Ours() || covered {
			return nil // a grant ends it, or it is settled
		}
		hold.Stood, hold.GoneAt = true, h.Now()
		return h.Memory.Record(ctx, l, access.Step{Holds: []access.Hold{hold}})
	})
	if fault.Is(err, fault.Conflict) && !fault.UntilOf(err).IsZero() {
		err = fault.New("flow.keepHold", fault.Wait, "somebody is changing %s right now; try again in a few seconds", f.Resource)
	}
	return err
}

// refusals say of each decision about a finding why it cannot be made now, in words;
// a decision that is missing there can be.
func (r *realm) refusals(ctx context.Context, f directory.Finding, res directory.Resource) (map[directory.FindingTurn]string, error) {
	no := map[directory.FindingTurn]string{}
	all := func(why string) map[directory.FindingTurn]string {
		no[directory.AcceptFinding], no[directory.RemoveFinding], no[directory.KeepFinding] = why, why, why
		return no
	}
	switch {
	case f.State == directory.FindingRemoving:
		return all("it is being removed"), nil
	case f.State != directory.FindingOpen:
		return all("this finding is " + string(f.State) + " already"), nil
	case r.is(f.Account):
		no[directory.KeepFinding] = "this is your own access; somebody else has to let it stand"
		no[directory.AcceptFinding] = no[directory.KeepFinding]
	}
	if !f.Stands() {
		no[directory.AcceptFinding] = "this is no access that Ebb could end"
		no[directory.RemoveFinding] = no[directory.AcceptFinding]
		if f.Count > 0 {
			no[directory.RemoveFinding] = "these are many at once; take them out in Slack, or keep them"
			no[directory.AcceptFinding] = no[directory.RemoveFinding]
		}
		return no, nil
	}
	why, err := r.cannotTake(ctx, f, res)
	if why != "" {
		no[directory.RemoveFinding] = why
		if no[directory.AcceptFinding] == "" {
			no[directory.AcceptFinding] = why
		}
	}
	return no, err
}

// cannotTake says why Ebb could not take this access away, as far as is known; ""
// when nothing stands against it.
func (r *realm) cannotTake(ctx context.Context, f directory.Finding, res directory.Resource) (string, error) {
	if why := res.Refusal(); why != "" {
		return why, nil
	}
	if err := grantable(r.conn, res.Kind); err != nil {
		return fault.TextOf(err), nil
	}
	a, err := r.s.h.Memory.Account(ctx, r.conn.ID, f.Account)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	kept, err := r.keeps(ctx, f.Account, res)
	if err != nil {
		return "", err
	}
	switch {
	case kept && !r.conn.MayEmpty():
		return "policy keeps " + a.Label() + " (when_empty) as the last member of " + access.Name(res) + ", so that others can leave it: name somebody else there first", nil
	case a.Kind == directory.Bot:
		return a.Label() + " is a bot; remove its app in Slack", nil
	case res.Kind == directory.Channel && a.Roles[res.Workspace] == directory.PrimaryOwner:
		return a.Label() + " is the primary owner of the workspace, whom nobody can take out", nil
	case res.Kind == directory.UserGroup && res.Count <= 1 && !r.conn.MayEmpty():
		var others []string
		err := r.s.h.Memory.EachHolder(ctx, r.conn.ID, res.ID, func(m directory.Membership) error {
			if m.Account != f.Account {
				others = append(others, m.Account)
			}
			return nil
		})
		if err == nil && len(others) == 0 {
			return strings.TrimSpace("this is the last member of " + access.Name(res) + ", and Slack keeps a user group from becoming empty: add another member, or disable the group in Slack"), nil
		}
		return "", err
	}
	return "", nil
}

// keeps reports whether a rule names the account as a user group's last member. Its
// access has no end while the rule says so: whoever is there by Ebb could not
// leave either.
func (r *realm) keeps(ctx context.Context, account string, res directory.Resource) (bool, error) {
	if res.Kind != directory.UserGroup {
		return false, nil
	}
	p, err := r.s.h.Memory.Policy(ctx, 0)
	return slices.ContainsFunc(p.Rules, func(rule access.Rule) bool {
		return rule.Empty.Keep == account && rule.Resources.Fits(res)
	}), err
}
