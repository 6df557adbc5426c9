package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ebb-access/ebb/infra/cost"
	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

const measured = "../cost/measured.json"

// channels of every company that is measured: Ebb reads the members of those
// that its app was invited to, which does not grow with the company. Slack lets
// fifty be read in a minute.
const channels = 50

// TestCost counts what a sync, a grant and a minute of rest take of AWS, and
// compares with what infra/cost.md was made of. EBB_MEASURE writes that anew
// (`make cost`), with a company of 5,000, too.
func TestCost(t *testing.T) {
	if os.Getenv("EBB_E2E") == "" {
		t.Skip("SKIP: `make e2e` builds what this needs, and runs it")
	}
	t.Parallel()
	said, err := os.ReadFile(measured)
	if err != nil {
		t.Fatal(err)
	}
	was, err := cost.Parse(said)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("EBB_MEASURE") == "" {
		now := measure(t, 500)
		for _, wrong := range was.Stale(now) {
			t.Errorf("infra/cost.md is not what is measured now: %s; `make cost` measures anew", wrong)
		}
		return
	}
	now := measure(t, 500)
	now.Syncs = append(now.Syncs, measure(t, 5000).Syncs...)
	now.Commit, now.Date = os.Getenv("EBB_MEASURE"), time.Now().UTC().Format(time.DateOnly)
	raw, err := json.MarshalIndent(now, "", "  ")
	if err == nil {
		err = os.WriteFile(measured, append(raw, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// measure has a house with a company of that many people do each thing once.
func measure(t *testing.T, people int) cost.Measured {
	t.Helper()
	s := newStory(t, site{
		company:    slacktest.Options{Workspaces: 1, People: people, Groups: people / 25, Channels: channels, Seed: 5, Plan: slacktest.PlanBusiness},
		definition: workflow.Lease, secrets: fmt.Sprintf("cost-%d/", people), level: "info",
	})
	s.voice = "cost: "
	s.say("What it takes of AWS, with %d people", people)
	memory, err := s.memory()
	if err != nil {
		t.Fatal(err)
	}
	out := cost.Measured{}
	ctx := t.Context()
	for _, do := range []func() error{
		func() error { return s.during(names.Sync, func() error { return s.connect(ctx) }) },
		func() error { return s.settle(ctx) },
		func() (err error) { out.Minute, err = s.rest(ctx, memory); return err },
		func() (err error) { out.Syncs, err = s.synced(ctx, memory, people); return err },
		func() (err error) { out.Grant, err = s.granted(ctx, memory, out.Minute); return err },
		func() error {
			text, rows, err := s.rows(ctx)
			per := float64(len(text)) / float64(people)
			out.TableBytesPerPerson = &per
			s.tell("%d rows, %.0f bytes a person", rows, per)
			return err
		},
	} {
		if err := do(); err != nil {
			t.Fatalf("%v\nfailures:\n%s\nlogs:\n%s", err, s.fleet.fails.String(), s.errors())
		}
	}
	return out
}

// during fires a function until f is done.
func (s *story) during(name string, f func() error) error {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	s.fleet.schedule(ctx, context.WithoutCancel(ctx), &all, name)
	err := f()
	cancel()
	all.Wait()
	return err
}

// settle has sweep seal what there is, and look at a house at rest.
func (s *story) settle(ctx context.Context) error {
	for range 3 {
		if _, err := s.fleet.invoke(ctx, names.Sweep, []byte(`{}`)); err != nil {
			return err
		}
	}
	return nil
}

// rest is a minute in which nothing is due: the schedules call.
func (s *story) rest(ctx context.Context, memory map[string]int) (cost.Usage, error) {
	was := s.tally(memory)
	for _, name := range []string{names.Sweep, names.Sync, names.Review} {
		if _, err := s.fleet.invoke(ctx, name, []byte(`{}`)); err != nil {
			return cost.Usage{}, err
		}
	}
	u := s.tally(memory).since(was)
	*u.Schedules = 3
	s.told("a minute of rest", u)
	return u, nil
}

// synced is a sync that finds nothing new. The call of sync is the schedule's.
func (s *story) synced(ctx context.Context, memory map[string]int, people int) ([]cost.Sync, error) {
	var run struct{ ID, State string }
	if err := s.admin.post(ctx, "/v1/connectors/"+s.conn+"/syncs", map[string]any{}, &run); err != nil {
		return nil, err
	}
	was := s.tally(memory)
	if _, err := s.fleet.invoke(ctx, names.Sync, []byte(`{}`)); err != nil {
		return nil, err
	}
	u := s.tally(memory).since(was)
	s.told("a sync", u)
	if err := s.admin.get(ctx, "/v1/syncs/"+run.ID, &run); err != nil || run.State != "done" {
		return nil, fmt.Errorf("the sync is %q: %w", run.State, err)
	}
	return []cost.Sync{{People: people, Usage: u}}, nil
}

// granted is a grant from the request to seen gone, with every function started
// for it, as where few people ask. Of sweep it takes what it seals afterwards,
// and the time that it waits inside a call for the end.
func (s *story) granted(ctx context.Context, memory map[string]int, rest cost.Usage) (cost.Usage, error) {
	s.fleet.deploy(s.t, built)
	was := s.tally(memory)
	var r struct {
		ID    string
		Items []struct{ Grant string }
	}
	err := s.adaKey.post(ctx, "/v1/requests", map[string]any{
		"connector": s.conn, "resources": []string{s.oncall}, "seconds": int(length.Seconds()), "reason": "an incident",
	}, &r)
	if err == nil {
		err = s.linKey.get(ctx, "/v1/requests/"+r.ID, nil)
	}
	if err == nil {
		err = s.linKey.post(ctx, "/v1/requests/"+r.ID+"/approve", map[string]any{"comment": "go ahead"}, &r)
	}
	if err != nil {
		return cost.Usage{}, err
	}
	states := sfn.NewFromConfig(s.engines.sdk())
	if err := s.woke(ctx, states, r.Items[0].Grant, length+20*time.Second); err != nil {
		return cost.Usage{}, err
	}
	if err := s.adaKey.get(ctx, "/v1/grants/"+r.Items[0].Grant, nil); err != nil {
		return cost.Usage{}, err
	}
	if _, err := s.fleet.invoke(ctx, names.Sweep, []byte(`{}`)); err != nil {
		return cost.Usage{}, err
	}
	u := s.tally(memory).since(was)
	*u.LambdaMBMs += float64(ahead.Milliseconds()) * float64(memory[names.Sweep])
	*u.LambdaCalls-- // sweep's is the schedule's
	*u.StateTransitions, err = s.transitions(ctx, states, r.Items[0].Grant)
	s.told("a grant", u)
	return u, err
}

// transitions counts the states that an execution entered, and what was retried.
func (s *story) transitions(ctx context.Context, states *sfn.Client, grant string) (float64, error) {
	arn := strings.Replace(s.machine, ":stateMachine:", ":execution:", 1) + ":" + grant
	history, err := states.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000})
	if err != nil {
		return 0, err
	}
	n := 0.0
	for _, e := range history.Events {
		if e.StateEnteredEventDetails != nil || strings.HasSuffix(string(e.Type), "Failed") {
			n++
		}
	}
	return n, nil
}
