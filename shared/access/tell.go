package access

import (
	"fmt"
	"strings"
	"time"
)

// What people are told converges like everything else: from the state as it
// stands and the time follows which messages there should be (News), and these
// are held against the messages that were posted (Telling). So nothing is told
// that was overtaken before somebody could tell it, and what was posted changes
// with the state.

// Tiding is a kind of message.
type Tiding string

// The tidings. Of a request: decide, remind, outcome, emergency, solo, comment. Of a grant: given, ends,
// ended, not given, waits, attention. Of a connector: broken. Of a resource: no room (a
// channel in which nobody can be asked), came back, found. Of a person: digest. Of
// a reviewer in a campaign: review, review reminder. Of a manual task: by hand, by
// hand reminder, stands (what a reviewer denied, and nobody carries out). Of a policy that waits: draft, draft outcome.
const (
	TellDecide    Tiding = "decide"
	TellRemind    Tiding = "remind"
	TellOutcome   Tiding = "outcome"
	TellGiven     Tiding = "given"
	TellEnds      Tiding = "ends"
	TellEnded     Tiding = "ended"
	TellNotGiven  Tiding = "not-given"
	TellWaits     Tiding = "waits" // for a person who gives it by hand
	TellAttention Tiding = "attention"
	TellBroken    Tiding = "broken"
	TellEmergency Tiding = "emergency"
	TellSolo      Tiding = "solo"
	TellComment   Tiding = "comment"
	TellNoRoom    Tiding = "no-room"
	TellCameBack  Tiding = "came-back"
	TellFound     Tiding = "found"
	TellDigest    Tiding = "digest"
	TellOwner     Tiding = "owner" // of a connector, by mail

	TellReview       Tiding = "review"
	TellReviewRemind Tiding = "review-reminder"
	TellByHand       Tiding = "by-hand"
	TellByHandRemind Tiding = "by-hand-reminder"
	TellStands       Tiding = "stands"

	TellDraft        Tiding = "draft"
	TellDraftOutcome Tiding = "draft-outcome"
)

// Stays reports whether a message stays as it was said, whatever comes after it.
func (t Tiding) Stays() bool {
	switch t {
	case TellComment, TellNoRoom, TellCameBack, TellOwner:
		return true
	}
	return false
}

// Audience says who is told.
type Audience uint8

// The audiences; nobody is the zero value.
const (
	ToNobody   Audience = iota
	ToParties           // who has the access, or was to have it, and who asked for it
	ToDeciders          // who may decide now
	ToKeepers           // the owners of the resource and of the connector
	ToSkipped           // whom an emergency skipped, and who confirms it
	ToVetoers           // who may veto what approves itself, or comes into force by itself
	ToAll               // parties and deciders: of what somebody said
	ToReviewer          // the one whose list it is, or whose denial
)

// News is one message that its audience should have. N tells apart several of a
// kind: which reminder, which outcome.
type News struct {
	What Tiding
	N    string
	To   Audience
}

// Key names the news among those of its aggregate.
func (n News) Key() string { return strings.TrimSuffix(string(n.What)+"/"+n.N, "/") }

// leads are how long before its end a grant's holder is reminded, the earliest
// first: as often as its length is worth.
func leads(length time.Duration) []time.Duration {
	const day = 24 * time.Hour
	switch {
	case length > 2*day:
		return []time.Duration{day, time.Hour}
	case length > 3*time.Hour:
		return []time.Duration{time.Hour}
	case length > 30*time.Minute:
		return []time.Duration{10 * time.Minute}
	}
	return nil
}

// News is what should have been told of a grant by now, and when there will be
// more (zero: only after its state changes). A default channel's grant is told
// of with its user group's.
func (g Grant) News(now time.Time) (news []News, next time.Time) {
	if g.Parent != "" {
		return nil, time.Time{}
	}
	switch g.State {
	case Active:
		return g.running(now)
	case Granting, Revoking:
		if next = g.attentionAt(); g.State == Granting && g.ByHand() {
			return []News{{What: TellWaits, To: ToParties}}, next
		}
	case Withdrawn, Failed:
		return []News{{What: TellNotGiven, To: ToParties}}, time.Time{}
	case Revoked, Ended, EndedOutside:
		if g.Outcome == OutcomeNeverGiven {
			return []News{{What: TellNotGiven, To: ToParties}}, time.Time{}
		}
		return []News{{What: TellEnded, To: ToParties}}, time.Time{}
	}
	if g.NeedsAttention(now) {
		return []News{{What: TellAttention, N: g.trouble(), To: ToKeepers}}, time.Time{}
	}
	if !next.After(now) {
		next = now.Add(time.Hour) // it sleeps; whether it still does, nothing else tells
	}
	return nil, next
}

