package store

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Request reads one request.
func (s *Store) Request(ctx context.Context, id string) (access.Request, error) {
	r, rev, err := find[requestRecord](ctx, s, requestKey(id), "request", id)
	if err != nil {
		return access.Request{}, fault.Wrap("store.Request", err)
	}
	return r.request(rev), nil
}

// Requests lists at most limit requests (0: 1000), newest first; openOnly
// those in which an item is pending.
func (s *Store) Requests(ctx context.Context, openOnly bool, limit int) ([]access.Request, error) {
	part := "requests"
	if openOnly {
		part = "requests-open"
	}
	var out []access.Request
	err := follow(ctx, s, Range{Part: part, Reverse: true}, limit, requestKey, func(rec requestRecord, rev int64) bool {
		r := rec.request(rev)
		if openOnly && !r.Open() {
			return false // decided while we were reading
		}
		out = append(out, r)
		return true
	})
	return out, fault.Wrap("store.Requests", err)
}

// RequestsOf is Requests of one account: those that it asked for, that are for
// it, and that it decided or had a say in.
func (s *Store) RequestsOf(ctx context.Context, conn, account string, limit int) ([]access.Request, error) {
	var out []access.Request
	r := Range{Part: join("requests-of", conn, account), Reverse: true}
	err := follow(ctx, s, r, limit, requestKey, func(rec requestRecord, rev int64) bool {
		out = append(out, rec.request(rev))
		return true
	})
	return out, fault.Wrap("store.RequestsOf", err)
}

// parties are the accounts that have a part in a request.
func parties(r access.Request) []string {
	all := []string{r.By, r.Subject}
	for _, it := range r.Items {
		all = append(all, it.DecidedBy)
		all = append(all, it.Confirm.By)
		for _, v := range it.Votes {
			all = append(all, v.Account)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id string) bool { return id == "" })
}

// SaveRequest saves the request, grants and texts in one commit with at least
// one event: up to access.MaxItems new grants, each with events of its own.
func (s *Store) SaveRequest(ctx context.Context, r access.Request, grants []access.Grant, texts []access.Text, e ...audit.Event) (access.Request, error) {
	r, err := s.saveRequest(ctx, &change{}, r, grants, texts, e)
	return r, fault.Wrap("store.SaveRequest", err)
}

func (s *Store) saveRequest(ctx context.Context, c *change, r access.Request, grants []access.Grant, texts []access.Text, e []audit.Event) (access.Request, error) {
	steps := []func() error{
		func() error { return told("request "+r.ID, e) },
		func() error { return s.addRequest(ctx, c, r) },
		func() error { return s.addGrants(ctx, c, grants, e) },
		func() error { return s.addTexts(ctx, c, texts) },
		func() error { return s.save(ctx, c, e) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return access.Request{}, err
		}
	}
	r.Rev++
	return r, nil
}

// addRequest adds the request's row, its due row and its pointers.
func (s *Store) addRequest(ctx context.Context, c *change, r access.Request) error {
	prev, err := current[requestRecord](ctx, s, requestKey(r.ID), r.Rev)
	if err != nil {
		return err
	}
	if r.Rev > 0 {
		r.Created = prev.Created.time() // it stands in the pointers' keys
	}
	next, waits := r.Next()
	rec := newRequestRecord(r)
	rec.Due = c.due(laneAct, prev.Due, access.Due{At: next, Kind: "request", ID: r.ID, Connector: r.Connector, Urgency: 2}, waits)
	s.news(c, "request", r.ID, r.Connector, r.Rev)
	c.put(requestKey(r.ID), r.Rev, rec)
	if r.Rev == 0 {
		c.point(requestsKey(r.Created, r.ID), pointer{ID: r.ID})
	}
	before := prev.request(r.Rev)
	known := parties(before)
	for _, account := range parties(r) {
		if !slices.Contains(known, account) {
			c.point(requestOfKey(r.Connector, account, r.Created, r.ID), pointer{ID: r.ID})
		}
	}
	c.list(openRequestKey(r.Created, r.ID), before.Open(), r.Open(), r.ID)
	c.list(unconfirmedKey(r.Created, r.ID), before.Unconfirmed(), r.Unconfirmed(), r.ID)
	return nil
}

// list points from a list to what came onto it, and no more to what left.
func (c *change) list(k Key, was, is bool, id string) {
	switch {
	case is && !was:
		c.point(k, pointer{ID: id})
	case was && !is:
		c.unpoint(k)
	}
}

// Unconfirmed lists at most limit requests (0: 1000), newest first, of which an
// emergency waits for its confirmation.
func (s *Store) Unconfirmed(ctx context.Context, limit int) ([]access.Request, error) {
	var out []access.Request
	err := follow(ctx, s, Range{Part: "requests-unconfirmed", Reverse: true}, limit, requestKey, func(rec requestRecord, rev int64) bool {
		r := rec.request(rev)
		if !r.Unconfirmed() {
			return false // confirmed while we were reading
		}
		out = append(out, r)
		return true
	})
	return out, fault.Wrap("store.Unconfirmed", err)
}
