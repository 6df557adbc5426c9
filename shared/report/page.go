package report

import (
	"bufio"
	_ "embed"
	"html/template"
	"io"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": grouped,
	"stamp":  stamp,
}).Parse(pageText))

// stamp is an instant for people, in UTC and to the minute.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// onPage is how many rows of a section the page shows; its sheet has all of them.
const onPage = 100

// page is what the template is given.
type page struct {
	Report
	Style template.CSS
	Limit int
}

// cell is one cell with its column.
type cell struct {
	Column
	Text string
}

// Shown are the section's rows for the page, without what stands in the sheet alone.
func (s Section) Shown() (out [][]cell) {
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
func (s Section) Heads() (out []Column) {
	for _, c := range s.Columns {
		if !c.Aside {
			out = append(out, c)
		}
	}
	return out
}

// Cut reports whether the page leaves rows to the sheet.
func (s Section) Cut() bool { return len(s.Rows) > onPage }

// Page writes the report as one page of HTML that needs nothing else: no script,
// no font, no picture from anywhere.
func (r Report) Page(w io.Writer) error {
	out := bufio.NewWriter(w)
	if err := pageTemplate.Execute(out, page{Report: r, Style: template.CSS(styleText), Limit: onPage}); err != nil {
		return err
	}
	return out.Flush()
}
