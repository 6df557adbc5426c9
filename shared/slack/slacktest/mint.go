package slacktest

import (
	"fmt"
	"math/rand/v2"
)

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// mint makes ids and secrets, reproducibly from the seed. Ids, secrets,
// events and blocks have a stream each, so that a token more or an event less never
// renames a person.
type mint struct {
	ids, secrets, events, blocks *rand.Rand
	taken                        map[string]struct{}
}

func newMint(seed int64) *mint {
	return &mint{
		ids:     rand.New(rand.NewPCG(uint64(seed), 0x5eed)),
		secrets: rand.New(rand.NewPCG(uint64(seed), 0x5ec2e7)),
		events:  rand.New(rand.NewPCG(uint64(seed), 0xe7e27)),
		blocks:  rand.New(rand.NewPCG(uint64(seed), 0xb10c)),
		taken:   map[string]struct{}{},
	}
}

// id in Slack's spelling: a letter for the kind and ten characters after it.
func (m *mint) id(prefix string) string {
	for {
		id := prefix + "0" + letters(m.ids, 9)
		if _, ok := m.taken[id]; !ok {
			m.taken[id] = struct{}{}
			return id
		}
	}
}

// secret is spelled so that no scanner takes it for a real one.
func (m *mint) secret(prefix string) string {
	return fmt.Sprintf("%s-sim-%s", prefix, letters(m.secrets, 24))
}

func letters(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = base36[r.IntN(len(base36))]
	}
	return string(b)
}

func (m *mint) event() string { return "Ev0" + letters(m.events, 9) }

// block is an id for a block or an element that came without one, and whatever
// else is short.
func (m *mint) block() string { return letters(m.blocks, 5) }

func (m *mint) viewID() string { return "V0" + letters(m.blocks, 9) }
