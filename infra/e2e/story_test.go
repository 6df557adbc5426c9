package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/infra/ebb/ownkey"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/slackapp"
)

const length = 10 * time.Second

// deadLock is what a step may wait for the lock of one that died in its middle:
// its lease, and the look that finds it over. From the third act on nothing is
// allowed less.
const deadLock = 45 * time.Second

// company is small: what it proves does not grow with it.
var company = slacktest.Options{Workspaces: 1, People: 60, Groups: 6, Channels: 10, Seed: 11, Plan: slacktest.PlanBusiness}

const policy = `version: 1
rules:
  - id: on-call
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 1h
    approve: {groups: ["@sre-leads"]}
`

// story is a house and what was found out about it.
type story struct {
	*house
	conn           string
	adaKey, linKey *client
	room           string // a channel of Ada, Bob and Lin, to which the app is invited
	grants         []string
	campaign       campaign // that was reviewed
	t              *testing.T
	people         int               // of the company
	voice          string            // what its lines begin with
	secrets        map[string]string // all that the run had at any time
	recorded       safeBuffer        // what Step Functions knew
}

type grant struct {
	ID, State, Outcome string
	End                time.Time
}

// TestStory is `make e2e`.
func TestStory(t *testing.T) {
	if os.Getenv("EBB_E2E") == "" {
		t.Skip("SKIP: `make e2e` builds what this needs, and runs it")
	}
	t.Parallel()
	began := time.Now()
	s := newStory(t, site{company: company, definition: first(t), secrets: stackName + "/", level: "debug"})
	s.room = s.slack.AddChannel(slacktest.Channel{Name: "approvals", Members: []string{s.ada, s.bob, s.lin, s.slack.BotUser(s.owner.team)}})
	s.say("What a deploy makes, on the engines that stand in for AWS")
	s.tell("table, secrets, bucket, state machine, HTTP API, %d functions", len(names.Functions))
	s.scheduled(t, names.Sync)
	for _, act := range []func(context.Context) error{
		s.connect, s.upgraded, s.plain, s.pages, s.troubled, s.clicked, s.reviewed, s.exported, s.unwoken, s.left, s.audit, s.silence, s.privileges,
	} {
		if err := act(t.Context()); err != nil {
			t.Logf("failures:\n%s\nlogs:\n%s", s.fleet.fails.String(), s.errors())
			t.Fatalf("not as told: %v", err)
		}
	}
	s.tell("%s", s.fleet.summary())
	fmt.Printf("\nDone in %.0f s. Nothing left this machine.\n", time.Since(began).Seconds())
}

func newStory(t *testing.T, at site) *story {
	t.Helper()
	return &story{house: deploy(t, at), t: t, people: at.company.People, secrets: map[string]string{}}
}

// errors are the last lines that each function logged above "info".
func (s *story) errors() string {
	var out strings.Builder
	for _, name := range names.Functions {
		var lines []string
		for line := range strings.Lines(s.fleet.logs[name].String()) {
			if !strings.Contains(line, `"level":"INFO"`) && !strings.Contains(line, `"_aws"`) && !strings.Contains(line, `"level":"DEBUG"`) {
				lines = append(lines, name+": "+line)
			}
		}
		out.WriteString(strings.Join(lines[max(0, len(lines)-10):], ""))
	}
	return out.String()
}

// connect installs by OAuth and waits for the schedule's sync.
func (s *story) connect(ctx context.Context) error {
	s.say("Connect: the first key, OAuth, sync")
	if err := s.firstKey(ctx); err != nil {
		return err
	}
	s.tell("ebb key first   -> a Super Administrator's key")
	var made struct{ ID, Label string }
	if err := s.admin.post(ctx, "/v1/connectors", map[string]any{"name": "Umbra"}, &made); err != nil {
		return err
	}
	s.conn = made.ID
	var invitation struct{ URL string }
	if err := s.admin.post(ctx, "/v1/connectors/"+s.conn+"/invitations", map[string]any{}, &invitation); err != nil {
		return err
	}
	if err := s.owner.consent(ctx, invitation.URL); err != nil {
		return err
	}
	s.tell("connector %s: installed through Slack's consent page", s.conn)
	if err := s.connected(ctx); err != nil {
		return err
	}
	s.tell("connector %s: Connected", s.conn)
	err := s.publish(ctx, policy)
	if err != nil {
		return err
	}
	if s.adaKey, err = s.key(ctx, s.ada); err == nil {
		s.linKey, err = s.key(ctx, s.lin)
	}
	if err != nil {
		return err
	}
	return s.plant(ctx)
}

