package reporting

import (
	"context"
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// tries is how often in a row Slack may fail before the command gives up. A pause
// that Slack asks for is no failure.
const tries = 6

// patiently makes a call until it is served or definitely refused. It waits as long
// as Slack says, and longer each time where Slack fails.
func (s *survey) patiently(ctx context.Context, call func() error) error {
	for failed := 0; ; {
		err := call()
		pause := time.Second << failed
		switch {
		case fault.Is(err, fault.Wait):
			pause = max(fault.UntilOf(err).Sub(s.now()), time.Second)
			fmt.Fprintf(s.progress, "Slack asked to wait %s\n", pause.Round(time.Second))
		case fault.Is(err, fault.Backoff) && ctx.Err() == nil && failed < tries-1:
			failed++
			fmt.Fprintf(s.progress, "Slack failed (%s); again in %s\n", fault.CodeOf(err), pause)
		default:
			return err
		}
		if err := s.wait(ctx, pause); err != nil {
			return err
		}
	}
}

// rounds is how often a listing may begin again because Slack forgot its cursor.
const rounds = 3

// all reads a listing to its end.
func all[T any](ctx context.Context, s *survey, what string, page func(cursor string) (directory.Listing[T], error)) ([]T, error) {
	for round := 1; ; round++ {
		out, err := once(ctx, s, what, page)
		if fault.CodeOf(err) != "invalid_cursor" || round == rounds {
			return out, err
		}
		fmt.Fprintf(s.progress, "%s: Slack lost its place; again from the beginning\n", what)
	}
}

func once[T any](ctx context.Context, s *survey, what string, page func(cursor string) (directory.Listing[T], error)) ([]T, error) {
	var out []T
	for seen, cursor := map[string]bool{}, ""; ; {
		var got directory.Listing[T]
		err := s.patiently(ctx, func() (err error) {
			got, err = page(cursor)
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, got.Items...)
		s.tell(what, len(out), got.Next == "")
		switch {
		case got.Next == "":
			return out, nil
		case seen[got.Next]:
			return nil, fault.New(op, fault.Backoff, "Slack's list of %s goes round in circles; try again later", what)
		}
		seen[got.Next], cursor = true, got.Next
	}
}

// tell says how far the reading is, at most each second and at the end of a list.
func (s *survey) tell(what string, n int, end bool) {
	if now := s.now(); end || now.Sub(s.said) >= time.Second {
		s.said = now
		fmt.Fprintf(s.progress, "%s: %d\n", what, n)
	}
}
