package flow

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// Slice says which part of a list is wanted: at most Limit things (0: 50, at
// most 200) behind the cursor After ("": from the beginning).
type Slice struct {
	After string
	Limit int
}

// Page is one part of a list. Next is the cursor of the next part, "" after
// the last.
type Page[T any] struct {
	Items []T
	Next  string
}

const (
	usualPage   = 50
	largestPage = 200
)

func (s Slice) limit() int {
	if s.Limit <= 0 {
		return usualPage
	}
	return min(s.Limit, largestPage)
}

// after opens the cursor. A cursor is no secret and grants nothing: it only
// says behind which key to go on.
func (s Slice) after() (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(s.After)
	if err != nil {
		return "", badCursor()
	}
	return string(b), nil
}

func badCursor() error {
	return fault.At("flow.Slice", "cursor", "this cursor comes from no list of ours; begin without one")
}

func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

var errEnough = errors.New("enough")

// walk pages through what each gives, in the rising order of key. keep turns a
// thing into what is shown, or leaves it out.
func walk[T, V any](s Slice, each func(func(T) error) error, key func(T) string, keep func(T) (V, bool, error)) (Page[V], error) {
	after, err := s.after()
	if err != nil {
		return Page[V]{Items: []V{}}, err
	}
	return bounded(s, math.MaxInt, func(f func(T) error) error {
		return each(func(t T) error {
			if after != "" && key(t) <= after {
				return nil
			}
			return f(t)
		})
	}, key, keep)
}

// bounded is walk over what begins behind the cursor by itself, in whatever order,
// and looks at no more than so many things: the page may be short then, even
// empty, and its cursor goes on behind the last that was seen.
func bounded[T, V any](s Slice, most int, each func(func(T) error) error, key func(T) string, keep func(T) (V, bool, error)) (Page[V], error) {
	p := Page[V]{Items: []V{}}
	last, looked := "", 0
	err := each(func(t T) error {
		k := key(t)
		if looked++; looked > most {
			p.Next = cursor(last)
			return errEnough
		}
		v, ok, err := keep(t)
		if err != nil {
			return err
		}
		if ok && len(p.Items) == s.limit() {
			p.Next = cursor(last)
			return errEnough
		}
		if last = k; ok {
			p.Items = append(p.Items, v)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return p, err
}

// falling makes a key that sorts the larger number first.
func falling(n int64) string { return fmt.Sprintf("%020d", uint64(math.MaxInt64)-uint64(n)) }

// risen is the number of a falling key, 0 for what is none.
func risen(key string) int64 {
	n, err := strconv.ParseUint(key, 10, 64)
	if err != nil || n > math.MaxInt64 {
		return 0
	}
	return math.MaxInt64 - int64(n)
}

// place is where a thing stands in a list of the newest first, part by part.
// Its key outlives the thing's moving: a cursor is a place, not a thing.
type place struct {
	part int
	at   time.Time
	id   string
}

func (p place) key() string { return fmt.Sprintf("%d/%s/%s", p.part, falling(p.at.UnixNano()), p.id) }

// tied reports whether the order of two things among themselves is the store's.
func (p place) tied(o place) bool { return p.part == o.part && p.at.Equal(o.at) }

// newest pages through what read gives, the newest first. read can only begin
// at the beginning, so it is asked for more and more until the page is full.
func newest[T, V any](s Slice, read func(limit int) ([]T, error), where func(T) place, keep func(T) (V, bool, error)) (Page[V], error) {
	for n := 4 * s.limit(); ; n *= 4 {
		all, err := read(n)
		if err != nil {
			return Page[V]{}, err
		}
		whole := len(all) < n
		slices.SortStableFunc(all, func(a, b T) int { return strings.Compare(where(a).key(), where(b).key()) })
		if !whole {
			all = withoutTies(all, where)
		}
		p, err := walk(s, func(f func(T) error) error {
			for _, t := range all {
				if err := f(t); err != nil {
					return err
				}
			}
			return nil
		}, func(t T) string { return where(t).key() }, keep)
		if err != nil || whole || p.Next != "" {
			return p, err
		}
	}
}

// withoutTies drops the end of a list that was cut, as far as things there
// share a time: which of them were cut off is not known.
func withoutTies[T any](all []T, where func(T) place) []T {
	n := len(all)
	for n > 0 && where(all[n-1]).tied(where(all[len(all)-1])) {
		n--
	}
	return all[:n]
}

// fits reports whether a search names one of the words, or is the id. Case
// does not count; "" fits everything.
func fits(search, id string, words ...string) bool {
	search = strings.ToLower(strings.TrimSpace(search))
	if search == "" || search == strings.ToLower(id) {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool {
		return w != "" && strings.Contains(strings.ToLower(w), search)
	})
}

// byID orders connectors and the like for people.
func byID[T any](id func(T) string) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(id(a), id(b)) }
}
