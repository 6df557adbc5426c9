package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

var (
	channel = Column{Head: "Channel"}
	size    = Column{Head: "Members", Number: true}
	maker   = Column{Head: "Created by"}
	made    = Column{Head: "Created"}
	with    = Column{Head: "From outside", Number: true}
	last    = Column{Head: "Last message"}
)

// groups, the largest first.
func (b *builder) groups() Section {
	s := b.section("user-groups", "User groups", "Whoever is in one is told what is said to it, and is in its channels.",
		[]Column{{Head: "Handle"}, {Head: "Name"}, size, with, {Head: "Deactivated", Number: true}, {Head: "State"}, maker, id}, Groups)
	for _, g := range bySize(b.Groups, func(g directory.GroupListing) int { return len(g.Members) }) {
		out, gone := b.sorts(g.Members)
		s.Rows = append(s.Rows, []string{
			g.Resource.Name, g.Resource.Title, strconv.Itoa(len(g.Members)), strconv.Itoa(out), strconv.Itoa(gone),
			groupState(g.Resource), b.whose(g.Resource.Creator), g.Resource.ID,
		})
	}
	return s
}

func groupState(r directory.Resource) string {
	switch {
	case r.Disabled:
		return "disabled"
	case r.Managed:
		return "identity provider's"
	case r.Locked:
		return "locked"
	}
	return "enabled"
}

// sorts counts those from outside the company, and the deactivated. Somebody whom
// the list of people does not have is from outside; where it was not read, nobody is.
func (b *builder) sorts(ids []string) (out, gone int) {
	for _, m := range ids {
		a := b.known[m]
		out += one(a == nil && len(b.known) > 0 || a != nil && outside(*a) && a.State != directory.Deactivated)
		gone += one(a != nil && a.State == directory.Deactivated)
	}
	return out, gone
}

// channels of one kind, the largest first; archived ones are counted at the top
// and left out.
func (b *builder) channels(private bool) Section {
	s := b.section("public-channels", "Public channels", "Any member can join and read these.",
		[]Column{channel, size, with, maker, made, last, id}, Public)
	if private {
		s = b.section("private-channels", "Private channels", "Only who was invited reads these.",
			[]Column{channel, size, with, maker, made, last, id}, Private)
	}
	for _, c := range b.open(func(c Channel) bool { return c.Private == private }) {
		s.Rows = append(s.Rows, []string{
			"#" + c.Name, members(c), b.outsiders(c), b.whose(c.Creator), day(c.Created), b.lastDayOf(c), c.ID,
		})
	}
	if private && s.Gap == "" && b.Source.Origin == Token {
		s.Missing = append(s.Missing, "Private channels that the token's owner is not in: Slack shows them to nobody else.")
	}
	if !b.members && s.Gap == "" {
		s.Missing = append(s.Missing, "Who is in them: read from each channel one by one, which this report does not do; ebb sync does.")
	}
	b.misses(&s, Days)
	return s
}

// open are the channels that are not archived and are chosen, the largest first.
func (b *builder) open(choose func(Channel) bool) []Channel {
	list := slices.DeleteFunc(slices.Clone(b.Channels), func(c Channel) bool { return c.Archived || !choose(c) })
	return bySize(list, func(c Channel) int { return c.Count })
}

func members(c Channel) string {
	if !c.Counted {
		return "not shown"
	}
	return strconv.Itoa(c.Count)
}

func (b *builder) outsiders(c Channel) string {
	if c.Members == nil {
		return "not read"
	}
	out, _ := b.sorts(c.Members)
	return strconv.Itoa(out)
}

func (b *builder) lastDayOf(c Channel) string {
	if _, gap := b.Gaps[Days]; gap {
		return "not read"
	}
	return cmp.Or(c.LastDay, "none")
}

func (b *builder) shared() Section {
	s := b.section("shared-channels", "Channels shared with other organizations", "People whose accounts others manage read these (Slack Connect).",
		[]Column{channel, {Head: "Private"}, size, {Head: "Organizations", Number: true}, maker, made, id}, Shared)
	if s.Gap != "" {
		return s
	}
	for _, c := range b.open(func(c Channel) bool { return c.Shared }) {
		organizations := "not shown"
		if c.Foreign > 0 {
			organizations = strconv.Itoa(c.Foreign)
		}
		s.Rows = append(s.Rows, []string{"#" + c.Name, yesNo(c.Private), members(c), organizations, b.whose(c.Creator), day(c.Created), c.ID})
	}
	b.misses(&s, Public, Private)
	s.Missing = append(s.Missing, "Which organizations, by name: this source does not show it.")
	return s
}

