package directory

import (
	"slices"
	"strings"
	"unicode"
)

// mostWords lead to one thing, each of at most LongestWord characters: Slack's
// names of channels have 80, handles fewer.
const (
	mostWords   = 8
	LongestWord = 80
)

// Beginnings are the places in names from which people begin to type, in lower
// case: "eng-oncall" is found from "eng" and from "oncall".
func Beginnings(names ...string) []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.ToLower(strings.Map(printed, strings.ToValidUTF8(name, "")))
		fresh := true // a word begins here
		for i, c := range name {
			between := strings.ContainsRune("-_./ ", c)
			if fresh && !between && len(out) < mostWords {
				if text := CutWord(name[i:]); !seen[text] {
					seen[text] = true
					out = append(out, text)
				}
			}
			fresh = between
		}
	}
	return out
}

// printed puts a space in the place of what nobody types.
func printed(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// CutWord is as much of a word as leads anywhere.
func CutWord(text string) string {
	if r := []rune(text); len(r) > LongestWord {
		return string(r[:LongestWord])
	}
	return text
}

// Words lead to the account. Of the address only what stands before the @ does:
// what follows is the same for everybody.
func (a Account) Words() []string {
	address, _, _ := strings.Cut(a.Email, "@")
	return Beginnings(a.Name, a.Handle, address)
}

// Lead is a word of an account's names, and the account.
type Lead struct{ Text, Account string }

// Facet is a property that few accounts have, by which they are listed without
// looking through all.
type Facet string

// The facets. Administrators stand above members in a workspace or in the
// organization; NoSecondFactor is about people who can sign in.
const (
	Administrators Facet = "administrator"
	NoSecondFactor Facet = "no-second-factor"
)

// FacetOfKind and FacetOfState: everybody who is no human, or not active.
func FacetOfKind(k AccountKind) Facet   { return Facet("kind " + string(k)) }
func FacetOfState(s AccountState) Facet { return Facet("state " + string(s)) }

// Facets are those of the account.
func (a Account) Facets() []Facet {
	var out []Facet
	if a.Stands() {
		out = append(out, Administrators)
	}
	if a.State != Active {
		out = append(out, FacetOfState(a.State))
	}
	if a.Kind != Human {
		out = append(out, FacetOfKind(a.Kind))
	}
	if a.LacksSecondFactor() {
		out = append(out, NoSecondFactor)
	}
	return out
}

// Stands reports whether the account is an administrator or owner of any
// workspace or of the organization, by Slack's own roles.
func (a Account) Stands() bool {
	if a.OrgAdmin || a.OrgOwner {
		return true
	}
	for w := range a.Roles {
		if a.Administers(w) {
			return true
		}
	}
	return false
}

// LacksSecondFactor reports whether somebody can sign in without a second factor.
// Slack tells it to an administrator's token alone.
func (a Account) LacksSecondFactor() bool {
	return a.Live() && a.Kind != Bot && a.Kind != External && !a.TwoFactor
}

// Filter says which accounts are meant; the zero value of each field means all.
type Filter struct {
	Kind      AccountKind
	State     AccountState
	Workspace string
	// TwoFactor is "on" or "off"; "off" is LacksSecondFactor.
	TwoFactor string
	// Standing is "admin" for those above members.
	Standing string
}

// Any reports whether anything is asked for.
func (f Filter) Any() bool { return f != Filter{} }

// Problem says which word of the filter means nothing; "" when all do.
func (f Filter) Problem() (field, why string) {
	switch {
	case f.Kind != "" && !slices.Contains(AccountKinds, f.Kind):
		return "kind", "there is no such kind of account; choose human, single-channel guest, multi-channel guest, bot or external"
	case f.State != "" && !slices.Contains([]AccountState{Active, Invited, Deactivated}, f.State):
		return "state", "an account is active, invited or deactivated"
	case f.TwoFactor != "" && f.TwoFactor != "on" && f.TwoFactor != "off":
		return "twoFactor", "a second factor is on or off"
	case f.Standing != "" && f.Standing != "admin":
		return "standing", "choose admin, or leave it out"
	}
	return "", ""
}

// AccountKinds lists all of them.
var AccountKinds = []AccountKind{Human, SingleChannelGuest, MultiChannelGuest, Bot, External}

// Fits reports whether an account is meant.
func (f Filter) Fits(a Account) bool {
	switch {
	case f.Kind != "" && a.Kind != f.Kind, f.State != "" && a.State != f.State,
		f.Workspace != "" && !a.In(f.Workspace),
		f.TwoFactor == "on" && !a.TwoFactor, f.TwoFactor == "off" && !a.LacksSecondFactor():
		return false
	case f.Standing == "":
		return true
	case f.Workspace != "":
		return a.Administers(f.Workspace)
	}
	return a.Stands()
}

// Facet is the rarest property that the filter asks for; "" when it asks for
// nothing that is rare.
func (f Filter) Facet() Facet {
	switch {
	case f.Standing != "":
		return Administrators
	case f.State != "" && f.State != Active:
		return FacetOfState(f.State)
	case f.Kind != "" && f.Kind != Human:
		return FacetOfKind(f.Kind)
	case f.TwoFactor == "off":
		return NoSecondFactor
	}
	return ""
}
