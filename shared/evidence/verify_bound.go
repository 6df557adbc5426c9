package evidence

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"

	"github.com/ebb-access/ebb/shared/audit"
)

// bound holds the manifest against the event that vouches for it, and that against a
// signed head of the audit's chain.
func (c *check) bound(manifest []byte, key ed25519.PublicKey) {
	raw, err := c.read(bindingFile, mostBinding)
	var r bindingRecord
	if err == nil {
		err = strict(raw, &r)
	}
	if err != nil {
		c.broken("nothing binds the package to the audit: %s cannot be read: %v", bindingFile, err)
		return
	}
	b := r.binding()
	c.Head, c.Pinned, c.Key = b.Head, key != nil, hex.EncodeToString(key)
	own, err := ParseKey(b.Key)
	switch {
	case err != nil:
		c.broken("the package brings no public key")
	case key == nil:
		key, c.Key = own, b.Key
	case !key.Equal(own):
		c.broken("the package brings another public key than yours: it is not of the house that you know")
	}
	c.vouched(b.Event, manifest)
	at := b.Event.Seal
	for _, s := range b.Links {
		if why := audit.LinkFollows(at, s); why != "" {
			c.broken("link %d: %s", s.N, why)
		}
		at = s
		c.Links++
	}
	if at.N != b.Head.N || at.Hash != b.Head.Hash {
		c.broken("the links do not lead to the signed head: they end at link %d, and it is of link %d", at.N, b.Head.N)
	}
	sig, err := hex.DecodeString(b.Head.Signature)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, b.Head.Statement(), sig) {
		c.broken("the signature of the head at link %d is not the house's", b.Head.N)
	}
	if c.top >= b.Event.Seal.N {
		c.broken("an event is said to be sealed as link %d, behind the event that vouches for it (%d)", c.top, b.Event.Seal.N)
	}
}

// vouched holds the manifest against its event.
func (c *check) vouched(x audit.Sealed, manifest []byte) {
	sum := sha256.Sum256(manifest)
	e := x.Event
	if why := x.Fits(); why != "" {
		c.broken("the event that vouches for the package: %s", why)
	}
	if e.Action != Action || e.Aggregate != Aggregate(c.Campaign) || e.Data["manifest"] != hex.EncodeToString(sum[:]) {
		c.broken("the manifest was changed: it is not the one that the house vouches for")
	}
	if e.Seq <= c.last.Seq {
		c.broken("the event that vouches for the package stands before what it vouches for")
	}
}
