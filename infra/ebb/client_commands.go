package main

import "context"

// ClientCommands are the verbs of ebb that speak to a running house, over the
// API alone: what they can do, any client can. main embeds them beside the
// house's own commands; each binds its Client itself (ClientFlags).
type ClientCommands struct {
	Connect    ConnectCmd    `cmd:"" help:"Add a connector to Slack: prints a link to open, or takes a token."`
	Connectors ConnectorsCmd `cmd:"" help:"List connectors; pause, resume, drain or disconnect one."`
	Request    RequestCmd    `cmd:"" help:"Ask for access for a time."`
	Profiles   ProfilesCmd   `cmd:"" help:"List the access profiles that you could ask for."`
	Requests   RequestsCmd   `cmd:"" help:"List requests: yours, and those that you may decide."`
	Tasks      TasksCmd      `cmd:"" help:"List what waits for you."`
	Approve    ApproveCmd    `cmd:"" help:"Approve a request."`
	Deny       DenyCmd       `cmd:"" help:"Deny a request."`
	Reassign   ReassignCmd   `cmd:"" help:"Hand a request that waits to somebody by name."`
	Confirm    ConfirmCmd    `cmd:"" help:"Confirm an emergency afterwards, or end its access."`
	Veto       VetoCmd       `cmd:"" help:"Veto a request that would approve itself."`
	Cancel     CancelCmd     `cmd:"" help:"Take a request back."`
	Extend     ExtendCmd     `cmd:"" help:"Ask for more time on a grant."`
	End        EndCmd        `cmd:"" help:"End access now."`
	Grants     GrantsCmd     `cmd:"" help:"List grants with the time left."`
	Findings   FindingsCmd   `cmd:"" help:"List what changed in Slack without Ebb; accept, remove or keep it."`
	Review     ReviewCmd     `cmd:"" help:"Access reviews: draft, stage, start, decide, end, evidence."`
	Manual     ManualCmd     `cmd:"" help:"List what people have to do by hand in Slack, and say that it is done."`
	Freeze     FreezeCmd     `cmd:"" help:"Stop new access, of one connector or of the whole house; ends go on."`
	Kill       KillCmd       `cmd:"" help:"End everything of a person, a resource or a policy now."`
	Thaw       ThawCmd       `cmd:"" help:"Lift a freeze."`
	Delegate   DelegateCmd   `cmd:"" help:"Let somebody decide in your place for a while."`
	Directory  DirectoryCmd  `cmd:"" help:"Who holds what; what a sync has found."`
	Owners     OwnersCmd     `cmd:"" help:"Say who owns a resource, or list its owners."`
	Policy     PolicyCmd     `cmd:"" help:"Publish, explain, check or compare the policy."`
	Audit      AuditCmd      `cmd:"" help:"Verify the audit trail, or read it."`
	Forget     ForgetCmd     `cmd:"" help:"Erase what an account wrote and its name. Cannot be undone."`
	Key        KeyCmd        `cmd:"" help:"Make, list and end API keys."`
	Sessions   SessionsCmd   `cmd:"" help:"List who is signed in to the console, or end a session."`
	Users      UsersCmd      `cmd:"" help:"List users, say what they may do, or end one."`
}

// background is the context of a client verb: it lives as long as the command.
func background() context.Context { return context.Background() }
