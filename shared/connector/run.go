package connector

import "time"

// Step is where a sync run stands; each step lists one kind to its end.
type Step string

// The steps in their order.
const (
	StepStart      Step = "start"
	StepWorkspaces Step = "workspaces"
	StepAccounts   Step = "accounts"
	StepGroups     Step = "usergroups"
	StepChannels   Step = "channels"
	StepMembers    Step = "channel members"
	StepRoles      Step = "organization roles"
	StepManagers   Step = "managers"
	StepActivity   Step = "activity"
	StepFinish     Step = "finish"
)

// RunState says how a sync run ended, or that it goes on.
type RunState string

// The states. Waiting: removals wait for an owner's confirmation; everything
// else of the run was done.
const (
	Running RunState = "running"
	Done    RunState = "done"
	Failed  RunState = "failed"
	Waiting RunState = "needs confirmation"
)

// Run is one sync, resumable at any page. Team and Channel count within the
// step: index of the workspace and of the channel that comes next. Cursor is
// Slack's, kept for minutes only; an expired one restarts that listing.
type Run struct {
	ID        string
	Connector string
	State     RunState
	Step      Step
	Kinds     []string // resource kinds to sync; empty: all
	Team      int
	Channel   string // id of the last channel done in StepMembers
	Cursor    string
	Page      int
	Started   time.Time
	Ended     time.Time
	Calls     int
	Wrote     int // directory rows written
	Counts    map[string]int
	Removals  map[string]int // kind: how many would go, where confirmation is needed
	// Going names a part of them, at most GoingNamed of each kind: ids of accounts
	// and resources, and "account in resource" for memberships.
	Going  map[string][]string
	Notes  []string  // what was refused or missing, in words
	Resume time.Time // not before
	Tries  int
	Rev    int64
}

// Wants reports whether the run includes a kind ("accounts", "workspaces",
// "usergroups", "channels").
func (r Run) Wants(kind string) bool {
	for _, k := range r.Kinds {
		if k == kind {
			return true
		}
	}
	return len(r.Kinds) == 0
}

// Count adds to what the run has seen of a kind.
func (r *Run) Count(kind string, n int) {
	if r.Counts == nil {
		r.Counts = map[string]int{}
	}
	r.Counts[kind] += n
}

// GoingNamed is how many removals of each kind a run names.
const GoingNamed = 50

// Hold adds to what waits for a confirmation, by name as long as there is room.
func (r *Run) Hold(kind string, going []string) {
	n := len(going)
	if r.Going == nil {
		r.Going = map[string][]string{}
	}
	if room := GoingNamed - len(r.Going[kind]); room < n {
		going = going[:max(room, 0)]
	}
	r.Going[kind] = append(r.Going[kind], going...)
	if r.Removals == nil {
		r.Removals = map[string]int{}
	}
	r.Removals[kind] += n
}
