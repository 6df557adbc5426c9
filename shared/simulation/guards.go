package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
)

// Guard is something that the house relies on, taken away through a port, to see
// whether the simulation misses it. The zero Guard takes nothing away.
type Guard struct {
	Name  string
	open  func(*flow.House)                     // puts something before a port of a house
	table func(*World, store.Table) store.Table // puts something before the table
	read  func(transport, *http.Request) (*http.Response, error)
}

// Guards are all that the house relies on. Each must be missed: see doc.go for
// by which invariant, and after how many seeds.
var Guards = []Guard{
	{Name: "the lock holds others off", open: before(func(m flow.Memory) flow.Memory { return openLock{m} })},
	{Name: "the table compares versions", table: func(_ *World, t store.Table) store.Table { return blindTable{t} }},
	{Name: "Slack's lists are whole", read: shortLists},
	{Name: "reads are consistent", table: func(w *World, t store.Table) store.Table { return &staleTable{Table: t, w: w} }},
	{Name: "due rows", table: func(_ *World, t store.Table) store.Table { return forgetful{t} }},
	{Name: "the writing row", open: before(func(m flow.Memory) flow.Memory { return noWriting{m} })},
	{Name: "holds are inherited", open: before(func(m flow.Memory) flow.Memory { return noHolds{m} })},
	{Name: "the read-back", open: func(h *flow.House) { h.Slack = &noReadBack{Slack: h.Slack} }},
	{Name: "re-reads have to agree", open: before(func(m flow.Memory) flow.Memory { return hasty{m} })},
}

func before(put func(flow.Memory) flow.Memory) func(*flow.House) {
	return func(h *flow.House) { h.Memory = put(h.Memory) }
}

// openLock grants the lock to everybody.
type openLock struct{ flow.Memory }

func (m openLock) Lock(ctx context.Context, conn, resource, owner string, now time.Time) (access.Lock, error) {
	l, err := m.Memory.Lock(ctx, conn, resource, owner, now)
	if until := fault.UntilOf(err); fault.Is(err, fault.Conflict) && !until.IsZero() {
		l, err = m.Memory.Lock(ctx, conn, resource, owner, until) // as if it were free by now
		l.Until = now.Add(access.LeaseTime)
	}
	return l, err
}

// Record saves although somebody else has the lock by now.
func (m openLock) Record(ctx context.Context, l access.Lock, s access.Step, e ...audit.Event) error {
	return lateRecord(m).Record(ctx, l, s, e...)
}

// lateRecord lets a holder record after its lock went to somebody else.
type lateRecord struct{ flow.Memory }

func (m lateRecord) Record(ctx context.Context, l access.Lock, s access.Step, e ...audit.Event) error {
	err := m.Memory.Record(ctx, l, s, e...)
	for tries := 0; fault.Is(err, fault.Conflict) && tries < 40; tries++ {
		l.Rev++ // whatever the lock's version is by now
		err = m.Memory.Record(ctx, l, s, e...)
	}
	return err
}

// blindTable overwrites what changed since it was read.
type blindTable struct{ store.Table }

func (t blindTable) Commit(ctx context.Context, writes []store.Write) error {
	var blind []store.Write
	for _, w := range writes {
		if w.Action == store.Check {
			continue
		}
		row, err := t.Table.Get(ctx, w.Row.Key)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if w.Was = row.Version; w.Action == store.Delete && row.Version == 0 {
			continue
		}
		blind = append(blind, w)
	}
	return t.Table.Commit(ctx, blind)
}

// staleTable answers reads now and then as things stood up to ten seconds ago.
type staleTable struct {
	store.Table
	w *World
}

func (t *staleTable) Get(ctx context.Context, k store.Key) (store.Row, error) {
	row, err := t.Table.Get(ctx, k)
	if old, ok := t.w.before[k]; ok && t.w.now().Sub(old.at) < 10*time.Second && t.w.roll(k.Part+k.Sort, int(t.w.now().UnixNano()), "stale")%2 == 0 {
		if old.row == nil {
			return store.Row{}, fault.New("stale", fault.NotFound, "not yet")
		}
		return *old.row, nil
	}
	return row, err
}

func (t *staleTable) Query(ctx context.Context, r store.Range) ([]store.Row, bool, error) {
	rows, more, err := t.Table.Query(ctx, r)
	for i, row := range rows {
		if old, ok := t.w.before[row.Key]; ok && old.row != nil && t.w.now().Sub(old.at) < 10*time.Second && t.w.roll(row.Part+row.Sort, int(t.w.now().UnixNano()), "stale")%2 == 0 {
			rows[i] = *old.row
		}
	}
	return slices.DeleteFunc(rows, func(row store.Row) bool {
		old, ok := t.w.before[row.Key]
		return ok && old.row == nil && t.w.now().Sub(old.at) < 10*time.Second && t.w.roll(row.Part+row.Sort, int(t.w.now().UnixNano()), "stale")%2 == 0
	}), more, err
}

