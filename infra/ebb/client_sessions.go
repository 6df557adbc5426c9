package main

import (
	"fmt"
	"io"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// UsersDutiesCmd is ebb users duties.
type UsersDutiesCmd struct {
	ClientFlags
	ID   ident            `arg:"" help:"The user's id, from ebb users."`
	Duty []apiclient.Duty `arg:"" enum:"super administrator,integration administrator,campaign administrator,auditor,user" help:"All that they may do from now on: \"super administrator\", \"integration administrator\", \"campaign administrator\" (runs access reviews), auditor, user."`
}

// Run replaces the duties.
func (x *UsersDutiesCmd) Run(c *Client) error {
	u, err := call[apiclient.User](c.api.SetDuties(background(), string(x.ID), apiclient.NewDuties{Duties: x.Duty}))
	if err != nil {
		return err
	}
	return c.show(u, func(w io.Writer) { printUsers(w, []apiclient.User{u}) })
}

// UsersIdentifyCmd is ebb users identify.
type UsersIdentifyCmd struct {
	ClientFlags
	ID      ident  `arg:"" help:"The user's id, from ebb users."`
	Issuer  string `placeholder:"URL" help:"The issuer's address; left out with --subject: who they are is taken away."`
	Subject string `placeholder:"ID" help:"Who they are there."`
}

// Run binds the user to an identity, or takes it away.
func (x *UsersIdentifyCmd) Run(c *Client) error {
	if (x.Issuer == "") != (x.Subject == "") {
		return fmt.Errorf("give --issuer and --subject, or neither to take it away")
	}
	var u apiclient.User
	var err error
	if x.Issuer == "" {
		u, err = call[apiclient.User](c.api.UnidentifyUser(background(), string(x.ID)))
	} else {
		u, err = call[apiclient.User](c.api.IdentifyUser(background(), string(x.ID), apiclient.Identity{Issuer: x.Issuer, Subject: x.Subject}))
	}
	if err != nil {
		return err
	}
	return c.show(u, func(w io.Writer) { printUsers(w, []apiclient.User{u}) })
}

// UsersRulesCmd is ebb users rules.
type UsersRulesCmd struct {
	ClientFlags
	ByEmail string `enum:"on,off," default:"" help:"on: at the first sign-in an issuer's verified e-mail leads to the one live account that has it; off: it does not."`
}

// Run says how people sign in, or changes it.
func (x *UsersRulesCmd) Run(c *Client) error {
	var rules apiclient.SignInRules
	var err error
	if x.ByEmail == "" {
		rules, err = call[apiclient.SignInRules](c.api.GetSignInRules(background()))
	} else {
		rules, err = call[apiclient.SignInRules](c.api.SetSignInRules(background(), apiclient.SignInRules{ByEmail: x.ByEmail == "on"}))
	}
	if err != nil {
		return err
	}
	return c.show(rules, func(w io.Writer) {
		says := "People are known by Slack's ids and by what an administrator bound."
		if rules.ByEmail {
			says = "At their first sign-in people are also known by an e-mail that the issuer verified."
		}
		fmt.Fprintln(w, says)
	})
}

// SessionsCmd is ebb sessions.
type SessionsCmd struct {
	List SessionsListCmd `cmd:"" default:"withargs" help:"List who is signed in to the console, and how."`
	End  SessionsEndCmd  `cmd:"" help:"End a session at once."`
}

// SessionsListCmd is ebb sessions list.
type SessionsListCmd struct {
	ClientFlags
	User string `placeholder:"ID" help:"Whose; ebb users lists them. Left out: your own."`
}

// Run lists the sessions.
func (x *SessionsListCmd) Run(c *Client) error {
	list, err := call[apiclient.SessionList](c.api.ListSessions(background(), &apiclient.ListSessionsParams{User: opt(x.User)}))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		rows := [][]string{{"ID", "BY", "SIGNED IN", "LAST USED", "ENDS"}}
		for _, s := range list.Items {
			rows = append(rows, []string{s.Id, string(s.Means), c.clock(s.Authenticated), c.clock(s.Seen), c.clock(s.Ends)})
		}
		table(w, rows)
	})
}

// SessionsEndCmd is ebb sessions end.
type SessionsEndCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The session's id, from ebb sessions."`
}

// Run ends the session.
func (x *SessionsEndCmd) Run(c *Client) error {
	if _, err := call[struct{}](c.api.EndSession(background(), string(x.ID))); err != nil {
		return err
	}
	return c.show(map[string]any{"id": x.ID, "ended": true}, func(w io.Writer) { fmt.Fprintf(w, "%s is over.\n", x.ID) })
}
