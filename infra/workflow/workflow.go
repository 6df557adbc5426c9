// Package workflow owns lease.asl.json, the state machine that wakes a grant's
// steps: the same file that the stack deploys and the tests of this folder
// execute with interpreters that are not ours.
//
//	Begin -> Grant -> Answered? -- done ------> Over
//	           ^         |  wakeAt
//	           |       Sleep (until then)      any error -> Rest (a minute)
//	           |         |                                    |
//	        Whose turn <- Lap <-------------------------------+
//	           |   `-- 400 laps -> Left to sweep
//	         Revoke -> Answered?
//
// An execution is an alarm clock and never a record: its input is {"grantId"}
// for ever, so that one that began before a deploy wakes as well after it. It
// starts with Grant. A step's answer names the verb that comes next; after any
// error that is Revoke, which gives nothing, ends what is over, and says whose
// turn it is. No error and no odd answer ends an execution; its 400th lap does,
// and then sweep alone carries the grant, as it does for every grant whose
// execution never began.
package workflow

import (
	_ "embed"
)

// Lease is the definition, in JSONPath, with a placeholder ${…} for each of
// Placeholders.
//
//go:embed lease.asl.json
var Lease string

// The placeholders of Lease, for DefinitionSubstitutions: the functions' ARNs.
const (
	GrantFunctionArn  = "GrantFunctionArn"
	RevokeFunctionArn = "RevokeFunctionArn"
)

// Placeholders lists them.
var Placeholders = []string{GrantFunctionArn, RevokeFunctionArn}
