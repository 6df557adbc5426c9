package flow

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"

	"github.com/ebb-access/ebb/shared/fault"
)

// houseKey reads a 32-byte key of the house, making it the first time. Two at
// once: one makes it, the other reads that one.
func (h *House) houseKey(ctx context.Context, name string) ([]byte, error) {
	const op = "flow.houseKey"
	for range tries {
		key, _, err := h.Secrets.Get(ctx, name)
		if err == nil {
			return key, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return nil, fault.Wrap(op, err)
		}
		fresh := make([]byte, 32)
		if _, err := rand.Read(fresh); err != nil {
			return nil, fault.Wrap(op, err)
		}
		if _, err = h.Secrets.Swap(ctx, name, fresh, ""); err == nil {
			return fresh, nil
		}
		if !fault.Is(err, fault.Conflict, fault.Unclear) {
			return nil, fault.Wrap(op, err)
		}
	}
	return nil, fault.New(op, fault.Backoff, "the secret store does not keep a new key")
}

// verifyingKey is the public half of signingKey. Whoever only verifies makes no
// key: where nothing was ever sealed, one that signed nothing stands for it.
func (h *House) verifyingKey(ctx context.Context) (ed25519.PublicKey, error) {
	seed, _, err := h.Secrets.Get(ctx, headsKey)
	switch {
	case fault.Is(err, fault.NotFound):
		public, _, err := ed25519.GenerateKey(nil)
		return public, err
	case err != nil:
		return nil, err
	case len(seed) != ed25519.SeedSize:
		return nil, fault.New("flow.verifyingKey", fault.Internal, "the audit's key has %d bytes", len(seed))
	}
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey), nil
}

// headsKey is the secret that signs heads.
const headsKey = "audit/heads"

// signingKey signs the heads of the audit's chain.
func (h *House) signingKey(ctx context.Context) (ed25519.PrivateKey, error) {
	seed, err := h.houseKey(ctx, headsKey)
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fault.New("flow.signingKey", fault.Internal, "the audit's key has %d bytes", len(seed))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