// connected waits until the connector is read.
func (s *story) connected(ctx context.Context) error {
	var c struct{ Label string }
	err := until(ctx, 40*time.Second+time.Duration(s.people)*50*time.Millisecond, func() (bool, error) {
		err := s.admin.get(ctx, "/v1/connectors/"+s.conn, &c)
		return c.Label == "Connected", err
	})
	if err != nil {
		return fmt.Errorf("connector %s is %q: %w", s.conn, c.Label, err)
	}
	return nil
}

func (s *story) key(ctx context.Context, account string) (*client, error) {
	key, err := ownkey.Make(ctx, s.url, s.owner.team, account, "e2e")
	return &client{base: s.url, key: key}, err
}

// plain: ask, approve, in, out at the end, by Step Functions alone; nobody else
// is touched.
func (s *story) plain(ctx context.Context) error {
	s.say("Second act: access for %s, by the state machine alone: sweep is not scheduled yet", length)
	g, err := s.given(ctx, 10*time.Second)
	if err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.ada); err != nil {
		return err
	}
	s.tell("meanwhile somebody adds another by hand, in Slack itself")
	if err := s.owner.setMembers(ctx, s.oncall, s.sam, s.kit, s.ada, s.bob); err != nil {
		return err
	}
	if err := s.gone(ctx, g, 5*time.Second); err != nil {
		return err
	}
	return s.holds(ctx, s.sam, s.kit, s.bob)
}

// unwoken: Step Functions is gone before the approval, and sweep does it all.
func (s *story) unwoken(ctx context.Context) error {
	s.say("Fifth act: the engine of state machines is off")
	if err := s.executions(ctx); err != nil {
		return err
	}
	s.engines.stopStates()
	s.tell("killed; sweep alone is left")
	g, err := s.given(ctx, 20*time.Second+deadLock)
	if err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.bob, s.ada); err != nil {
		return err
	}
	if err := s.gone(ctx, g, 5*time.Second+deadLock); err != nil {
		return err
	}
	return s.holds(ctx, s.sam, s.kit, s.bob)
}

// given has Ada ask and Lin approve, and waits until Slack lists Ada. The locks of
// those who died may outlast the access: then it is not given, or for a moment
// alone, which is right, and it is asked for again.
func (s *story) given(ctx context.Context, allowed time.Duration) (grant, error) {
	for range 5 {
		if g, err := s.givenOnce(ctx, allowed); !errors.Is(err, errLate) {
			return g, err
		}
	}
	return grant{}, errLate
}

func (s *story) givenOnce(ctx context.Context, allowed time.Duration) (grant, error) {
	var r struct {
		ID    string
		Items []struct{ Grant string }
	}
	err := s.adaKey.post(ctx, "/v1/requests", map[string]any{
		"connector": s.conn, "resources": []string{s.oncall}, "seconds": int(length.Seconds()), "reason": "an incident",
	}, &r)
	if err != nil {
		return grant{}, err
	}
	s.tell("request %s", r.ID)
	if err := s.adaKey.post(ctx, "/v1/requests/"+r.ID+"/approve", map[string]any{}, nil); err == nil {
		return grant{}, fmt.Errorf("the requester approved it")
	}
	// An approval whose answer was lost is refused the second time: what counts
	// is what the request says then.
	answer := s.linKey.post(ctx, "/v1/requests/"+r.ID+"/approve", map[string]any{"comment": "go ahead"}, nil)
	if err := s.admin.get(ctx, "/v1/requests/"+r.ID, &r); err != nil || len(r.Items) != 1 || r.Items[0].Grant == "" {
		return grant{}, fmt.Errorf("the approval made no grant: %+v, %w, %w", r, answer, err)
	}
	began := time.Now()
	g := grant{ID: r.Items[0].Grant}
	s.grants = append(s.grants, g.ID)
	err = until(ctx, allowed, func() (bool, error) {
		got, err := s.owner.members(ctx, s.oncall)
		if err != nil || slices.Contains(got, s.ada) {
			return err == nil, err
		}
		if err := s.admin.get(ctx, "/v1/grants/"+g.ID, &g); err == nil && slices.Contains(over, g.State) {
			return true, nil // it was not given in time; whoever cares looks at the state
		}
		return false, nil
	})
	if err == nil {
		err = s.admin.get(ctx, "/v1/grants/"+g.ID, &g)
	}
	if err != nil {
		_ = s.admin.get(ctx, "/v1/grants/"+g.ID, &g)
		return g, fmt.Errorf("grant %s is %s: %w", g.ID, g.State, err)
	}
	if slices.Contains(over, g.State) {
		s.tell("approved; the time of %s was over before it was seen in Slack: %s", g.ID, g.State)
		return g, errLate
	}
	s.tell("approved; in Slack after %.1f s, ends at %s", time.Since(began).Seconds(), g.End.Local().Format("15:04:05"))
	return g, nil
}

