package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// pass is one turn of converge over one resource, under its lock:
//
//	turn what is over -> read completely -> settle an old write -> record what
//	the read proves -> store the intent -> write -> read back -> record
//
// Grant rows are the queue: one pass serves every grant on the resource.
type pass struct {
	h      *House
	conn   connector.Connector
	res    directory.Resource
	link   connector.Link
	lock   access.Lock
	st     access.Standing
	view   access.View
	life   map[string]access.Life
	meant  *access.Meant // what the list that Slack took meant
	most   int           // removals from a channel that this turn holds; 0: as many as Slack takes
	read   time.Time     // when the view was read, at the earliest
	last   access.Empty  // what policy says when a removal takes the last member, where SCIM does not
	frozen error         // why nothing is added for grants now; nil: it may be
}

// converge brings the resource in Slack to what the grants say, as far as it
// goes now. What remains is a due row: nil does not mean that all is done. An
// error of kind Conflict: somebody else is at it, come back in a few seconds.
func (h *House) converge(ctx context.Context, conn, resource string) error {
	const op = "flow.converge"
	p := &pass{h: h, life: map[string]access.Life{}}
	var err error
	if p.conn, err = h.Memory.Connector(ctx, conn); err != nil {
		return fault.Wrap(op, err)
	}
	if p.res, err = h.Memory.Resource(ctx, conn, resource); err != nil {
		if !fault.Is(err, fault.NotFound) {
			return fault.Wrap(op, err)
		}
		p.res = directory.Resource{ID: resource, Connector: conn, Kind: directory.UserGroup}
	}
	if p.lock, err = h.Memory.Lock(ctx, conn, resource, h.NewID("lock"), h.Now()); err != nil {
		return fault.Wrap(op, err)
	}
	err = p.run(ctx)
	// A lost unlock only costs the rest of the lease.
	if uerr := h.Memory.Unlock(ctx, p.lock); uerr != nil {
		h.log().Warn("unlock", "resource", resource, "error", uerr)
	}
	return fault.Wrap(op, err)
}

