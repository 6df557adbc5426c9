package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// show prints v as JSON, or what people does as text.
func (c *Client) show(v any, people func(io.Writer)) error {
	if c.json {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	people(c.out)
	return nil
}

// table prints rows in columns; the first row is the head.
func table(w io.Writer, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = clean(cell)
		}
		fmt.Fprintln(t, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	_ = t.Flush() // to a terminal or a buffer
}

// clean keeps names and texts of other people from steering the terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}

// called is what people call somebody or something; the id where there is no
// name.
func called(r apiclient.Ref) string {
	if r.Name != "" {
		return r.Name
	}
	return r.Id
}

func calledResource(r apiclient.ResourceRef) string {
	if r.Name != "" {
		return r.Name
	}
	return r.Id
}

// remedy is what a trouble says to do, with the connector's id where its text, which is
// written for any, has CON: at three in the morning it is copied as it stands.
func remedy(text, connector string) string {
	return strings.ReplaceAll(text, "--connector CON", "--connector "+connector)
}

// clock is a time in this machine's zone, without a day for today.
func (c *Client) clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	now := c.now()
	t = t.In(now.Location())
	if y, m, d := t.Date(); y == now.Year() && m == now.Month() && d == now.Day() {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02 15:04")
}

// more says that a list was cut.
func more(w io.Writer, cut bool) {
	if cut {
		fmt.Fprintln(w, "… and more; raise --limit")
	}
}

func problemLine(p apiclient.PolicyProblem) string {
	out := fmt.Sprintf("line %d: ", p.Line)
	if p.Warning {
		out += "warning: "
	}
	if p.Field != "" {
		out += clean(p.Field) + ": "
	}
	return out + clean(p.Text)
}
