// Package reportpage writes a report: a page of HTML that prints (Page), a sheet of
// each section (Sheet), and a few lines for a terminal (Summary). It is apart from
// package report so that whoever only reads a Slack links no templates.
//
// It decides nothing: what is told, and in which order, is the report's.
package reportpage

import (
	"bufio"
	_ "embed"
	"html/template"
	"io"
	"time"

	"github.com/ebb-access/ebb/shared/report"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": report.Number,
	"stamp":  stamp,
}).Parse(pageText))

// stamp is an instant for people, in UTC and to the minute.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// onPage is how many rows of a section the page shows; its sheet has all of them.
const onPage = 100

// page is what the template is given.
type page struct {
	report.Report
	Style    template.CSS
	Limit    int
	Sections []section
}

// section is a section as the page shows it.
type section struct{ report.Section }

// cell is one cell with its column.
type cell struct {
	report.Column
	Text string
}

// Shown are the rows for the page, without what stands in the sheet alone.
func (s section) Shown() (out [][]cell) {
	for _, row := range s.Rows[:min(len(s.Rows), onPage)] {
		var cells []cell
		for i, text := range row {
			if !s.Columns[i].Aside {
				cells = append(cells, cell{s.Columns[i], text})
			}
		}
		out = append(out, cells)
	}
	return out
}

// Heads are the columns of the page.
func (s section) Heads() (out []report.Column) {
	for _, c := range s.Columns {
		if !c.Aside {
			out = append(out, c)
		}
	}
	return out
}

// Cut reports whether the page leaves rows to the sheet.
func (s section) Cut() bool { return len(s.Rows) > onPage }

// Page writes the report as one page of HTML that needs nothing else: no script,
// no font, no picture from anywhere.
func Page(w io.Writer, r report.Report) error {
	p := page{Report: r, Style: template.CSS(styleText), Limit: onPage}
	for _, s := range r.Sections {
		p.Sections = append(p.Sections, section{s})
	}
	out := bufio.NewWriter(w)
	if err := pageTemplate.Execute(out, p); err != nil {
		return err
	}
	return out.Flush()
}
