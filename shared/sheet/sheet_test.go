package sheet_test

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/sheet"
)

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Ada": "Ada", "=HYPERLINK(1)": "'=HYPERLINK(1)", "+1": "'+1", "-1": "'-1", "@oncall": "'@oncall", "\tx": "'\tx", "\r=1": "'\r=1",
		"＝1": "'＝1", "#town": "#town", "a=b": "a=b",
	} {
		if got := sheet.Cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What is written can be read again as it was, but for the guard.
func TestSheet(t *testing.T) {
	var b strings.Builder
	s := sheet.New(&b, "name", "since")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	s.Row("A \"b\", c\nd", sheet.Time(at))
	s.Row("=1", sheet.Time(time.Time{}))
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] != "A \"b\", c\nd" || rows[1][1] != "2026-01-02T02:04:05Z" || rows[2][0] != "'=1" || rows[2][1] != "" {
		t.Errorf("%q, %v", rows, err)
	}
	if !strings.HasPrefix(b.String(), "name,since\r\n") {
		t.Errorf("%q", b.String())
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAWriteThatFailsIsSaid(t *testing.T) {
	s := sheet.New(broken{}, "a")
	if err := s.Flush(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}
