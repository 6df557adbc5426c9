package flow

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// room is a channel that policy names for those who decide. It stands open to
// whoever is in it, so nothing is said there that not all of them may know, and
// its buttons are for whoever presses them: the verb decides.
type room struct {
	word    string // as policy names it
	id      string // "": no channel can be meant
	closed  string // why nobody is asked there, in Slack's words
	readers []string
	again   int // the step that asks here after the one before it did; 0: none
}

// The reasons why nobody is asked in a channel beside Slack's own.
const (
	noSuchRoom = "channel_not_found"
	openRoom   = "shared_with_others" // people of other organizations read it
	shutRoom   = "is_archived"
)

// ask notes who is asked for a decision, and where: in a channel, where policy
// names one, or in person.
func (q *requestTale) ask(ctx context.Context, rule access.Rule, it access.Item, res directory.Resource, people []access.Person) error {
	word := rule.TellAt(it.Stage)
	if word == "" {
		for _, p := range people {
			q.lets(access.TellDecide, p)
		}
		return nil
	}
	at := slices.IndexFunc(q.rooms, func(x room) bool { return x.word == word })
	if at < 0 {
		x, err := q.h.room(ctx, res, word)
		if err != nil {
			return err
		}
		at, q.rooms = len(q.rooms), append(q.rooms, x)
	}
	if it.Step > 0 && rule.TellAt(access.Stage{Step: it.Step - 1}) == word {
		q.rooms[at].again = max(q.rooms[at].again, it.Step)
	}
	for _, p := range people {
		q.may.add(access.TellDecide, p.Account.ID)
		q.rooms[at].readers = append(q.rooms[at].readers, p.Account.ID)
	}
	return nil
}

// room finds the channel that a word of policy names: by id, or by name in the
// resource's workspace, else the only one of that name.
func (h *House) room(ctx context.Context, of directory.Resource, word string) (room, error) {
	out := room{word: word, closed: noSuchRoom}
	r, err := h.channelOf(ctx, of, word)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.id, out.closed = r.ID, ""
	switch {
	case r.Shared:
		out.closed = openRoom
	case !access.Room(r):
		out.closed = shutRoom
	}
	return out, nil
}

