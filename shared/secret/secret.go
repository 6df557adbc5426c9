// Package secret owns the port for everything that must never be read by
// chance: Slack's tokens, signing keys, the key of the audit's hashes. One
// engine keeps them in an encrypted file (secret/file), one in AWS Secrets
// Manager (secret/aws); both pass porttest.Secrets.
//
// It never logs, prints or wraps a secret's value into an error.
package secret

import "context"

// Store keeps small values (1 byte to 64 KiB) under names such as
// "connector/con_1/slack". Names are [a-z0-9_/-], 1 to 200 characters. Safe
// for concurrent use.
//
// Errors: fault.NotFound for an unknown name, fault.Conflict when Swap comes
// too late, fault.Invalid for a bad name or size, fault.Misconfigured for a
// missing key, wrong permissions or damage, fault.Unclear when a Swap or Delete
// may have happened, fault.Backoff otherwise. No error holds a value. Versions
// never repeat, not even after Delete.
type Store interface {
	// Get gives the current value and its version, an opaque word.
	Get(ctx context.Context, name string) (value []byte, version string, err error)
	// Swap stores value if the current version is still was ("" : the name
	// must not exist yet) and gives the new version. A crash during Swap
	// leaves the old or the new value, whole.
	Swap(ctx context.Context, name string, value []byte, was string) (version string, err error)
	// Delete forgets the name; an unknown name is no error.
	Delete(ctx context.Context, name string) error
}
