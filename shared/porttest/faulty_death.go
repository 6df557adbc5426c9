package porttest

import (
	"context"
	"errors"

	"github.com/ebb-access/ebb/shared/store"
)

// ErrDied is what a call panics with that ends its caller. Survive catches it.
var ErrDied = errors.New("porttest: the process died here")

// Survive runs do, and says whether it died of a mishap. Other panics go on.
// A death in a goroutine that do started is not caught, and ends the test.
func Survive(do func()) (died bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case any(ErrDied):
			died = true
		default:
			panic(p)
		}
	}()
	do()
	return false
}

// Revive starts the process anew: calls reach the table again. Until then the
// dead make no calls at all, so that a deferred function cannot clean up what
// a killed process would leave behind.
func (f *FaultyTable) Revive() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dead = false
}

func (f *FaultyTable) dieAfter(m Mishap) {
	if m != DieAfter {
		return
	}
	f.mu.Lock()
	f.dead = true
	f.mu.Unlock()
	panic(ErrDied)
}

// Land makes the writes that are late, in the order of their calls, and gives
// what the table answered to each. Whoever sent them does not hear it.
func (f *FaultyTable) Land(ctx context.Context) (answers []error) {
	f.mu.Lock()
	late := f.late
	f.late = nil
	f.mu.Unlock()
	for _, write := range late {
		answers = append(answers, write(ctx))
	}
	return answers
}

// postpone keeps a write for Land. The rows are copied: their sender goes on.
func (f *FaultyTable) postpone(writes []store.Write, do func(context.Context, []store.Write) error) {
	own := copies(writes)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = append(f.late, func(ctx context.Context) error { return do(ctx, own) })
}