func (t *staleTable) Commit(ctx context.Context, writes []store.Write) error {
	for _, x := range writes {
		if x.Action == store.Check {
			continue
		}
		old := image{at: t.w.now()}
		if row, err := t.Table.Get(ctx, x.Row.Key); err == nil {
			old.row = &row
		}
		t.w.before[x.Row.Key] = old
	}
	return t.Table.Commit(ctx, writes)
}

// image is a row as it stood before its last write; nil: there was none.
type image struct {
	row *store.Row
	at  time.Time
}

// forgetful keeps no due rows.
type forgetful struct{ store.Table }

func (t forgetful) Commit(ctx context.Context, writes []store.Write) error {
	var kept []store.Write
	for _, w := range writes {
		if strings.HasPrefix(w.Row.Part, "due#act") {
			continue
		}
		kept = append(kept, w)
	}
	return t.Table.Commit(ctx, kept)
}

// noWriting hides the write on its way from whoever comes after its sender.
type noWriting struct{ flow.Memory }

func (m noWriting) Record(ctx context.Context, l access.Lock, s access.Step, e ...audit.Event) error {
	if s.Writing != nil {
		s.Writing.Owner = l.Owner
	}
	return m.Memory.Record(ctx, l, s, e...)
}

func (m noWriting) Lock(ctx context.Context, conn, resource, owner string, now time.Time) (access.Lock, error) {
	l, err := m.Memory.Lock(ctx, conn, resource, owner, now)
	if err != nil {
		return l, err
	}
	st, err := m.Memory.Standing(ctx, conn, resource)
	if err == nil && st.Writing != nil {
		err = m.Memory.Record(ctx, l, access.Step{Clear: st.Writing})
	}
	return l, err
}

// noHolds reads the baseline anew each time.
type noHolds struct{ flow.Memory }

func (m noHolds) Standing(ctx context.Context, conn, resource string) (access.Standing, error) {
	st, err := m.Memory.Standing(ctx, conn, resource)
	for a, h := range st.Holds {
		h.Since, h.GoneAt, h.Sent = time.Time{}, time.Time{}, false
		st.Holds[a] = h
	}
	return st, err
}

// noReadBack believes that a write did what it was to do.
type noReadBack struct {
	flow.Slack
	view access.View
}

func (s *noReadBack) View(ctx context.Context, l connector.Link, r directory.Resource) (access.View, error) {
	v, err := s.Slack.View(ctx, l, r)
	s.view = v
	return v, err
}

func (s *noReadBack) Replace(ctx context.Context, l connector.Link, group string, members []string) (int64, error) {
	date, err := s.Slack.Replace(ctx, l, group, members)
	if err == nil {
		s.view.Members = members
	}
	return date, err
}

func (s *noReadBack) Invite(ctx context.Context, l connector.Link, channel string, accounts []string) ([]access.Refused, error) {
	refused, err := s.Slack.Invite(ctx, l, channel, accounts)
	if err == nil {
		s.view.Members = append(slices.Clone(s.view.Members), accounts...)
	}
	return refused, err
}

func (s *noReadBack) Kick(ctx context.Context, l connector.Link, channel, account string) error {
	err := s.Slack.Kick(ctx, l, channel, account)
	if err == nil {
		s.view.Members = slices.DeleteFunc(slices.Clone(s.view.Members), func(a string) bool { return a == account })
	}
	return err
}

func (s *noReadBack) ReadBack(context.Context, connector.Link, directory.Resource) (access.View, error) {
	return s.view, nil
}

// hasty takes the first read after an unclear write for the second.
type hasty struct{ flow.Memory }

func (m hasty) Standing(ctx context.Context, conn, resource string) (access.Standing, error) {
	st, err := m.Memory.Standing(ctx, conn, resource)
	if w := st.Writing; w != nil && w.Reread {
		w.SentAt = w.SentAt.Add(-access.SecondReread)
	}
	return st, err
}

// shortLists cuts the end off some lists of members, and says nothing.
func shortLists(s transport, r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	t := s.c.task
	if err != nil || s.c.w.roll(t.name, t.calls, "short")%4 != 0 {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp, err
	}
	var v map[string]any
	if json.Unmarshal(body, &v) == nil {
		shorten(v)
		body, _ = json.Marshal(v)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// shorten drops the last of every list of people.
func shorten(v map[string]any) {
	for _, key := range []string{"users", "members"} {
		if list, ok := v[key].([]any); ok && len(list) > 0 {
			if _, text := list[0].(string); text {
				v[key] = list[:len(list)-1]
			}
		}
	}
	groups, _ := v["usergroups"].([]any)
	for _, g := range groups {
		if m, ok := g.(map[string]any); ok {
			shorten(m)
		}
	}
}
