// Package audit owns the trail: events, how each is chained to the one before
// it on its aggregate, how the house's chain seals all of them, and how a
// reader finds what was changed, taken away or moved.
//
// Two chains. Every event carries its aggregate's sequence and the hash of the
// event before it there; it is committed together with what it tells. A sealer
// appends every event to the house's one chain each minute, and signed heads
// of that chain are kept outside the table. What is newer than the last signed
// head is not claimed to be verified.
//
// Events hold ids and keyed hashes of free text, never names, e-mails, reasons
// or tokens, so that erasing a person's texts breaks no chain. The package
// stores nothing and holds no key.
package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Event is one line of the trail. Aggregate is "grant/g_1", "request/…",
// "connector/…", "policy", "house". Action is "grant.active". Actor is a user
// id, an account id, or "ebb" for what the house did by itself. Data are short
// facts: ids, states, counts, hashes.
type Event struct {
	ID        string
	Aggregate string
	Seq       int64 // 1 is the aggregate's first
	At        time.Time
	Action    string
	Actor     string
	Data      map[string]string
	Prev      string // hash of the aggregate's event before; "" for the first
	Hash      string // of everything above, hex
}

// Link puts the event behind prev on its aggregate (the zero Event: first)
// and computes its hash.
func Link(prev, e Event) Event {
	e.Seq, e.Prev = prev.Seq+1, prev.Hash
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Hash = e.sum()
	return e
}

// sum hashes length-prefixed fields in a fixed order, so that no two events
// share an encoding.
func (e Event) sum() string {
	h := sha256.New()
	put := func(s string) { fmt.Fprintf(h, "%d:%s,", len(s), s) }
	put("ebb.event.1")
	put(e.ID)
	put(e.Aggregate)
	put(fmt.Sprint(e.Seq))
	put(e.At.UTC().Format(time.RFC3339Nano))
	put(e.Action)
	put(e.Actor)
	keys := make([]string, 0, len(e.Data))
	for k := range e.Data {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		put(k)
		put(e.Data[k])
	}
	put(e.Prev)
	return hex.EncodeToString(h.Sum(nil))
}

// Seal is one link of the house's chain: which event it seals, and the hash of
// the link before it. N counts from 1 without a gap.
type Seal struct {
	N         int64
	Aggregate string
	Seq       int64
	Event     string // the event's hash
	Prev      string
	Hash      string
	At        time.Time
}

// Append makes the next link behind prev (the zero Seal: first).
func Append(prev Seal, e Event, at time.Time) Seal {
	s := Seal{
		N: prev.N + 1, Aggregate: e.Aggregate, Seq: e.Seq, Event: e.Hash, Prev: prev.Hash,
		At: at.UTC().Truncate(time.Millisecond),
	}
	s.Hash = s.sum()
	return s
}

func (s Seal) sum() string {
	fields := []string{"ebb.seal.1", fmt.Sprint(s.N), s.Aggregate, fmt.Sprint(s.Seq), s.Event, s.Prev, s.At.UTC().Format(time.RFC3339Nano)}
	sum := sha256.Sum256([]byte(strings.Join(fields, "\n")))
	return hex.EncodeToString(sum[:])
}

// Head is a signed statement: "the house's chain had N links and ended in
// Hash at this time". Signature is over Statement, by the house's key.
type Head struct {
	N         int64
	Hash      string
	At        time.Time
	Signature string // Ed25519, hex
}

// Statement is what a head's signature covers.
func (h Head) Statement() []byte {
	return []byte(fmt.Sprintf("ebb.head.1\n%d\n%s\n%s", h.N, h.Hash, h.At.UTC().Format(time.RFC3339Nano)))
}

// Pseudonym is the keyed hash that stands in an event for a free text.
func Pseudonym(key []byte, text string) string {
	if text == "" {
		return ""
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return "h:" + hex.EncodeToString(m.Sum(nil))[:32]
}

// HeadFrom is the first of heads, oldest first, at or behind link n; the zero Head
// where there is none.
func HeadFrom(heads []Head, n int64) Head {
	for _, h := range heads {
		if h.N >= n {
			return h
		}
	}
	return Head{}
}
