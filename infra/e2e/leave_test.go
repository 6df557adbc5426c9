package e2e

import (
	"context"
	"fmt"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// left disconnects and connects again, by a pasted token and by OAuth, and
// forgets an account: what happens once in a year, and takes rights that nothing
// else does.
func (s *story) left(ctx context.Context) error {
	s.say("Disconnect, paste a token, disconnect, install again")
	path := "/v1/connectors/" + s.conn
	var c struct{ Label string }
	disconnect := func() error {
		err := s.admin.post(ctx, path+"/drain", nil, nil)
		if err == nil {
			err = s.admin.post(ctx, path+"/disconnect", map[string]any{"stays": []string{}}, &c)
		}
		if err == nil && c.Label != "Not connected" {
			err = fmt.Errorf("disconnected, the connector is %q", c.Label)
		}
		return err
	}
	if err := disconnect(); err != nil {
		return err
	}
	pasted := s.slack.Token(slacktest.TokenSpec{User: s.owner.id, Scopes: connector.InstallUserScopes})
	s.secrets["the pasted token"] = pasted
	if err := s.admin.send(ctx, "PUT", path+"/token", "application/json", fmt.Appendf(nil, `{"token":%q}`, pasted), &c); err != nil {
		return err
	}
	s.tell("connector %s: %s by a pasted token", s.conn, c.Label)
	if err := s.plant(ctx); err != nil {
		return err
	}
	if err := disconnect(); err != nil {
		return err
	}
	var invitation struct{ URL string }
	if err := s.admin.post(ctx, path+"/invitations", map[string]any{}, &invitation); err != nil {
		return err
	}
	if err := s.owner.consent(ctx, invitation.URL); err != nil {
		return err
	}
	if err := s.connected(ctx); err != nil {
		return fmt.Errorf("installed again: %w", err)
	}
	s.tell("connector %s: Connected by OAuth", s.conn)
	// Installed once more while the next sync is far away, as for a new scope: it moves to now.
	if err := s.admin.post(ctx, path+"/invitations", map[string]any{}, &invitation); err != nil {
		return err
	}
	if err := s.owner.consent(ctx, invitation.URL); err != nil {
		return err
	}
	if err := s.plant(ctx); err != nil {
		return err
	}
	return s.admin.post(ctx, path+"/accounts/"+s.bob+"/forget", nil, nil)
}
