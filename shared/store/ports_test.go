package store_test

import (
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
)

// The ports that one Store serves.
var (
	_ flow.Connectors  = (*store.Store)(nil)
	_ flow.Runs        = (*store.Store)(nil)
	_ flow.Directory   = (*store.Store)(nil)
	_ flow.Paging      = (*store.Store)(nil)
	_ flow.Finding     = (*store.Store)(nil)
	_ flow.Activity    = (*store.Store)(nil)
	_ flow.Holdings    = (*store.Store)(nil)
	_ flow.Memberships = (*store.Store)(nil)
	_ flow.Requests    = (*store.Store)(nil)
	_ flow.Repeats     = (*store.Store)(nil)
	_ flow.Grants      = (*store.Store)(nil)
	_ flow.Converging  = (*store.Store)(nil)
	_ flow.Tellings    = (*store.Store)(nil)
	_ flow.Due         = (*store.Store)(nil)
	_ flow.Policies    = (*store.Store)(nil)
	_ flow.Freezes     = (*store.Store)(nil)
	_ flow.Drafts      = (*store.Store)(nil)
	_ flow.Kills       = (*store.Store)(nil)
	_ flow.Campaigns   = (*store.Store)(nil)
	_ flow.Templates   = (*store.Store)(nil)
	_ flow.Staging     = (*store.Store)(nil)
	_ flow.Assignments = (*store.Store)(nil)
	_ flow.Deciding    = (*store.Store)(nil)
	_ flow.Manuals     = (*store.Store)(nil)
	_ flow.People      = (*store.Store)(nil)
	_ flow.Keys        = (*store.Store)(nil)
	_ flow.Sessions    = (*store.Store)(nil)
	_ flow.SignIns     = (*store.Store)(nil)
	_ flow.Knocks      = (*store.Store)(nil)
	_ flow.Owners      = (*store.Store)(nil)
	_ flow.Texts       = (*store.Store)(nil)
	_ flow.Trail       = (*store.Store)(nil)
)
