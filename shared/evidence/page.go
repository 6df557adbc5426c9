package evidence

import (
	"cmp"
	_ "embed"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

// The printable page sums up; what is long is in the sheets. Of each list it shows a
// bounded part, and says how many more there are.
const (
	mostLines     = 1000 // of each state
	mostResources = 400
	mostLists     = 400
	mostTasks     = 400
	mostTold      = 1000
)

// page gathers what the printable page shows.
type page struct {
	state     map[string]int
	resources map[string]*resource
	ends      map[review.LineState]*ending
	lists     bounded[listRecord]
	tasks     bounded[manualRecord]
	told      bounded[toldRow]
	life      []lifeRow
	names     map[string]string // of reviewers, by account
}

// resource counts lines by what became of them.
type resource struct {
	Kind, ID, Name string
	N              map[string]int
	Lines          int
}

// Of is how many lines came to a state.
func (r resource) Of(state string) int { return r.N[state] }

// bounded keeps the first of a list, and how many there were.
type bounded[T any] struct {
	Items []T
	N     int
}

func (b *bounded[T]) add(x T, most int) {
	if b.N++; len(b.Items) < most {
		b.Items = append(b.Items, x)
	}
}

// More is how many are not shown.
func (b bounded[T]) More() int { return b.N - len(b.Items) }

// ending is the lines that came to one state, as the page shows them.
type ending struct {
	Title, Says string
	bounded[endRow]
}

type endRow struct {
	Resource, Account, Kind, ID, Verdict, By, At, Comment, Outcome, Closed string
}

type toldRow struct{ At, Who, What, N string }

type lifeRow struct{ At, What, Who string }

// endings are the states whose lines the page lists, in their order.
var endings = []struct {
	state       review.LineState
	title, says string
}{
	{review.LineRemoved, "Denied, and removed", "A reviewer denied the access, or nobody decided and the review's end did; it was taken away, and seen gone in Slack at the time given."},
	{review.LineDenied, "Denied, removal not yet seen", "The access was denied. Slack has not shown yet that it is gone."},
	{review.LineStands, "Denied, and still standing", "The access was denied and could not be removed: a person gave its removal up, with the reason given. Slack showed it when they did."},
	{review.LineKept, "Denied, and kept", "The access was denied and is held all the same, for the reason given."},
	{review.LineGone, "Gone before it was decided", "The access was not held any more when somebody looked."},
	{review.LineSkipped, "Skipped", "Nobody decided before the review ended; the access was left as it is."},
	{review.LineOpen, "Open", "Nobody has decided yet."},
}

func newPage() *page {
	p := &page{state: map[string]int{}, resources: map[string]*resource{}, names: map[string]string{}, ends: map[review.LineState]*ending{}}
	for _, e := range endings {
		p.ends[e.state] = &ending{Title: e.title, Says: e.says}
	}
	return p
}

func (p *page) line(l Line, r lineRecord) {
	p.state[string(l.State)]++
	at := p.resources[l.Resource]
	if at == nil {
		at = &resource{Kind: string(l.Kind), ID: l.Resource, Name: l.ResourceName, N: map[string]int{}}
		p.resources[l.Resource] = at
	}
	at.N[string(l.State)]++
	at.Lines++
	e := p.ends[l.State]
	if e == nil {
		return
	}
	row := endRow{Resource: named(l.Kind, l.ResourceName), Account: cmp.Or(l.AccountName, l.Account), ID: l.ID, Kind: l.Slug, Outcome: l.outcome(), Closed: minute(r.Closed)}
	if n := len(r.Decided); n > 0 {
		d := r.Decided[n-1]
		row.Verdict, row.At, row.Comment, row.By = string(d.Verdict), minute(d.At), d.comment(), d.Name
		if row.By == "" {
			row.By = decider(d)
		}
		if d.For != "" {
			row.By += " in place of " + d.For
		}
	}
	e.add(row, mostLines)
}

func named(k directory.Kind, name string) string {
	switch k {
	case directory.Channel:
		return "#" + name
	case directory.UserGroup:
		return "@" + name
	}
	return name
}

func minute(s stamp) string {
	if s.IsZero() {
		return ""
	}
	return s.String()[:10] + " " + s.String()[11:16]
}

func (p *page) list(r listRecord) {
	p.lists.add(r, mostLists)
	maps.Copy(p.names, r.Names)
}

func (p *page) manual(r manualRecord) { p.tasks.add(r, mostTasks) }

func (p *page) event(campaign string, e audit.Event, name string) {
	at := minute(stamp(e.At))
	if what := told(e); what != "" {
		if name == "" {
			name = e.Data["account"]
		}
		p.told.add(toldRow{At: at, Who: name, What: what, N: e.Data["n"]}, mostTold)
	}
	if e.Aggregate == Aggregate(campaign) {
		who := name
		if who == "" {
			who = e.Actor
		}
		p.life = append(p.life, lifeRow{At: at, What: e.Action, Who: who})
	}
}

func (p *page) states() map[string]int {
	out := map[string]int{}
	for _, s := range review.LineStates {
		out[string(s)] = p.state[string(s)]
	}
	return out
}

// sorted are the resources by kind, name and id.
func (p *page) sorted() []resource {
	out := make([]resource, 0, len(p.resources))
	for _, id := range slices.Sorted(maps.Keys(p.resources)) {
		out = append(out, *p.resources[id])
	}
	slices.SortStableFunc(out, func(a, b resource) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func (p *page) resourceRows() [][]string {
	var out [][]string
	for _, r := range p.sorted() {
		row := []string{r.Kind, r.ID, r.Name, strconv.Itoa(r.Lines)}
		for _, s := range []review.LineState{
			review.LineCertified, review.LineDenied, review.LineRemoved, review.LineKept, review.LineStands, review.LineGone, review.LineSkipped, review.LineOpen,
		} {
			row = append(row, strconv.Itoa(r.N[string(s)]))
		}
		out = append(out, row)
	}
	return out
}

//go:embed page.html
var pageText string

var pageForm = template.Must(template.New("page").Funcs(template.FuncMap{
	"n": thousands, "minute": minute,
	"named": func(kind, name string) string { return named(directory.Kind(kind), name) },
	"share": func(part, whole int) int {
		if whole == 0 {
			return 0
		}
		return part * 1000 / whole
	},
	"level": func(n int) int { return n + 1 },
	"names": func(r listRecord) string {
		out := ""
		for i, a := range r.Accounts {
			if i == 5 {
				return out + " and " + strconv.Itoa(len(r.Accounts)-5) + " more"
			}
			if i > 0 {
				out += ", "
			}
			if n := r.Names[a]; n != "" {
				a = n
			}
			out += a
		}
		if out == "" {
			return "nobody"
		}
		return out
	},
}).Parse(pageText))

// pageData is what the template shows.
type pageData struct {
	campaignRecord
	Total     int
	Tiles     []tile
	Resources bounded[resource]
	Endings   []*ending
	Lists     bounded[listRecord]
	Tasks     bounded[manualRecord]
	Told      bounded[toldRow]
	Life      []lifeRow
}

type tile struct {
	Word string
	N    int
	Says string
}

func (p *page) write(w io.Writer, s Subject, c campaignRecord) error {
	d := pageData{campaignRecord: c, Total: s.Snapshot.Lines, Lists: p.lists, Tasks: p.tasks, Told: p.told, Life: p.life}
	for _, r := range p.sorted() {
		d.Resources.add(r, mostResources)
	}
	for _, e := range endings {
		if p.ends[e.state].N > 0 {
			d.Endings = append(d.Endings, p.ends[e.state])
		}
	}
	for _, t := range []tile{
		{"certified", 0, "certified"},
		{"removed", 0, "removed"},
		{"denied", 0, "denied, on the way"},
		{"stands", 0, "denied, still standing"},
		{"kept", 0, "denied, kept"},
		{"gone", 0, "gone before"},
		{"skipped", 0, "skipped"},
		{"open", 0, "open"},
	} {
		if t.N = c.Lines[t.Word]; t.N > 0 {
			d.Tiles = append(d.Tiles, t)
		}
	}
	return pageForm.Execute(w, d)
}
