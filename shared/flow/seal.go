package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

const sealBatch = 25

// Seal appends all events that are not yet in the house's chain, and signs the
// new head outside the table. It gives how many events it sealed.
func (h *House) Seal(ctx context.Context) (int, error) {
	const op = "flow.Seal"
	total := 0
	var last audit.Seal
	for range 400 {
		link, n, err := h.Memory.Seal(ctx, h.Now(), sealBatch)
		if fault.Is(err, fault.Conflict) {
			return total, nil // another sealer is at work
		}
		if err != nil {
			return total, fault.Wrap(op, err)
		}
		last, total = link, total+n
		if n == 0 {
			break
		}
	}
	return total, fault.Wrap(op, h.signHead(ctx, last))
}

// signHead signs the chain's end, once in a process for each end. The same end
// gives the same head to the letter, which is kept once, so that nothing has to
// be read first: there are half a million heads after a busy year, and who
// seals needs no right to read them. A head that was lost between sealing and
// signing is made up for by the next round.
func (h *House) signHead(ctx context.Context, last audit.Seal) error {
	if last.N == 0 || last.N == h.signed.Load() {
		return nil
	}
	key, err := h.signingKey(ctx)
	if err != nil {
		return err
	}
	if err := h.Heads.AddHead(ctx, audit.Sign(key, last)); err != nil {
		return err
	}
	h.signed.Store(last.N)
	return nil
}

// Verify walks the whole trail and says what does not fit. Auditors and Super
// Administrators only.
func (h *House) Verify(ctx context.Context, by access.Actor) (audit.Verdict, error) {
	const op = "flow.Verify"
	if !by.Is(access.Auditor) {
		return audit.Verdict{}, fault.New(op, fault.Forbidden, "verifying the audit needs the duty auditor")
	}
	key, err := h.verifyingKey(ctx)
	if err != nil {
		return audit.Verdict{}, fault.Wrap(op, err)
	}
	heads, err := h.Heads.Heads(ctx)
	if err != nil {
		return audit.Verdict{}, fault.Wrap(op, err)
	}
	// What is sealed while we read is left for the next time.
	signed := int64(0)
	if n := len(heads); n > 0 {
		signed = heads[n-1].N
	}
	var last, bare audit.Seal // bare: the first under no head
	if err := h.Memory.EachSeal(ctx, func(s audit.Seal) error {
		if last = s; bare.N == 0 && s.N > signed {
			bare = s
		}
		return nil
	}); err != nil {
		return audit.Verdict{}, fault.Wrap(op, err)
	}
	check := audit.NewCheck(key, heads)
	if err := h.Memory.EachEvent(ctx, func(e audit.Event) error { check.Event(e); return nil }); err != nil {
		return audit.Verdict{}, fault.Wrap(op, err)
	}
	if err := h.Memory.EachSeal(ctx, func(s audit.Seal) error {
		if s.N <= last.N {
			check.Seal(s)
		}
		return nil
	}); err != nil {
		return audit.Verdict{}, fault.Wrap(op, err)
	}
	v := check.Close()
	v.Broken = append(v.Broken, unsigned(heads, bare, last, h.Now())...)
	return v, nil
}

// headEvery is the longest that a seal is under no signed head. A round signs
// what it sealed at once; one that died in between leaves it to the next round,
// which comes within minutes.
const headEvery = 10 * time.Minute

// unsigned says where signed heads are missing: without them, whoever can
// write the table can make up a chain that fits. bare is the first seal under no
// head.
func unsigned(heads []audit.Head, bare, last audit.Seal, now time.Time) []string {
	n := len(heads)
	switch {
	case bare.N == 0 || now.Sub(bare.At) <= headEvery:
		return nil
	case n == 0:
		return []string{fmt.Sprintf("there are %d seals and no signed head; the heads are missing, and without them nothing is proved", last.N)}
	}
	return []string{fmt.Sprintf("seals %d to %d are under no signed head, the last one is of %s; heads are missing", bare.N, last.N, stamp(heads[n-1].At))}
}
