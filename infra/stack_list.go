package main

import (
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
)

// Trigger says what starts a function.
type Trigger string

// What starts functions.
const (
	HTTP      Trigger = "HTTP API"
	Scheduled Trigger = "Scheduler"
	Leased    Trigger = "Step Functions"
	Streamed  Trigger = "DynamoDB stream"
)

// Function is one Lambda: a folder in functions/, a line in the README's table,
// a zip, and a resource in the template. A test holds all four together.
type Function struct {
	Name    string
	Trigger Trigger
	Does    string // as the README says it
	// Memory in MiB, which also buys processor time: a whole one at 1769.
	Memory  int
	Timeout time.Duration
	Uses    []Use
}

// Use is something outside the table that a function needs; stack_rights.go
// says which actions on which resources each use is.
type Use string

// What functions use besides the table, which all of them read and write.
const (
	Locks       Use = "takes the locks of resources"    // changes Slack, or its record
	Directory   Use = "writes the directory in batches" // a cache of Slack
	Stages      Use = "stages access reviews"           // lines only while their campaign is staged
	ReadTokens  Use = "reads connectors' tokens"        // speaks to Slack as a connector
	WriteTokens Use = "stores connectors' tokens"       // connects Slack
	DropTokens  Use = "deletes connectors' tokens"      // disconnects, with WriteTokens
	App         Use = "reads the Slack app's credentials"
	SignIn      Use = "signs people in" // has the key of its states, and the client secret at an issuer
	Pseudonyms  Use = "has the key of the audit's pseudonyms"
	Signs       Use = "has the key that signs heads of the audit"
	ReadSigner  Use = "verifies heads of the audit" // with the signing key's public half
	ReadHeads   Use = "reads heads of the audit"
	AddHeads    Use = "adds heads of the audit"
	Wakes       Use = "starts leases"
	Hears       Use = "reads the table's stream"
	Mails       Use = "sends mail, where there is a sender"
)

// Functions is the one table of functions.
//
// Memory buys processor time, and is not for data: a handler uses 13 MiB. Those
// that link CEL or parse long listings have twice as much. What is right on AWS
// was not measured. Timeouts: a step of a lease holds a resource's lock for at
// most 40 s and answers before lease.asl.json's 75 s; sweep waits up to 75 s for
// what is due soon and then has a round of 45 s; sync packs steps of a minute,
// review rounds of one, begun in its first four minutes.
var Functions = []Function{
	{
		Name: names.Install, Trigger: HTTP, Memory: 512, Timeout: 29 * time.Second,
		Does: "OAuth: the start link, and Slack's answer",
		Uses: []Use{App, ReadTokens, WriteTokens},
	},
	{
		Name: names.API, Trigger: HTTP, Memory: 1024, Timeout: 29 * time.Second,
		Does: "`/v1` JSON: access requests and everything else",
		// Approving reads approvers' groups as they are in Slack now, so api
		// speaks to Slack; pasting a token stores one, disconnecting deletes it.
		Uses: []Use{Locks, Directory, ReadTokens, WriteTokens, DropTokens, Pseudonyms, ReadSigner, ReadHeads, Wakes},
	},
	{
		// Slack waits three seconds; what does not fit, and what follows from an
		// event, is sweep's. Deciding by a click is what api does.
		Name: names.Slack, Trigger: HTTP, Memory: 1024, Timeout: 10 * time.Second,
		Does: "what Slack itself sends: events, the command, buttons and modals",
		Uses: []Use{App, ReadTokens, Pseudonyms, Wakes},
	},
	{
		// What api does, by pages; and it asks Slack or an issuer who somebody is.
		Name: names.Console, Trigger: HTTP, Memory: 1024, Timeout: 29 * time.Second,
		Does: "the pages: signing in, access, decisions, integrations, audit",
		Uses: []Use{App, SignIn, Locks, Directory, ReadTokens, WriteTokens, DropTokens, Pseudonyms, ReadSigner, ReadHeads, Wakes},
	},
	{
		Name: names.Sync, Trigger: Scheduled, Memory: 1024, Timeout: 5 * time.Minute,
		Does: "syncs that are due, in resumable steps",
		Uses: []Use{Directory, ReadTokens},
	},
	{
		Name: names.Grant, Trigger: Leased, Memory: 512, Timeout: time.Minute,
		Does: "gives the access when its start has come",
		Uses: []Use{Locks, Directory, ReadTokens},
	},
	{
		Name: names.Revoke, Trigger: Leased, Memory: 512, Timeout: time.Minute,
		Does: "takes it back when its end has come",
		Uses: []Use{Locks, Directory, ReadTokens},
	},
	{
		Name: names.Sweep, Trigger: Scheduled, Memory: 1024, Timeout: 3 * time.Minute,
		Does: "every minute: the net under everything",
		Uses: []Use{Locks, Directory, ReadTokens, Pseudonyms, Signs, AddHeads, Mails}, // pseudonyms: of what people typed in Slack
	},
	{
		// A record is a few calls of Slack; what does not fit is sweep's.
		Name: names.Notify, Trigger: Streamed, Memory: 512, Timeout: time.Minute,
		Does: "tells people in Slack what has just changed",
		Uses: []Use{ReadTokens, Hears, Mails},
	},
	{
		// It speaks to nobody: what it denies sweep takes away, what it tells notify
		// says. A round is 40 s; large snapshots go on in the next. The evidence of
		// 200,000 lines is made in one go: 12 to 40 s of a whole processor and what
		// reading takes, with 100 to 300 MiB.
		Name: names.Review, Trigger: Scheduled, Memory: 1024, Timeout: 15 * time.Minute,
		Does: "access reviews: snapshots, deadlines, what was denied and is gone, large evidence packages",
		Uses: []Use{Stages},
	},
}

func (f Function) uses(u Use) bool {
	for _, one := range f.Uses {
		if one == u {
			return true
		}
	}
	return false
}
