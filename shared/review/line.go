package review

import (
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Holding is one account's holding of one entitlement with all that is known
// beside it, gathered while staging.
type Holding struct {
	Resource directory.Resource
	Slug     string
	Account  directory.Account
	Since    time.Time // when a sync saw it first; zero: with the first sync
	Grants   []GrantFact
	Finding  string // id of an open finding about it
	// LastActive is when the account used Slack last; zero: not known. Unseen is
	// since when it was not seen though Slack shows who was; zero: not known.
	LastActive time.Time
	Unseen     time.Time
	Earlier    Earlier // what was decided last; zero: never reviewed
	// TwoFactorKnown: Slack tells this connector who has a second factor.
	TwoFactorKnown bool
	// InAdmins says that the account is a member of the group of admins.
	InAdmins bool
}

// GrantFact is what a line says of a live grant of Ebb's.
type GrantFact struct {
	ID        string
	Rule      string
	Approvers []string // account ids; empty: policy alone
	End       time.Time
}

// Earlier is what a campaign decided about the same access before, with the facts
// of then.
type Earlier struct {
	Campaign string
	Verdict  Verdict
	By       string // user id
	At       time.Time
	Facts    Facts
}

// Facts are what makes access another one when it changes.
type Facts struct {
	AccountKind  directory.AccountKind
	AccountState directory.AccountState
	Held         Held
	Shared       bool // the channel is shared with other organizations
	Private      bool
}

// Facts of the holding as it stands.
func (h Holding) Facts() Facts {
	return Facts{
		AccountKind: h.Account.Kind, AccountState: h.Account.State, Held: h.Held(),
		Shared: h.Resource.Shared, Private: h.Resource.Private,
	}
}

// Changed are codes of what is another than when it was decided last; nil where
// it was never decided.
func (h Holding) Changed() []string {
	if h.Earlier.At.IsZero() {
		return nil
	}
	var out []string
	was, is := h.Earlier.Facts, h.Facts()
	for code, differs := range map[string]bool{
		"account-kind":  was.AccountKind != is.AccountKind,
		"account-state": was.AccountState != is.AccountState,
		"held":          was.Held != is.Held,
		"shared":        was.Shared != is.Shared,
		"privacy":       was.Private != is.Private,
		"given-anew":    h.Since.After(h.Earlier.At),
	} {
		if differs {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// New reports whether the access was never certified, or came since it was.
func (h Holding) New() bool {
	return h.Earlier.Verdict != Certify || h.Since.After(h.Earlier.At)
}

// Held says by whose doing the access is held.
func (h Holding) Held() Held {
	if len(h.Grants) > 0 {
		return Granted
	}
	return Standing
}

// InactiveFor is how long the account surely was not active; 0: not known.
func (h Holding) InactiveFor(now time.Time) time.Duration {
	for _, t := range []time.Time{h.LastActive, h.Unseen} {
		if !t.IsZero() {
			return now.Sub(t)
		}
	}
	return 0
}

// Verdict is what a reviewer says of a line.
type Verdict string

// The verdicts; the zero Verdict is none.
const (
	Certify Verdict = "certify"
	Deny    Verdict = "deny"
)

// Decision is a verdict and who said it. Of a line that nobody decided before its
// campaign ended By is "".
type Decision struct {
	Verdict Verdict
	Level   int
	By      string // user id
	Account string // of By
	For     string // the account in whose place By decided; "": their own right
	At      time.Time
	Comment string // the keyed hash of the comment, as in the audit; "": none
}

// LineState is what became of a line.
type LineState string

// The states; the table in the package comment says what moves them.
const (
	LineOpen      LineState = "open"
	LineCertified LineState = "certified"
	LineDenied    LineState = "denied"
	LineRemoved   LineState = "removed"
	LineKept      LineState = "kept"
	LineStands    LineState = "stands"
	LineGone      LineState = "gone"
	LineSkipped   LineState = "skipped"
)

// LineStates lists all of them, for tests and checks.
var LineStates = []LineState{LineOpen, LineCertified, LineDenied, LineRemoved, LineKept, LineStands, LineGone, LineSkipped}

// Line is one account's access to one thing, as it was staged (Fact), and what is
// decided about it.
type Line struct {
	Fact
	Campaign   string
	Level      int    // that decides now, from 0
	Assignment string // who does
	State      LineState
	Draft      Decision   // not submitted yet; without Verdict: none
	Decided    []Decision // submitted, level by level
	// Grant or Manual carries the removal out.
	Grant   string
	Manual  string
	Outcome string    // in words, once it is over
	Closed  time.Time // when it came to a state that is not open or denied
	Rev     int64
}

// Fact is the immutable part of a line, as it stood when it was staged. Names are
// for people and in no digest, so that erasing them changes no evidence.
type Fact struct {
	ID        string
	Connector string
	Workspace string
	Resource  string
	Kind      directory.Kind
	Private   bool
	Slug      string
	Account   string
	Since     time.Time
	Facts     Facts
	Grants    []GrantFact
	Finding   string
	// LastActive and Unseen are as in Holding.
	LastActive time.Time
	Unseen     time.Time
	New        bool
	Changed    []string
	Earlier    Earlier
	Advice     Advice
	Assigned   Assigned // to the first level

	ResourceName string
	AccountName  string
}

// LineID names a line within its campaign by what it is about: Slack's ids of the
// resource and the account around the slug, "S1/member/U1".
func LineID(resource, slug, account string) string {
	return strings.Join([]string{resource, slug, account}, "/")
}

// SplitLineID takes a line's id apart; ok is false for what is none.
func SplitLineID(id string) (resource, slug, account string, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 || slices.Contains(parts, "") {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// LineTurn is something that happens to a line.
type LineTurn string

// The turns.
const (
	CertifyLine LineTurn = "certify"
	PassLine    LineTurn = "pass"
	DenyLine    LineTurn = "deny"
	VanishLine  LineTurn = "vanish"
	SkipLine    LineTurn = "skip"
	TookLine    LineTurn = "took"
	KeepLine    LineTurn = "keep"
	GiveUpLine  LineTurn = "give up"
)

// LineTurns lists all of them, for tests.
var LineTurns = []LineTurn{CertifyLine, PassLine, DenyLine, VanishLine, SkipLine, TookLine, KeepLine, GiveUpLine}

var lineTurns = map[LineState]map[LineTurn]LineState{
	LineOpen: {
		CertifyLine: LineCertified, PassLine: LineOpen, DenyLine: LineDenied, VanishLine: LineGone, SkipLine: LineSkipped,
	},
	LineDenied: {TookLine: LineRemoved, KeepLine: LineKept, GiveUpLine: LineStands},
}

// Turn moves the line, or says fault.Conflict when its state does not allow it.
// What was noted and not submitted is forgotten.
func (l Line) Turn(t LineTurn, now time.Time) (Line, error) {
	to, ok := lineTurns[l.State][t]
	if !ok {
		return l, fault.New("review.Turn", fault.Conflict, "a line that is %s cannot be turned by %s", l.State, t)
	}
	l.State, l.Draft = to, Decision{}
	if to != LineOpen && to != LineDenied {
		l.Closed = now
	}
	if t == PassLine {
		l.Level++
	}
	return l, nil
}

// Decide turns the line by a decision that was submitted; levels is how many the
// campaign has.
func (l Line) Decide(d Decision, levels int) (Line, error) {
	t := DenyLine
	if d.Verdict == Certify {
		t = CertifyLine
		if l.Level+1 < levels {
			t = PassLine
		}
	} else if d.Verdict != Deny {
		return l, fault.New("review.Decide", fault.Invalid, "a line is certified or denied, not %q", string(d.Verdict))
	}
	d.Level = l.Level
	next, err := l.Turn(t, d.At)
	if err != nil {
		return l, err
	}
	next.Decided = append(slices.Clone(l.Decided), d)
	return next, nil
}

// Verdict is the last that was submitted; "" for none.
func (l Line) Verdict() Verdict {
	if n := len(l.Decided); n > 0 {
		return l.Decided[n-1].Verdict
	}
	return ""
}
