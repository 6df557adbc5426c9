package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
)

// PartSize is how many bytes of a package one answer has where answers are bounded:
// API Gateway takes 6 MB, and base64 makes four bytes of three.
const PartSize = 4 << 20

// EvidenceAtOnce is House.EvidenceAtOnce where an answer has to come within half a
// minute. A thousand lines, each with a comment and a task of its own, are some three
// thousand reads of the table.
const EvidenceAtOnce = 1000

// EvidencePart is a part of a package, with what tells it from a part of another.
type EvidencePart struct {
	Campaign string
	N, Of    int
	Size     int64  // of the whole
	SHA256   string // of the whole, hex
	Bytes    []byte
}

// packed is a package of which parts are asked for.
type packed struct {
	campaign, sum string
	size          int64
	at            time.Time
	e             *Evidence
}

// packedFor is how long a package is kept between two parts.
const packedFor = 5 * time.Minute

// ReadEvidencePart gives part n (from 0) of a campaign's package. sum is the SHA-256
// of the package that the first part was of, "" with the first: fault.Conflict where
// the campaign has another one by now. A process keeps the package that it last made
// for some minutes; another makes the same bytes again.
func (h *House) ReadEvidencePart(ctx context.Context, by access.Actor, campaign string, n int, sum string) (EvidencePart, error) {
	const op = "flow.ReadEvidencePart"
	if h.EvidenceAtOnce > 0 {
		c, err := h.mayExport(ctx, by, campaign)
		if err != nil {
			return EvidencePart{}, fault.Wrap(op, err)
		}
		if c.Snapshot.Lines > h.EvidenceAtOnce {
			out, err := h.keptPart(ctx, by, c, n, sum)
			return out, fault.Wrap(op, err)
		}
	}
	p := h.packed.Load()
	if p == nil || sum == "" || p.sum != sum || p.campaign != campaign || h.Now().Sub(p.at) > packedFor || !by.Is(access.Auditor) {
		e, err := h.ReadEvidence(ctx, by, campaign)
		if err != nil {
			return EvidencePart{}, fault.Wrap(op, err)
		}
		whole := sha256.New()
		p = &packed{campaign: campaign, e: e, at: h.Now()}
		if p.size, err = e.WriteTo(whole); err != nil {
			return EvidencePart{}, fault.Wrap(op, err)
		}
		p.sum = hex.EncodeToString(whole.Sum(nil))
		h.packed.Store(p)
	}
	out := EvidencePart{Campaign: p.e.Campaign.ID, N: n, Of: parts(p.size), Size: p.size, SHA256: p.sum}
	if err := out.check(sum); err != nil {
		return out, fault.Wrap(op, err)
	}
	w := &window{}
	w.from, w.to = out.bounds()
	_, err := p.e.WriteTo(w)
	if n == out.Of-1 {
		h.packed.CompareAndSwap(p, nil)
	}
	out.Bytes = w.out
	return out, fault.Wrap(op, err)
}

// check refuses a part that is not there, or that is of another package than sum's.
func (p EvidencePart) check(sum string) error {
	const op = "flow.check"
	switch {
	case sum != "" && sum != p.SHA256:
		return fault.New(op, fault.Conflict, "the review has another package by now; begin again with the first part")
	case p.N < 0 || p.N >= p.Of:
		return fault.At(op, "part", "this package has parts 0 to %d", p.Of-1)
	}
	return nil
}

// bounds is where the part lies.
func (p EvidencePart) bounds() (from, to int64) {
	return int64(p.N) * PartSize, min(int64(p.N+1)*PartSize, p.Size)
}

// parts is how many a package has.
func parts(size int64) int { return int((size + PartSize - 1) / PartSize) }

// ExportEvidence writes a campaign's package as one zip.
func (h *House) ExportEvidence(ctx context.Context, by access.Actor, campaign string, w io.Writer) (evidence.Binding, error) {
	const op = "flow.ExportEvidence"
	e, err := h.ReadEvidence(ctx, by, campaign)
	if err != nil {
		return evidence.Binding{}, fault.Wrap(op, err)
	}
	_, err = e.WriteTo(w)
	return e.binding, fault.Wrap(op, err)
}

// window keeps what is written between two places.
type window struct {
	at, from, to int64
	out          []byte
}

func (w *window) Write(b []byte) (int, error) {
	low, high := max(w.from-w.at, 0), min(w.to-w.at, int64(len(b)))
	if low < high {
		w.out = append(w.out, b[low:high]...)
	}
	w.at += int64(len(b))
	return len(b), nil
}
