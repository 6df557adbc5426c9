package report

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

var readAt = time.Date(2026, 11, 3, 9, 30, 0, 0, time.UTC)

func somebody(id, name string, change ...func(*Account)) Account {
	a := Account{
		Account: directory.Account{
			ID: id, Name: name, Kind: directory.Human, State: directory.Active, Roles: map[string]directory.WorkspaceRole{"T1": directory.Member},
		},
		SecondFactor: Yes,
	}
	for _, f := range change {
		f(&a)
	}
	return a
}

func kinded(k directory.AccountKind) func(*Account)   { return func(a *Account) { a.Kind = k } }
func stated(s directory.AccountState) func(*Account)  { return func(a *Account) { a.State = s } }
func ranked(r directory.WorkspaceRole) func(*Account) { return func(a *Account) { a.Roles["T1"] = r } }
func open(a *Account)                                 { a.SecondFactor = No }

func room(id, name, creator string, change ...func(*Channel)) Channel {
	c := Channel{Resource: directory.Resource{ID: id, Kind: directory.Channel, Name: name, Creator: creator, Count: 3}, Counted: true}
	for _, f := range change {
		f(&c)
	}
	return c
}

func private(c *Channel) { c.Private = true }

func picture() Picture {
	return Picture{
		Source: Source{Origin: Token, Name: "Umbra", Read: readAt, Spaces: 1},
		Accounts: []Account{
			somebody("U1", "Olga", ranked(directory.PrimaryOwner)), somebody("U2", "Ada", ranked(directory.Admin), open),
			somebody("U3", "Kit", open), somebody("U4", "Gus", stated(directory.Deactivated), ranked(directory.Owner)),
			somebody("U5", "Gia", kinded(directory.SingleChannelGuest)), somebody("U6", "Eve", kinded(directory.External)),
			somebody("U7", "Ivy", stated(directory.Invited), open), somebody("U8", "Bot", kinded(directory.Bot)),
			somebody("USLACKBOT", "Slackbot", kinded(directory.Bot)),
			somebody("U9", "Kit"), // two of one name
		},
		Groups: []directory.GroupListing{
			{Resource: directory.Resource{ID: "S1", Name: "oncall", Creator: "U4"}, Members: []string{"U1", "U4"}},
			{Resource: directory.Resource{ID: "S2", Name: "none", Creator: "U1"}, Members: nil},
			{Resource: directory.Resource{ID: "S3", Name: "off", Creator: "U4", Disabled: true}},
		},
		Channels: []Channel{
			room("C1", "general", "U4", func(c *Channel) { c.General = true }), room("C2", "dev", "U4"), room("C3", "alike", "U1"), room("C4", "alike", "U1"),
			room("C5", "board", "U1", private, func(c *Channel) { c.Members = []string{"U1", "U5"} }),
			room("C6", "old", "U4", func(c *Channel) { c.Archived = true }),
			room("C7", "shared", "U77", func(c *Channel) { c.Shared, c.Foreign = true, 2 }),
			room("C8", "untold", "", func(c *Channel) { c.Counted, c.Count = false, 0 }),
		},
		Apps: []App{{Name: "Pager", ID: "A1", Change: "added", By: "U2", At: readAt}, {Name: "Pager", ID: "A1", Change: "removed", By: "U4", At: readAt.Add(time.Hour)}},
	}
}

func section(t *testing.T, r Report, id string) Section {
	t.Helper()
	i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no section %s", id)
	}
	return r.Sections[i]
}

// firsts are the first cells of a section's rows.
func firsts(s Section) (out []string) {
	for _, row := range s.Rows {
		out = append(out, row[0])
	}
	return out
}

