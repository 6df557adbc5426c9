package slack_test

import (
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack"
)

// The client serves five ports of flow without knowing them.
var (
	_ flow.Installer = (*slack.Client)(nil)
	_ flow.Listings  = (*slack.Client)(nil)
	_ flow.Logs      = (*slack.Client)(nil)
	_ flow.Lookups   = (*slack.Client)(nil)
	_ flow.Changes   = (*slack.Client)(nil)
)
