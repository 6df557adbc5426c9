package report

import (
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Report is a picture laid out: figures, what to look at first, and sections.
type Report struct {
	Source   Source
	Figures  []Figure
	Looks    []Look
	Sections []Section
	Read     []Figure // how many of each were read
}

// Figure is a number with what it counts. Unknown: the source does not show it.
type Figure struct {
	Count   int
	Label   string
	Unknown bool
}

// Look is something to look at first, and the section that lists it.
type Look struct {
	Count   int
	Text    string
	Section string
	Grave   bool
}

// Section is one table. With a Gap it has no rows: the source does not show them.
type Section struct {
	ID      string // also its sheet's name, ID + ".csv"
	Title   string
	Lead    string
	Columns []Column
	Rows    [][]string
	Gap     string
	Missing []string // what the source does not show of what is listed
	Hidden  bool     // a sheet alone: on the page it would repeat the others
}

// Column is one column. Aside: in the sheet and not on the page.
type Column struct {
	Head   string
	Number bool
	Aside  bool
}

// File is the name of the section's sheet.
func (s Section) File() string { return s.ID + ".csv" }

// Build lays a picture out. Whatever the order in which the source told things,
// the report has its own.
func Build(p Picture, o Options) Report {
	b := newBuilder(p, o.orDefault())
	r := Report{Source: p.Source}
	r.Sections = []Section{
		b.admins(), b.guests(), b.externals(), b.withoutFactor(), b.inactive(), b.invited(), b.bots(), b.apps(),
		b.groups(), b.channels(true), b.channels(false), b.shared(), b.unowned(), b.quiet(), b.deactivated(), b.everybody(),
	}
	r.Figures = b.figures()
	r.Looks = b.looks(r.Sections)
	r.Read = b.read()
	return r
}

// builder holds a picture sorted, and what is asked of it again and again.
type builder struct {
	Picture
	options Options
	known   map[string]*Account
	held    map[string]int // channels by account, where the source lists members
	members bool           // the source lists who is in a channel
	lastDay time.Time      // the newest day with a message anywhere
}

func newBuilder(p Picture, o Options) *builder {
	b := &builder{Picture: p, options: o, known: map[string]*Account{}, held: map[string]int{}}
	b.Accounts = sortedBy(p.Accounts, func(a Account) []string { return []string{lower(a.Label()), a.ID} })
	b.Channels = sortedBy(p.Channels, func(c Channel) []string { return []string{lower(c.Name), c.ID} })
	b.Groups = sortedBy(p.Groups, func(g directory.GroupListing) []string { return []string{lower(g.Resource.Name), g.Resource.ID} })
	for i := range b.Accounts {
		b.known[b.Accounts[i].ID] = &b.Accounts[i]
	}
	for _, c := range b.Channels {
		b.members = b.members || c.Members != nil
		if day, err := time.Parse(time.DateOnly, c.LastDay); err == nil && day.After(b.lastDay) {
			b.lastDay = day
		}
		for _, id := range c.Members {
			if !c.Archived {
				b.held[id]++
			}
		}
	}
	return b
}

// section begins one; a gap of any of its parts is its own.
func (b *builder) section(id, title, lead string, columns []Column, parts ...Part) Section {
	s := Section{ID: id, Title: title, Lead: lead, Columns: columns}
	for _, part := range parts {
		if why, gap := b.Gaps[part]; gap {
			s.Gap = why
		}
	}
	return s
}

// misses adds a gap of a part to what the section says it leaves out.
func (b *builder) misses(s *Section, parts ...Part) {
	for _, part := range parts {
		if why, gap := b.Gaps[part]; gap {
			s.Missing = append(s.Missing, "The "+string(part)+": "+why)
		}
	}
}

// figures are the numbers at the top of the page.
func (b *builder) figures() []Figure {
	var people, guests, strangers, bots, gone, private, public, shared int
	for _, a := range b.Accounts {
		switch {
		case a.Kind == directory.Bot:
			bots += one(app(a) && a.State != directory.Deactivated)
		case a.State == directory.Deactivated:
			gone++
		case guest(a):
			guests++
		case a.Kind == directory.External:
			strangers++
		case a.Live():
			people++
		}
	}
	for _, c := range b.Channels {
		if c.Archived {
			continue
		}
		private += one(c.Private)
		public += one(!c.Private)
		shared += one(c.Shared)
	}
	return []Figure{
		b.figure(people, "members", People), b.figure(guests, "guests", People),
		b.figure(strangers, "of other organizations", People, Strangers), b.figure(bots, "bots and apps", People),
		b.figure(gone, "deactivated", People), b.figure(len(b.Groups), "user groups", Groups),
		b.figure(private, "private channels", Private), b.figure(public, "public channels", Public),
		b.figure(shared, "shared with others", Shared),
	}
}

func (b *builder) figure(n int, label string, parts ...Part) Figure {
	f := Figure{Count: n, Label: label}
	for _, part := range parts {
		_, gap := b.Gaps[part]
		f.Unknown = f.Unknown || gap
	}
	return f
}

// read is how many of each thing the source gave.
func (b *builder) read() []Figure {
	private, archived := 0, 0
	for _, c := range b.Channels {
		private += one(c.Private)
		archived += one(c.Archived)
	}
	out := []Figure{
		b.figure(len(b.Accounts), "accounts", People), b.figure(len(b.Groups), "user groups", Groups),
		b.figure(len(b.Channels)-private, "public channels", Public), b.figure(private, "private channels", Private),
		b.figure(archived, "of them archived"), b.figure(len(b.Apps), "entries about apps", Apps),
	}
	if b.Source.Whole {
		out = append(out, Figure{Count: b.Directs, Label: "direct conversations, counted only"})
	}
	return out
}
