// Package crash kills the house, the real process over its SQLite file, with
// SIGKILL at random moments under load, and holds what it finds afterwards
// against what was answered before. It is all tests:
//
//	make crash                 500 kills (about seven minutes)
//	make crash N=40 SEED=7     fewer, at the moments of that seed
//	EBB_CRASH=500 go test ./infra/ebb/crash -v -count=1
//
// One life of the house:
//
//	start -> ready -> the ledger is held against the house -> load -> SIGKILL
//
// Some lives end before they are ready. The load are people who ask, approve,
// deny, cancel, extend and end, and an administrator who syncs, all over the
// API; the simulated Slack is a process of its own that nobody kills. The
// ledger knows what was answered with 2xx, and what got no answer: that is
// asked for, or sent again with its Idempotency-Key, before anything else. The
// same seed gives the same people, wishes and delays; what the kernel does in
// between is its own.
//
// Violations: the house does not open; an acknowledged write is gone or
// changed; a request is there that nobody was told of; somebody is in a group
// who asked for nothing; somebody who stood in one is missing; after the last
// life, in peace, an access whose end has passed is still in Slack, a grant
// does not come to its end (looked for from 100 kills on: after a write whose
// answer was lost that takes two minutes), the audit does not verify, or SQLite
// finds the file damaged. An old copy of the file, put back, has to be noticed:
// the test can fail.
//
// SIGKILL leaves what the process wrote to the kernel: this is no proof about
// a power cut.
package crash
