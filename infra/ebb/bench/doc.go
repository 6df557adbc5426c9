// Package bench measures what Ebb promises about speed and size, on real
// processes over HTTP: the commands ebb and slacktest, built here, and nothing
// that they share with the measuring. It is all tests:
//
//	make bench                                      (about six minutes)
//	EBB_BENCH=1 go test ./infra/ebb/bench -v -count=1
//
// A test fails when a limit is missed; the table at the end has every figure with
// its limit. Without EBB_BENCH=1 the heavy part is skipped.
package bench
