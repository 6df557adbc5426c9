package flow

import (
	"cmp"
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// gathering is a package as it is read from the table, record by record.
type gathering struct {
	h        *House
	campaign review.Campaign
	b        *evidence.Builder
	names    *evidenceNames
	// from is the link behind which everything of the campaign was sealed; seals are
	// the links of its events, in sequence.
	from     int64
	seals    map[string][]link
	lists    []string // aggregates
	accounts map[string]bool
	manuals  []manualOf
	pack     *evidence.Package
	// last is the last link that was read, whole the last one up to which every event of
	// the campaign is known; read are the lines so far. beat hears of them, and ends the
	// reading with an error. nil: nobody does.
	last, whole int64
	read        int
	beat        func(ctx context.Context, read int) error
}

type manualOf struct{ task, line string }

// link is a link of the chain without what its event says already: a campaign may
// have hundreds of thousands.
type link struct {
	n, at      int64
	prev, hash [32]byte
	first      bool // of the whole chain
}

// gatherEvidence reads a campaign whole. The links of its events are read first and the
// events last: where an event of a list came in between, the lines may be older or
// younger than it, and everything has to be read again (fault.Conflict). Lines are most
// of it, and take minutes; so what is in no line, manual tasks and what people were told,
// is read behind them, with the links that came meanwhile.
func (h *House) gatherEvidence(ctx context.Context, campaign string, beat func(context.Context, int) error) (*gathering, error) {
	g := &gathering{h: h, beat: beat, seals: map[string][]link{}, accounts: map[string]bool{}}
	var err error
	if g.campaign, err = h.Memory.Campaign(ctx, campaign); err != nil {
		return nil, err
	}
	if g.from, err = h.sealedBefore(ctx, g.campaign.Created); err != nil {
		return nil, err
	}
	g.last = g.from
	if err := g.chain(ctx, func(string) bool { return true }); err != nil {
		return nil, err
	}
	g.whole = g.last
	// Read again: the links are not older than it.
	if g.campaign, err = h.Memory.Campaign(ctx, campaign); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{g.begin, g.snapshot, g.lines, g.newer, g.tasks, g.events} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	g.pack, err = g.b.Close()
	return g, err
}

// lives says that it goes on.
func (g *gathering) lives(ctx context.Context) error {
	if g.beat == nil {
		return nil
	}
	return g.beat(ctx, g.read)
}

// sealedBefore is the last link that was sealed surely before a time.
func (h *House) sealedBefore(ctx context.Context, t time.Time) (int64, error) {
	last, err := h.Memory.SealAt(ctx, 0)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), last.N
	for low < high {
		mid := (low + high + 1) / 2
		x, err := h.Memory.SealAt(ctx, mid)
		if err != nil {
			return 0, err
		}
		if x.At.After(t.Add(-sealedLate)) {
			high = mid - 1
		} else {
			low = mid
		}
	}
	return low, nil
}

// newer keeps the links that came meanwhile of manual tasks and of what people were
// told, none of whose rows is read yet.
func (g *gathering) newer(ctx context.Context) error {
	return g.chain(ctx, func(aggregate string) bool { return strings.HasPrefix(aggregate, "manual/") || g.tells(aggregate) })
}

// tells reports whether an aggregate's events are what a reviewer was told: nothing but
// the event says so, so that a package without it is true of a moment before.
func (g *gathering) tells(aggregate string) bool {
	account, is := strings.CutPrefix(aggregate, evidence.Lists(g.campaign.ID))
	return is && g.accounts[account]
}

// chain keeps the links, behind the last, of what may be of the campaign and is wanted.
func (g *gathering) chain(ctx context.Context, wanted func(aggregate string) bool) error {
	var before audit.Seal
	if g.last > 0 {
		var err error
		if before, err = g.h.Memory.SealAt(ctx, g.last); err != nil {
			return err
		}
	}
	return g.h.Memory.SealsAfter(ctx, g.last, func(s audit.Seal) error {
		if why := audit.LinkFollows(before, s); why != "" {
			return fault.New("flow.chain", fault.Internal, "the chain is broken at link %d (%s): no evidence is made of it; verify the audit", s.N, why)
		}
		before, g.last = s, s.N
		if err := g.lives(ctx); err != nil || !evidence.Ours(g.campaign.ID, s.Aggregate) || !wanted(s.Aggregate) {
			return err
		}
		if s.Seq != int64(len(g.seals[s.Aggregate]))+1 {
			return fault.New("flow.chain", fault.Internal, "the chain seals %s#%d out of order; verify the audit", s.Aggregate, s.Seq)
		}
		x := link{n: s.N, at: s.At.UnixMilli(), first: s.Prev == ""}
		_, err := hex.Decode(x.hash[:], []byte(s.Hash))
		if err == nil && !x.first {
			_, err = hex.Decode(x.prev[:], []byte(s.Prev))
		}
		g.seals[s.Aggregate] = append(g.seals[s.Aggregate], x)
		return err
	})
}

