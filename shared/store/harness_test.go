package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
)

// house is a store over a table that counts, remembers which keys it holds,
// and fails when told.
type house struct {
	t *testing.T
	*store.Store
	table *spy
	now   time.Time
	ids   int
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, now: start}
	clock := func() time.Time { return h.now }
	h.table = &spy{Table: memory.New(clock), keys: map[store.Key]bool{}}
	h.Store = store.New(h.table, store.Options{Now: clock, NewID: h.id})
	return h
}

func (h *house) id(prefix string) string {
	h.ids++
	return fmt.Sprintf("%s_%06d", prefix, h.ids)
}

// event is an event of an aggregate, now.
func (h *house) event(aggregate, action string) audit.Event {
	return audit.Event{Aggregate: aggregate, Action: action, Actor: "ebb", At: h.now, Data: map[string]string{"a": "b"}}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, kind fault.Kind) {
	h.t.Helper()
	if !fault.Is(err, kind) {
		h.t.Fatalf("got %v, want %s", err, kind)
	}
	if err != nil && !strings.HasPrefix(err.Error(), "store.") {
		h.t.Errorf("%q does not say where the store was entered", err)
	}
}

// value is fatal on an error: value(h)(h.Grant(ctx, id)).
func value[T any](h *house) func(T, error) T {
	return func(v T, err error) T {
		h.t.Helper()
		h.must(err)
		return v
	}
}

// spy is a table that can be looked at as a whole.
type spy struct {
	store.Table
	keys map[store.Key]bool
	rows int // of the last commit
	// trip is asked before each call; what it gives is the answer. After a
	// commit, "happened" says that it was done all the same.
	trip func(call string) (err error, happened bool)
}

func (s *spy) tripped(call string) (error, bool) {
	if s.trip == nil {
		return nil, false
	}
	return s.trip(call)
}

func (s *spy) Get(ctx context.Context, k store.Key) (store.Row, error) {
	if err, _ := s.tripped("get"); err != nil {
		return store.Row{}, err
	}
	return s.Table.Get(ctx, k)
}

func (s *spy) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	if err, _ := s.tripped("query"); err != nil {
		return nil, false, err
	}
	return s.Table.Query(ctx, r)
}

func (s *spy) Commit(ctx context.Context, w []store.Write) error {
	err, happened := s.tripped("commit")
	if err != nil && !happened {
		return err
	}
	if real := s.Table.Commit(ctx, w); real != nil {
		return real
	}
	s.rows = len(w)
	s.remember(w)
	return err
}

func (s *spy) Batch(ctx context.Context, w []store.Write) error {
	err, happened := s.tripped("batch")
	if err != nil && !happened {
		return err
	}
	if real := s.Table.Batch(ctx, w); real != nil {
		return real
	}
	s.remember(w)
	return err
}

func (s *spy) remember(writes []store.Write) {
	for _, w := range writes {
		switch w.Action {
		case store.Put:
			s.keys[w.Row.Key] = true
		case store.Delete:
			delete(s.keys, w.Row.Key)
		}
	}
}

// part lists the sorts of a partition, of all partitions that begin so when
// it ends in *.
func (s *spy) part(name string) []string {
	var out []string
	prefix, many := strings.CutSuffix(name, "*")
	for k := range s.keys {
		if k.Part == name || many && strings.HasPrefix(k.Part, prefix) {
			out = append(out, k.Sort)
		}
	}
	slices.Sort(out)
	return out
}

// everything is the whole table as text, for "nothing was written".
func (s *spy) everything() string {
	var b strings.Builder
	keys := slices.SortedFunc(maps.Keys(s.keys), func(x, y store.Key) int {
		return strings.Compare(x.Part+"\x00"+x.Sort, y.Part+"\x00"+y.Sort)
	})
	for _, k := range keys {
		row, err := s.Table.Get(ctx, k)
		fmt.Fprintln(&b, k.Part, k.Sort, row.Version, string(row.Body), err)
	}
	return b.String()
}

// tamper changes a row underneath, as somebody with the table's key could.
func (s *spy) tamper(t *testing.T, k store.Key, change func(body map[string]any)) {
	t.Helper()
	row, err := s.Table.Get(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(row.Body, &body); err != nil {
		t.Fatal(err)
	}
	change(body)
	row.Body, _ = json.Marshal(body)
	if err := s.Table.Batch(ctx, []store.Write{{Action: store.Put, Row: row}}); err != nil {
		t.Fatal(err)
	}
}

func (s *spy) erase(t *testing.T, k store.Key) {
	t.Helper()
	if err := s.Batch(ctx, []store.Write{{Action: store.Delete, Row: store.Row{Key: k}}}); err != nil {
		t.Fatal(err)
	}
}
