package crash

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// worker is one person with wishes. Everything that it asks for is its own, so
// that nobody else changes it meanwhile.
type worker struct {
	c     *company
	n     int
	me    person
	moods *rand.Rand
	asks  int
	waits []*request // that wait for a decision
	live  []*grant
	open  *act // that got no answer
}

// act is one write: how it is sent, and what to enter when it was acknowledged.
// Without an answer it is sent again (once), or its object is looked up.
type act struct {
	what string
	send func(h *house) answer
	take func(h *house, a answer) error
	// find looks up what became of it, and enters that; nil: send it again.
	find func(h *house) (happened bool, err error)
}

// load lets everybody work, and kills the house once wait returns.
func (c *company) load(h *house, wait func()) {
	c.t.Helper()
	var all sync.WaitGroup
	for _, w := range c.workers {
		w.moods = rand.New(rand.NewPCG(c.seed, uint64(c.ledger.life)<<8|uint64(w.n)))
		all.Go(func() {
			for !c.tired.Load() && w.do(h, w.wish()) {
			}
		})
	}
	wait()
	h.kill()
	all.Wait()
}

// do sends a write; false when there was no answer.
func (w *worker) do(h *house, a *act) bool {
	l := w.c.ledger
	got := a.send(h)
	switch {
	case got.status == 0:
		l.count(&l.unanswered)
		w.open = a
		return false
	case got.ok():
		l.count(&l.acknowledged)
		if err := a.take(h, got); err != nil {
			l.violate("%s: %v", a.what, err)
		}
	case got.status >= 500:
		l.violate("%s: %d %s", a.what, got.status, got.body)
	default:
		l.count(&l.refused)
	}
	return true
}

// resume finds out what became of the write that got no answer.
func (w *worker) resume(h *house) {
	l, a := w.c.ledger, w.open
	if a == nil {
		return
	}
	w.open = nil
	if a.find == nil {
		if !w.do(h, a) {
			l.violate("%s: sent again, and no answer", a.what)
		}
		return
	}
	happened, err := a.find(h)
	if err != nil {
		l.violate("%s, which got no answer: %v", a.what, err)
	}
	if happened {
		l.count(&l.happened)
	}
}

// wish is what the person wants next.
func (w *worker) wish() *act {
	now := time.Now()
	w.live = slices.DeleteFunc(w.live, func(g *grant) bool { return g.ended || now.After(g.end) })
	mood := w.moods.IntN(100)
	switch {
	case w.n == 0 && mood < 5:
		return w.sync()
	case len(w.waits) > 0 && mood < 60:
		r := w.waits[0]
		w.waits = w.waits[1:]
		switch {
		case mood < 10:
			return w.decide(r, w.c.lead, "deny", "denied")
		case mood < 15:
			return w.decide(r, w.me, "cancel", "canceled")
		}
		return w.decide(r, w.c.lead, "approve", "approved")
	case len(w.live) > 0 && mood < 40:
		g := w.live[w.moods.IntN(len(w.live))]
		if mood < 25 {
			return w.end(g)
		}
		return w.extend(g, 1+w.moods.IntN(5))
	}
	return w.ask()
}

func (w *worker) ask() *act {
	w.asks++
	group := w.c.groups[w.moods.IntN(len(w.c.groups))]
	body := map[string]any{"connector": w.c.conn, "resources": []string{group}, "seconds": 1 + w.moods.IntN(longestGrant), "reason": fmt.Sprintf("wish %d", w.asks)}
	once := fmt.Sprintf("%d-%d-%d", w.c.seed, w.n, w.asks)
	return &act{
		what: "ask for " + group,
		send: func(h *house) answer { return h.call(w.me.key, "POST", "/v1/requests", body, once) },
		take: func(h *house, a answer) error {
			r, err := said[foundRequest](a)
			if err != nil || len(r.Items) != 1 {
				return fmt.Errorf("%w: %s", err, a.body)
			}
			e := w.c.ledger.ask(r)
			if e.state == "pending" {
				w.waits = append(w.waits, e)
			}
			w.learn(h, e)
			return nil
		},
	}
}

