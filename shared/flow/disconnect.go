package flow

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Disconnect takes a connector's tokens back at Slack and forgets them: Not
// connected. It refuses while access is out that Ebb gave, because without a
// token nobody ends it; stays are the grants, drained before and still not
// gone, of which an owner confirms by name that their access stays. It goes on
// where it stopped. An owner's act.
func (h *House) Disconnect(ctx context.Context, by access.Actor, id string, stays []string) (connector.Connector, error) {
	const op = "flow.Disconnect"
	c, err := h.owned(ctx, by, id)
	if err != nil || !c.Linked() {
		return c, fault.Wrap(op, err)
	}
	// A refusal changes nothing; what begins in between is refused below, paused.
	if err := h.unsettled(ctx, id, stays); err != nil {
		return c, fault.Wrap(op, err)
	}
	if c, err = h.pause(ctx, by, id); err != nil {
		return c, fault.Wrap(op, err)
	}
	for _, step := range []func() error{
		func() error { return h.settle(ctx, by, id, stays) },
		func() error { return h.atRest(ctx, id) },
		func() error { return h.dropTokens(ctx, id) },
	} {
		if err := step(); err != nil {
			return c, fault.Wrap(op, err)
		}
	}
	err = again(func() error {
		if c, err = h.Memory.Connector(ctx, id); err != nil || !c.Linked() {
			return err
		}
		// Team and Enterprise stay: directory and grants belong there.
		c.Label, c.Trouble, c.NextSync = connector.NotConnected, connector.Trouble{}, time.Time{}
		c.Installer, c.UserScopes, c.BotScopes, c.BotUser = "", nil, nil, ""
		c, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.disconnected", who(by), map[string]string{"stays": strings.Join(stays, " ")}))
		return err
	})
	return c, fault.Wrap(op, err)
}

// settle refuses while a live grant is not named, and closes those that are.
func (h *House) settle(ctx context.Context, by access.Actor, id string, stays []string) error {
	if err := h.unsettled(ctx, id, stays); err != nil {
		return err
	}
	live, err := h.Memory.GrantsOf(ctx, id, "")
	if err != nil {
		return err
	}
	for _, g := range live {
		if err := h.letStay(ctx, by, g); err != nil {
			return err
		}
	}
	return nil
}

// unsettled refuses while a live grant is not named, or not drained.
func (h *House) unsettled(ctx context.Context, id string, stays []string) error {
	const op = "flow.unsettled"
	live, err := h.Memory.GrantsOf(ctx, id, "")
	if err != nil {
		return err
	}
	var open []string
	for _, g := range live {
		if !slices.Contains(stays, g.ID) || !g.Takes() {
			open = append(open, g.ID)
		}
	}
	if n := len(open); n > 0 {
		return &fault.Error{
			Op: op, Kind: fault.Invalid, Code: "live_grants", Text: "access is still out: end it with ebb connectors drain and wait, or confirm by name what stays, --stays GRANT for each (" +
				strings.Join(open[:min(n, 10)], " ") + more(n-10) + ")",
		}
	}
	return nil
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return " and more"
}

// letStay closes a grant whose access stays in Slack. Its hold is closed as one
// that stood: from now on it is standing access.
func (h *House) letStay(ctx context.Context, by access.Actor, g access.Grant) error {
	const note = "kept: an owner confirmed that it stays"
	return h.locked(ctx, g.Connector, g.Resource, func(l access.Lock, st access.Standing) error {
		now := h.Now()
		i := slices.IndexFunc(st.Grants, func(x access.Grant) bool { return x.ID == g.ID })
		if i < 0 {
			return nil // it came to its end in the meantime
		}
		next := st.Grants[i]
		var err error
		if next.State == access.Stuck {
			if next, err = next.Turn(access.End, now, ""); err != nil {
				return err
			}
		}
		if next, err = next.Turn(access.Keep, now, note); err != nil {
			return err
		}
		step := access.Step{Grants: []access.Grant{next}, Clear: st.Writing, Sleep: true}
		if hold, ok := st.Holds[g.Account]; ok && hold.Open() {
			hold.Stood, hold.GoneAt = true, now
			step.Holds = []access.Hold{hold}
		}
		events, err := h.carriedOut(ctx, &step, directory.KeepFinding)
		if err != nil {
			return err
		}
		e := h.grantEvent(next, note)
		e.Actor = who(by)
		return h.Memory.Record(ctx, l, step, append(events, e)...)
	})
}

// atRest refuses while the answer to a change is unclear, and lets resources
// rest that wait for deactivated members to come back: Ebb cannot put them
// back without a token.
func (h *House) atRest(ctx context.Context, id string) error {
	const everything = 100_000
	due, err := h.Memory.Due(ctx, LaneAct, h.Now().Add(access.Longest), everything)
	if err != nil {
		return err
	}
	for _, d := range due {
		if d.Connector != id || d.Kind != "resource" {
			continue
		}
		err := h.locked(ctx, id, d.ID, func(l access.Lock, st access.Standing) error {
			if st.Writing != nil {
				return fault.New("flow.atRest", fault.Invalid, "%s", unclearText+"; disconnect in two minutes")
			}
			return h.Memory.Record(ctx, l, access.Step{Sleep: true})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// locked does something under a resource's lock, as converge does.
func (h *House) locked(ctx context.Context, conn, resource string, do func(access.Lock, access.Standing) error) error {
	l, err := h.Memory.Lock(ctx, conn, resource, h.NewID("lock"), h.Now())
	if err != nil {
		return err
	}
	st, err := h.Memory.Standing(ctx, conn, resource)
	if err == nil {
		err = do(l, st)
	}
	if uerr := h.Memory.Unlock(ctx, l); uerr != nil {
		h.log().Warn("unlock", "resource", resource, "error", uerr)
	}
	return err
}

// dropTokens revokes the tokens at Slack and then deletes them here: the other
// way round a crash would leave tokens that work and nobody knows of.
func (h *House) dropTokens(ctx context.Context, id string) error {
	value, _, err := h.Secrets.Get(ctx, TokenName(id))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var tokens struct{ User, Bot string }
	if err := json.Unmarshal(value, &tokens); err != nil {
		h.log().Warn("tokens", "connector", id, "error", "they cannot be read, so they are not revoked")
	}
	for _, t := range []string{tokens.Bot, tokens.User} {
		if t == "" {
			continue
		}
		if err := h.Slack.Revoke(ctx, t); err != nil && !fault.Is(err, fault.Reauthorize) { // dead already
			return err
		}
	}
	return h.Secrets.Delete(ctx, TokenName(id))
}
