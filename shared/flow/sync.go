package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Kinds that a sync can be asked for.
var Kinds = []string{"accounts", "workspaces", "usergroups", "channels", "orgroles"}

// StepTime is how long one step of a sync packs listings, so that a step fits
// into a Lambda and a grant waits at most a minute for its turn.
const StepTime = 50 * time.Second

// StartSync begins a sync run of a connector, or gives the one that runs
// already. Owners, and the schedule (ebb).
func (h *House) StartSync(ctx context.Context, by access.Actor, id string, kinds []string) (connector.Run, error) {
	const op = "flow.StartSync"
	for _, k := range kinds {
		if !slices.Contains(Kinds, k) {
			return connector.Run{}, fault.At(op, "kinds", "there is no kind %q; choose from accounts, workspaces, usergroups, channels", k)
		}
	}
	if _, err := h.owned(ctx, by, id); err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	r, err := h.startRun(ctx, id, who(by), kinds)
	return r, fault.Wrap(op, err)
}

func (h *House) startRun(ctx context.Context, id, by string, kinds []string) (connector.Run, error) {
	var run connector.Run
	err := again(func() error {
		c, err := h.Memory.Connector(ctx, id)
		if err != nil {
			return err
		}
		if c.LastRun != "" {
			if run, err = h.Memory.Run(ctx, c.LastRun); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if run.State == connector.Running {
				return nil
			}
		}
		if !c.Usable() {
			return stopped(c)
		}
		now := h.Now()
		run = connector.Run{
			ID: h.NewID("run"), Connector: id, State: connector.Running, Step: connector.StepStart, Kinds: kinds,
			Started: now, Resume: now,
		}
		if run, err = h.Memory.SaveRun(ctx, run, h.event("connector/"+id, "sync.started", by, map[string]string{"run": run.ID})); err != nil {
			return err
		}
		c.LastRun, c.Label, c.NextSync = run.ID, connector.Syncing, time.Time{}
		_, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.syncing", by, map[string]string{"run": run.ID}))
		return err
	})
	return run, err
}

// Sync looks at the syncs that are due and carries each on for one step. next
// is when the lane has something due again (zero: not within an hour).
func (h *House) Sync(ctx context.Context) (next time.Time, err error) {
	const op = "flow.Sync"
	now := h.Now()
	due, err := h.Memory.Due(ctx, LaneSync, now, 20)
	if err != nil {
		return now.Add(busyFor), fault.Wrap(op, err)
	}
	var first error
	for _, d := range due {
		var err error
		switch d.Kind {
		case "connector":
			err = h.scheduled(ctx, d.ID)
		case "run":
			_, err = h.SyncStep(ctx, d.ID)
		}
		if err != nil && !fault.Is(err, fault.Conflict) && first == nil {
			first = err
			h.log().Error("sync", "id", d.ID, "error", err)
		}
	}
	rows, err := h.Memory.Due(ctx, LaneSync, now.Add(time.Hour), 1)
	if err == nil && len(rows) > 0 {
		if next = rows[0].At; next.Before(h.Now()) {
			next = h.Now()
		}
	}
	if first != nil {
		next = h.Now().Add(busyFor)
	}
	return next, fault.Wrap(op, first)
}

// scheduled begins the sync of a connector whose time has come. A connector
// that was stopped loses its place: resuming or installing gives it a new one.
func (h *House) scheduled(ctx context.Context, id string) error {
	c, err := h.Memory.Connector(ctx, id)
	if err != nil {
		return err
	}
	if !c.Usable() {
		c.NextSync = time.Time{}
		_, err = h.Memory.SaveConnector(ctx, c)
		return err
	}
	_, err = h.startRun(ctx, id, ebb, nil)
	return err
}

// syncing is one step of a run.
type syncing struct {
	h     *House
	c     connector.Connector
	run   connector.Run
	until time.Time

	known  *knowledge
	paced  map[string]paced
	queue  []directory.Resource // channels to come
	passed int
	read   time.Time            // when the listing that is compared was read, at the earliest
	fresh  []string             // resources that this step saw first
	active map[string]time.Time // when accounts were last active

	managed *managedPeople
}

