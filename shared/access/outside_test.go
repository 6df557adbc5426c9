package access

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Whose doing it is that somebody holds what nobody knew of.
func TestOutside(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	group := directory.Resource{ID: "S1", Kind: directory.UserGroup}
	channel := directory.Resource{ID: "C1", Kind: directory.Channel, Private: true}
	disabled := group
	disabled.Disabled = true
	given := Hold{Account: "a", Sent: true, Since: ago(time.Hour)}
	over := given
	over.GoneAt = ago(time.Minute)
	dated := over // a user group's, whose read told a date
	dated.GoneDate = ago(61 * time.Second).Unix()
	stood := Hold{Account: "a", Stood: true, Since: ago(time.Hour)}
	stoodOver := stood
	stoodOver.GoneAt = ago(time.Minute)
	long := given
	long.GoneAt = ago(25 * time.Hour)
	holds := func(h Hold) map[string]Hold { return map[string]Hold{"a": h} }
	live := []Grant{{Account: "a", State: Revoking}}
	read := Look{From: ago(time.Second), Now: now}
	event := func(from time.Time, date time.Time) Look { return Look{From: from, Date: date.Unix(), Now: now} }
	meant := func(date time.Time, in, out string) []Meant {
		m := Meant{In: []string{in}, Out: []string{out}, SentAt: ago(10 * time.Minute)}
		if !date.IsZero() {
			m.Date = date.Unix()
		}
		return []Meant{m}
	}
	for name, c := range map[string]struct {
		s    Standing
		r    directory.Resource
		l    Look
		want Doing
	}{
		"nothing is known":                       {Standing{}, group, read, Theirs},
		"a grant that is live":                   {Standing{Grants: live, Holds: holds(given)}, group, read, Ours},
		"a grant on somebody else":               {Standing{Grants: []Grant{{Account: "b"}}}, group, read, Theirs},
		"it stood before a grant":                {Standing{Grants: live, Holds: holds(stood)}, group, read, Theirs},
		"a hold that was not sent":               {Standing{Grants: live, Holds: holds(Hold{Since: ago(time.Hour)})}, group, read, Theirs},
		"taken back a minute ago":                {Standing{Holds: holds(over)}, group, read, Back},
		"taken back while we read":               {Standing{Holds: holds(over)}, group, Look{From: ago(2 * time.Minute), Now: now}, Unsure},
		"taken back yesterday":                   {Standing{Holds: holds(long)}, group, read, Theirs},
		"left standing a minute ago":             {Standing{Holds: holds(stoodOver)}, group, read, Theirs},
		"its group was enabled":                  {Standing{Holds: holds(given)}, group, read, Back},
		"its group is disabled":                  {Standing{Holds: holds(given)}, disabled, read, Unsure},
		"a write is on its way":                  {Standing{Writing: &Writing{Add: []string{"b"}}}, group, read, Unsure},
		"a write to a channel, of others":        {Standing{Writing: &Writing{Add: []string{"b"}}}, channel, read, Theirs},
		"a write to a channel, of them":          {Standing{Writing: &Writing{Remove: []string{"a"}}}, channel, read, Unsure},
		"left out, and put back":                 {Standing{Left: []Left{{Account: "a"}}}, group, read, Ours},
		"left out before anybody saw them":       {Standing{Left: []Left{{Account: "a", Unseen: true}}}, group, read, Unsure},
		"their adding was overwritten":           {Standing{Mends: []Mend{{Account: "a", Back: true}}}, group, read, Theirs},
		"our list brought them back":             {Standing{Mends: []Mend{{Account: "a"}}}, group, read, Ours},
		"a list was sent seconds ago":            {Standing{Meant: []Meant{{Date: 7, SentAt: ago(30 * time.Second)}}}, group, read, Unsure},
		"a list was sent long ago":               {Standing{Meant: meant(ago(10*time.Minute), "b", "c")}, group, read, Theirs},
		"the event of our list":                  {Standing{Meant: meant(ago(10*time.Minute), "a", "c")}, group, event(ago(10*time.Minute), ago(10*time.Minute)), Unsure},
		"an event after our list":                {Standing{Meant: meant(ago(10*time.Minute), "a", "c")}, group, event(ago(5*time.Minute), ago(5*time.Minute)), Theirs},
		"an event, and a list without an answer": {Standing{Meant: meant(time.Time{}, "a", "c")}, group, event(ago(5*time.Minute), ago(5*time.Minute)), Unsure},
		"an event just after we took them out":   {Standing{Holds: holds(dated)}, group, event(ago(65*time.Second), ago(55*time.Second)), Back},
		"an event about when we took them out":   {Standing{Holds: holds(over)}, group, event(ago(65*time.Second), ago(55*time.Second)), Unsure},
		"an event from before we took them out":  {Standing{Holds: holds(dated)}, group, event(ago(30*time.Second), ago(20*time.Minute)), Unsure},
		"an event of the second of that read":    {Standing{Holds: holds(dated)}, group, event(ago(65*time.Second), ago(61*time.Second)), Unsure},
		"an event that does not say when it was": {Standing{Holds: holds(over)}, channel, Look{Now: now}, Unsure},
		"such an event of whom nothing is known": {Standing{}, channel, Look{Now: now}, Theirs},
	} {
		if got := c.s.Outside("a", c.r, c.l); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestWrote(t *testing.T) {
	sent := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	dated := Standing{Meant: []Meant{{Date: 100, In: []string{"a"}, SentAt: sent}}}
	lost := Standing{Meant: []Meant{{In: []string{"a"}, SentAt: sent}}}
	for name, c := range map[string]struct {
		s       Standing
		t       Told
		want    bool
		perhaps int
	}{
		"our date":               {dated, Told{Date: 100, Added: []string{"a", "b"}}, true, 0},
		"another date":           {dated, Told{Date: 101, Added: []string{"a", "b"}}, false, 0},
		"our date, another edit": {dated, Told{Date: 100, Added: []string{"b"}}, false, 0},
		"a lost answer":          {lost, Told{Date: sent.Unix() + 1, Added: []string{"a", "b"}}, false, 1},
		"no date":                {dated, Told{Added: []string{"a"}}, false, 0},
		"nothing was sent":       {Standing{}, Told{Date: 100, Added: []string{"a"}}, false, 0},
	} {
		if got, perhaps := c.s.Wrote(c.t); got != c.want || len(perhaps) != c.perhaps {
			t.Errorf("%s: %v, perhaps %v", name, got, perhaps)
		}
	}
}

// A change that was told late says nothing of whom a list of Ebb's brought in since.
func TestOutlived(t *testing.T) {
	s := Standing{Meant: []Meant{{Date: 100, In: []string{"a"}, Out: []string{"b"}}, {In: []string{"c"}, From: time.Unix(200, 0).Add(clockSkew)}}}
	for name, c := range map[string]struct {
		account string
		date    int64
		want    bool
	}{
		"a change before our list":             {"a", 99, true},
		"in the same second":                   {"a", 100, true},
		"after our list":                       {"a", 101, false},
		"of whom our list took out":            {"b", 99, false},
		"of whom no list brought in":           {"d", 99, false},
		"long before a list without an answer": {"c", 199, true},
		"when that list may have landed":       {"c", 201, false},
		"a change without a date":              {"a", 0, false},
	} {
		if got := s.Outlived(c.account, c.date); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