func (p *pass) run(ctx context.Context) error {
	if err := p.overdue(ctx); err != nil {
		return err
	}
	if err := p.dropMends(ctx, p.tooLate); err != nil {
		return err
	}
	if len(p.st.Grants) == 0 && p.st.Writing == nil && len(p.st.Left)+len(p.st.Mends) == 0 {
		return p.save(ctx, access.Step{Sleep: true})
	}
	p.place()
	if p.res.Kind == directory.Workspace {
		return p.byHand(ctx)
	}
	if err := p.queue(ctx); err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	p.read = p.h.Now()
	view, err := p.h.Slack.View(ctx, p.link, p.res)
	if err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	p.view = view
	if !view.Resource.Visible() {
		return p.hidden(ctx)
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	if err := p.inherit(ctx); err != nil {
		return p.trip(ctx, p.moving(), err)
	}
	j, err := p.record(ctx)
	if err != nil {
		return err
	}
	j.Add = append(j.Add, p.revived(ctx)...)
	if j, err = p.mends(ctx, j); err != nil {
		return err
	}
	if len(j.Add)+len(j.Remove) == 0 {
		return p.rest(ctx)
	}
	return p.change(ctx, j)
}

func hiddenText(r directory.Resource) string {
	if r.Disabled {
		return access.Name(r) + " is disabled in Slack; its members cannot be changed until an admin enables it"
	}
	return access.Name(r) + " is archived in Slack; its members cannot be changed until it is opened again"
}

// overdue turns the grants whose end has come, before anything else, and reads
// what stands.
func (p *pass) overdue(ctx context.Context) error {
	if err := p.load(ctx); err != nil {
		return err
	}
	turned := p.st.Overdue(p.h.Now())
	if len(turned) == 0 {
		return nil
	}
	for _, g := range turned {
		if err := p.save(ctx, access.Step{Grants: []access.Grant{g}}, p.h.grantEvent(g, "its time is over")); err != nil {
			return err
		}
	}
	return p.load(ctx)
}

// load reads what stands. Failed, the pass keeps what it knew: an intent that
// it has stored must not be forgotten while it is taken back.
func (p *pass) load(ctx context.Context) error {
	st, err := p.h.Memory.Standing(ctx, p.conn.ID, p.res.ID)
	if err != nil {
		return err
	}
	p.st = st
	return nil
}

// place takes kind and workspace from a grant where the directory does not
// know the resource (any more).
func (p *pass) place() {
	if len(p.st.Grants) > 0 {
		g := p.st.Grants[0]
		p.res.Kind = g.Kind
		if p.res.Workspace == "" {
			p.res.Workspace = g.Workspace
		}
	}
	p.link = connector.Link{Connector: p.conn.ID, Team: p.res.Workspace, AsBot: p.res.Kind == directory.Channel}
}

// moving are the grants that wait for something to happen now.
func (p *pass) moving() []access.Grant {
	var out []access.Grant
	for _, g := range p.st.Grants {
		if g.State == access.Granting || g.Takes() || g.State == access.Stuck {
			out = append(out, g)
		}
	}
	return out
}

// settle takes the read as one of the two that an unclear write needs.
func (p *pass) settle(ctx context.Context) error {
	if p.st.Writing == nil {
		return nil
	}
	w, agreed := p.st.Writing.Reading(p.view, p.h.Now())
	step := access.Step{Writing: &w, Wake: w.Due()}
	if agreed {
		if err := p.own(ctx, &w); err != nil {
			return err
		}
		if err := p.putLanded(ctx, w); err != nil {
			return err
		}
		step = access.Step{Clear: &w, Sleep: true, Meant: p.meantWithoutDate(w)}
	}
	if err := p.save(ctx, step); err != nil {
		return err
	}
	return p.load(ctx)
}

// putLanded has the directory know whom an unclear write brought in. Of a group that
// was disabled meanwhile nothing else is recorded, and a later read would take whom
// Ebb put in, a keeper, for somebody's doing.
func (p *pass) putLanded(ctx context.Context, w access.Writing) error {
	if p.view.Resource.Visible() {
		return nil // what follows records the read
	}
	in := p.view.Set()
	var b directory.Batch
	for _, a := range w.Add {
		if in[a] {
			b.Memberships = append(b.Memberships, directory.Membership{
				Connector: p.conn.ID, Resource: p.res.ID, Slug: "member", Account: a, Since: p.h.Now(), Kind: p.res.Kind, Date: p.view.Date,
			})
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return p.h.Memory.Put(ctx, b)
}

// judge asks about accounts whose absence has to mean something, and judges.
func (p *pass) judge(ctx context.Context) (access.Judgment, error) {
	for {
		j := p.st.Judge(p.view, p.life, p.h.Now())
		if len(j.Ask) == 0 {
			return j, nil
		}
		for _, a := range j.Ask {
			life, err := p.h.lifeOf(ctx, p.link, a)
			if err != nil {
				return j, err
			}
			p.life[a] = life
		}
	}
}

func (h *House) lifeOf(ctx context.Context, l connector.Link, account string) (access.Life, error) {
	a, err := h.Slack.Account(ctx, l, account)
	switch {
	case fault.Is(err, fault.NotFound):
		return access.Dead, nil
	case err != nil:
		return access.Unasked, err
	case a.State == directory.Deactivated:
		return access.Dead, nil
	}
	return access.Living, nil
}

// record saves what the read proves, each account in its own small commit, and
// gives the judgment of what remains.
func (p *pass) record(ctx context.Context) (access.Judgment, error) {
	j, err := p.judge(ctx)
	if err != nil {
		return access.Judgment{}, p.trip(ctx, p.moving(), err)
	}
	if j, err = p.afterParents(ctx, j); err != nil {
		return j, err
	}
	if err := p.stayOut(ctx, j.StayOut); err != nil {
		return j, err
	}
	for _, step := range steps(j) {
		var events []audit.Event
		for i, v := range step.verdicts {
			g, evs, err := p.h.turn(v)
			if err != nil {
				return j, err
			}
			step.save.Grants[i] = g
			events = append(events, evs...)
		}
		more, err := p.findings(ctx, &step.save)
		if err != nil {
			return j, err
		}
		var seen directory.Batch
		var news []audit.Event
		if p.res.Kind != directory.Workspace { // of whose members the view shows a few
			seen, news, err = p.remember(ctx, &step.save)
		}
		if err == nil {
			err = p.save(ctx, step.save, slices.Concat(events, more, news)...)
		}
		if err == nil {
			err = p.h.Memory.Put(ctx, seen)
		}
		if err != nil {
			return j, err
		}
	}
	if len(j.Dormant) > 0 {
		err = p.trip(ctx, j.Dormant, errDeactivated)
		if err != nil {
			return j, err
		}
	}
	return j, p.load(ctx)
}

// small is one commit of record: one account's verdicts and its hold.
type small struct {
	save     access.Step
	verdicts []access.Verdict
}

// steps groups a judgment by account, a few grants a commit: however many
// grants somebody has collected, their commits fit. Baselines go first, and a
// hold is closed with the last. Holds that only prepare a write are left to the
// intent.
func steps(j access.Judgment) []small {
	by := map[string][]access.Verdict{}
	var accounts []string
	for _, v := range j.Verdicts {
		if by[v.Grant.Account] == nil {
			accounts = append(accounts, v.Grant.Account)
		}
		by[v.Grant.Account] = append(by[v.Grant.Account], v)
	}
	var out []small
	for _, a := range accounts {
		first := len(out)
		for part := range slices.Chunk(by[a], grantsPerSave) {
			s := small{verdicts: part}
			for _, v := range part {
				s.save.Grants = append(s.save.Grants, v.Grant)
			}
			out = append(out, s)
		}
		out[first].save.Holds = holdsOf(a, j.Baselines)
		if closed := holdsOf(a, j.Closed); len(closed) > 0 {
			if first == len(out)-1 {
				out[first].save.Holds = nil // closed at once: one row, one write
			}
			out[len(out)-1].save.Holds = closed
		}
	}
	return out
}

func holdsOf(account string, holds []access.Hold) []access.Hold {
	var out []access.Hold
	for _, h := range holds {
		if h.Account == account {
			out = append(out, h)
		}
	}
	return out
}

// turn applies a verdict. A stuck removal first becomes revoking again.
func (h *House) turn(v access.Verdict) (access.Grant, []audit.Event, error) {
	var events []audit.Event
	g := v.Grant
	if g.State == access.Stuck && g.Taking {
		next, err := g.Turn(access.End, h.Now(), "")
		if err != nil {
			return g, nil, err
		}
		g = next
		events = append(events, h.grantEvent(g, "tried again"))
	}
	g, err := g.Turn(v.Turn, h.Now(), v.Note)
	return g, append(events, h.grantEvent(g, v.Note)), err
}

// save commits under the lock. A resource with members who were left out, or
// with edits to be done again, never sleeps: should we die now, somebody still
// has to put them back.
func (p *pass) save(ctx context.Context, s access.Step, e ...audit.Event) error {
	switch {
	case s.Sleep && len(p.st.Mends) > 0:
		s.Sleep, s.Wake = false, p.h.Now().Add(lookForMends)
	case s.Sleep && len(p.st.Left) > 0:
		s.Sleep, s.Wake = false, p.h.Now().Add(lookAgain)
	}
	return p.h.Memory.Record(ctx, p.lock, s, e...)
}

// grantEvent tells the state that a grant has come to.
func (h *House) grantEvent(g access.Grant, note string) audit.Event {
	return h.event("grant/"+g.ID, "grant."+string(g.State), ebb, map[string]string{
		"connector": g.Connector, "resource": g.Resource, "entitlement": directory.Word(g.Kind, g.Slug),
		"account": g.Account, "request": g.Request, "parent": g.Parent, "note": note,
		"trouble": g.Trouble.Code, "start": stamp(g.Start), "end": stamp(g.End),
	})
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
