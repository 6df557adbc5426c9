package flow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	sums "hash"
	"io"
	"time"

	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// A large package is made in two steps. Review reads the campaign whole, writes the
// files into rows and lets an event vouch for them; it moves the due row forward as it
// goes on: who dies stops doing so, and the step is begun again, with rows of its own.
// Of two who work at once one is refused when it saves. The second step writes the
// end, once a signed head covers that event: it is short, and whoever asks does it,
// because Review knows neither the heads nor the house's key.

const (
	// packedTime is how long a package is kept, the hour for whoever takes its parts.
	packedTime = 24 * time.Hour
	partsTime  = time.Hour
	// packLease is how far who makes a package moves its due row forward, packBeat
	// how often.
	packLease = 2 * time.Minute
	packBeat  = 20 * time.Second
	// packTries is how often a package is begun before it waits for somebody to ask.
	packTries = 8
	// packWrites is how many bytes go into one write.
	packWrites = 8 * review.PackedRow
)

var errElsewhere = fault.New("flow.servePacking", fault.Already, "somebody else makes this package, or nobody wants it any more")

// servePacking does what a package needs now.
func (h *House) servePacking(ctx context.Context, campaign string) error {
	p, err := h.Memory.Packing(ctx, campaign)
	if err != nil || p.Next.IsZero() || p.Next.After(h.Now()) {
		return err
	}
	err = h.makePacking(ctx, p)
	if fault.Is(err, fault.Already) {
		return nil
	}
	return err
}

// packer makes a package.
type packer struct {
	h    *House
	p    review.Packing
	last time.Time // when the due row was moved
	rows packedRows
}

// makePacking makes the files.
func (h *House) makePacking(ctx context.Context, p review.Packing) error {
	if p.Tries >= packTries {
		p.Next = time.Time{}
		if p.Why == "" {
			p.Why = "it did not come to its end in " + number(p.Tries) + " tries, and the log of the house says why"
		}
		_, err := h.Memory.SavePacking(ctx, p)
		return err
	}
	p.Tries, p.Read, p.Why, p.Made = p.Tries+1, 0, "", review.MadeFiles{}
	w := &packer{h: h, p: p}
	w.rows = packedRows{ctx: ctx, memory: h.Memory, id: h.NewID("ep"), expires: h.Now().Add(packedTime), beat: w.beat}
	if err := w.beat(ctx, 0); err != nil {
		return err
	}
	made, err := w.make(ctx)
	if err == nil {
		w.p.Made, w.p.Why, w.p.Next = made, "", time.Time{}
		_, err = h.Memory.SavePacking(ctx, w.p)
	} else if fault.Is(err, fault.Conflict) {
		w.p.Why, w.p.Next = h.whyRestless(ctx, p.Campaign), h.Now().Add(time.Duration(w.p.Tries)*time.Minute)
		if _, failed := h.Memory.SavePacking(ctx, w.p); failed != nil {
			err = failed
		}
	}
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Already) { // surely nothing leads to them
		_ = h.Memory.DropPacked(ctx, w.rows.id, w.rows.at) // what stays is gone in a day
	}
	return err
}

// make gives the files in rows, and the event that vouches for them.
func (w *packer) make(ctx context.Context) (review.MadeFiles, error) {
	h, none := w.h, review.MadeFiles{}
	if err := h.sealHere(ctx); err != nil {
		return none, err
	}
	g, err := h.gatherEvidence(ctx, w.p.Campaign, w.beat)
	if err != nil {
		return none, err
	}
	sum := sha256.New()
	if err := g.pack.WriteFiles(io.MultiWriter(sum, &w.rows)); err != nil {
		return none, err
	}
	if err := w.rows.flush(); err != nil {
		return none, err
	}
	out := review.MadeFiles{ID: w.rows.id, Size: w.rows.at, Hash: g.pack.Hash(), From: g.from, Link: g.last, Expires: w.rows.expires}
	stub, err := g.pack.Stub()
	if err != nil {
		return none, err
	}
	out.Stub = string(stub)
	if out.Sum, err = standing(sum); err != nil {
		return none, err
	}
	e, made, err := h.vouch(ctx, g.campaign, out.Hash, w.p.By)
	if links := g.seals[e.Aggregate]; made || e.Seq > int64(len(links)) {
		out.From = g.whole // it comes behind that
	} else if err == nil {
		out.From = links[e.Seq-1].n - 1
	}
	return out, err
}

