package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
)

// mendFor is how long Ebb waits for certainty about an edit that it overwrote.
// Events come within seconds; where a change stays untold that long, nobody
// knows any more what people last wanted.
const mendFor = 10 * time.Minute

// lookForMends is how soon a resource is looked at again while changes are
// untold.
const lookForMends = 15 * time.Second

// mends adds to a judgment the edits of others that a write of ours overwrote,
// as far as they are certain: the complete read bears the group's date, and each
// change from the lost edit up to that date was told and left the account alone.
// A grant on an account that is put back waits for it: what stands by a person's
// word must not be taken for Ebb's.
func (p *pass) mends(ctx context.Context, j access.Judgment) (access.Judgment, error) {
	if err := p.dropMends(ctx, p.settled); err != nil {
		return j, err
	}
	ends := slices.Clone(j.Remove)
	for _, m := range p.st.Mends {
		if m.Back {
			j = j.Only(without(j.Add, []string{m.Account}))
		}
		if p.st.Writing != nil || p.st.Still(m, p.view.Date) != access.Last {
			continue // an old write may still land, or a change is untold
		}
		switch {
		case !m.Back:
			j.Remove = append(without(j.Remove, []string{m.Account}), m.Account)
		case p.lives(ctx, m.Account):
			j.Add = append(j.Add, m.Account)
		}
	}
	if p.res.Kind == directory.UserGroup && len(ends) > 0 && len(p.list(j.Add, j.Remove)) == 0 {
		j.Remove = ends // nobody would be left: what is over goes, and the edit waits
	}
	return j, nil
}

// lives reports whether the directory knows the account as live: Slack refuses a
// list with anybody else in it.
func (p *pass) lives(ctx context.Context, account string) bool {
	a, err := p.h.Memory.Account(ctx, p.conn.ID, account)
	return err == nil && a.Live()
}

// settled says why a mend is over, "" while it is not: the list is as people
// wanted it, or somebody has changed it since. Where Ebb gave the account access
// in between, the edit still says what stands without Ebb, and the hold is put
// right: the end leaves whom a person added, and takes whom a person removed.
func (p *pass) settled(m access.Mend) (string, []access.Hold) {
	hold, word := p.st.Holds[m.Account], p.st.Still(m, p.view.Date)
	held := p.view.Set()[m.Account]
	anew := m.Anew(hold) && held
	switch {
	case m.Back && p.st.ToldSince(m.Account, m.Since):
		return "a person has said since that it is to go", nil
	case word == access.Overtaken:
		return "somebody has changed it since", nil
	case anew && word == access.Unheard:
		return "", nil
	case anew:
		hold.Stood, hold.Sent = m.Back, hold.Sent || !m.Back
		return "Ebb has given it since; the edit says what stands without", []access.Hold{hold}
	case held == m.Back:
		return "it is as it was meant", nil
	}
	return "", nil
}

// mendTooLate is why a mend is given up; its finding stays open for a person.
const mendTooLate = "left as it is: not every change since was told"

// tooLate gives up what never became certain.
func (p *pass) tooLate(m access.Mend) (string, []access.Hold) {
	if p.h.Now().Sub(m.Since) < mendFor {
		return "", nil
	}
	return mendTooLate, nil
}

// dropMends forgets the mends that are over, with an event that says why.
func (p *pass) dropMends(ctx context.Context, over func(access.Mend) (string, []access.Hold)) error {
	dropped := false
	for _, m := range p.st.Mends {
		why, holds := over(m)
		if why == "" {
			continue
		}
		dropped = true
		e := p.h.event(p.aggregate(), "resource.mended", ebb, map[string]string{
			"connector": p.conn.ID, "resource": p.res.ID, "account": m.Account, "edit": editOf(m), "note": why,
		})
		step, events := access.Step{Mended: []access.Mend{m}, Holds: holds}, []audit.Event{e}
		if why != mendTooLate {
			f, is, err := p.h.overFinding(ctx, p.overwritten(m, "").FindingID())
			if err != nil {
				return err
			}
			if is {
				step.Findings, events = append(step.Findings, f), append(events, p.h.findingEvent(f, "gone", ebb, nil))
			}
		}
		if err := p.save(ctx, step, events...); err != nil {
			return err
		}
	}
	if !dropped {
		return nil
	}
	if err := p.load(ctx); err != nil || len(p.st.Mends) > 0 || p.st.Writing != nil {
		return err
	}
	return p.save(ctx, access.Step{Sleep: true}) // its row was due for the mends
}

// restMends ends a pass: what the write has mended is over, and the rest is
// looked at again soon.
func (p *pass) restMends(ctx context.Context) error {
	if len(p.st.Mends) == 0 {
		return nil
	}
	if err := p.dropMends(ctx, p.settled); err != nil {
		return err
	}
	if len(p.st.Mends) == 0 {
		return nil
	}
	return p.save(ctx, access.Step{Wake: p.h.Now().Add(lookForMends)})
}

// editOf names the edit that was lost.
func editOf(m access.Mend) string {
	if m.Back {
		return "added"
	}
	return "removed"
}

// meantWithoutDate is what a write meant whose answer was lost, and Slack's date
// with it: the event that tells of it may still come. nil when the date is known.
func (p *pass) meantWithoutDate(w access.Writing) *access.Meant {
	known := slices.ContainsFunc(p.st.Meant, func(m access.Meant) bool { return m.Owner == w.Owner })
	if known || p.res.Kind != directory.UserGroup {
		return nil
	}
	return &access.Meant{Owner: w.Owner, In: w.Add, Out: w.Remove, SentAt: w.SentAt, From: w.From}
}
