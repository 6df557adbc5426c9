// Package sheet writes what people open in a spreadsheet: CSV as RFC 4180 has it,
// row by row and nothing kept. A cell that a spreadsheet would run as a formula
// gets a quote before it, whoever wrote the name in it; times are in UTC.
//
// It never decides what somebody may see: it is given rows.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
	"time"
)

// Type is the media type of what a Writer writes.
const Type = "text/csv; charset=utf-8; header=present"

// Writer writes one sheet. Its errors stay: look at Close's.
type Writer struct{ csv *csv.Writer }

// New begins a sheet with its head line.
func New(w io.Writer, head ...string) *Writer {
	s := &Writer{csv: csv.NewWriter(w)}
	s.csv.UseCRLF = true
	s.Row(head...)
	return s
}

// Row writes a line.
func (s *Writer) Row(cells ...string) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = Cell(c)
	}
	_ = s.csv.Write(row) // the error stays in the writer
}

// Flush sends what was written on its way, and gives the first error.
func (s *Writer) Flush() error {
	s.csv.Flush()
	return s.csv.Error()
}

// Cell guards a text against being taken for a formula (OWASP, "CSV Injection").
// The wide forms are taken for the narrow ones by spreadsheets of East Asia.
func Cell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return text
	}
	return "'" + text
}

// Time is an instant in UTC, to the second; "" for none.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// YesNo is a flag for people.
func YesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