// begin starts the package.
func (g *gathering) begin(ctx context.Context) error {
	c := g.campaign
	conn, err := g.h.Memory.Connector(ctx, c.Connector)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	s := evidence.Subject{Campaign: c, ConnectorName: conn.Name, House: g.h.URL}
	if s.ConnectorName == "" {
		s.ConnectorName = c.Connector
	}
	if c.Policy > 0 {
		s.Policy, err = g.h.Memory.Policy(ctx, c.Policy)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if g.names, err = newEvidenceNames(ctx, g.h, c); err != nil {
		return err
	}
	if s.Drafter, err = g.names.user(ctx, c.By); err != nil {
		return err
	}
	if s.Ender, err = g.names.user(ctx, c.EndedBy); err != nil {
		return err
	}
	g.b = evidence.New(s)
	return nil
}

func (g *gathering) snapshot(ctx context.Context) error {
	for n := range g.campaign.Snapshot.Pages {
		p, err := g.h.Memory.Page(ctx, g.campaign.ID, n)
		if err == nil {
			err = g.lives(ctx)
		}
		if err != nil {
			return err
		}
		for i := range p.Facts {
			if p.Facts[i].AccountName, err = g.names.of(ctx, p.Facts[i]); err != nil {
				return err
			}
		}
		g.b.Page(p)
	}
	return nil
}

// lines reads the lists and the lines in them.
func (g *gathering) lines(ctx context.Context) error {
	var lists []string
	err := g.h.Memory.EachAssignment(ctx, g.campaign.ID, func(a review.Assignment) error {
		names := map[string]string{}
		for _, id := range a.Accounts {
			name, err := g.names.account(ctx, id)
			if err != nil {
				return err
			}
			if g.accounts[id] = true; name != "" {
				names[id] = name
			}
		}
		lists = append(lists, a.ID)
		g.b.List(a, names)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range lists {
		g.lists = append(g.lists, evidence.Lists(g.campaign.ID)+id)
		err := g.h.Memory.LinesAfter(ctx, g.campaign.ID, id, "", func(l review.Line) error { return g.line(ctx, l) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) line(ctx context.Context, l review.Line) error {
	x := evidence.Line{Line: l}
	g.read++
	err := g.lives(ctx)
	if err != nil {
		return err
	}
	if x.AccountName, err = g.names.of(ctx, l.Fact); err != nil {
		return err
	}
	for _, d := range l.Decided {
		name, err := g.names.decider(ctx, d)
		if err != nil {
			return err
		}
		var said evidence.Comment
		if d.Comment != "" {
			t, err := g.h.Memory.Text(ctx, LineText(l, d))
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			said = evidence.Comment{Text: t.Body, Erased: t.Body == ""}
		}
		x.By, x.Comments = append(x.By, name), append(x.Comments, said)
	}
	if l.State == review.LineStands {
		m, err := g.h.Memory.Manual(ctx, l.Manual)
		if err == nil {
			x.Stands, err = g.givenUp(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	if l.Manual != "" {
		g.manuals = append(g.manuals, manualOf{l.Manual, l.ID})
	}
	g.b.Line(x)
	return nil
}

func (g *gathering) tasks(ctx context.Context) error {
	for _, of := range g.manuals {
		m, err := g.h.Memory.Manual(ctx, of.task)
		if err != nil {
			return err
		}
		name, err := g.names.user(ctx, m.SaidBy)
		if err != nil {
			return err
		}
		up, err := g.givenUp(ctx, m)
		if err != nil {
			return err
		}
		g.b.Manual(m, of.line, name, up)
	}
	return nil
}

// givenUp is who gave a task up, and why.
func (g *gathering) givenUp(ctx context.Context, m access.Manual) (evidence.GivenUp, error) {
	out := evidence.GivenUp{}
	if m.State != access.ManualGivenUp {
		return out, nil
	}
	name, err := g.names.user(ctx, m.GivenUpBy)
	if err != nil {
		return out, err
	}
	out.By = cmp.Or(name, m.GivenUpBy)
	out.Text, out.Erased, err = g.h.saidOf(ctx, access.ManualText(m.ID))
	return out, err
}

// events reads the audit's events of the campaign, its lists, what its reviewers were
// told, and its manual tasks.
func (g *gathering) events(ctx context.Context) error {
	all := slices.Concat([]string{evidence.Aggregate(g.campaign.ID)}, g.lists)
	for _, a := range slices.Sorted(maps.Keys(g.accounts)) {
		all = append(all, evidence.Lists(g.campaign.ID)+a)
	}
	for _, of := range g.manuals {
		all = append(all, "manual/"+of.task)
	}
	for _, aggregate := range all {
		if err := g.eventsOf(ctx, aggregate); err != nil {
			return err
		}
	}
	return nil
}

// eventsOf reads those of one aggregate. Those that vouch for a package at its end are
// left out: this package is what the next one vouches for.
func (g *gathering) eventsOf(ctx context.Context, aggregate string) error {
	links := g.seals[aggregate]
	var held []audit.Sealed
	return g.h.Memory.EachEventOf(ctx, aggregate, func(e audit.Event) error {
		if err := g.lives(ctx); err != nil {
			return err
		}
		vouches := e.Action == evidence.Action
		if e.Seq > int64(len(links)) {
			if vouches || g.tells(aggregate) {
				return nil
			}
			return fault.New("flow.eventsOf", fault.Conflict, "event %s#%d is not sealed yet", e.Aggregate, e.Seq)
		}
		held = append(held, audit.Sealed{Event: e, Seal: links[e.Seq-1].of(e)})
		if vouches {
			return nil
		}
		for _, x := range held {
			name, err := g.names.actor(ctx, x.Event)
			if err != nil {
				return err
			}
			g.b.Event(x, name)
		}
		held = held[:0]
		return nil
	})
}

// of is the whole link of an event.
func (l link) of(e audit.Event) audit.Seal {
	s := audit.Seal{N: l.n, Aggregate: e.Aggregate, Seq: e.Seq, Event: e.Hash, Hash: hex.EncodeToString(l.hash[:]), At: time.UnixMilli(l.at).UTC()}
	if !l.first {
		s.Prev = hex.EncodeToString(l.prev[:])
	}
	return s
}
