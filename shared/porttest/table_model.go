package porttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// testModel makes random calls and compares every answer with a map.
func testModel(_ *testing.T, b bench) {
	seed := rand.Uint64()
	m := model{bench: b, rand: rand.New(rand.NewPCG(seed, 0)), rows: map[string]store.Row{}}
	for step := range 400 {
		switch m.rand.IntN(5) {
		case 0:
			m.batch()
		case 1, 2:
			m.commit()
		default:
			m.query()
		}
		if b.Failed() {
			b.Fatalf("seed %d, step %d", seed, step)
		}
	}
}

type model struct {
	bench
	rand *rand.Rand
	rows map[string]store.Row
}

// some gives n different sorts out of a small alphabet.
func (m *model) some(n int) []string {
	names := words(26, "k%02d")
	m.rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:n]
}

func (m *model) commit() {
	var writes []store.Write
	right := true
	for _, s := range m.some(1 + m.rand.IntN(4)) {
		was := m.rows[s].Version
		if m.rand.IntN(8) == 0 {
			was = int64(m.rand.IntN(3))
		}
		right = right && was == m.rows[s].Version
		w := m.put(s, was, fmt.Sprintf(`{"n":%d}`, m.rand.IntN(1000)))
		w.Action = store.Put + store.Action(m.rand.IntN(3))
		writes = append(writes, w)
	}
	err := m.bench.commit(writes...)
	if !right {
		m.want(fault.Conflict, err, "commit")
		return
	}
	m.want("", err, "commit")
	for _, w := range writes {
		m.apply(w, w.Was+1)
	}
}

func (m *model) batch() {
	var writes []store.Write
	for _, s := range m.some(m.rand.IntN(8)) {
		w := m.put(s, 0, fmt.Sprintf(`{"n":%d}`, m.rand.IntN(1000)))
		w.Action = store.Put + store.Action(m.rand.IntN(2))
		writes = append(writes, w)
	}
	m.mustBatch(writes...)
	for _, w := range writes {
		m.apply(w, 1)
	}
}

func (m *model) apply(w store.Write, version int64) {
	switch w.Action {
	case store.Put:
		w.Row.Version = version
		m.rows[w.Row.Sort] = w.Row
	case store.Delete:
		delete(m.rows, w.Row.Sort)
	case store.Check:
	}
}

func (m *model) query() {
	bounds := append(m.some(3), "", "", "")
	m.rand.Shuffle(len(bounds), func(i, j int) { bounds[i], bounds[j] = bounds[j], bounds[i] })
	r := store.Range{
		Part: m.part, From: bounds[0], To: bounds[1], After: bounds[2],
		Limit: m.rand.IntN(6), Reverse: m.rand.IntN(2) == 0,
	}
	sorts := make([]string, 0, len(m.rows))
	for s := range m.rows {
		sorts = append(sorts, s)
	}
	slices.Sort(sorts)
	m.oneRange(sorts, r)
	for _, row := range m.all(store.Range{From: r.From, To: r.To, Reverse: r.Reverse, Limit: r.Limit}) {
		if want := m.rows[row.Sort]; row.Version != want.Version || !sameJSON(row.Body, want.Body) {
			m.Errorf("row %q: version %d, body %s; want version %d, body %s", row.Sort, row.Version, row.Body, want.Version, want.Body)
		}
	}
}
