package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Key finds an API key by the SHA-256 of its word.
func (s *Store) Key(ctx context.Context, hash string) (access.Key, error) {
	const op = "store.Key"
	r, rev, err := load[apiKeyRecord](ctx, s, apiKeyKey(hash))
	if fault.Is(err, fault.NotFound) {
		return access.Key{}, fault.New(op, fault.NotFound, "there is no such API key; make a new one")
	}
	if err != nil {
		return access.Key{}, fault.Wrap(op, err)
	}
	return r.key(rev), nil
}

// KeyByID finds an API key by its id, which opens nothing.
func (s *Store) KeyByID(ctx context.Context, id string) (access.Key, error) {
	const op = "store.KeyByID"
	p, _, err := find[pointer](ctx, s, keyIDKey(id), "API key", id)
	if err != nil {
		return access.Key{}, fault.Wrap(op, err)
	}
	k, err := s.Key(ctx, p.ID)
	return k, fault.Wrap(op, err)
}

// KeysOf lists a user's API keys by id, ended ones too; at most 1000.
func (s *Store) KeysOf(ctx context.Context, user string) ([]access.Key, error) {
	var out []access.Key
	err := follow(ctx, s, Range{Part: join("keys-of", user)}, 0, apiKeyKey, func(r apiKeyRecord, rev int64) bool {
		out = append(out, r.key(rev))
		return true
	})
	return out, fault.Wrap("store.KeysOf", err)
}

// SaveKey saves an API key with at least one event, unless only its last use
// moved.
func (s *Store) SaveKey(ctx context.Context, k access.Key, e ...audit.Event) error {
	const op = "store.SaveKey"
	prev, err := current[apiKeyRecord](ctx, s, apiKeyKey(k.Hash), k.Rev)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if k.Rev > 0 && (prev.ID != k.ID || prev.User != k.User) {
		return fault.New(op, fault.Internal, "API key %s was to become another user's", prev.ID)
	}
	rec := newAPIKeyRecord(k)
	prev.Used = rec.Used
	if k.Rev == 0 || !alike(prev, rec) {
		if err := told("API key "+k.ID, e); err != nil {
			return fault.Wrap(op, err)
		}
	}
	var c change
	c.put(apiKeyKey(k.Hash), k.Rev, rec)
	if k.Rev == 0 {
		c.point(keyIDKey(k.ID), pointer{ID: k.Hash})
		c.point(keysOfKey(k.User, k.ID), pointer{ID: k.Hash})
	}
	return fault.Wrap(op, s.save(ctx, &c, e))
}
