package flow

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// keyPrefix lets secret scanners know an Ebb key.
const keyPrefix = "ebbkey_"

// CreateKey makes an API key that acts as the user; the key itself is given
// once and never stored. Who holds a person's key decides as that person, so that
// only they make one. For somebody else a Super Administrator makes a service's
// key, which asks and reads and decides nothing.
func (h *House) CreateKey(ctx context.Context, by access.Actor, user, name string, service bool) (key string, k access.Key, err error) {
	const op = "flow.CreateKey"
	switch other := by.User.ID != user; {
	case by.Service:
		return "", k, fault.New(op, fault.Forbidden, "a service's key makes no keys; a person does")
	case other && !by.Is(access.SuperAdministrator):
		return "", k, fault.New(op, fault.Forbidden, "a key for somebody else needs the duty super administrator, and is a service's")
	case other && !service:
		return "", k, fault.New(op, fault.Forbidden, "a key that acts as a person is made by that person alone: they sign in and make it under API keys; for somebody else ask for a service's key (ebb key create --service), which decides nothing")
	}
	u, err := h.Memory.User(ctx, user)
	if err != nil {
		return "", k, fault.Wrap(op, err)
	}
	if u.Ended {
		return "", k, fault.New(op, fault.Invalid, "this user has ended")
	}
	key = keyPrefix + h.NewWord()
	k = access.Key{ID: h.NewID("key"), Hash: hash(key), User: user, Name: name, Service: service, Created: h.Now()}
	err = h.Memory.SaveKey(ctx, k, h.event("person/"+user, "key.made", who(by), map[string]string{"key": k.ID, "name": name}))
	return key, k, fault.Wrap(op, err)
}

// EndKey ends an API key, for ever and at once: one's own, or as a Super
// Administrator. Ending it again changes nothing. A service's key ends none,
// not even itself: whoever found it must not lock its owner out.
func (h *House) EndKey(ctx context.Context, by access.Actor, id string) (access.Key, error) {
	const op = "flow.EndKey"
	var k access.Key
	err := again(func() error {
		var err error
		if k, err = h.ownKey(ctx, by, id); err != nil || k.Ended {
			return err
		}
		k.Ended = true
		return h.Memory.SaveKey(ctx, k, h.event("person/"+k.User, "key.ended", who(by), map[string]string{"key": k.ID, "name": k.Name}))
	})
	return k, fault.Wrap(op, err)
}

// ownKey reads a key that the actor may end; for who may not see it there is
// none.
func (h *House) ownKey(ctx context.Context, by access.Actor, id string) (access.Key, error) {
	s, err := h.sight(by)
	if err != nil {
		return access.Key{}, err
	}
	k, err := h.Memory.KeyByID(ctx, id)
	switch {
	case err != nil:
		return access.Key{}, err
	case k.User != by.User.ID && !s.oversees():
		return access.Key{}, fault.New("flow.ownKey", fault.NotFound, "there is no API key %s", id)
	case by.Service || k.User != by.User.ID && !by.Is(access.SuperAdministrator):
		return access.Key{}, fault.New("flow.ownKey", fault.Forbidden, "a person ends their own keys; those of others need the duty super administrator")
	}
	return k, nil
}

// Authenticate says who a key acts for. Unknown, ended and forged keys, and
// keys of ended users, are one and the same error.
func (h *House) Authenticate(ctx context.Context, key string) (access.Actor, error) {
	const op = "flow.Authenticate"
	no := fault.New(op, fault.Unauthenticated, "this key is not known or has ended; make one with: ebb key create")
	if !strings.HasPrefix(key, keyPrefix) {
		return access.Actor{}, no
	}
	k, err := h.Memory.Key(ctx, hash(key))
	if fault.Is(err, fault.NotFound) || err == nil && k.Ended {
		return access.Actor{}, no
	}
	if err != nil {
		return access.Actor{}, fault.Wrap(op, err)
	}
	u, err := h.Memory.User(ctx, k.User)
	if err != nil || u.Ended {
		return access.Actor{}, no
	}
	if now := h.Now(); now.Sub(k.Used) > time.Hour {
		k.Used = now.Truncate(time.Hour)
		if err := h.Memory.SaveKey(ctx, k); err != nil {
			h.log().Warn("key", "id", k.ID, "error", err)
		}
	}
	return access.Actor{User: u, Service: k.Service, Key: k.ID}, nil
}
