package crash

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// ledger is what the house has acknowledged. It knows nothing of how the house
// works: an entry holds what was answered, and a judge says what is wrong with
// what is found.
type ledger struct {
	mu         sync.Mutex
	life       int
	requests   map[string]*request
	grants     map[string]*grant
	runs       []string
	standing   map[string][]string // user group -> who stood in it before Ebb
	violations []string

	acknowledged, refused, unanswered, happened int
}

func newLedger() *ledger {
	return &ledger{requests: map[string]*request{}, grants: map[string]*grant{}, standing: map[string][]string{}}
}

// request is a request as it was answered last.
type request struct {
	id, group, account string
	state              string
	grant              string
	writes             int // that were acknowledged; each has its event
	fresh              bool
}

// grant is a grant as it was answered last. end is zero until it was seen once.
type grant struct {
	id, group, account string
	end                time.Time
	ended              bool // by hand
	writes             int
	fresh              bool
}

// found is a request or a grant as the house shows it.
type foundRequest struct {
	ID      string
	Subject struct{ ID string }
	Items   []struct {
		Resource struct{ ID string }
		State    string
		Grant    string
	}
}

type foundGrant struct {
	ID       string
	Resource struct{ ID string }
	Account  struct{ ID string }
	State    string
	End      time.Time
	EndedBy  string
	Over     bool
	Outcome  string
}

func (l *ledger) violate(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.violations = append(l.violations, fmt.Sprintf("life %d: ", l.life)+fmt.Sprintf(format, args...))
}

// tooMany ends a run that has shown what it had to show.
func (l *ledger) tooMany() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.violations) > 20
}

func (l *ledger) count(n *int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*n++
}

// ask enters a request that was acknowledged, and its grant if it has one.
func (l *ledger) ask(r foundRequest) *request {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.requests[r.ID]
	if e == nil {
		e = &request{id: r.ID, group: r.Items[0].Resource.ID, account: r.Subject.ID}
		l.requests[r.ID] = e
	}
	l.decide(e, r)
	return e
}

// decided enters a decision that was acknowledged.
func (l *ledger) decided(e *request, r foundRequest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.decide(e, r)
}

func (l *ledger) decide(e *request, r foundRequest) {
	e.state, e.grant, e.fresh = r.Items[0].State, r.Items[0].Grant, true
	e.writes++
	if e.grant != "" && l.grants[e.grant] == nil {
		l.grants[e.grant] = &grant{id: e.grant, group: e.group, account: e.account, writes: 1, fresh: true}
	}
}

// turned enters a grant whose end was moved or that was ended.
func (l *ledger) turned(e *grant, g foundGrant, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.end, e.ended, e.fresh = g.End, e.ended || ended, true
	e.writes++
}

// seen enters when a grant ends, for one that was not looked at before.
func (l *ledger) seen(e *grant, g foundGrant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.end.IsZero() {
		e.end = g.End
	}
}

func (l *ledger) grantOf(e *request) *grant {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.grants[e.grant]
}

// ran enters a sync run.
func (l *ledger) ran(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.runs, id) {
		l.runs = append(l.runs, id)
	}
}

// lastRuns are the few that began last.
func (l *ledger) lastRuns() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.runs[max(0, len(l.runs)-2):])
}

// touched gives what was written since it was asked last.
func (l *ledger) touched() (rs []*request, gs []*grant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.requests {
		if r.fresh {
			rs, r.fresh = append(rs, r), false
		}
	}
	for _, g := range l.grants {
		if g.fresh {
			gs, g.fresh = append(gs, g), false
		}
	}
	return rs, gs
}

// judge says what is wrong with a request; nil is one that the house does not
// have.
func (e *request) judge(r *foundRequest) string {
	switch {
	case r == nil:
		return fmt.Sprintf("request %s was acknowledged and is lost", e.id)
	case len(r.Items) != 1 || r.Items[0].Resource.ID != e.group || r.Subject.ID != e.account:
		return fmt.Sprintf("request %s is another one: %+v", e.id, *r)
	case r.Items[0].State != e.state || r.Items[0].Grant != e.grant:
		return fmt.Sprintf("request %s was acknowledged as %s (%s) and is %s (%s)", e.id, e.state, e.grant, r.Items[0].State, r.Items[0].Grant)
	}
	return ""
}

// judge says what is wrong with a grant. Nobody but Ebb changes this Slack, so
// none fails, and none ends outside.
func (e *grant) judge(g *foundGrant) string {
	switch {
	case g == nil:
		return fmt.Sprintf("grant %s was acknowledged and is lost", e.id)
	case g.Resource.ID != e.group || g.Account.ID != e.account:
		return fmt.Sprintf("grant %s is another one: %+v", e.id, *g)
	case !e.end.IsZero() && !g.End.Equal(e.end):
		return fmt.Sprintf("grant %s was acknowledged to end at %s and ends at %s", e.id, clock(e.end), clock(g.End))
	case e.ended != (g.EndedBy != ""):
		return fmt.Sprintf("grant %s: ended by hand is %t, and by whom is %q", e.id, e.ended, g.EndedBy)
	case e.ended && slices.Contains([]string{"scheduled", "granting", "active"}, g.State):
		return fmt.Sprintf("grant %s was ended by hand and is %s", e.id, g.State)
	case g.State == "failed" || g.State == "ended outside" || g.State == "stuck":
		return fmt.Sprintf("grant %s is %s: %s", e.id, g.State, g.Outcome)
	}
	return ""
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05.000") }

// judgeMembers says who is in a user group and should not be, or the other way.
// At rest nobody is in it but those who stood there before.
func (l *ledger) judgeMembers(in map[string][]string, rest bool) (wrong []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := map[string]bool{}
	for _, g := range l.grants {
		asked[g.group+" "+g.account] = !rest
	}
	for group, stood := range l.standing {
		for _, a := range stood {
			if !slices.Contains(in[group], a) {
				wrong = append(wrong, fmt.Sprintf("%s stood in %s and is gone", a, group))
			}
		}
		for _, a := range in[group] {
			if !slices.Contains(stood, a) && !asked[group+" "+a] {
				wrong = append(wrong, fmt.Sprintf("%s is in %s and should not be", a, group))
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// judgeAll compares everything: nothing is lost, nothing is there twice, and
// nothing is there that nobody was told of.
func (l *ledger) judgeAll(requests []foundRequest, grants []foundGrant) (wrong []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	foundR, foundG := map[string]*foundRequest{}, map[string]*foundGrant{}
	for _, r := range requests {
		if l.requests[r.ID] == nil || foundR[r.ID] != nil {
			wrong = append(wrong, fmt.Sprintf("request %s was never acknowledged, or is listed twice", r.ID))
		}
		foundR[r.ID] = &r
	}
	for _, g := range grants {
		if l.grants[g.ID] == nil || foundG[g.ID] != nil {
			wrong = append(wrong, fmt.Sprintf("grant %s was never acknowledged, or is listed twice", g.ID))
		}
		foundG[g.ID] = &g
	}
	for id, e := range l.requests {
		wrong = append(wrong, e.judge(foundR[id]))
	}
	for id, e := range l.grants {
		wrong = append(wrong, e.judge(foundG[id]))
	}
	wrong = slices.DeleteFunc(wrong, func(s string) bool { return s == "" })
	slices.Sort(wrong)
	return wrong
}