// decide approves, denies or cancels.
func (w *worker) decide(e *request, by person, verb, state string) *act {
	path := "/v1/requests/" + e.id
	return &act{
		what: verb + " " + e.id,
		send: func(h *house) answer {
			if verb == "cancel" {
				return h.call(by.key, "POST", path+"/"+verb, nil, "")
			}
			return h.call(by.key, "POST", path+"/"+verb, map[string]any{}, "")
		},
		take: func(h *house, a answer) error {
			r, err := said[foundRequest](a)
			if err != nil || r.Items[0].State != state {
				return fmt.Errorf("%w: %s", err, a.body)
			}
			w.c.ledger.decided(e, r)
			w.learn(h, e)
			return nil
		},
		find: func(h *house) (bool, error) {
			r, err := said[foundRequest](h.call(w.c.root, "GET", path, nil, ""))
			switch {
			case err != nil:
				return false, err
			case r.Items[0].State == "pending":
				w.waits = append(w.waits, e)
				return false, nil
			case r.Items[0].State != state:
				return false, fmt.Errorf("it is %s", r.Items[0].State)
			}
			w.c.ledger.decided(e, r)
			w.learn(h, e)
			return true, nil
		},
	}
}

// learn looks when a new grant ends; a later look does it if this one is lost.
func (w *worker) learn(h *house, e *request) {
	g := w.c.ledger.grantOf(e)
	if g == nil {
		return
	}
	if found, err := said[foundGrant](h.call(w.c.root, "GET", "/v1/grants/"+g.id, nil, "")); err == nil {
		w.c.ledger.seen(g, found)
		w.live = append(w.live, g)
	}
}

func (w *worker) extend(e *grant, seconds int) *act {
	path, was := "/v1/grants/"+e.id, e.end
	return &act{
		what: "extend " + e.id,
		send: func(h *house) answer {
			return h.call(w.c.lead.key, "POST", path+"/extend", map[string]any{"seconds": seconds}, "")
		},
		take: func(_ *house, a answer) error {
			x, err := said[struct{ Grant foundGrant }](a)
			if err != nil || !x.Grant.End.Equal(was.Add(time.Duration(seconds)*time.Second)) {
				return fmt.Errorf("it ended at %s: %w: %s", clock(was), err, a.body)
			}
			w.c.ledger.turned(e, x.Grant, false)
			return nil
		},
		find: func(h *house) (bool, error) {
			g, err := said[foundGrant](h.call(w.c.root, "GET", path, nil, ""))
			switch {
			case err != nil || g.End.Equal(was):
				return false, err
			case !g.End.Equal(was.Add(time.Duration(seconds) * time.Second)):
				return false, fmt.Errorf("it ended at %s, and now at %s", clock(was), clock(g.End))
			}
			w.c.ledger.turned(e, g, false)
			return true, nil
		},
	}
}

func (w *worker) end(e *grant) *act {
	path := "/v1/grants/" + e.id
	return &act{
		what: "end " + e.id,
		send: func(h *house) answer { return h.call(w.me.key, "POST", path+"/end", nil, "") },
		take: func(_ *house, a answer) error {
			g, err := said[foundGrant](a)
			if err != nil {
				return err
			}
			w.c.ledger.turned(e, g, true)
			return nil
		},
		find: func(h *house) (bool, error) {
			g, err := said[foundGrant](h.call(w.c.root, "GET", path, nil, ""))
			if err != nil || g.EndedBy == "" {
				return false, err
			}
			w.c.ledger.turned(e, g, true)
			return true, nil
		},
	}
}

// sync begins a run, or gives the one that runs; it may be sent again.
func (w *worker) sync() *act {
	return &act{
		what: "sync",
		send: func(h *house) answer {
			return h.call(w.c.root, "POST", "/v1/connectors/"+w.c.conn+"/syncs", map[string]any{}, "")
		},
		take: func(_ *house, a answer) error {
			run, err := said[struct{ ID string }](a)
			if err == nil {
				w.c.ledger.ran(run.ID)
			}
			return err
		},
	}
}
