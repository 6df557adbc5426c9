package console

import (
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// InstallPage is what install.html shows: the way to Slack. It is a link and no
// redirect, because a form may lead to our own pages alone.
type InstallPage struct {
	Frame
	Connector flow.ConnectorView
	Link      string
}

func (v *visit) install() error {
	c, err := v.s.house.ReadConnector(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	invite := v.s.house.Invite
	if c.Collaborates() {
		invite = v.s.house.InviteCollaboration
	}
	link, err := invite(v.ctx(), v.by, c.ID)
	if err != nil {
		return err
	}
	return v.show("install", InstallPage{Frame: v.frame("Install with Slack"), Connector: c, Link: strings.TrimPrefix(link, v.s.house.URL)})
}

// pasteToken is Save below the user token. It is never shown again, not even when
// it was wrong.
func (v *visit) pasteToken() error {
	token := v.field("token")
	if token == "" {
		return fault.At("console.token", "token", "paste the user token first; it begins with xoxp-")
	}
	_, err := v.s.house.PasteToken(v.ctx(), v.by, v.path("id"), token)
	return v.changed(err, "Saved. Slack took the token; the first sync has begun.")
}

// changed is what a form about a connector answers.
func (v *visit) changed(err error, said string) error {
	err = masked(err, func() error {
		_, err := v.s.house.ReadConnector(v.ctx(), v.by, v.path("id"))
		return err
	})
	return v.done(err, "/integrations/"+v.path("id"), said)
}

func (v *visit) editIntegration() error {
	name := v.field("name")
	edit := flow.ConnectorEdit{Name: &name, Owners: v.fields("owner")}
	if len(edit.Owners) == 0 {
		return fault.At("console.edit", "owners", "tick at least one owner")
	}
	every, err := time.ParseDuration(v.field("every"))
	if err != nil {
		return fault.At("console.edit", "every", "say how often to sync")
	}
	edit.Every = &every
	edit.SignIn = &connector.IdentityProvider{Name: v.field("idp"), GroupsBy: v.field("groups_by")}
	_, err = v.s.house.EditConnector(v.ctx(), v.by, v.path("id"), edit)
	return v.changed(err, "Saved.")
}

func (v *visit) syncNow() error {
	_, err := v.s.house.StartSync(v.ctx(), v.by, v.path("id"), nil)
	return v.changed(err, "A sync has begun.")
}

func (v *visit) pause() error {
	_, err := v.s.house.PauseConnector(v.ctx(), v.by, v.path("id"))
	return v.changed(err, "Paused: nothing new is given and nothing is synced. What is out ends as it should.")
}

func (v *visit) resume() error {
	_, err := v.s.house.ResumeConnector(v.ctx(), v.by, v.path("id"))
	return v.changed(err, "It goes on.")
}

func (v *visit) confirmChanges() error {
	_, err := v.s.house.Confirm(v.ctx(), v.by, v.path("id"))
	return v.changed(err, "Confirmed: a sync takes them away now.")
}

func (v *visit) drain() error {
	d, err := v.s.house.Drain(v.ctx(), v.by, v.path("id"))
	said := "Everything that Ebb gave here has ended. It can be disconnected."
	if d.Left > 0 {
		said = "Ending " + count(d.Left, "grant", "grants") + "; load this page again in a minute."
	}
	return v.changed(err, said)
}

// disconnect asks for the connector's name, typed, because it cannot be undone.
func (v *visit) disconnect() error {
	c, err := v.s.house.ReadConnector(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	if v.field("name") != c.Name {
		return fault.At("console.disconnect", "name", "type the connector's name, %s, to disconnect it", c.Name)
	}
	_, err = v.s.house.Disconnect(v.ctx(), v.by, c.ID, v.fields("stays"))
	return v.changed(err, "Disconnected; its tokens are revoked and forgotten.")
}
