package store

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// layout has a fixed width, so that times sort as text.
const layout = "2006-01-02T15:04:05.000Z"

// stamp is a time as records hold it: UTC, milliseconds, cut and not rounded,
// so that nothing comes due before its time was stored. The zero time is left out.
type stamp time.Time

func (s stamp) IsZero() bool                 { return time.Time(s).IsZero() }
func (s stamp) String() string               { return time.Time(s).UTC().Truncate(time.Millisecond).Format(layout) }
func (s stamp) time() time.Time              { return time.Time(s) }
func (s stamp) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON takes what MarshalJSON wrote.
func (s *stamp) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	*s = stamp(t.UTC())
	return err
}

// span is a duration as records hold it, "2h0m0s".
type span time.Duration

func (s span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).String()) }

// UnmarshalJSON takes what MarshalJSON wrote.
func (s *span) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	*s = span(d)
	return err
}

// encode writes a record as a JSON object, without HTML's escapes: bodies are
// read by people in the engines' own tools.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// alike reports whether two records would be stored alike.
func alike(a, b any) bool {
	x, errX := encode(a)
	y, errY := encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// decode reads a row's record.
func decode[R any](row Row) (R, error) {
	var r R
	if err := json.Unmarshal(row.Body, &r); err != nil {
		e := fault.New("", fault.Internal, "row %s / %s is not what this version of Ebb wrote", row.Part, row.Sort)
		e.Err = err
		return r, e
	}
	return r, nil
}
