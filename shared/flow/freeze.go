package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Freeze stops new access, of one connector or (conn "") of the whole house:
// people ask and decide as before, and nothing is given, emergencies included,
// until Thaw. Ends go on: nothing that takes access back asks for a freeze. A
// start that was on its way when the freeze came may still reach Slack, for the
// seconds that converge's lease allows. Everybody who asks reads the reason. By
// Super and Integration Administrators, a connector's also by its owners. What
// is frozen already stays so, with its first reason.
func (h *House) Freeze(ctx context.Context, by access.Actor, conn, reason string) (access.Freeze, error) {
	const op = "flow.Freeze"
	if err := h.mayFreeze(ctx, by, conn); err != nil {
		return access.Freeze{}, fault.Wrap(op, err)
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return access.Freeze{}, fault.At(op, "reason", "say why: everybody who asks for access will read it")
	}
	if len([]rune(reason)) > longestReason {
		return access.Freeze{}, fault.At(op, "reason", "the reason has more than %d characters", longestReason)
	}
	var out access.Freeze
	err := again(func() (err error) {
		if out, err = h.freezeOf(ctx, conn); err != nil || out.On() {
			return err
		}
		f := access.Freeze{ID: h.NewID("fz"), Connector: conn, By: by.User.ID, Since: h.Now(), Rev: out.Rev}
		texts, hash, err := h.reason(ctx, f.Text(), writer(by, conn), reason)
		if err != nil {
			return err
		}
		out, err = h.Memory.SaveFreeze(ctx, f, texts, h.freezeEvent(f, "access.frozen", by, map[string]string{"reason": hash}))
		return err
	})
	return out, fault.Wrap(op, err)
}

// Thaw lifts a freeze: what waited for it is looked at again within seconds.
// Lifting what is not frozen changes nothing.
func (h *House) Thaw(ctx context.Context, by access.Actor, conn string) (access.Freeze, error) {
	const op = "flow.Thaw"
	if err := h.mayFreeze(ctx, by, conn); err != nil {
		return access.Freeze{}, fault.Wrap(op, err)
	}
	var out access.Freeze
	err := again(func() (err error) {
		if out, err = h.freezeOf(ctx, conn); err != nil || !out.On() {
			return err
		}
		f := out
		f.Lifted, f.LiftedBy, f.Waking = h.Now(), by.User.ID, true
		out, err = h.Memory.SaveFreeze(ctx, f, nil, h.freezeEvent(f, "access.thawed", by, nil))
		return err
	})
	return out, fault.Wrap(op, err)
}

// Frozen gives the house's own freeze while it is on.
func (h *House) Frozen(ctx context.Context) (access.Freeze, bool, error) { return h.FrozenIn(ctx, "") }

// FrozenIn gives the freeze that stops new access of a connector, the house's
// before its own.
func (h *House) FrozenIn(ctx context.Context, conn string) (access.Freeze, bool, error) {
	all, err := h.Memory.Freezes(ctx)
	if err != nil {
		return access.Freeze{}, false, fault.Wrap("flow.FrozenIn", err)
	}
	var out access.Freeze
	for _, f := range all {
		if f.Stops(conn) && (!out.On() || f.Connector == "") {
			out = f
		}
	}
	return out, out.On(), nil
}

// FreezeView is a freeze as those read it who may ask for access there.
type FreezeView struct {
	access.Freeze
	Reason string // "" when it was erased
	ByName string // who froze, where the directory or Ebb has a name
}

