package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// EventFilter says which events are looked for; all of what is set has to fit.
type EventFilter struct {
	Person   string // a user, with all accounts, or an account: by id
	Resource string // by id
	Action   string // "grant.active", or "grant." for all of them
	From     time.Time
	Until    time.Time
}

// searchReads is how many links one page looks at: a filter that fits little
// gives pages with few events and a cursor, never a call without end.
const searchReads = 500

// sealedLate is how long after it happened an event is looked for in the chain:
// it is sealed within a minute, unless the sealer was away.
const sealedLate = time.Hour

// SearchEvents finds events, the newest first, however long the trail is: by the
// chain's own index, a bounded number of reads for each page. What is not sealed
// yet, a minute's worth, is not found yet. For auditors.
func (h *House) SearchEvents(ctx context.Context, by access.Actor, f EventFilter, s Slice) (Page[audit.Sealed], error) {
	const op = "flow.SearchEvents"
	out := Page[audit.Sealed]{Items: []audit.Sealed{}}
	if err := mayAudit(by); err != nil {
		return out, fault.Wrap(op, err)
	}
	n, err := h.searchFrom(ctx, f, s)
	if err != nil || n == 0 {
		return out, fault.Wrap(op, err)
	}
	words, err := h.searchWords(ctx, f)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	for looked := 0; n > 0 && looked < searchReads; {
		some, next, err := h.searchSome(ctx, words, n)
		if err != nil {
			return out, fault.Wrap(op, err)
		}
		for _, x := range some {
			looked++
			n = x.Seal.N - 1
			if !f.From.IsZero() && x.Seal.At.Before(f.From.Add(-time.Minute)) {
				return out, nil // whatever stands before it is older
			}
			if !f.fits(x.Event, words) {
				continue
			}
			if out.Items = append(out.Items, x); len(out.Items) == s.limit() {
				out.Next = nextLink(n)
				return out, nil
			}
		}
		n = next
	}
	out.Next = nextLink(n)
	return out, nil
}

// nextLink is the cursor of what stands from link n down; "" after the first.
func nextLink(n int64) string {
	if n <= 0 {
		return ""
	}
	return cursor(falling(n))
}

func mayAudit(by access.Actor) error {
	if by.User.ID == "" || by.User.Ended {
		return fault.New("flow.mayAudit", fault.Unauthenticated, "it is not known who asks")
	}
	if !by.Is(access.Auditor) {
		return fault.New("flow.mayAudit", fault.Forbidden, "reading the audit needs the duty auditor")
	}
	return nil
}

// searchFrom is the link from which a search goes down.
func (h *House) searchFrom(ctx context.Context, f EventFilter, s Slice) (int64, error) {
	after, err := s.after()
	if err != nil {
		return 0, err
	}
	if after != "" {
		return risen(after), nil
	}
	last, err := h.Memory.SealAt(ctx, 0)
	if err != nil || f.Until.IsZero() {
		return last.N, err
	}
	// The last link that was sealed before a time: twenty reads for a million.
	low, high := int64(0), last.N
	for low < high {
		mid := (low + high + 1) / 2
		x, err := h.Memory.SealAt(ctx, mid)
		if err != nil {
			return 0, err
		}
		if x.At.After(f.Until.Add(sealedLate)) {
			high = mid - 1
		} else {
			low = mid
		}
	}
	return low, nil
}

// searchWords are lists of words by which events are found, each list for one
// part of the filter; an event fits one word of each.
func (h *House) searchWords(ctx context.Context, f EventFilter) ([][]string, error) {
	var out [][]string
	if f.Person != "" {
		who := []string{"who " + f.Person}
		u, err := h.Memory.User(ctx, f.Person)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		for _, a := range u.Accounts {
			who = append(who, "who "+a.Account)
		}
		out = append(out, who)
	}
	if f.Resource != "" {
		out = append(out, []string{"what " + f.Resource})
	}
	if f.Action != "" && !strings.HasSuffix(f.Action, ".") {
		out = append(out, []string{"did " + f.Action})
	}
	return out, nil
}

// searchSome reads some links with their events from n down, by the first list
// of words or, without one, all of them; next is where to go on.
func (h *House) searchSome(ctx context.Context, words [][]string, n int64) (some []audit.Sealed, next int64, err error) {
	const atOnce = 100
	if len(words) == 0 {
		some, err = h.Memory.Sealed(ctx, n, true, atOnce)
		return some, n - atOnce, err
	}
	var found []int64
	floor := int64(0) // below it a list that was cut may hold more
	for _, w := range words[0] {
		ns, err := h.Memory.Found(ctx, w, n, atOnce)
		if err != nil {
			return nil, 0, err
		}
		if len(ns) == atOnce {
			floor = max(floor, ns[len(ns)-1])
		}
		found = append(found, ns...)
	}
	slices.SortFunc(found, func(a, b int64) int { return int(b - a) })
	for _, at := range slices.Compact(found) {
		if at < floor {
			break
		}
		x, err := h.Memory.Sealed(ctx, at, true, 1)
		if err != nil {
			return nil, 0, err
		}
		some = append(some, x...)
	}
	return some, max(0, floor-1), nil
}

// fits holds an event itself against the filter: the index only leads to it.
func (f EventFilter) fits(e audit.Event, words [][]string) bool {
	at := e.At
	if e.Hash == "" || !f.From.IsZero() && at.Before(f.From) || !f.Until.IsZero() && at.After(f.Until) || !strings.HasPrefix(e.Action, f.Action) {
		return false
	}
	for _, list := range words {
		if !slices.ContainsFunc(list, func(w string) bool { return slices.Contains(audit.Words(e), w) }) {
			return false
		}
	}
	return true
}

// exportAtOnce is how many links one call of an export gives at most.
const exportAtOnce = 500

// ExportEvents gives sealed events with their links from link after on, at most
// limit, in the chain's order: whoever goes on behind the last N gets the whole
// chain, and what comes out verifies away from the house (audit.Sealed). Names
// and reasons are in no event; what was erased stays erased. For auditors.
func (h *House) ExportEvents(ctx context.Context, by access.Actor, after int64, limit int) ([]audit.Sealed, error) {
	const op = "flow.ExportEvents"
	if err := mayAudit(by); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if limit <= 0 || limit > exportAtOnce {
		limit = exportAtOnce
	}
	out, err := h.Memory.Sealed(ctx, max(0, after)+1, false, limit)
	return out, fault.Wrap(op, err)
}

// index makes what was sealed findable. Lost, the next round does it.
func (h *House) index(ctx context.Context) {
	for range 10 {
		n, err := h.Memory.IndexTrail(ctx)
		if err != nil && !fault.Is(err, fault.Conflict) {
			h.log().Warn("index", "error", err)
		}
		if err != nil || n == 0 {
			return
		}
	}
}
