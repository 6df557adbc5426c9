package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// When much ends together, Slack's tiers let only so many calls through. Who then
// calls, is limited, waits and calls again with everybody else wastes the calls
// that reading takes, and most are limited again. So once a method rests, each
// resource takes a turn at it: its calls behind those that are spoken for, ends
// before everything else. Where Slack limits nothing, nothing is asked and nothing
// is written.

// codeTurn is a grant's trouble while its resource has a turn to come.
const codeTurn = "turn"

// queue holds the pass back while a method that it needs rests: until the turn
// that it has, or takes now.
func (p *pass) queue(ctx context.Context) error {
	now := p.h.Now()
	pauses, err := p.h.Memory.Pauses(ctx, p.conn.ID, now)
	if err != nil || len(pauses) == 0 {
		return nil // not known: Slack itself will say
	}
	if turn, has := p.turnOf(now); has {
		if p.h.Pace != nil {
			p.most = p.batch(kick)
		}
		return waitFor(turn, now)
	}
	var turn time.Time
	for method, calls := range p.needs() {
		until, rests := pauses[method]
		if !rests {
			continue
		}
		if p.h.Pace != nil {
			w := access.Wish{Calls: calls, Every: time.Minute / time.Duration(max(1, p.h.Pace(method))), End: p.takes() > 0}
			if until, err = p.h.Memory.Turn(ctx, p.conn.ID, method, w, now); err != nil {
				return err
			}
		}
		turn = later(turn, until)
	}
	if p.h.Pace != nil {
		p.most = p.batch(kick)
	}
	return waitFor(turn, now)
}

const kick = "conversations.kick"

// batch is how many calls of a method one turn holds, half a minute's, so that a
// channel with hundreds of ends keeps others waiting for no longer: what is left
// takes another turn.
func (p *pass) batch(method string) int { return max(1, p.h.Pace(method)/2) }

func waitFor(turn, now time.Time) error {
	if !turn.After(now) {
		return nil
	}
	return &fault.Error{Kind: fault.Wait, Until: turn, Code: codeTurn, Text: "much changes at once, and Slack takes only so many changes a minute; Ebb's turn is near"}
}

// turnOf is the turn that the resource has: whoever joins those who wait comes
// with them.
func (p *pass) turnOf(now time.Time) (turn time.Time, has bool) {
	for _, g := range p.moving() {
		if g.Trouble.Code == codeTurn && now.Sub(g.NextTry) < lostTurn && (!has || g.NextTry.Before(turn)) {
			turn, has = g.NextTry, true
		}
	}
	return turn, has
}

// lostTurn is how late a turn may be used; then others have had it.
const lostTurn = time.Minute

// takes counts the accounts whose access is to go and can: what sleeps needs no
// call.
func (p *pass) takes() int {
	accounts := map[string]bool{}
	for _, g := range p.st.Grants {
		if g.Takes() && !g.Trouble.Dormant {
			accounts[g.Account] = true
		}
	}
	return len(accounts)
}

// needs are the methods that a pass calls, and how often. What only a last
// member needs (shrink) holds back nobody else.
func (p *pass) needs() map[string]int {
	if p.res.Kind != directory.Channel {
		return map[string]int{"usergroups.list": 1, "usergroups.users.list": 1, "usergroups.users.update": 1}
	}
	n := map[string]int{"conversations.info": 1, "conversations.members": 2}
	if takes := p.takes(); takes > 0 {
		n[kick] = takes
		if p.h.Pace != nil {
			n[kick] = min(takes, p.batch(kick))
		}
	}
	for _, g := range p.st.Grants {
		if g.Gives(p.h.Now()) && g.State != access.Active {
			n["conversations.invite"] = 1
		}
	}
	return n
}

// paused is until when one of the methods rests; zero when none does.
func (p *pass) paused(ctx context.Context, methods ...string) time.Time {
	pauses, err := p.h.Memory.Pauses(ctx, p.conn.ID, p.h.Now())
	if err != nil {
		return time.Time{} // Slack itself will say
	}
	var until time.Time
	for _, m := range methods {
		until = later(until, pauses[m])
	}
	return until
}
