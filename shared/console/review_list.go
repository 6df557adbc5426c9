package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// linesAtOnce is how many lines one page of a list shows.
const linesAtOnce = 100

// ListPage is what review_list.html shows: the lines of one reviewer, by resource or
// by person.
type ListPage struct {
	Frame
	flow.ReviewView
	Campaign CampaignLine
	Whose    string
	Source   string
	Path     string
	Query    ListQuery
	Shows    []Tab
	Groups   []LineGroup
	May      int // lines on the page that can be decided
	Levels   int
	Own      bool // the reader decides, and may now
	Notes    int  // that the reader has not submitted
	Same     int  // lines that did not change and are not noted
	Late     bool
}

// ListQuery is which part of a list is shown.
type ListQuery struct {
	Show, Search, By, After string
}

func (q ListQuery) values() url.Values {
	out := url.Values{}
	for name, value := range map[string]string{"show": q.Show, "q": q.Search, "by": q.By, "after": q.After} {
		if value != "" {
			out.Set(name, value)
		}
	}
	return out
}

// String is the query of the page, for the way back to it.
func (q ListQuery) String() string { return q.values().Encode() }

// LineGroup are the lines of one resource, or of one person.
type LineGroup struct {
	Key, Says string
	Path      string
	Gives     string // what all of them give; "": each says it
	Badges    []string
	May       int // that can be decided
	Lines     []ListedLine
}

// ListedLine is one line in words.
type ListedLine struct {
	flow.LineView
	Key       string // of its element
	At        string // where its forms go
	ByPerson  bool
	Badges    []string
	Gives     string // "" where its group says so
	Says      string // the resource, or the person
	About     string // person and resource
	Path      string // of the account or the resource; "": none
	Change    string
	Advice    string
	Tone      string
	Stands    string
	May       bool
	Noted     review.Verdict // by the reader
	Certifies bool           // the earlier decision
}

func (v *visit) listQuery() ListQuery {
	q := ListQuery{Show: v.field("show"), Search: v.field("q"), By: v.field("by"), After: v.field("after")}
	if q.By != "person" {
		q.By = ""
	}
	return q
}

func (q ListQuery) filter() flow.LineFilter {
	return flow.LineFilter{Show: q.Show, Search: q.Search, ByPerson: q.By == "person"}
}

func (v *visit) listPath() string { return "/reviews/" + v.path("id") + "/lists/" + v.path("list") }

func (v *visit) list() error {
	q := v.listQuery()
	p, err := v.listPage(q)
	if err != nil {
		return err
	}
	return v.show("review_list", p)
}

func (v *visit) listPage(q ListQuery) (ListPage, error) {
	x, err := v.s.house.ReadReview(v.ctx(), v.by, v.path("id"), v.path("list"), q.filter(), flow.Slice{After: q.After, Limit: linesAtOnce})
	if err != nil {
		return ListPage{}, err
	}
	p := v.listHead(x)
	p.part(q)
	p.Groups = v.groups(p, x.Lines.Items, q.By == "person")
	for _, g := range p.Groups {
		p.May += g.May
	}
	return p, nil
}

// part says which part of the list is shown, and which others there are.
func (p *ListPage) part(q ListQuery) {
	p.Query = q
	for _, c := range showWords {
		n := p.Counts[c.Value]
		if c.Value == "" {
			n = p.Counts["all"]
		}
		if n == 0 && c.Value != "" && c.Value != q.Show {
			continue
		}
		at := q
		at.Show, at.After = c.Value, ""
		p.Shows = append(p.Shows, Tab{Path: p.Path + "?" + at.String(), Says: c.Says, N: n, Here: c.Value == q.Show})
	}
}

// listHead is what every page of a list says above its lines.
func (v *visit) listHead(x flow.ReviewView) ListPage {
	p := ListPage{
		Frame: v.frame(x.Campaign.Name), ReviewView: x, Campaign: campaignLine(x.Campaign), Whose: listName(x.List), Source: listSources[x.List.Source],
		Path: v.listPath(), Levels: len(x.Campaign.Levels),
	}
	p.Own = x.Decides && x.Campaign.State == review.Running
	p.Late = late(x.Campaign.Deadline, v.now())
	p.Notes = x.Mine[review.Certify] + x.Mine[review.Deny]
	if p.Own && x.Campaign.Unchanged {
		p.Same = x.Counts["same"]
	}
	return p
}

// groups puts lines that stand behind each other together.
func (v *visit) groups(p ListPage, lines []flow.LineView, byPerson bool) []LineGroup {
	var out []LineGroup
	for _, l := range lines {
		x := v.listed(p, l, byPerson)
		key := l.Resource
		if byPerson {
			key = l.Account
		}
		if n := len(out); n == 0 || out[n-1].Key != key {
			g := LineGroup{Key: key, Says: l.ResourceName, Gives: l.Gives, Path: resourcePath(l.Line)}
			if byPerson {
				g = LineGroup{Key: key, Says: l.AccountName, Path: accountPath(l.Line), Badges: accountBadge(l.Facts)}
			}
			out = append(out, g)
		}
		g := &out[len(out)-1]
		if g.Gives != l.Gives {
			g.Gives = ""
		}
		if x.May {
			g.May++
		}
		g.Lines = append(g.Lines, x)
	}
	for i := range out {
		for j := range out[i].Lines {
			if out[i].Gives != "" {
				out[i].Lines[j].Gives = ""
			}
		}
	}
	return out
}

func accountPath(l review.Line) string {
	return "/directory/" + l.Connector + "/accounts/" + l.Account
}

func resourcePath(l review.Line) string {
	if l.Private { // who reviews it need not be in it
		return ""
	}
	return "/directory/" + l.Connector + "/resources/" + l.Resource
}

// listed is one line in words.
func (v *visit) listed(p ListPage, l flow.LineView, byPerson bool) ListedLine {
	x := ListedLine{
		LineView: l, Key: elementKey(l.ID), At: p.Path, ByPerson: byPerson, Gives: l.Gives, Says: l.AccountName, Path: accountPath(l.Line),
		Change: changedWords(l.Changed), Stands: lineStates[l.State], About: l.AccountName + ", " + l.ResourceName,
		Certifies: l.Earlier.Verdict == review.Certify,
	}
	if byPerson {
		x.Says, x.Path = l.ResourceName, resourcePath(l.Line)
	} else {
		x.Badges = accountBadge(l.Facts)
	}
	x.Advice, x.Tone = adviceWords(l.Advice)
	x.May = p.Own && l.Refuses == ""
	if l.State == review.LineOpen && l.Draft.By == v.by.User.ID {
		x.Noted = l.Draft.Verdict
	}
	return x
}

// elementKey is a line's id as an element may be called.
func elementKey(id string) string {
	return "line-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, id)
}

// Role is the entitlement where it is more than membership.
func (l ListedLine) Role() string {
	if l.Slug == "member" || l.Kind == directory.Workspace && l.Slug == "guest" {
		return ""
	}
	return l.Slug
}

// Denied reports whether a denied line is not over yet.
func (l ListedLine) Denied() bool { return l.State == review.LineDenied }

// chosenLines are the lines that a form means: the ticked, those of ticked groups,
// or all that stood on the page.
func (v *visit) chosenLines(byPerson bool) []string {
	all := v.fields("on")
	if v.field("everything") != "" {
		return all
	}
	out := v.fields("line")
	groups := v.fields("group")
	for _, id := range all {
		resource, _, account, ok := review.SplitLineID(id)
		key := resource
		if byPerson {
			key = account
		}
		if ok && slices.Contains(groups, key) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
