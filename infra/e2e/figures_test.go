package e2e

import (
	"encoding/json"
	"time"

	"github.com/ebb-access/ebb/infra/cost"
	"github.com/ebb-access/ebb/shared/config/names"
)

// tally is everything that was used so far, of what a bill counts.
type tally struct {
	counts
	calls, gateway int
	mbms           float64 // milliseconds times MiB
	logs, slack    int
}

// lambdaLines is what Lambda itself writes to a function's log for each call
// in JSON: its lines of start and report, as its documentation shows them. It is
// the one figure that was not measured.
const lambdaLines = 700

func (s *story) tally(memory map[string]int) tally {
	t := tally{counts: s.engines.meter.now()}
	s.fleet.mu.Lock()
	for name, n := range s.fleet.calls {
		t.calls += n
		t.logs += n * lambdaLines
		if name == names.API || name == names.Install {
			t.gateway += n
		}
		t.mbms += float64(s.fleet.spent[name].Microseconds()) / 1000 * float64(memory[name])
	}
	s.fleet.mu.Unlock()
	for _, log := range s.fleet.logs {
		t.logs += len(log.String())
	}
	for _, m := range s.slack.Stats() {
		t.slack += m.Calls
	}
	t.slack -= int(s.owner.calls.Load())
	return t
}

// since is what was used between two tallies, as cost.md counts it.
func (t tally) since(was tally) cost.Usage {
	c := t.counts.since(was.counts)
	num := func(v float64) *float64 { return &v }
	return cost.Usage{
		ReadUnits: num(c.readUnits), WriteUnits: num(c.writeUnits), SecretCalls: num(c.secretCalls), S3Requests: num(c.s3Calls),
		LambdaCalls: num(float64(t.calls - was.calls)), APICalls: num(float64(t.gateway - was.gateway)), LambdaMBMs: num(t.mbms - was.mbms),
		LogBytes: num(float64(t.logs - was.logs)), SlackCalls: num(float64(t.slack - was.slack)),
		StateTransitions: num(0), Schedules: num(0),
	}
}

// memory is what each function is given, by the template.
func (h *house) memory() (map[string]int, error) {
	template, err := h.template()
	out := map[string]int{}
	for name, f := range template.Functions(stackName) {
		out[name] = f.Memory
	}
	return out, err
}

// told prints a usage for people.
func (s *story) told(what string, u cost.Usage) {
	raw, err := json.Marshal(u)
	if err != nil {
		panic(err) // numbers always encode
	}
	s.tell("%s: %s", what, raw)
}

// ahead is how long sweep waits inside a call for what is due soon: an end, and
// a start that lies in the future. Here it is not awake then; a bill has it.
const ahead = 75 * time.Second