// beat moves the due row forward, where it is time.
func (w *packer) beat(ctx context.Context, read int) error {
	now := w.h.Now()
	if !w.last.IsZero() && now.Sub(w.last) < packBeat {
		return nil
	}
	next := w.p
	next.Next, next.Read = now.Add(packLease), max(read, w.p.Read)
	next, err := w.h.Memory.SavePacking(ctx, next)
	if fault.Is(err, fault.Conflict) {
		return errElsewhere
	}
	if err == nil {
		w.p, w.last = next, now
	}
	return err
}

// finishPacking writes the end of a package: fault.Wait until a signed head covers it,
// fault.NotFound where its rows are lost.
func (h *House) finishPacking(ctx context.Context, p review.Packing) (review.Packing, error) {
	made := p.Made
	c, err := h.Memory.Campaign(ctx, p.Campaign)
	if err != nil {
		return p, err
	}
	b, err := h.binding(ctx, c, made.Hash, p.By, made.From)
	if err != nil {
		return p, err
	}
	var end bytes.Buffer
	if err := evidence.Finish(&end, []byte(made.Stub), b); err != nil {
		return p, err
	}
	sum, err := resumed(made.Sum)
	if err != nil {
		return p, err
	}
	sum.Write(end.Bytes())
	// The last row has room; written again, it is the same.
	from := made.Size - made.Size%review.PackedRow
	row, err := h.Memory.Packed(ctx, made.ID, from, made.Size)
	if err == nil {
		err = h.Memory.PutPacked(ctx, made.ID, from, append(row, end.Bytes()...), made.Expires)
	}
	if err != nil {
		return p, err
	}
	old := p.Ready
	p.Ready = review.Pack{
		ID: made.ID, Size: made.Size + int64(end.Len()), SHA256: hex.EncodeToString(sum.Sum(nil)),
		Link: made.Link, Seq: b.Event.Event.Seq, Expires: made.Expires.Add(-partsTime),
	}
	p.Made, p.Tries, p.Read = review.MadeFiles{}, 0, 0
	if p, err = h.Memory.SavePacking(ctx, p); err == nil && old.ID != "" {
		_ = h.Memory.DropPacked(ctx, old.ID, old.Size) // what stays is gone in a day
	}
	return p, err
}

// packedRows writes what it is given into rows, some at a time.
type packedRows struct {
	ctx     context.Context //nolint:containedctx // of the one build that writes through it
	memory  Packing
	id      string
	expires time.Time
	beat    func(context.Context, int) error
	at      int64 // what is in rows
	buf     []byte
}

func (r *packedRows) Write(b []byte) (int, error) {
	r.buf = append(r.buf, b...)
	for len(r.buf) >= packWrites {
		if err := r.put(packWrites); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (r *packedRows) put(n int) error {
	err := r.beat(r.ctx, 0)
	if err == nil {
		err = r.memory.PutPacked(r.ctx, r.id, r.at, r.buf[:n], r.expires)
	}
	if err == nil {
		r.at += int64(n)
		r.buf = append(r.buf[:0], r.buf[n:]...)
	}
	return err
}

func (r *packedRows) flush() error {
	if len(r.buf) == 0 {
		return nil
	}
	return r.put(len(r.buf))
}

// standing is where a sum stands, to go on from in another process.
func standing(h sums.Hash) (string, error) {
	raw, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	return hex.EncodeToString(raw), err
}

func resumed(state string) (sums.Hash, error) {
	h := sha256.New()
	raw, err := hex.DecodeString(state)
	if err == nil {
		err = h.(encoding.BinaryUnmarshaler).UnmarshalBinary(raw)
	}
	return h, err
}