// ReadFreezes lists the freezes that are on, for everybody who has business
// with them.
func (h *House) ReadFreezes(ctx context.Context, by access.Actor) ([]FreezeView, error) {
	const op = "flow.ReadFreezes"
	s, err := h.sight(by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	all, err := h.Memory.Freezes(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := []FreezeView{}
	for _, f := range all {
		if !f.On() {
			continue
		}
		if f.Connector != "" {
			if _, err := s.realm(ctx, f.Connector); fault.Is(err, fault.NotFound) {
				continue
			} else if err != nil {
				return nil, fault.Wrap(op, err)
			}
		}
		v, err := h.freezeView(ctx, f)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		out = append(out, v)
	}
	return out, nil
}

func (h *House) freezeView(ctx context.Context, f access.Freeze) (FreezeView, error) {
	v := FreezeView{Freeze: f}
	t, err := h.Memory.Text(ctx, f.Text())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return v, err
	}
	v.Reason = t.Body
	v.ByName, err = h.userName(ctx, f.By)
	return v, err
}

// freezeOf is the newest freeze of a scope; the zero Freeze where there was none.
func (h *House) freezeOf(ctx context.Context, conn string) (access.Freeze, error) {
	all, err := h.Memory.Freezes(ctx)
	i := slices.IndexFunc(all, func(f access.Freeze) bool { return f.Connector == conn })
	if err != nil || i < 0 {
		return access.Freeze{}, err
	}
	return all[i], nil
}

func (h *House) mayFreeze(ctx context.Context, by access.Actor, conn string) error {
	if by.User.ID == "" || by.User.Ended {
		return fault.New("flow.mayFreeze", fault.Unauthenticated, "it is not known who asks")
	}
	if conn == "" && !by.Is(access.IntegrationAdministrator) {
		return fault.New("flow.mayFreeze", fault.Forbidden, "freezing the whole house needs the duty integration administrator; an owner can freeze their own connector")
	}
	if conn == "" {
		return nil
	}
	if _, err := h.Memory.Connector(ctx, conn); err != nil || by.Is(access.IntegrationAdministrator) {
		return err
	}
	_, err := h.owned(ctx, by, conn)
	return err
}

func (h *House) freezeEvent(f access.Freeze, action string, by access.Actor, data map[string]string) audit.Event {
	all := map[string]string{"freeze": f.ID, "connector": f.Connector}
	for k, v := range data {
		all[k] = v
	}
	return h.event("freeze/"+f.Scope(), action, who(by), all)
}

// writer is under whom a text is kept that is forgotten with its author: their
// account there, any account of theirs, or, without one, the user.
func writer(by access.Actor, conn string) string {
	if a := by.User.In(conn); a != "" {
		return a
	}
	if len(by.User.Accounts) > 0 {
		return by.User.Accounts[0].Account
	}
	return by.User.ID
}

const codeFrozen = "frozen"

// thawed is nil, or why a connector gives no new access now, in words for
// whoever waits for it.
func (h *House) thawed(ctx context.Context, conn string) error {
	f, on, err := h.FrozenIn(ctx, conn)
	if err != nil || !on {
		return err
	}
	return frozenError(f)
}

// frozenError is a matter of waiting, and calls nobody: somebody wanted it.
func frozenError(f access.Freeze) error {
	return &fault.Error{
		Op: "flow.thawed", Kind: fault.Pause, Code: codeFrozen,
		Text: "an administrator has frozen new access since " + minute(f.Since) + "; it begins when the freeze is lifted",
	}
}

// minute spells a time for a sentence that is kept.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// wakeThawed makes due what a freeze held up, after it was lifted. It goes on
// where it stopped for as long as the freeze is waking.
func (h *House) wakeThawed(ctx context.Context, conn string) error {
	f, err := h.freezeOf(ctx, conn)
	if err != nil || !f.Waking {
		return err
	}
	live, err := h.liveOf(ctx, conn)
	if err != nil {
		return err
	}
	begun := h.Now()
	for _, g := range live {
		if g.Trouble.Code != codeFrozen || !g.NextTry.After(h.Now()) {
			continue
		}
		if h.Now().Sub(begun) > startsFor {
			return nil // the row stays due
		}
		g.NextTry = h.Now().Truncate(time.Millisecond)
		// Who moved it meanwhile has looked at it.
		if err := h.Memory.SaveGrants(ctx, []access.Grant{g}); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	f.Waking = false
	_, err = h.Memory.SaveFreeze(ctx, f, nil)
	return err
}

// liveOf lists the live grants of a connector, or of the house.
func (h *House) liveOf(ctx context.Context, conn string) ([]access.Grant, error) {
	if conn == "" {
		return h.Memory.Grants(ctx, true, mostLive)
	}
	return h.Memory.GrantsOf(ctx, conn, "")
}

// mostLive is how many live grants a house is read with at once.
const mostLive = 100000
