package audit

import (
	"crypto/ed25519"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)
	key  = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	pub  = key.Public().(ed25519.PublicKey)
)

// trail is a stored trail, to be tampered with.
type trail struct {
	events []Event
	seals  []Seal
	heads  []Head
	key    ed25519.PublicKey
}

// whole is a trail of three aggregates with a head after every third seal.
func whole(n int) trail {
	out := trail{key: pub}
	last := map[string]Event{}
	var prev Seal
	for i := range n {
		agg := fmt.Sprintf("grant/g_%d", i%3)
		at := noon.Add(time.Duration(i) * time.Second)
		e := Link(last[agg], Event{
			ID: fmt.Sprintf("e_%d", i), Aggregate: agg, At: at, Action: "grant.active", Actor: "ebb",
			Data: map[string]string{"state": "active", "n": fmt.Sprint(i)},
		})
		last[agg] = e
		prev = Append(prev, e, at)
		out.events, out.seals = append(out.events, e), append(out.seals, prev)
		if i%3 == 2 {
			out.heads = append(out.heads, Sign(key, prev))
		}
	}
	return out
}

func (tr trail) check() Verdict {
	c := NewCheck(tr.key, tr.heads)
	for _, e := range tr.events {
		c.Event(e)
	}
	for _, s := range tr.seals {
		c.Seal(s)
	}
	return c.Close()
}

func TestWholeTrail(t *testing.T) {
	for n := range 12 {
		v := whole(n).check()
		if !v.Whole() || v.Events != n || v.Seals != int64(n) || v.Unsealed != 0 || v.Heads != n/3 || v.Sealed != int64(n/3*3) {
			t.Errorf("%d: %+v", n, v)
		}
	}
	tr := whole(9)
	tr.seals = tr.seals[:7]
	tr.heads = tr.heads[:2]
	if v := tr.check(); !v.Whole() || v.Unsealed != 2 || v.Sealed != 6 {
		t.Errorf("not sealed yet: %+v", v)
	}
	if v := (trail{}).check(); !v.Whole() {
		t.Errorf("empty: %+v", v)
	}
}

// relink makes what was tampered with look right from i on, as somebody with
// the table but without the key could.
func relink(tr trail) trail {
	last := map[string]Event{}
	var prev Seal
	for i, e := range tr.events {
		tr.events[i] = Link(last[e.Aggregate], e)
		last[e.Aggregate] = tr.events[i]
		prev = Append(prev, tr.events[i], tr.seals[i].At)
		tr.seals[i] = prev
	}
	return tr
}

func TestTamperingIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(*trail)
		says   string
	}{
		"event changed":   {func(tr *trail) { tr.events[4].Actor = "u_2" }, "event grant/g_1#2 was changed"},
		"data changed":    {func(tr *trail) { tr.events[4].Data = map[string]string{"n": "5"} }, "was changed"},
		"time changed":    {func(tr *trail) { tr.events[4].At = noon.Add(time.Hour) }, "was changed"},
		"event rehashed":  {func(tr *trail) { tr.events[4].Actor = "u_2"; tr.events[4].Hash = tr.events[4].sum() }, "is not the one that was sealed"},
		"event missing":   {func(tr *trail) { tr.events = slices.Delete(tr.events, 4, 5) }, "sealed event grant/g_1#2 is missing"},
		"first missing":   {func(tr *trail) { tr.events = tr.events[1:] }, "sealed event grant/g_0#1 is missing"},
		"last missing":    {func(tr *trail) { tr.events = tr.events[:8] }, "is missing"},
		"all events gone": {func(tr *trail) { tr.events = nil }, "is missing"},
		"one of an aggregate gone": {func(tr *trail) {
			tr.events = slices.DeleteFunc(tr.events, func(e Event) bool { return e.Aggregate == "grant/g_2" })
		}, "sealed event grant/g_2#1 is missing"},
		"event twice":       {func(tr *trail) { tr.events = slices.Insert(tr.events, 4, tr.events[4]) }, "missing or out of order"},
		"events reordered":  {func(tr *trail) { tr.events[1], tr.events[4] = tr.events[4], tr.events[1] }, "missing or out of order"},
		"moved elsewhere":   {func(tr *trail) { tr.events[4].Aggregate = "grant/g_2" }, "was changed"},
		"seal changed":      {func(tr *trail) { tr.seals[4].At = noon }, "seal 5 was changed"},
		"seal rehashed":     {func(tr *trail) { tr.seals[4].At = noon; tr.seals[4].Hash = tr.seals[4].sum() }, "seal 6 does not follow seal 5"},
		"seal missing":      {func(tr *trail) { tr.seals = slices.Delete(tr.seals, 4, 5) }, "seal 6 does not follow seal 4"},
		"seals reordered":   {func(tr *trail) { tr.seals[4], tr.seals[5] = tr.seals[5], tr.seals[4] }, "does not follow"},
		"seals cut off":     {func(tr *trail) { tr.seals = tr.seals[:8] }, "it ends at seal 8, a signed head says 9"},
		"all seals gone":    {func(tr *trail) { tr.seals = nil }, "it ends at seal 0"},
		"everything gone":   {func(tr *trail) { tr.seals, tr.events = nil, nil }, "the chain was cut"},
		"cut off together":  {func(tr *trail) { tr.seals, tr.events = tr.seals[:8], tr.events[:8] }, "the chain was cut"},
		"all written anew":  {func(tr *trail) { tr.events[4].Actor = "u_2"; *tr = relink(*tr) }, "seal 6 is not the one that was signed"},
		"a head's hash":     {func(tr *trail) { tr.heads[1].Hash = tr.seals[0].Hash }, "the signature of the head at seal 6"},
		"a head's number":   {func(tr *trail) { tr.heads[1].N = 5 }, "the signature of the head at seal 5"},
		"a head's time":     {func(tr *trail) { tr.heads[1].At = noon.Add(time.Hour) }, "the signature"},
		"no signature":      {func(tr *trail) { tr.heads[1].Signature = "" }, "the signature"},
		"no hex":            {func(tr *trail) { tr.heads[1].Signature = "zz" }, "the signature"},
		"another's key":     {func(tr *trail) { _, other, _ := ed25519.GenerateKey(nil); tr.heads[2] = Sign(other, tr.seals[8]) }, "the signature of the head at seal 9"},
		"no key to hold it": {func(tr *trail) { tr.key = nil }, "the signature"},
		"another chain's head": {func(tr *trail) {
			other := whole(9)
			other.events[0].Actor = "u_9"
			tr.heads[0] = Sign(key, relink(other).seals[2])
		}, "seal 3 is not the one that was signed"},
	} {
		tr := whole(9)
		c.tamper(&tr)
		v := tr.check()
		if v.Whole() || !strings.Contains(strings.Join(v.Broken, "\n"), c.says) {
			t.Errorf("%s: %q", name, v.Broken)
		}
	}
}

