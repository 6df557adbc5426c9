// Package flow owns the verbs: what Ebb does, one verb a file, and the ports
// through which it does it. It is the only place where the domain meets the
// outside.
//
// How a grant lives: Request asks policy and stores the request; Approve judges
// the approver now and creates the grant with its start, its end and its due
// row, before anything touches Slack. Grant decides again when the start has
// come; Revoke turns the grant when its end has come; both then let converge
// change the resource in Slack, the one way in which Slack is changed. Sweep
// looks every minute at everything that is due and alone carries each grant
// through its whole life; a Step Functions execution only wakes up earlier.
//
// Every verb may run twice, at once, or die half-way: state changes go through
// commits that check what was read, and what is left undone is a due row.
// Flow never imports an adapter, never reads the clock except through Now, and
// never sleeps.
package flow

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Memory is everything that the store remembers; one engine usually serves it all.
type Memory interface {
	Connectors
	Runs
	Directory
	Paging
	Finding
	Activity
	Managing
	Holdings
	Naming
	Owners
	Memberships
	Requests
	Repeats
	Grants
	Converging
	Due
	Tellings
	Findings
	Notices
	Presses
	Deliveries
	Policies
	Drafts
	Freezes
	Kills
	Campaigns
	Templates
	Staging
	Assignments
	Deciding
	Packing
	Erasing
	Manuals
	People
	Keys
	Sessions
	SignIns
	Knocks
	Delegations
	Texts
	Trail
}

// Slack is everything that is asked of Slack.
type Slack interface {
	Installer
	Listings
	Logs
	Lookups
	Changes
	Voice
}

// House holds the ports. The zero House is not usable; all fields but Log and
// Say are required.
type House struct {
	// Now is the clock. NewID makes an id that nobody can guess
	// ("g" -> "g_…"); NewWord makes a secret word of at least 128 bits.
	Now     func() time.Time
	NewID   func(prefix string) string
	NewWord func() string

	Memory  Memory
	Slack   Slack
	Secrets Secrets
	Heads   Heads

	// Mail sends e-mail; nil where the house sends none.
	Mail Mail

	// Condition judges the conditions of rules; nil in what never decides about
	// access: there they deny.
	Condition access.Condition

	// Executions wakes grants between sweeps; nil where sweep looks every second.
	Executions Executions

	// Pace gives Slack's tier of a method in calls a minute; a sync keeps to
	// half of it. nil: a sync goes as fast as Slack lets it.
	Pace func(method string) int

	// Vouchers are the issuers that say who somebody is, by their means; without
	// any, people sign in by a link of the operator alone.
	Vouchers map[access.Means]Voucher

	// Seals: this house may sign heads of the audit's chain. Where it may not, what
	// is to be sealed waits for the sweep.
	Seals bool

	// AskSCIM makes Install with Slack ask for the scope of SCIM, which takes
	// the last member out of a user group on Business+. It is that of Slack's
	// access logs, too.
	AskSCIM bool

	// AskRoles makes Install with Slack ask for the scope by which an Enterprise
	// organization's token changes roles and membership of workspaces.
	AskRoles bool

	// ActivityPages is how many pages of Slack's access logs one read takes; 0: as
	// many as are worth it.
	ActivityPages int

	// EvidenceAtOnce is how many lines a review may have for its evidence package to
	// be made while its reader waits; a larger one Review makes, and it is given from
	// the table. 0: every package is made at once, however long that takes.
	EvidenceAtOnce int

	// URL is where people reach the house, without a slash at the end.
	URL string
	Log *slog.Logger

	packed atomic.Pointer[packed] // the evidence package that is given in parts

	recent sync.Map     // approver groups read within seconds, by connector and id
	signed atomic.Int64 // the seal up to which this process knows a head
}

// Answer is what a step of a grant's life tells whoever wakes it: whether
// nothing is left to wait for, and otherwise when to come again and with which
// verb: Grant while there is something to give, Revoke from then on. Who calls
// the other one loses time and nothing else.
type Answer struct {
	Done   bool
	WakeAt time.Time
	Give   bool
}

// event begins an event; the store chains it.
func (h *House) event(aggregate, action, actor string, data map[string]string) audit.Event {
	for k, v := range data {
		if v == "" {
			delete(data, k)
		}
	}
	return audit.Event{At: h.Now(), Aggregate: aggregate, Action: action, Actor: actor, Data: data}
}

// pseudonym stands for a free text in an event, by the house's key.
func (h *House) pseudonym(ctx context.Context, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	key, err := h.houseKey(ctx, "audit/pseudonyms")
	if err != nil {
		return "", err
	}
	return audit.Pseudonym(key, text), nil
}

// tries is how often a verb repeats after a lost race before it gives up.
const tries = 5

// again runs f until it does not lose a race.
func again(f func() error) error {
	var err error
	for range tries {
		if err = f(); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return err
}

func (h *House) log() *slog.Logger {
	if h.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return h.Log
}

// wake starts the executions of new grants. A lost one costs a minute: sweep
// looks at everything that is due.
func (h *House) wake(ctx context.Context, suffix string, grants ...access.Grant) {
	if h.Executions == nil {
		return
	}
	for _, g := range grants {
		if err := h.Executions.Start(ctx, g.ID+suffix, g.ID); err != nil && !fault.Is(err, fault.Already) {
			h.log().Warn("execution", "grant", g.ID, "error", err)
		}
	}
}

// who names an actor in an event.
func who(a access.Actor) string {
	if a.User.ID == "" {
		return "nobody"
	}
	return a.User.ID
}

const ebb = "ebb" // the actor of what the house does by itself