func TestWhoIsWhere(t *testing.T) {
	p := picture()
	p.Gap(Activity, "no.")
	p.Gap(Days, "no.")
	r := Build(p, Options{})
	for id, want := range map[string][]string{
		"admins":           {"Olga", "Ada"}, // the highest first; who is deactivated is none
		"guests":           {"Gia"},
		"external-people":  {"Eve"},
		"no-two-factor":    {"Ada", "Kit"}, // who is only invited has none yet
		"inactive":         nil,
		"invited":          {"Ivy"},
		"bots":             {"Bot"}, // Slackbot is Slack's own
		"apps":             {"Pager"},
		"deactivated":      {"Gus"},
		"user-groups":      {"oncall", "none", "off"},
		"private-channels": {"#board"},
		"public-channels":  {"#alike", "#alike", "#dev", "#general", "#shared", "#untold"},
		"shared-channels":  {"#shared"},
		"unowned":          {"#dev", "#shared", "oncall", "none"},
		"quiet-channels":   nil,
	} {
		if got := firsts(section(t, r, id)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
	if got := section(t, r, "apps").Rows[0]; got[1] != "removed" || got[3] != "Gus (deactivated)" {
		t.Errorf("not the last change: %v", got)
	}
	if n := len(section(t, r, "accounts").Rows); n != len(p.Accounts) {
		t.Errorf("%d of everybody", n)
	}
	var figures []string
	for _, f := range r.Figures {
		figures = append(figures, fmt.Sprint(f.Count))
	}
	if got := strings.Join(figures, " "); got != "4 1 1 1 1 3 1 6 1" {
		t.Errorf("figures: %s", got)
	}
}

func TestWhatToLookAtFirst(t *testing.T) {
	var got []string
	grave := 0
	for _, l := range Build(picture(), Options{}).Looks {
		got = append(got, l.Section)
		grave += one(l.Grave)
	}
	want := []string{"admins", "private-channels", "user-groups", "guests", "shared-channels", "no-two-factor", "unowned", "invited"}
	if !slices.Equal(got, want) || grave != 3 {
		t.Errorf("%d grave: %v", grave, got)
	}
	if calm := Build(Picture{}, Options{}).Looks; len(calm) != 0 {
		t.Errorf("nothing is there to look at: %v", calm)
	}
}

func TestInactiveIsOneWhoWasNotSeenForLong(t *testing.T) {
	p := picture()
	p.SeenFrom = readAt.AddDate(-1, 0, 0)
	p.Seen = map[string]time.Time{
		"U1": readAt.AddDate(0, 0, -90), "U2": readAt.AddDate(0, 0, -89), "U4": readAt.AddDate(0, -9, 0), "U9": readAt,
	}
	s := section(t, Build(p, Options{}), "inactive")
	if got := firsts(s); !slices.Equal(got, []string{"Gia", "Kit", "Olga"}) { // U5, U3: never; U1: just as long ago
		t.Errorf("%v", got)
	}
	if s.Rows[2][2] != "2026-08-05" || s.Rows[0][2] != "not since 2025-11-03" {
		t.Errorf("%v", s.Rows)
	}
	if got := firsts(section(t, Build(p, Options{InactiveDays: 91}), "inactive")); !slices.Equal(got, []string{"Gia", "Kit"}) {
		t.Errorf("%v", got)
	}
	p.SeenFrom = readAt.AddDate(0, 0, -30) // who is not seen may have been there 31 days ago
	if s := section(t, Build(p, Options{}), "inactive"); !strings.Contains(s.Gap, "--inactive-days 30") || len(s.Rows) > 0 {
		t.Errorf("logs of a month are taken for those of 90 days: %v", s)
	}
	if got := firsts(section(t, Build(p, Options{InactiveDays: 30}), "inactive")); len(got) != 4 {
		t.Errorf("%v", got)
	}
	p.Seen = nil
	if s := section(t, Build(p, Options{}), "inactive"); s.Gap == "" || len(s.Rows) > 0 {
		t.Errorf("what nobody told is taken for inactive: %v", s)
	}
}

func TestQuietIsBeforeTheLastDayOfTheExport(t *testing.T) {
	p := picture()
	for i, day := range []string{"2026-10-01", "2026-03-01", "2026-04-04", "", "2026-04-05"} {
		p.Channels[i].LastDay = day
	}
	s := section(t, Build(p, Options{}), "quiet-channels") // 180 days before 2026-10-01: 2026-04-04
	if got := firsts(s); !slices.Equal(got, []string{"#alike", "#shared", "#untold", "#dev"}) {
		t.Errorf("%v", got)
	}
}

// A part that is not shown makes no rows, no figure and no look.
func TestAGapIsNoAbsence(t *testing.T) {
	p := picture()
	for _, part := range []Part{People, Groups, Public, Private, Shared, Apps, Days, Activity, Factors} {
		p.Gap(part, "needs the scope "+string(part)+".")
	}
	p.Accounts, p.Groups, p.Channels, p.Apps = nil, nil, nil, nil
	r := Build(p, Options{})
	for _, s := range r.Sections {
		if s.Gap == "" || len(s.Rows) > 0 {
			t.Errorf("%s: %q, %d rows", s.ID, s.Gap, len(s.Rows))
		}
	}
	for _, f := range r.Figures {
		if !f.Unknown {
			t.Errorf("%s is told as %d", f.Label, f.Count)
		}
	}
	if len(r.Looks) > 0 {
		t.Errorf("%v", r.Looks)
	}
	// With the people unread nobody's creator is gone, and nobody is from outside.
	p = picture()
	p.Gap(People, "no.")
	p.Accounts = nil
	r = Build(p, Options{})
	if got := firsts(section(t, r, "unowned")); !slices.Equal(got, []string{"none"}) {
		t.Errorf("%v", got)
	}
	if got := section(t, r, "private-channels").Rows[0][2]; got != "0" && got != "not read" {
		t.Errorf("%v from outside", got)
	}
}

// In whatever order a source tells, the report has its own.
func TestTheOrderOfTheSourceDoesNotMatter(t *testing.T) {
	want := Build(picture(), Options{})
	for seed := range uint64(50) {
		p, rng := picture(), rand.New(rand.NewPCG(seed, 1))
		rng.Shuffle(len(p.Accounts), func(i, j int) { p.Accounts[i], p.Accounts[j] = p.Accounts[j], p.Accounts[i] })
		rng.Shuffle(len(p.Channels), func(i, j int) { p.Channels[i], p.Channels[j] = p.Channels[j], p.Channels[i] })
		rng.Shuffle(len(p.Groups), func(i, j int) { p.Groups[i], p.Groups[j] = p.Groups[j], p.Groups[i] })
		rng.Shuffle(len(p.Apps), func(i, j int) { p.Apps[i], p.Apps[j] = p.Apps[j], p.Apps[i] })
		if !reflect.DeepEqual(Build(p, Options{}), want) {
			t.Fatalf("seed %d: another order, another report", seed)
		}
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567"} {
		if got := Number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
