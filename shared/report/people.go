package report

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/ebb-access/ebb/shared/directory"
)

var (
	name     = Column{Head: "Name"}
	email    = Column{Head: "Email"}
	handle   = Column{Head: "Handle", Aside: true}
	id       = Column{Head: "ID", Aside: true}
	state    = Column{Head: "State"}
	factor   = Column{Head: "Two-factor"}
	changed  = Column{Head: "Profile changed"}
	channels = Column{Head: "Channels", Number: true}
)

// rows lists the accounts that are chosen.
func (b *builder) rows(choose func(Account) bool, row func(Account) []string) (out [][]string) {
	for _, a := range b.Accounts {
		if choose(a) {
			out = append(out, row(a))
		}
	}
	return out
}

const ofSSO = "Who signs in through an identity provider may have the second factor there, of which Slack does not know."

// admins: the highest role first.
func (b *builder) admins() Section {
	s := b.section("admins", "Admins and owners", "They can change who is in, what is installed and what is shared.",
		[]Column{name, email, {Head: "Role"}, factor, state, handle, id}, People)
	var list []Account
	for _, a := range b.Accounts {
		if administers(a) && a.State != directory.Deactivated {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(x, y Account) int {
		_, p := role(x)
		_, q := role(y)
		return cmp.Compare(q, p)
	})
	for _, a := range list {
		word, _ := role(a)
		s.Rows = append(s.Rows, []string{a.Label(), a.Email, word, b.factor(a), string(a.State), a.Handle, a.ID})
	}
	b.misses(&s, Emails, Factors)
	s.Missing = append(s.Missing, "Roles besides these (of an Enterprise organization: Users Admin, Channels Admin and the like): this source does not show them.")
	return s
}

// factor is what is said of the second factor, in words.
func (b *builder) factor(a Account) string {
	if !person(a) {
		return ""
	}
	return cmp.Or(string(a.SecondFactor), "not shown")
}

func (b *builder) guests() Section {
	s := b.section("guests", "Guests", "People from outside with an account of yours. Each should have somebody who needs them.",
		[]Column{name, email, {Head: "Kind"}, channels, state, factor, changed, handle, id}, People)
	s.Rows = b.rows(func(a Account) bool { return guest(a) && a.State != directory.Deactivated }, func(a Account) []string {
		return []string{a.Label(), a.Email, kindOf(a), b.inChannels(a), string(a.State), b.factor(a), day(a.Changed), a.Handle, a.ID}
	})
	b.misses(&s, Emails, Factors)
	s.Missing = append(s.Missing, "When a guest's access ends: Slack shows that to an Enterprise organization only.")
	if !b.members {
		s.Missing = append(s.Missing, "Which channels a guest is in: read from each channel one by one, which this report does not do; ebb sync does.")
	}
	return s
}

// inChannels is in how many channels an account is, where the source lists members.
func (b *builder) inChannels(a Account) string {
	if !b.members {
		return "not read"
	}
	return strconv.Itoa(b.held[a.ID])
}

func (b *builder) externals() Section {
	s := b.section("external-people", "People of other organizations", "They come through channels that are shared with Slack Connect; their own organization manages their accounts.",
		[]Column{name, email, channels, state, handle, id}, People, Strangers)
	s.Rows = b.rows(func(a Account) bool { return a.Kind == directory.External && a.State != directory.Deactivated }, func(a Account) []string {
		return []string{a.Label(), a.Email, b.inChannels(a), string(a.State), a.Handle, a.ID}
	})
	if s.Gap == "" {
		s.Missing = append(s.Missing, "Whoever shares a channel with you and is not in this source's list of people.")
	}
	b.misses(&s, Emails)
	return s
}

func (b *builder) withoutFactor() Section {
	s := b.section("no-two-factor", "Accounts without two-factor", "A password alone opens these.",
		[]Column{name, email, {Head: "Role"}, {Head: "Kind"}, handle, id}, People, Factors)
	if s.Gap == "" {
		s.Rows = b.rows(func(a Account) bool { return person(a) && a.Live() && a.SecondFactor == No }, func(a Account) []string {
			word, _ := role(a)
			return []string{a.Label(), a.Email, word, kindOf(a), a.Handle, a.ID}
		})
		told, all := b.told()
		s.Missing = append(s.Missing, "Said of "+Number(told)+" of "+many(all, "active person", "active people")+"; of the others it is not shown.", ofSSO)
		if told == all {
			s.Missing = []string{ofSSO}
		}
	}
	return s
}

// told is of how many active people the source says whether they have a second
// factor, and how many there are.
func (b *builder) told() (told, all int) {
	for _, a := range b.Accounts {
		if person(a) && a.Live() {
			all++
			told += one(a.SecondFactor != "")
		}
	}
	return told, all
}

func (b *builder) inactive() Section {
	days := b.options.InactiveDays
	s := b.section("inactive", "Accounts without activity", "Active accounts that were not used for "+many(days, "day", "days")+" or more.",
		[]Column{name, email, {Head: "Last active"}, {Head: "Role"}, {Head: "Kind"}, handle, id}, People, Activity)
	limit := b.Source.Read.AddDate(0, 0, -days)
	switch {
	case s.Gap != "":
		return s
	case b.Seen == nil:
		s.Gap = "this source does not show it."
		return s
	case b.SeenFrom.After(limit):
		// Who is not in logs that end too early may have been active before.
		s.Gap = "Slack's access logs were read back to " + day(b.SeenFrom) + " only. Ask for fewer days: --inactive-days " + strconv.Itoa(max(int(b.Source.Read.Sub(b.SeenFrom).Hours()/24), 1))
		return s
	}
	s.Rows = b.rows(func(a Account) bool {
		return person(a) && a.Live() && !b.Seen[a.ID].After(limit)
	}, func(a Account) []string {
		word, _ := role(a)
		return []string{a.Label(), a.Email, cmp.Or(day(b.Seen[a.ID]), "not since "+day(b.SeenFrom)), word, kindOf(a), a.Handle, a.ID}
	})
	s.Missing = append(s.Missing, "Slack's access logs were read back to "+day(b.SeenFrom)+"; what was before is not shown.")
	return s
}

func (b *builder) invited() Section {
	s := b.section("invited", "Invited, not yet in", "An invitation that nobody took up can be taken back.",
		[]Column{name, email, {Head: "Kind"}, changed, handle, id}, People)
	s.Rows = b.rows(func(a Account) bool { return a.State == directory.Invited }, func(a Account) []string {
		return []string{a.Label(), a.Email, kindOf(a), day(a.Changed), a.Handle, a.ID}
	})
	s.Missing = append(s.Missing, "Who invited them, and when: this source does not show it.")
	return s
}

func (b *builder) bots() Section {
	s := b.section("bots", "Bots and apps' accounts", "Apps speak and read through these.",
		[]Column{name, channels, state, changed, handle, id}, People)
	s.Rows = b.rows(func(a Account) bool { return app(a) && a.State != directory.Deactivated }, func(a Account) []string {
		return []string{a.Label(), b.inChannels(a), string(a.State), day(a.Changed), a.Handle, a.ID}
	})
	s.Missing = append(s.Missing, "What an app may do (its scopes), and apps without a bot: this source does not show them.")
	return s
}

func (b *builder) deactivated() Section {
	s := b.section("deactivated", "Deactivated accounts", "They cannot sign in. An admin can reactivate each of them.",
		[]Column{name, email, {Head: "Was"}, changed, handle, id}, People)
	s.Rows = b.rows(func(a Account) bool { return a.State == directory.Deactivated }, func(a Account) []string {
		return []string{a.Label(), a.Email, kindOf(a), day(a.Changed), a.Handle, a.ID}
	})
	s.Missing = append(s.Missing, "When and by whom they were deactivated: this source does not show it; the profile changed then or later.")
	return s
}

// everybody is the whole list, for a spreadsheet.
func (b *builder) everybody() Section {
	s := b.section("accounts", "Everybody", "",
		[]Column{name, email, {Head: "Kind"}, state, {Head: "Role"}, factor, channels, {Head: "Last active"}, changed, handle, id}, People)
	s.Hidden = true
	s.Rows = b.rows(func(Account) bool { return true }, func(a Account) []string {
		word, _ := role(a)
		last := "not shown"
		if b.Seen != nil {
			last = day(b.Seen[a.ID])
		}
		return []string{a.Label(), a.Email, kindOf(a), string(a.State), word, b.factor(a), b.inChannels(a), last, day(a.Changed), a.Handle, a.ID}
	})
	return s
}