// SyncStep carries a run on until it is done, the step's time is over, or
// Slack asks to wait. The run says where it stands; a step that dies is begun
// again at its last page.
func (h *House) SyncStep(ctx context.Context, id string) (connector.Run, error) {
	const op = "flow.SyncStep"
	run, err := h.Memory.Run(ctx, id)
	if err != nil || run.State != connector.Running {
		return run, fault.Wrap(op, err)
	}
	c, err := h.Memory.Connector(ctx, run.Connector)
	if err != nil {
		return run, fault.Wrap(op, err)
	}
	s := &syncing{h: h, c: c, run: run, until: h.Now().Add(StepTime)}
	if !c.Usable() {
		return s.run, fault.Wrap(op, s.fail(ctx, stopped(c)))
	}
	// Taken with a commit, so that two steps at once do not both go on.
	s.run.Resume = h.Now().Add(2 * StepTime)
	if err := s.save(ctx); err != nil {
		return run, fault.Wrap(op, err)
	}
	err = s.carry(ctx)
	if err == nil || errors.Is(err, errRest) {
		return s.run, nil
	}
	return s.run, fault.Wrap(op, s.held(ctx, err))
}

// carry works through the steps in order.
func (s *syncing) carry(ctx context.Context) error {
	for s.run.State == connector.Running {
		var err error
		switch s.run.Step {
		case connector.StepStart:
			err = s.begin(ctx)
		case connector.StepWorkspaces:
			err = s.workspaces(ctx)
		case connector.StepAccounts:
			err = s.accounts(ctx)
		case connector.StepGroups:
			err = s.groups(ctx)
		case connector.StepChannels:
			err = s.channels(ctx)
		case connector.StepMembers:
			err = s.members(ctx)
		case connector.StepRoles:
			err = s.roles(ctx)
		case connector.StepManagers:
			err = s.managers(ctx)
		case connector.StepActivity:
			err = s.activity(ctx)
		case connector.StepFinish:
			err = s.finish(ctx)
		default:
			err = fault.New("flow.sync", fault.Internal, "no step %q", s.run.Step)
		}
		if err != nil {
			return err
		}
		if !s.h.Now().Before(s.until) && s.run.State == connector.Running {
			s.run.Resume = s.h.Now()
			return s.save(ctx)
		}
	}
	return nil
}

// next goes on to another step, at its first page.
func (s *syncing) next(ctx context.Context, step connector.Step) error {
	s.run.Step, s.run.Cursor, s.run.Page, s.run.Team, s.run.Channel, s.run.Tries = step, "", 0, 0, "", 0
	return s.save(ctx)
}

// nextTeam goes on to the next workspace of the same step, or to another step.
func (s *syncing) nextTeam(ctx context.Context, step connector.Step) error {
	s.run.Cursor, s.run.Page, s.run.Tries = "", 0, 0
	if s.run.Team++; s.run.Team >= len(s.c.Workspaces) {
		return s.next(ctx, step)
	}
	return s.save(ctx)
}

func (s *syncing) save(ctx context.Context) error {
	run, err := s.h.Memory.SaveRun(ctx, s.run)
	if err == nil {
		s.run = run
	}
	return err
}

// link acts in the workspace that the step is at.
func (s *syncing) link() connector.Link {
	return connector.Link{Connector: s.c.ID, Team: s.c.Workspaces[s.run.Team]}
}

// held keeps a run for later: Slack asked to wait, a cursor expired, the
// network failed. What only an owner can mend fails the run.
func (s *syncing) held(ctx context.Context, cause error) error {
	if fault.Is(cause, fault.Conflict) {
		return cause
	}
	now := s.h.Now()
	s.h.note(ctx, s.c, cause)
	if fault.CodeOf(cause) == "invalid_cursor" {
		s.run.Cursor, s.run.Page = "", 0
	}
	s.run.Tries++
	const most = 40 // with back-off about six hours
	if fault.Is(cause, fault.Reauthorize, fault.Misconfigured, fault.Permanent) || s.run.Tries > most {
		return s.fail(ctx, cause)
	}
	s.run.Resume = now.Add(access.Backoff(s.run.Tries))
	if until := fault.UntilOf(cause); until.After(now) {
		s.run.Resume = until
	}
	if err := s.save(ctx); err != nil {
		return err
	}
	if fault.Is(cause, fault.Wait, fault.Backoff, fault.Pause) || fault.CodeOf(cause) == "invalid_cursor" {
		return nil
	}
	return cause
}