// A forged head claims nothing: verified is what an honest one covers.
func TestForgedHeadExtendsNothing(t *testing.T) {
	tr := whole(9)
	tr.heads = append(tr.heads, Head{N: 1 << 40, Hash: "x", Signature: "00"})
	if v := tr.check(); v.Whole() || v.Sealed != 9 {
		t.Errorf("%+v", v)
	}
}

// Any one event or seal changed, dropped or swapped within a signed trail.
func TestAnySingleTamperingIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := whole(rapid.IntRange(1, 8).Draw(t, "thirds") * 3)
		i := rapid.IntRange(0, len(tr.events)-1).Draw(t, "at")
		j := rapid.IntRange(0, len(tr.events)-1).Draw(t, "with")
		switch rapid.IntRange(0, 6).Draw(t, "how") {
		case 0:
			tr.events = slices.Delete(tr.events, i, i+1)
		case 1:
			tr.seals = slices.Delete(tr.seals, i, i+1)
		case 2:
			data := maps.Clone(tr.events[i].Data)
			data[rapid.String().Draw(t, "key")] = "more"
			tr.events[i].Data = data
		case 3:
			tr.seals[i].Event = rapid.String().Draw(t, "hash")
		case 4:
			if i == j {
				return
			}
			tr.seals[i], tr.seals[j] = tr.seals[j], tr.seals[i]
		case 5:
			tr.events, tr.seals = tr.events[:i], tr.seals[:i]
		case 6:
			tr.events[i].Action += "."
			tr = relink(tr)
		}
		if v := tr.check(); v.Whole() {
			t.Fatalf("nothing was found: %+v", v)
		}
	})
}

// No two events share a hash because a text ends elsewhere.
func TestHashesKeepFieldsApart(t *testing.T) {
	text := rapid.StringMatching(`[ab:,0-9]{0,3}`)
	draw := rapid.Custom(func(t *rapid.T) Event {
		return Event{
			ID: text.Draw(t, "id"), Aggregate: text.Draw(t, "aggregate"), Action: text.Draw(t, "action"), Actor: text.Draw(t, "actor"),
			Data: rapid.MapOfN(text, text, 0, 2).Draw(t, "data"), Prev: text.Draw(t, "prev"), At: noon,
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		same := a.ID == b.ID && a.Aggregate == b.Aggregate && a.Action == b.Action && a.Actor == b.Actor &&
			a.Prev == b.Prev && maps.Equal(a.Data, b.Data)
		if same != (a.sum() == b.sum()) {
			t.Fatalf("%+v and %+v: %v", a, b, same)
		}
	})
}

// An event read back with another zone, or with nil for no data, is the same.
func TestLinkSurvivesStorage(t *testing.T) {
	zone := time.FixedZone("", 3600)
	e := Link(Event{}, Event{ID: "e", Aggregate: "policy", At: noon.In(zone), Data: map[string]string{}})
	if e.Seq != 1 || e.Prev != "" || e.At != noon.Truncate(time.Millisecond) {
		t.Errorf("%+v", e)
	}
	e.At, e.Data = e.At.In(zone), nil
	if e.sum() != e.Hash {
		t.Error("it was changed by being read")
	}
	next := Link(e, Event{ID: "f", Aggregate: "policy", At: noon})
	if next.Seq != 2 || next.Prev != e.Hash {
		t.Errorf("%+v", next)
	}
	s := Append(Seal{}, e, noon.In(zone))
	s.At = s.At.In(zone)
	if s.N != 1 || s.sum() != s.Hash || s.Event != e.Hash {
		t.Errorf("%+v", s)
	}
}

func TestBrokenIsNotEndless(t *testing.T) {
	c := NewCheck(pub, nil)
	for range 1000 {
		c.Event(Event{Aggregate: "a"})
	}
	if v := c.Close(); len(v.Broken) != 100 || v.Events != 1000 {
		t.Errorf("%d lines", len(v.Broken))
	}
}

func TestPseudonym(t *testing.T) {
	a, b := Pseudonym([]byte("k"), "reason"), Pseudonym([]byte("l"), "reason")
	if a == b || a != Pseudonym([]byte("k"), "reason") || strings.Contains(a, "reason") || len(a) != 34 {
		t.Error(a, b)
	}
	if Pseudonym([]byte("k"), "") != "" {
		t.Error("no text, no pseudonym")
	}
}
