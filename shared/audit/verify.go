package audit

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
)

// Verdict is what a verification found. Broken says in words what does not
// fit, one line each; Sealed is how far the last signed head reaches.
type Verdict struct {
	Events   int
	Seals    int64
	Heads    int
	Sealed   int64
	Unsealed int
	Broken   []string
}

// Whole reports whether nothing was found.
func (v Verdict) Whole() bool { return len(v.Broken) == 0 }

// Check walks the trail. Events come in any order of aggregates but in
// sequence within each; seals in order from 1; heads oldest first. key is the
// house's public key.
type Check struct {
	key      ed25519.PublicKey
	last     map[string]Event            // newest event per aggregate
	hashes   map[string]map[int64]string // aggregate -> seq -> hash, to hold against seals
	prev     Seal
	at       map[int64]string // chain hash at each head's N
	heads    []Head
	Verdict  Verdict
	sealed   map[string]int64
	headNeed map[int64]bool
}

// NewCheck begins a verification against the signed heads.
func NewCheck(key ed25519.PublicKey, heads []Head) *Check {
	c := &Check{
		key: key, heads: heads, last: map[string]Event{}, hashes: map[string]map[int64]string{},
		at: map[int64]string{}, sealed: map[string]int64{}, headNeed: map[int64]bool{},
	}
	for _, h := range heads {
		c.headNeed[h.N] = true
	}
	return c
}

func (c *Check) broken(format string, args ...any) {
	if len(c.Verdict.Broken) < 100 {
		c.Verdict.Broken = append(c.Verdict.Broken, fmt.Sprintf(format, args...))
	}
}

// Event takes the next event of some aggregate.
func (c *Check) Event(e Event) {
	prev := c.last[e.Aggregate]
	switch {
	case e.sum() != e.Hash:
		c.broken("event %s#%d was changed", e.Aggregate, e.Seq)
	case e.Seq != prev.Seq+1:
		c.broken("after event %s#%d comes #%d: one is missing or out of order", e.Aggregate, prev.Seq, e.Seq)
	case e.Prev != prev.Hash:
		c.broken("event %s#%d does not follow the one before it", e.Aggregate, e.Seq)
	}
	if c.hashes[e.Aggregate] == nil {
		c.hashes[e.Aggregate] = map[int64]string{}
	}
	c.hashes[e.Aggregate][e.Seq] = e.Hash
	c.last[e.Aggregate] = e
	c.Verdict.Events++
}

// Seal takes the next link of the house's chain, after all events.
func (c *Check) Seal(s Seal) {
	switch {
	case s.sum() != s.Hash:
		c.broken("seal %d was changed", s.N)
	case s.N != c.prev.N+1 || s.Prev != c.prev.Hash:
		c.broken("seal %d does not follow seal %d", s.N, c.prev.N)
	}
	if have, ok := c.hashes[s.Aggregate][s.Seq]; !ok {
		c.broken("sealed event %s#%d is missing", s.Aggregate, s.Seq)
	} else if have != s.Event {
		c.broken("event %s#%d is not the one that was sealed", s.Aggregate, s.Seq)
	}
	if s.Seq != c.sealed[s.Aggregate]+1 {
		c.broken("seal %d takes %s#%d out of order", s.N, s.Aggregate, s.Seq)
	}
	c.sealed[s.Aggregate] = s.Seq
	if c.headNeed[s.N] {
		c.at[s.N] = s.Hash
	}
	c.prev = s
	c.Verdict.Seals = s.N
}

// Close holds the chain against the signed heads and gives the verdict.
func (c *Check) Close() Verdict {
	c.Verdict.Heads = len(c.heads)
	for _, h := range c.heads {
		sig, err := hex.DecodeString(h.Signature)
		switch {
		case err != nil || len(c.key) != ed25519.PublicKeySize || !ed25519.Verify(c.key, h.Statement(), sig):
			c.broken("the signature of the head at seal %d is not the house's", h.N)
		case h.N > c.prev.N:
			c.broken("the chain was cut: it ends at seal %d, a signed head says %d", c.prev.N, h.N)
		case c.at[h.N] != h.Hash:
			c.broken("seal %d is not the one that was signed", h.N)
		default:
			c.Verdict.Sealed = max(c.Verdict.Sealed, h.N)
		}
	}
	for agg, e := range c.last {
		c.Verdict.Unsealed += int(max(0, e.Seq-c.sealed[agg]))
	}
	return c.Verdict
}

// Sign makes the signed head of the chain that ends in s.
func Sign(key ed25519.PrivateKey, s Seal) Head {
	h := Head{N: s.N, Hash: s.Hash, At: s.At}
	h.Signature = hex.EncodeToString(ed25519.Sign(key, h.Statement()))
	return h
}
