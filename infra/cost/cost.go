// Package cost turns what was measured (measured.json) and list prices into
// infra/cost.md: a month's bill for three sizes of company, fixed costs apart.
//
//	go test ./infra/cost -update      writes infra/cost.md anew
//
// It measures nothing: `make cost` writes measured.json with the AWS-shaped run
// of infra/e2e, and each `make e2e` fails when that has become stale. What was
// not measured is left out of a sum and said, never guessed.
package cost

import (
	"fmt"
	"slices"
)

// Usage is what one operation takes of AWS. A field that is missing was not
// measured.
type Usage struct {
	ReadUnits        *float64 `json:"readUnits"`        // DynamoDB's read request units
	WriteUnits       *float64 `json:"writeUnits"`       // write request units: a transaction's count double
	LambdaCalls      *float64 `json:"lambdaCalls"`      // of all functions
	LambdaMBMs       *float64 `json:"lambdaMBms"`       // milliseconds times configured MiB, of all functions
	StateTransitions *float64 `json:"stateTransitions"` // of Step Functions
	Schedules        *float64 `json:"schedules"`        // calls by EventBridge Scheduler
	APICalls         *float64 `json:"apiCalls"`         // over the HTTP API
	SecretCalls      *float64 `json:"secretCalls"`      // to Secrets Manager
	S3Requests       *float64 `json:"s3Requests"`       // puts and lists
	LogBytes         *float64 `json:"logBytes"`         // written to CloudWatch
	SlackCalls       *float64 `json:"slackCalls"`       // cost nothing, and are Slack's limit
}

// Sync is a sync of a company of this many people. Nothing changed since the
// one before, which is what almost every sync finds.
type Sync struct {
	People int `json:"people"`
	Usage
}

// Measured is measured.json.
type Measured struct {
	Commit string `json:"commit"` // of what was measured
	Date   string `json:"date"`
	Syncs  []Sync `json:"syncs"`
	Grant  Usage  `json:"grant"`  // from the request to seen gone, one approval
	Minute Usage  `json:"minute"` // of rest: sweep, sync and review find nothing due
	// TableBytesPerPerson is what a person takes in the table, with an average
	// share of groups and channels.
	TableBytesPerPerson *float64 `json:"tableBytesPerPerson"`
}

// Parse reads measured.json; a field that nobody knows is an error.
func Parse(raw []byte) (Measured, error) {
	var m Measured
	return m, unmarshal(raw, &m)
}

// sync gives the usage of a sync for a company of n: that of the nearest size
// that was measured, in proportion, and that size (0: none was).
func (m Measured) sync(n int) (Usage, int) {
	if len(m.Syncs) == 0 {
		return Usage{}, 0
	}
	nearest := slices.MinFunc(m.Syncs, func(a, b Sync) int { return away(a.People, n) - away(b.People, n) })
	if nearest.People == 0 {
		return Usage{}, 0
	}
	return nearest.Usage.times(float64(n) / float64(nearest.People)), nearest.People
}

func away(a, b int) int { return max(a-b, b-a) }

// fields are all of a usage, in the order of lines.
func (u *Usage) fields() []**float64 {
	return []**float64{
		&u.ReadUnits, &u.WriteUnits, &u.LambdaCalls, &u.LambdaMBMs, &u.StateTransitions, &u.Schedules,
		&u.APICalls, &u.SecretCalls, &u.S3Requests, &u.LogBytes, &u.SlackCalls,
	}
}

func (u Usage) times(n float64) Usage {
	for _, f := range u.fields() {
		if *f != nil {
			v := **f * n
			*f = &v
		}
	}
	return u
}

// missing names what was not measured, as measured.json spells it.
func (u Usage) missing() []string {
	var out []string
	for name, v := range u.named() {
		if v == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func money(v float64) string { return fmt.Sprintf("$%.2f", v) }
