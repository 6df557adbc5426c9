// Package slackexport reads the workspace export that Slack gives its owners: a
// zip, or the folder that came out of one. It opens the lists of people, channels
// and apps at its top, each by its own name, and nothing else. Messages lie in a
// folder for each channel, a file for each day; of those it takes the names, from
// which the last day of a channel follows, and never opens one.
//
//	users.json              people (org_users.json in an organization's export)
//	channels.json           public channels
//	groups.json             private channels; in exports of all conversations only
//	dms.json, mpims.json    direct and group conversations; counted only
//	integration_logs.json   what was installed, changed and removed
//
// Source: Slack's help, "How to read Slack data exports".
//
// It unpacks nothing to disk, reads each list item by item, and gives up on what
// no export is: a bomb, a path that leads out, a file that is there twice. Fields
// that it does not know are left alone. Each error names the file and says what
// to do.
package slackexport

// Limits. A hundred thousand people make a users.json of 150 MB; these are ten
// times what the largest workspace needs, and what a small machine still bears.
const (
	maxFiles = 3_000_000 // in the zip: a file for each channel and day
	maxList  = 1 << 30   // bytes of one list, unpacked
	maxItem  = 32 << 20  // bytes of one item: a channel with two million members
	maxItems = 2_000_000 // items of one list
)