// over are states of a grant that is not given any more.
var over = []string{"revoked", "withdrawn", "failed", "ended", "ended outside"}

// errLate: a grant's time was over before it was seen in Slack.
var errLate = errors.New("the access was over before it was seen in Slack")

// gone waits until Slack no longer lists Ada and the house says so, too.
func (s *story) gone(ctx context.Context, g grant, allowed time.Duration) error {
	err := until(ctx, time.Until(g.End)+allowed, func() (bool, error) {
		got, err := s.owner.members(ctx, s.oncall)
		return !slices.Contains(got, s.ada), err
	})
	if err != nil {
		return fmt.Errorf("Ada is still in @oncall %s after the end: %w", time.Since(g.End), err)
	}
	over := time.Since(g.End)
	if over < -200*time.Millisecond {
		return fmt.Errorf("the access went %s before its end", -over)
	}
	s.tell("out of Slack %.1f s after the end", max(0, over.Seconds()))
	err = until(ctx, allowed+10*time.Second, func() (bool, error) {
		err := s.admin.get(ctx, "/v1/grants/"+g.ID, &g)
		return g.State == "revoked", err
	})
	if err != nil {
		return fmt.Errorf("grant %s is %s: %w", g.ID, g.State, err)
	}
	s.tell("grant %s: %s (%s)", g.ID, g.State, g.Outcome)
	return nil
}

// holds checks that exactly these people are in @oncall.
func (s *story) holds(ctx context.Context, want ...string) error {
	got, err := s.owner.members(ctx, s.oncall)
	if err != nil {
		return err
	}
	slices.Sort(want)
	if !slices.Equal(want, got) {
		return fmt.Errorf("in Slack %v are in @oncall, and it should be %v", got, want)
	}
	s.tell("read back from Slack: @oncall holds %d people, the right ones", len(got))
	return nil
}

// events posts what Slack has to tell by now to the function that hears it.
func (s *story) events(ctx context.Context) error {
	s.say("What Slack tells")
	s.slack.SetEventsURL(s.url+slackapp.EventsPath, nil)
	all := len(s.slack.PendingEvents())
	n := s.slack.DeliverEvents(ctx)
	if n == 0 {
		return fmt.Errorf("none of %d events was accepted", all)
	}
	s.tell("%d of %d events were accepted", n, all)
	return nil
}

func (s *story) audit(ctx context.Context) error {
	if err := s.events(ctx); err != nil {
		return err
	}
	s.say("The audit")
	var v struct {
		Whole                                  bool
		Events, Seals, Sealed, Heads, Unsealed int
		Broken                                 []string
	}
	err := until(ctx, 20*time.Second+deadLock, func() (bool, error) {
		err := s.admin.post(ctx, "/v1/audit/verify", nil, &v)
		return v.Unsealed == 0, err
	})
	if err != nil {
		return err
	}
	if !v.Whole || len(v.Broken) > 0 || v.Events == 0 || v.Heads == 0 {
		return fmt.Errorf("the audit does not verify: %+v", v)
	}
	s.tell("%d events, %d sealed under %d signed heads in the bucket, nothing changed, missing or out of order", v.Events, v.Sealed, v.Heads)
	return nil
}