// fail ends the run; the next one is due as usual. The label stays unless the
// authorization is lost.
func (s *syncing) fail(ctx context.Context, cause error) error {
	s.run.State, s.run.Ended = connector.Failed, s.h.Now()
	s.run.Notes = append(s.run.Notes, fault.TextOf(cause))
	e := s.h.event("connector/"+s.c.ID, "sync.failed", ebb, map[string]string{"run": s.run.ID, "step": string(s.run.Step), "code": fault.CodeOf(cause), "note": fault.TextOf(cause)})
	// The connector first: a step that dies in between goes on with the run, and
	// nothing would wake a connector that waits for a run that is over.
	err := again(func() error {
		c, err := s.h.Memory.Connector(ctx, s.c.ID)
		if err != nil || c.LastRun != s.run.ID {
			return err
		}
		if c.Label == connector.Syncing {
			c.Label = connector.Connected
			if c.LastGood.IsZero() {
				c.Label = connector.Error
				c.Trouble = connector.Trouble{Code: fault.CodeOf(cause), Text: fault.TextOf(cause), Since: s.h.Now()}
			}
		}
		if c.Usable() {
			c.NextSync = s.h.Now().Add(c.Every)
		}
		_, err = s.h.Memory.SaveConnector(ctx, c, s.h.event("connector/"+c.ID, "connector.sync-ended", ebb, map[string]string{"run": s.run.ID, "state": string(s.run.State)}))
		return err
	})
	if err != nil {
		return err
	}
	run, err := s.h.Memory.SaveRun(ctx, s.run, e)
	if err == nil {
		s.run = run
	}
	return err
}

// finish closes the run: Connected, or Needs confirmation while removals wait.
func (s *syncing) finish(ctx context.Context) error {
	if more, err := s.index(ctx); err != nil || more {
		return err
	}
	if err := s.tally(ctx); err != nil {
		return err
	}
	now := s.h.Now()
	s.run.State, s.run.Ended = connector.Done, now
	if len(s.run.Removals) > 0 {
		s.run.State = connector.Waiting
	}
	data := map[string]string{"run": s.run.ID, "state": string(s.run.State), "wrote": fmt.Sprint(s.run.Wrote)}
	for k, n := range s.run.Counts {
		data[k] = fmt.Sprint(n)
	}
	err := again(func() error { // before the run, as in fail
		c, err := s.h.Memory.Connector(ctx, s.c.ID)
		if err != nil {
			return err
		}
		c.Workspaces, c.OpenGroups, c.Plan, c.SCIM = s.c.Workspaces, s.c.OpenGroups, s.c.Plan, s.c.SCIM
		c.Confirmed = ""
		c.LastGood = now
		switch {
		case !c.Usable(): // stopped in the meantime: an owner looks first
		case s.run.State == connector.Waiting:
			c.Label, c.NextSync = connector.NeedsConfirmation, time.Time{}
		default:
			c.Label, c.NextSync = connector.Connected, now.Add(c.Every)
		}
		_, err = s.h.Memory.SaveConnector(ctx, c, s.h.event("connector/"+c.ID, "connector.sync-ended", ebb, map[string]string{"run": s.run.ID, "state": string(s.run.State)}))
		return err
	})
	if err != nil {
		return err
	}
	run, err := s.h.Memory.SaveRun(ctx, s.run, s.h.event("connector/"+s.c.ID, "sync.ended", ebb, data))
	if err == nil {
		s.run = run
	}
	return err
}

// Confirm lets the removals of a waiting run happen: the next sync, begun at
// once and about the same kinds, believes what is absent. An owner's act.
func (h *House) Confirm(ctx context.Context, by access.Actor, id string) (connector.Run, error) {
	const op = "flow.Confirm"
	if _, err := h.owned(ctx, by, id); err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	var run connector.Run
	err := again(func() error {
		c, err := h.Memory.Connector(ctx, id)
		if err != nil {
			return err
		}
		run, err = h.Memory.Run(ctx, c.LastRun)
		if err != nil || run.State != connector.Waiting {
			return fault.New(op, fault.Invalid, "nothing waits for a confirmation here")
		}
		c.Confirmed, c.Label = c.LastRun, connector.Syncing
		_, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.confirmed", who(by), map[string]string{"run": c.LastRun}))
		return err
	})
	if err != nil {
		return connector.Run{}, fault.Wrap(op, err)
	}
	r, err := h.startRun(ctx, id, who(by), run.Kinds)
	return r, fault.Wrap(op, err)
}
