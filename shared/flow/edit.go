package flow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// Between two scheduled syncs.
const (
	ShortestEvery = 5 * time.Minute
	LongestEvery  = 24 * time.Hour
)

// longestName is how many characters names of ours may have.
const longestName = 100

// ConnectorEdit is what an owner changes of a connector; nil: as it was.
type ConnectorEdit struct {
	Name   *string
	Owners []string // user ids; empty: as they were
	Every  *time.Duration
	SignIn *connector.IdentityProvider
}

// EditConnector changes a connector's name, owners, schedule, or how people sign
// in to it. An owner's act. The same edit twice changes nothing the second time.
func (h *House) EditConnector(ctx context.Context, by access.Actor, id string, edit ConnectorEdit) (connector.Connector, error) {
	const op = "flow.EditConnector"
	var out connector.Connector
	err := again(func() error {
		was, err := h.owned(ctx, by, id)
		if err != nil {
			return err
		}
		name, owners, signIn, every := was.Name, was.Owners, was.SignIn, was.Every
		if edit.Name != nil {
			name = *edit.Name
		}
		if len(edit.Owners) > 0 {
			owners = edit.Owners
		}
		if edit.SignIn != nil {
			signIn = *edit.SignIn
		}
		if edit.Every != nil {
			every = *edit.Every
		}
		if every < ShortestEvery || every > LongestEvery {
			return fault.At(op, "every", "a sync runs between every 5 minutes and once a day")
		}
		c, err := h.described(ctx, was, name, owners, signIn)
		if err != nil {
			return err
		}
		if out = was; c.Name == was.Name && slices.Equal(c.Owners, was.Owners) && c.SignIn == was.SignIn && every == was.Every {
			return nil
		}
		if c.Every = every; every != was.Every && !c.NextSync.IsZero() {
			c.NextSync = h.Now().Add(every)
			if next := c.LastGood.Add(every); next.Before(c.NextSync) && next.After(h.Now()) {
				c.NextSync = next
			}
		}
		out, err = h.Memory.SaveConnector(ctx, c, h.event("connector/"+id, "connector.edited", who(by), map[string]string{
			"owners": strings.Join(c.Owners, " "), "every": access.Span(c.Every),
		}))
		return err
	})
	return out, fault.Wrap(op, err)
}

// described is a connector with a name, owners and a way to sign in that were
// checked. Owners are users who have not ended, at least one.
func (h *House) described(ctx context.Context, c connector.Connector, name string, owners []string, in connector.IdentityProvider) (connector.Connector, error) {
	const op = "flow.described"
	name, in.Name, in.GroupsBy = strings.TrimSpace(name), strings.TrimSpace(in.Name), strings.TrimSpace(in.GroupsBy)
	if strings.EqualFold(in.Name, "slack") {
		in = connector.IdentityProvider{}
	}
	for field, text := range map[string]string{"name": name, "idp": in.Name, "groupsBy": in.GroupsBy, "application": c.Application} {
		if len([]rune(text)) > longestName {
			return c, fault.At(op, field, "at most %d characters", longestName)
		}
	}
	if name == "" {
		return c, fault.At(op, "name", "give it a name")
	}
	switch c.Integration {
	case "", connector.ApplicationIntegration, connector.CollaborationIntegration:
	default:
		return c, fault.At(op, "integration", "an integration is application or collaboration")
	}
	if in.Name == "" && in.GroupsBy != "" {
		return c, fault.At(op, "idp", "say which identity provider it is whose groups are managed so")
	}
	owners = slices.Clone(owners)
	slices.Sort(owners)
	owners = slices.Compact(owners)
	if len(owners) == 0 {
		return c, fault.At(op, "owners", "a connector has at least one owner")
	}
	for _, id := range owners {
		u, err := h.Memory.User(ctx, id)
		if fault.Is(err, fault.NotFound) || err == nil && u.Ended {
			return c, fault.At(op, "owners", "there is no user %s", id)
		}
		if err != nil {
			return c, err
		}
	}
	c.Name, c.Owners, c.SignIn = name, owners, in
	return c, nil
}
