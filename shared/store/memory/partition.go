package memory

import (
	"iter"
	"slices"
	"sort"

	"github.com/ebb-access/ebb/shared/store"
)

// pageRows is when a page of a partition is split: small enough that an
// insert moves few bytes, large enough that a million rows have few pages.
const pageRows = 128

// partition keeps rows in the order of Sort: a list of sorted pages, none of
// them empty. It is a B-tree of two levels.
type partition struct{ pages [][]store.Row }

// seek gives page and place of the first row whose Sort is not below s.
func (p *partition) seek(s string) (page, at int) {
	page = sort.Search(len(p.pages), func(i int) bool {
		return p.pages[i][len(p.pages[i])-1].Sort >= s
	})
	if page == len(p.pages) {
		return page, 0
	}
	rows := p.pages[page]
	return page, sort.Search(len(rows), func(i int) bool { return rows[i].Sort >= s })
}

func (p *partition) get(s string) (store.Row, bool) {
	page, at := p.seek(s)
	if page == len(p.pages) || p.pages[page][at].Sort != s {
		return store.Row{}, false
	}
	return p.pages[page][at], true
}

func (p *partition) put(row store.Row) {
	page, at := p.seek(row.Sort)
	switch {
	case len(p.pages) == 0:
		p.pages = [][]store.Row{{row}}
		return
	case page == len(p.pages):
		page, at = page-1, len(p.pages[page-1])
	case p.pages[page][at].Sort == row.Sort:
		p.pages[page][at] = row
		return
	}
	rows := slices.Insert(p.pages[page], at, row)
	p.pages[page] = rows
	if len(rows) > pageRows {
		half := slices.Clone(rows[pageRows/2:])
		p.pages[page] = slices.Delete(rows, pageRows/2, len(rows))
		p.pages = slices.Insert(p.pages, page+1, half)
	}
}

func (p *partition) remove(s string) {
	page, at := p.seek(s)
	if page == len(p.pages) || p.pages[page][at].Sort != s {
		return
	}
	p.pages[page] = slices.Delete(p.pages[page], at, at+1)
	if len(p.pages[page]) == 0 {
		p.pages = slices.Delete(p.pages, page, page+1)
	}
}

// rows walks from the first row at or behind from.
func (p *partition) rows(from string) iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		page, at := p.seek(from)
		for ; page < len(p.pages); page, at = page+1, 0 {
			for _, row := range p.pages[page][at:] {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// backward walks down from the last row below before ("": from the very last).
func (p *partition) backward(before string) iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		page, at := len(p.pages), 0
		if before != "" {
			page, at = p.seek(before)
		}
		for page >= 0 {
			for at--; at >= 0; at-- {
				if !yield(p.pages[page][at]) {
					return
				}
			}
			if page--; page >= 0 {
				at = len(p.pages[page])
			}
		}
	}
}
