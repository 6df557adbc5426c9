package slackexport

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// errTooLong ends the reading of an item that is larger than any can be.
var errTooLong = errors.New("one entry is larger than any can be")

// each reads a list item by item, and keeps none. A missing list has none.
func each[T any](a *archive, name string, take func(T) error) error {
	l, ok := a.lists[name]
	if !ok {
		return nil
	}
	f, err := l.open()
	if err != nil {
		return damaged(name, 0, err)
	}
	defer f.Close()
	in := &meter{from: f, left: maxItem, whole: maxList}
	dec := json.NewDecoder(in)
	switch first, err := dec.Token(); {
	case err == io.EOF:
		return wrong("%s in the export is empty: %s", name, again)
	case err != nil:
		return damaged(name, 0, err)
	case first != json.Delim('['):
		return wrong("%s in the export is no list, which Slack's is: %s", name, again)
	}
	n := 0
	for ; dec.More(); n++ {
		if n == maxItems {
			return wrong("%s in the export has more than %d entries, more than any workspace: %s", name, maxItems, again)
		}
		var item T
		if err := dec.Decode(&item); err != nil {
			return damaged(name, n+1, err)
		}
		in.left = maxItem
		if err := take(item); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return damaged(name, n+1, err)
	}
	// To the end of the file: there the zip says whether all of it was whole.
	if _, err := io.Copy(io.Discard, in); err != nil {
		return damaged(name, n, err)
	}
	return nil
}

// damaged says what is wrong with a list, without quoting what stands in it.
func damaged(name string, entry int, err error) error {
	where := name + " in the export"
	if entry > 0 {
		where = name + " in the export, entry " + strconv.Itoa(entry) + ","
	}
	var typed *json.UnmarshalTypeError
	switch {
	case errors.Is(err, errTooLong):
		return wrong("%s is larger than any workspace has: %s", where, again)
	case errors.As(err, &typed) && typed.Field != "":
		return wrong("%s has a %s where Slack has another form (%s): if a new export has it too, tell Ebb's makers", where, typed.Value, typed.Field)
	case errors.As(err, &typed):
		return wrong("%s is a %s and not an object: %s", where, typed.Value, again)
	case errors.Is(err, zip.ErrChecksum):
		return wrong("%s is damaged (its checksum is another): %s", where, again)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return wrong("%s breaks off: %s", where, again)
	case errors.Is(err, zip.ErrAlgorithm):
		return wrong("%s is packed in a way that Ebb does not read: unpack the zip, and give the folder", where)
	}
	return wrong("%s cannot be read as JSON: %s", where, again)
}

// meter gives up on an item, or a file, that goes on for too long, whatever the
// zip said of its size.
type meter struct {
	from  io.Reader
	left  int64 // of this item
	whole int64 // of the file
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 || m.whole <= 0 {
		return 0, errTooLong
	}
	n, err := m.from.Read(p[:min(int64(len(p)), m.left, m.whole)])
	m.left -= int64(n)
	m.whole -= int64(n)
	return n, err
}

// moment is a time in seconds, which Slack writes as a number or as text.
type moment struct{ time.Time }

// UnmarshalJSON takes what is no time for none: a report without a date is better
// than none.
func (m *moment) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	whole, _, _ := strings.Cut(text, ".")
	if s, err := strconv.ParseInt(whole, 10, 64); err == nil && s > 0 && s < 1<<33 {
		m.Time = time.Unix(s, 0).UTC()
	}
	return nil
}

// words is text, which Slack writes as a number here and there.
type words string

// UnmarshalJSON takes text and numbers, and nothing of anything else.
func (w *words) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
			*w = words(raw)
		}
		return nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	*w = words(s)
	return err
}
