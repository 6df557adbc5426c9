package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// once is one call of a verb that a caller may send again with the same key
// when its answer was lost.
type once[T any] struct {
	verb, key string // key "": every call is a new one
	body      any    // what was asked, of a type that encodes to JSON
	read      func(ctx context.Context, id string) (T, error)
	// make does it and saves the note in the same commit, with the id of what
	// it made; nil: there is nothing to note.
	make func(note *access.Once) (T, error)
}

// do answers with what the first such call made, as it stands now, or makes it.
// Of two at once one makes it, and the other, having lost the race for the
// note, reads that. What was refused left no note and is judged again.
func (o once[T]) do(ctx context.Context, h *House, by access.Actor) (T, error) {
	if o.key == "" {
		return o.make(nil)
	}
	var out T
	body, err := json.Marshal(o.body)
	if err != nil {
		return out, fault.Wrap("flow.once", err)
	}
	note := access.Once{
		ID:   hash(fmt.Sprintf("%q %q %v %q", o.verb, by.User.ID, by.Service, o.key)),
		Body: hash(string(body)), Expires: h.Now().Add(access.OnceTime),
	}
	err = again(func() error {
		first, err := h.Memory.Once(ctx, note.ID)
		switch {
		case fault.Is(err, fault.NotFound):
			n := note
			out, err = o.make(&n)
		case err == nil && first.Body != note.Body:
			err = fault.New("flow.once", fault.Already, "this Idempotency-Key came with another body before; send a new key with what is new")
		case err == nil:
			out, err = o.read(ctx, first.Answer)
		}
		return err
	})
	return out, err
}