func (h *House) channelOf(ctx context.Context, of directory.Resource, word string) (directory.Resource, error) {
	name, named := strings.CutPrefix(word, "#")
	if !named {
		r, err := h.Memory.Resource(ctx, of.Connector, word)
		if err == nil && r.Kind != directory.Channel {
			err = fault.New("flow.channelOf", fault.NotFound, "%s is no channel", word)
		}
		return r, err
	}
	var all []directory.Resource
	seen := 0
	err := h.Memory.ResourcesNamed(ctx, of.Connector, name, func(r directory.Resource) error {
		if seen++; seen > mostHints {
			return errEnough
		}
		known := slices.ContainsFunc(all, func(x directory.Resource) bool { return x.ID == r.ID })
		if r.Kind == directory.Channel && r.Name == name && r.Visible() && !known {
			all = append(all, r)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return directory.Resource{}, err
	}
	if own := slices.IndexFunc(all, func(r directory.Resource) bool { return r.Workspace == of.Workspace }); own >= 0 {
		return all[own], nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return directory.Resource{}, fault.New("flow.channelOf", fault.NotFound, "%d channels are called %s", len(all), word)
}

// reached reports whether a room was told, or can be; ts is the message, once it
// stands there.
func (x room) reached(told access.Telling) (ts, why string) {
	if x.closed != "" {
		return "", x.closed
	}
	m, _ := told.Find(access.News{What: access.TellDecide}, x.id)
	return m.TS, m.Failed
}

// nextSteps is the news that the same channel is asked for a further step: the
// message there changes, and a changed one notifies nobody.
func (q *requestTale) nextSteps() []access.News {
	var out []access.News
	for _, x := range q.rooms {
		n := access.News{What: access.TellDecide, N: nextStep(x.again), To: access.ToDeciders}
		if x.again > 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

func nextStep(step int) string { return "step-" + strconv.Itoa(step+1) }

// inThreads are the channels that hear of a further step, under the question.
func (q *requestTale) inThreads(told access.Telling, n access.News) []reader {
	var out []reader
	for _, x := range q.rooms {
		if ts, why := x.reached(told); x.again > 0 && nextStep(x.again) == n.N && ts != "" && why == "" {
			out = append(out, reader{to: x.id, channel: true, thread: ts})
		}
	}
	return out
}

// whoDecides are the readers of what somebody has to decide, veto or confirm. Those
// whom a channel does not reach are asked in person, and the owners hear why; where
// nobody is left, the owners are asked.
func (q *requestTale) whoDecides(ctx context.Context, told access.Telling, n access.News) ([]reader, error) {
	if n.What == access.TellDecide && n.N != "" {
		return q.inThreads(told, n), nil
	}
	what := askedBy(n.What)
	accounts := slices.Clone(q.order[what])
	var rooms []reader
	reached := false
	for _, x := range q.rooms {
		if what != access.TellDecide {
			break
		}
		ts, why := x.reached(told)
		switch {
		case why != "":
			accounts = append(accounts, x.readers...)
			if err := q.h.roomLost(ctx, q.r.Connector, x, why); err != nil {
				return nil, err
			}
			continue
		case n.What == access.TellDecide:
			rooms = append(rooms, reader{to: x.id, channel: true})
		case ts != "":
			rooms = append(rooms, reader{to: x.id, channel: true, thread: ts})
			if err := q.listRoom(ctx, told, n, x); err != nil {
				return nil, err
			}
		}
		reached = reached || len(x.readers) > 0
	}
	people, err := q.h.persons(ctx, q.r.Connector, accounts...)
	if err == nil && len(people) == 0 && !reached {
		people, err = q.h.keepers(ctx, q.conn, "")
	}
	if err == nil {
		err = q.orListed(ctx, told, n, people)
	}
	if err == nil && n.What == access.TellEmergency && n.N != "" { // a finding
		var owners []reader
		if owners, err = q.owners(ctx); err == nil {
			people = unite(people, owners)
		}
	}
	return append(rooms, people...), err
}

// owners are those of what waits for its confirmation.
func (q *requestTale) owners(ctx context.Context) ([]reader, error) {
	var out []reader
	for _, it := range q.r.Items {
		if !it.Confirm.Open() {
			continue
		}
		more, err := q.h.ownersOf(ctx, q.conn, it.Resource)
		if err != nil {
			return nil, err
		}
		out = unite(out, more)
	}
	return out, nil
}

// unite puts readers together, each once.
func unite(a, b []reader) []reader {
	for _, r := range b {
		if !slices.ContainsFunc(a, func(x reader) bool { return x.to == r.to }) {
			a = append(a, r)
		}
	}
	return a
}

// roomLost makes a finding of a channel in which nobody can be asked; one that
// somebody decided opens again on another day.
func (h *House) roomLost(ctx context.Context, conn string, x room, why string) error {
	f := directory.Finding{Connector: conn, Resource: cmp.Or(x.id, x.word), Slug: why, Kind: directory.ChannelUnreachable, Code: why, Seen: h.Now()}
	was, err := h.Memory.Finding(ctx, f.FindingID())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if h.Now().Sub(was.Seen) < giveUpTelling {
		return nil
	}
	return h.found(ctx, f)
}

// inChannel leaves out of a request's card what not everybody in a channel may
// know: names of private resources but the channel's own, and what is said of them.
func (q *requestTale) inChannel(ctx context.Context, a message.Asked, channel string) (message.Asked, error) {
	a.Items = slices.Clone(a.Items)
	for i := range a.Items {
		it := &a.Items[i]
		r, err := q.h.Memory.Resource(ctx, q.r.Connector, it.Resource)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return a, err
		}
		if err == nil && r.ID == channel {
			a.Names.Resources[r.ID] = r
		}
		if _, known := a.Names.Resources[it.Resource]; !known {
			it.Policy, it.Stands = "", ""
		}
		if it.Gives, err = q.openly(ctx, r); err != nil {
			return a, err
		}
	}
	return a, nil
}

// openly is what a user group gives beside itself, without the names of private
// channels.
func (q *requestTale) openly(ctx context.Context, r directory.Resource) ([]string, error) {
	f := facts{conn: q.conn}
	for _, id := range r.Defaults {
		c, err := q.h.Memory.Resource(ctx, q.r.Connector, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.ask.Defaults = append(f.ask.Defaults, c)
	}
	return q.h.givesTo(ctx, access.Actor{}, f)
}
