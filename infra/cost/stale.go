package cost

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// How far a figure may be from that of another run: chance has a part in how
// often something is tried. Times depend on the machine and are not compared.
const (
	tolerance = 0.25
	slack     = 4.0 // of few calls, a few more are many
	lap       = 5.0 // states: a slower Slack or machine costs a grant's execution one more look
)

// byMachine are the figures that tell of the machine and not of Ebb.
var byMachine = []string{"lambdaMBms"}

// Stale says which figures of another run are not these any more.
func (m Measured) Stale(now Measured) []string {
	wrong := append(stale("a grant", m.Grant, now.Grant), stale("a minute of rest", m.Minute, now.Minute)...)
	for _, s := range now.Syncs {
		i := slices.IndexFunc(m.Syncs, func(x Sync) bool { return x.People == s.People })
		if i < 0 {
			wrong = append(wrong, fmt.Sprintf("a sync of %d people was never measured", s.People))
			continue
		}
		wrong = append(wrong, stale(fmt.Sprintf("a sync of %d people", s.People), m.Syncs[i].Usage, s.Usage)...)
	}
	return wrong
}

func stale(what string, was, now Usage) (wrong []string) {
	a, b := was.named(), now.named()
	for _, name := range slices.Sorted(maps.Keys(a)) {
		x, y := a[name], b[name]
		switch {
		case slices.Contains(byMachine, name):
		case x == nil || y == nil:
			wrong = append(wrong, fmt.Sprintf("%s of %s was not measured", name, what))
		case name == "stateTransitions" && math.Abs(*x-*y) <= lap:
		case math.Abs(*x-*y) > max(slack, tolerance*max(*x, *y)):
			wrong = append(wrong, fmt.Sprintf("%s of %s was %.0f and is %.0f", name, what, *x, *y))
		}
	}
	return wrong
}

// named gives each figure by the name that measured.json has for it.
func (u Usage) named() map[string]*float64 {
	raw, err := json.Marshal(u)
	if err != nil {
		panic(err) // numbers always encode
	}
	var all map[string]*float64
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	return all
}