// unowned is what nobody looks after: whoever made it is gone, or nobody is in it.
func (b *builder) unowned() Section {
	s := b.section("unowned", "Channels and groups that nobody looks after", "Slack has no owner of a channel or a group; whoever made it is the next best. #general is left out.",
		[]Column{{Head: "What"}, {Head: "Kind"}, size, {Head: "Why it is here"}, made, id})
	for _, c := range b.open(func(c Channel) bool { return !c.General }) {
		if why := b.why(c.Creator, c.Counted && c.Count == 0); why != "" {
			s.Rows = append(s.Rows, []string{"#" + c.Name, kind(c), members(c), why, day(c.Created), c.ID})
		}
	}
	for _, g := range bySize(b.Groups, func(g directory.GroupListing) int { return len(g.Members) }) {
		if why := b.why(g.Resource.Creator, len(g.Members) == 0); why != "" && !g.Resource.Disabled {
			s.Rows = append(s.Rows, []string{g.Resource.Name, "user group", strconv.Itoa(len(g.Members)), why, "", g.Resource.ID})
		}
	}
	if len(s.Rows) == 0 {
		for _, part := range []Part{People, Public} {
			s.Gap = cmp.Or(s.Gap, b.Gaps[part])
		}
	}
	b.misses(&s, Groups, Private)
	return s
}

func kind(c Channel) string {
	if c.Private {
		return "private channel"
	}
	return "public channel"
}

// why says why nobody looks after something; "": somebody does, as far as is known.
func (b *builder) why(creator string, empty bool) string {
	var why []string
	a := b.known[creator]
	switch {
	case creator == "" || len(b.known) == 0:
	case a == nil:
		why = append(why, "who created it is not among the accounts ("+creator+")")
	case a.State == directory.Deactivated:
		why = append(why, "created by "+a.Label()+", who is deactivated")
	}
	if empty {
		why = append(why, "nobody is in it")
	}
	return strings.Join(why, "; ")
}

// quiet are channels without a message for long, by the names of an export's files.
func (b *builder) quiet() Section {
	days := b.options.QuietDays
	s := b.section("quiet-channels", "Quiet channels", "No message in the "+many(days, "day", "days")+" before the last day that the export holds ("+cmp.Or(day(b.lastDay), "none")+").",
		[]Column{channel, {Head: "Kind"}, last, size, maker, id}, Days)
	if b.lastDay.IsZero() {
		s.Gap = cmp.Or(s.Gap, "the export holds no day with a message.")
	}
	if s.Gap != "" {
		s.Lead = "No message for long."
		return s
	}
	limit := b.lastDay.AddDate(0, 0, -days).Format(time.DateOnly)
	list := b.open(func(c Channel) bool { return !c.General && c.LastDay < limit })
	slices.SortStableFunc(list, func(x, y Channel) int { return cmp.Compare(x.LastDay, y.LastDay) })
	for _, c := range list {
		s.Rows = append(s.Rows, []string{"#" + c.Name, kind(c), cmp.Or(c.LastDay, "none"), members(c), b.whose(c.Creator), c.ID})
	}
	s.Missing = append(s.Missing, "Days outside the range that was exported. The days are the names of the export's files; no file with messages was opened.")
	return s
}

// apps are the last entry of each app, the newest first.
func (b *builder) apps() Section {
	s := b.section("apps", "Apps: the last change of each", "From the export's log of apps, where Slack kept one.",
		[]Column{{Head: "App"}, {Head: "Last change"}, {Head: "When"}, {Head: "By"}, id}, Apps)
	if s.Gap != "" {
		s.Lead = "What was installed, changed and removed."
		return s
	}
	for _, a := range b.newestApps() {
		s.Rows = append(s.Rows, []string{cmp.Or(a.Name, a.ID), a.Change, day(a.At), b.by(a), a.ID})
	}
	s.Missing = append(s.Missing, "What each app may do (its scopes), and apps that were there before the log begins.")
	return s
}

func (b *builder) by(a App) string {
	if b.known[a.By] == nil && a.ByName != "" {
		return a.ByName
	}
	return b.whose(a.By)
}

func (b *builder) newestApps() []App {
	newest := map[string]App{}
	for _, a := range b.Apps {
		key := cmp.Or(a.ID, a.Name)
		was, met := newest[key]
		later := cmp.Or(a.At.Compare(was.At), cmp.Compare(a.Change, was.Change), cmp.Compare(a.By, was.By))
		if !met || later > 0 {
			newest[key] = a
		}
	}
	var out []App
	for _, a := range newest {
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y App) int {
		return cmp.Or(y.At.Compare(x.At), cmp.Compare(lower(x.Name), lower(y.Name)), cmp.Compare(x.ID, y.ID))
	})
	return out
}