// running is the news of access that is out: given, and the last reminder whose
// time has come; an earlier one that nobody sent was overtaken.
func (g Grant) running(now time.Time) (news []News, next time.Time) {
	news = []News{{What: TellGiven, To: ToParties}}
	var last News
	for _, lead := range leads(g.End.Sub(g.Start)) {
		at := g.End.Add(-lead)
		if now.Before(at) {
			next = at
			break
		}
		last = News{What: TellEnds, N: fmt.Sprintf("%s@%d", Span(lead), g.End.Unix()), To: ToParties}
	}
	if last.What != "" && now.Before(g.End) {
		news = append(news, last)
	}
	if next.IsZero() {
		next = g.attentionAt()
	}
	return news, next
}

// CodeByHand is the trouble of a grant that a person has to give or take.
const CodeByHand = "by_hand"

// ByHand reports whether the grant waits for a person.
func (g Grant) ByHand() bool { return g.Trouble.Code == CodeByHand }

// attentionAt is when a removal that goes on calls people.
func (g Grant) attentionAt() time.Time { return g.End.Add(AttentionAfter + time.Second) }

// trouble tells one call for attention from another: that a removal takes long is
// one, and each time that a grant got stuck.
func (g Grant) trouble() string {
	if g.State == Revoking {
		return "late"
	}
	return fmt.Sprint(g.Trouble.Since.Unix())
}

// News is what should have been told of a request by now. Its next reminder or
// deadline changes its state, and so is news of its own.
func (r Request) News() []News {
	var people, alone, decided, reminders, confirms int
	quiet, late := true, false
	for _, it := range r.Items {
		if !it.Confirm.Due.IsZero() {
			confirms++
			late = late || it.Confirm.Overdue && it.Confirm.Open()
		}
		switch {
		case it.State != Pending:
			decided++
			quiet = quiet && r.quiet(it)
		case it.SoloAt.IsZero():
			people++
			reminders += it.Reminders
		default:
			alone++
		}
	}
	all := []struct {
		when bool
		n    News
	}{
		{people > 0, News{What: TellDecide, To: ToDeciders}},
		{reminders > 0, News{What: TellRemind, N: fmt.Sprint(reminders), To: ToDeciders}},
		{alone > 0, News{What: TellSolo, To: ToVetoers}},
		{confirms > 0, News{What: TellEmergency, To: ToSkipped}},
		{late, News{What: TellEmergency, N: "late", To: ToSkipped}},
		{decided > 0 && !quiet, News{What: TellOutcome, N: fmt.Sprint(decided), To: ToParties}},
	}
	var news []News
	for _, x := range all {
		if x.when {
			news = append(news, x.n)
		}
	}
	return news
}

// quiet reports whether an item tells of itself when it is given: policy approved
// it at once, and it begins at once.
func (r Request) quiet(it Item) bool {
	return it.State == Approved && it.DecidedBy == "" && len(it.Votes) == 0 && it.SoloAt.IsZero() && it.Extends == "" && !r.Start.After(r.Created)
}

// Telling is what was told of one aggregate ("grant", "request", "connector", "manual", "draft";
// "resource", "digest" and "reviewer", whose ids are "connector/resource",
// "connector/account" and "campaign/account"),
// and whose turn it is to tell: one at a time, so that nobody is told twice.
type Telling struct {
	Kind, ID, Connector string

	Owner string    // who tells now, until Until
	Until time.Time // zero: nobody

	Next  time.Time // when there is more to tell; zero: not by itself
	Tries int       // how often in a row telling failed, since Since
	Since time.Time
	// Turns are those that its messages have at methods of Slack that rest.
	Turns map[string]time.Time

	Messages []Message
	Rev      int64
}

// Free reports whether somebody else may tell now.
func (t Telling) Free(owner string, now time.Time) bool {
	return t.Owner == "" || t.Owner == owner || !now.Before(t.Until)
}

// Find gives the message of some news to somebody.
func (t Telling) Find(n News, to string) (Message, bool) {
	for _, m := range t.Messages {
		if m.What == n.What && m.N == n.N && m.To == to {
			return m, true
		}
	}
	return Message{}, false
}

// Message is one message that was posted, or that could not be. Connector and
// Channel say where; TS finds it again. Digest is of the card that it shows.
type Message struct {
	What      Tiding
	N         string
	To        string // the account it is for, or the channel
	Connector string
	Channel   string
	TS        string
	Digest    string
	Failed    string // Slack's word where it reaches nobody, or is gone
	At        time.Time
	Rev       int64
}

// News is what the message tells.
func (m Message) News() News { return News{What: m.What, N: m.N} }
