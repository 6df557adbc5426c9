package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// PauseConnector stops syncs, approvals and starts of a connector. Ends go on:
// nothing here or elsewhere asks for the label before access is taken back. An
// owner's act; pausing again changes nothing.
func (h *House) PauseConnector(ctx context.Context, by access.Actor, id string) (connector.Connector, error) {
	const op = "flow.PauseConnector"
	c, err := h.owned(ctx, by, id)
	if err == nil && !c.Linked() {
		err = fault.New(op, fault.Invalid, "this connector is not connected; there is nothing to pause")
	}
	if err == nil {
		c, err = h.pause(ctx, by, id)
	}
	return c, fault.Wrap(op, err)
}

// pause moves the label, and ends the sync that runs.
func (h *House) pause(ctx context.Context, by access.Actor, id string) (connector.Connector, error) {
	var c connector.Connector
	err := again(func() error {
		var err error
		if c, err = h.Memory.Connector(ctx, id); err != nil || c.Label == connector.Paused || !c.Linked() {
			return err
		}
		was := c.Label
		c.Label, c.NextSync = connector.Paused, time.Time{}
		c, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.paused", who(by), map[string]string{"was": string(was)}))
		return err
	})
	if err == nil && c.LastRun != "" {
		err = h.stopRun(ctx, c)
	}
	return c, err
}

// stopRun ends the run of a connector that was stopped. A step on its way finds
// the run changed when it saves, and ends too.
func (h *House) stopRun(ctx context.Context, c connector.Connector) error {
	return again(func() error {
		run, err := h.Memory.Run(ctx, c.LastRun)
		if fault.Is(err, fault.NotFound) || err == nil && run.State != connector.Running {
			return nil
		}
		if err != nil {
			return err
		}
		run.State, run.Ended = connector.Failed, h.Now()
		run.Notes = append(run.Notes, fault.TextOf(stopped(c)))
		_, err = h.Memory.SaveRun(ctx, run, h.event("connector/"+c.ID, "sync.stopped", ebb, map[string]string{"run": run.ID}))
		return err
	})
}

// ResumeConnector takes a pause back: to what stood in the way before, if it
// still does, else Connected with a sync due at once. An owner's act.
func (h *House) ResumeConnector(ctx context.Context, by access.Actor, id string) (connector.Connector, error) {
	const op = "flow.ResumeConnector"
	if _, err := h.owned(ctx, by, id); err != nil {
		return connector.Connector{}, fault.Wrap(op, err)
	}
	var c connector.Connector
	err := again(func() error {
		var err error
		if c, err = h.Memory.Connector(ctx, id); err != nil || c.Usable() {
			return err
		}
		if c.Label != connector.Paused {
			return fault.New(op, fault.Invalid, "this connector is not paused, it is %s", c.Label)
		}
		if c.Label, err = h.unpaused(ctx, c); err != nil {
			return err
		}
		if c.Usable() {
			c.NextSync = h.Now()
		}
		c, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.resumed", who(by), map[string]string{"to": string(c.Label)}))
		return err
	})
	return c, fault.Wrap(op, err)
}

// unpaused is the label that the facts say.
func (h *House) unpaused(ctx context.Context, c connector.Connector) (connector.Label, error) {
	if c.Trouble.Code != "" {
		return connector.Error, nil
	}
	run, err := h.Memory.Run(ctx, c.LastRun)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	if run.State == connector.Waiting && c.Confirmed != run.ID {
		return connector.NeedsConfirmation, nil
	}
	return connector.Connected, nil
}
