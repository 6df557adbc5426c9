package flow

import (
	"context"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// Events of Slack come best effort: late, twice, out of order, or never. So a
// notice is a reason to look and never the truth. About people Slack is asked;
// about members the directory takes the delta, which the next sync corrects; and
// what an event says of our own writes counts only where it is certain (mend.go).

// Notice takes an event of Slack: it is stored with its due row, once, and
// served by a sweep. Nothing is asked of Slack here. What belongs to no
// connector that is linked is dropped, and so is what was taken before: both are
// no error, because Slack would only send it again.
func (h *House) Notice(ctx context.Context, n connector.Notice) error {
	const op = "flow.Notice"
	if n.ID == "" || n.Kind == "" {
		return fault.New(op, fault.Invalid, "an event needs an id and a kind")
	}
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	i := slices.IndexFunc(all, func(c connector.Connector) bool { return c.Hears(n) })
	if i < 0 {
		return nil
	}
	now := h.Now()
	n.Connector, n.Taken, n.Next, n.Tries, n.Served, n.Rev = all[i].ID, now, now, 0, time.Time{}, 0
	if err := h.Memory.SaveNotice(ctx, n); fault.Is(err, fault.Conflict) {
		return nil
	} else if err != nil {
		return fault.Wrap(op, err)
	}
	h.heard(ctx, all[i])
	return nil
}

// heardEvery is how exactly a connector knows when it last heard of Slack.
const heardEvery = 24 * time.Hour

// heard notes, once a day, that events arrive. It is for people to read; lost,
// the next event notes it.
func (h *House) heard(ctx context.Context, c connector.Connector) {
	if h.Now().Sub(c.Heard) < heardEvery {
		return
	}
	c.Heard = h.Now()
	if _, err := h.Memory.SaveConnector(ctx, c, h.event("connector/"+c.ID, "connector.heard", ebb, nil)); err != nil && !fault.Is(err, fault.Conflict) {
		h.log().Warn("heard", "connector", c.ID, "error", err)
	}
}

// giveUpNotice is how long a notice is tried: the syncs since have read all that
// it could tell.
const giveUpNotice = 6 * time.Hour

// serveNotice does what follows from a notice. It may run twice. What fails for
// now is tried again; a resource that somebody else is at, in a few seconds.
func (h *House) serveNotice(ctx context.Context, id string) error {
	const op = "flow.serveNotice"
	n, err := h.Memory.Notice(ctx, id)
	if err != nil || !n.Served.IsZero() || n.Next.After(h.Now()) {
		return fault.Wrap(op, err)
	}
	c, err := h.Memory.Connector(ctx, n.Connector)
	if err == nil && c.Linked() {
		err = h.hear(ctx, c, n)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(op, err)
	}
	now := h.Now()
	switch {
	case err == nil:
		n.Served = now
	case now.Sub(n.Taken) >= giveUpNotice:
		h.log().Warn("an event was given up; the syncs tell what it told", "notice", n.ID, "kind", n.Kind, "error", err)
		n.Served = now
	default:
		h.note(ctx, c, err)
		n.Tries++
		if n.Next = fault.UntilOf(err); !n.Next.After(now) {
			n.Next = now.Add(access.Backoff(n.Tries))
		}
	}
	serr := h.Memory.SaveNotice(ctx, n)
	if serr == nil && fault.Is(err, fault.Internal) {
		serr = err
	}
	return fault.Wrap(op, serr)
}

// hear is one event, by its kind. A kind that is not served is done.
func (h *House) hear(ctx context.Context, c connector.Connector, n connector.Notice) error {
	switch n.Kind {
	case connector.UserChanged, connector.UserJoined:
		return h.hearAccount(ctx, c, n)
	case connector.MembersChanged:
		return h.hearMembers(ctx, c, n)
	case connector.GroupMade, connector.GroupUpdated:
		return h.hearGroup(ctx, c, n)
	case connector.ChannelJoined, connector.ChannelLeft:
		return h.hearChannel(ctx, c, n)
	case connector.TokensRevoked, connector.Uninstalled:
		return h.hearRevoked(ctx, c)
	case connector.AccessGranted, connector.AccessRevoked:
		return h.hearWorkspaces(ctx, c)
	}
	return nil
}

// linkOf acts in the workspace of a notice, or in another that the connector
// sees.
func linkOf(c connector.Connector, n connector.Notice) connector.Link {
	l := connector.Link{Connector: c.ID, Team: n.Team}
	if !slices.Contains(c.Workspaces, l.Team) && len(c.Workspaces) > 0 {
		l.Team = c.Workspaces[0]
	}
	return l
}

// hearRevoked asks with each token whether it still lives: the event may be
// older than a new installation. Ends go on being due whatever it is.
func (h *House) hearRevoked(ctx context.Context, c connector.Connector) error {
	if c.Label == connector.Error {
		return nil
	}
	for _, asBot := range []bool{false, true} {
		if asBot && c.BotUser == "" {
			continue
		}
		l := linkOf(c, connector.Notice{})
		l.AsBot = asBot
		_, err := h.Slack.Account(ctx, l, c.Installer)
		switch {
		case fault.Is(err, fault.Reauthorize):
			h.log().Error("Slack revoked the connector's authorization", "connector", c.ID, "error", err)
			return h.loseConnector(ctx, c.ID, err)
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		}
	}
	return nil
}

// hearWorkspaces lets a sync read anew which workspaces an organization's
// installation sees; while one runs, the next scheduled one does.
func (h *House) hearWorkspaces(ctx context.Context, c connector.Connector) error {
	if !c.Usable() || !c.NextSync.After(h.Now()) {
		return nil // stopped, or due already
	}
	c.NextSync = h.Now()
	_, err := h.Memory.SaveConnector(ctx, c)
	return err
}
