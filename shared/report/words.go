package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func lower(s string) string { return strings.ToLower(s) }

func sortedBy[T any](list []T, key func(T) []string) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(x, y T) int { return slices.Compare(key(x), key(y)) })
	return out
}

// bySize sorts the largest first; what is alike keeps its order.
func bySize[T any](list []T, size func(T) int) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(x, y T) int { return cmp.Compare(size(y), size(x)) })
	return out
}

// many says how many there are of something.
func many(n int, single, plural string) string {
	if n == 1 {
		return "1 " + single
	}
	return Number(n) + " " + plural
}

// Number writes a number for people: 12,345.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func guest(a Account) bool {
	return a.Kind == directory.SingleChannelGuest || a.Kind == directory.MultiChannelGuest
}

// outside reports whether an account is of no member of the company.
func outside(a Account) bool { return guest(a) || a.Kind == directory.External }

// person reports whether somebody signs in with the account to work in the
// company's own workspace: its second factor and its activity are the company's.
func person(a Account) bool { return a.Kind == directory.Human || guest(a) }

// app reports whether an account is an app's. Slackbot is Slack's own, in every
// workspace, and nobody's to look after.
func app(a Account) bool { return a.Kind == directory.Bot && a.ID != "USLACKBOT" }

// kindOf is the kind of an account in a reader's words.
func kindOf(a Account) string {
	if a.Kind == directory.Human {
		return "full member"
	}
	return string(a.Kind)
}

var rank = []directory.WorkspaceRole{"", directory.Member, directory.Admin, directory.Owner, directory.PrimaryOwner}

// role is the highest role of an account in words, and how high it is.
func role(a Account) (string, int) {
	top := 0
	for _, r := range a.Roles {
		top = max(top, slices.Index(rank, r))
	}
	word := []string{"", "member", "admin", "owner", "primary owner"}[top]
	switch {
	case a.OrgOwner:
		return "organization owner", 6
	case a.OrgAdmin:
		return "organization admin", 5
	case outside(a) || a.Kind == directory.Bot:
		return "", top
	}
	return word, top
}

func administers(a Account) bool {
	_, top := role(a)
	return top >= slices.Index(rank, directory.Admin)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// whose says of the maker of something what has become of them.
func (b *builder) whose(creator string) string {
	a := b.known[creator]
	switch {
	case creator == "":
		return "not told"
	case a == nil:
		return creator + " (not among the accounts)"
	case a.State == directory.Deactivated:
		return a.Label() + " (deactivated)"
	}
	return a.Label()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
