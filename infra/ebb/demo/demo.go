// Package demo tells Ebb's main job in a terminal, on real processes: a
// simulated Slack and a house, both started here, spoken to over HTTP only.
// What it claims it reads back from Slack with a plain HTTP client that shares
// no code with Ebb's own. Any step that is not as told ends it with an error.
package demo

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/infra/ebb/ownkey"
	"github.com/ebb-access/ebb/shared/fault"
)

// Demo is the command ebb demo.
type Demo struct {
	Slacktest string        `default:".build/slacktest" help:"The simulated Slack's command."`
	Length    time.Duration `default:"10s" help:"How long each access lasts."`
	Quiet     bool          `help:"Do not print each call to Slack."`
}

// slack allowed a grant to end this late on a laptop.
const late = 3 * time.Second

// Run tells the story; it takes about three times Length.
func (d *Demo) Run(ctx context.Context) error {
	if d.Length < 2*time.Second || d.Length > 40*time.Second {
		return fault.New("ebb demo", fault.Invalid, "--length: %s is not between 2s and 40s; the story takes about three times as long", d.Length)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "ebb-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := &story{d: d, dir: dir}
	defer s.stop()
	began := time.Now()
	for _, act := range []func(context.Context) error{s.scene, s.connect, s.firstAct, s.secondAct, s.audit} {
		if err := act(ctx); err != nil {
			return fault.New("ebb demo", fault.Internal, "not as told: %v\n%s", err, s.house.errors())
		}
	}
	fmt.Printf("\nDone in %.0f s. Simulated Slack; nothing left this machine.\n", time.Since(began).Seconds())
	return nil
}

// story holds what the acts share.
type story struct {
	d     *Demo
	dir   string
	sim   *simulated
	house *house
	admin *client

	conn                    string
	ada, lin, sam, kit, bob person
	oncall, leads           string
	adaKey, linKey          *client
}

type person struct{ id, name string }

func (s *story) stop() {
	s.house.kill()
	s.sim.stop()
}

// scene starts a Slack that has people, and two user groups that its owner
// makes by hand.
func (s *story) scene(ctx context.Context) error {
	say("A company's Slack (simulated, over HTTP)")
	var err error
	if s.sim, err = startSlack(ctx, s.d.Slacktest); err != nil {
		return err
	}
	people, err := s.sim.humans(ctx)
	if err != nil {
		return err
	}
	if len(people) < 5 {
		return fmt.Errorf("the simulated Slack has only %d people", len(people))
	}
	s.ada, s.lin, s.sam, s.kit, s.bob = people[0], people[1], people[2], people[3], people[4]
	if s.oncall, err = s.sim.group(ctx, "oncall", s.sam.id, s.kit.id); err != nil {
		return err
	}
	if s.leads, err = s.sim.group(ctx, "sre-leads", s.lin.id); err != nil {
		return err
	}
	tell("@oncall has two standing members, %s and %s; %s leads (@sre-leads)", s.sam.name, s.kit.name, s.lin.name)
	return s.holds(ctx, s.sam, s.kit)
}

// connect installs Ebb as the workspace's owner does in a browser.
func (s *story) connect(ctx context.Context) error {
	say("Connect: the owner installs Ebb with Slack's consent page")
	var err error
	if s.house, err = startHouse(ctx, s.dir, s.sim, s.d.Quiet); err != nil {
		return err
	}
	if s.admin, err = s.house.client("admin"); err != nil {
		return err
	}
	var made struct{ ID, Label string }
	if err := s.admin.post(ctx, "/v1/connectors", map[string]any{"name": "Umbra"}, &made); err != nil {
		return err
	}
	s.conn = made.ID
	tell("connector %s: %s", made.ID, made.Label)
	var invitation struct{ URL string }
	if err := s.admin.post(ctx, "/v1/connectors/"+s.conn+"/invitations", map[string]any{}, &invitation); err != nil {
		return err
	}
	page, err := s.sim.consent(ctx, invitation.URL)
	if err != nil {
		return err
	}
	tell("browser: %s", page)
	label, err := s.label(ctx)
	if err != nil {
		return err
	}
	tell("connector %s: %s", s.conn, label)
	tell("policy: anybody may ask for @oncall for up to an hour; @sre-leads approve")
	return s.prepare(ctx)
}

// label waits for Connected and gives it.
func (s *story) label(ctx context.Context) (string, error) {
	var c struct{ Label string }
	last := ""
	err := until(ctx, 20*time.Second, func() (bool, error) {
		err := s.admin.get(ctx, "/v1/connectors/"+s.conn, &c)
		if c.Label != last {
			tell("label: %s", c.Label)
			last = c.Label
		}
		return c.Label == "Connected", err
	})
	return c.Label, err
}

const policy = `version: 1
rules:
  - id: on-call
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 1h
    approve: {groups: ["@sre-leads"]}
`

// prepare publishes the policy; two people sign in and make a key of their own.
func (s *story) prepare(ctx context.Context) error {
	if err := s.admin.send(ctx, "PUT", "/v1/policy", "application/yaml", []byte(policy), nil); err != nil {
		return err
	}
	var err error
	if s.adaKey, err = s.key(ctx, s.ada); err != nil {
		return err
	}
	s.linKey, err = s.key(ctx, s.lin)
	return err
}

func (s *story) key(ctx context.Context, p person) (*client, error) {
	key, err := ownkey.Make(ctx, s.house.url, s.sim.Teams[0], p.id, "demo")
	return s.admin.as(key), err
}

// holds checks with plain HTTP that exactly these people are in @oncall.
func (s *story) holds(ctx context.Context, want ...person) error {
	got, err := s.sim.members(ctx, s.oncall)
	if err != nil {
		return err
	}
	var ids, names []string
	for _, p := range want {
		ids = append(ids, p.id)
		names = append(names, p.name)
	}
	slices.Sort(ids)
	slices.Sort(got)
	if !slices.Equal(ids, got) {
		return fmt.Errorf("in Slack %v are in @oncall, and it should be %v (%s)", got, ids, strings.Join(names, ", "))
	}
	tell("read back from Slack: @oncall = %s", strings.Join(names, ", "))
	return nil
}

func say(format string, args ...any) {
	fmt.Printf("\n== "+format+"\n", args...)
}

func tell(format string, args ...any) {
	fmt.Printf("   "+format+"\n", args...)
}

// until asks again and again until f says yes.
func until(ctx context.Context, most time.Duration, f func() (bool, error)) error {
	end := time.Now().Add(most)
	for {
		ok, err := f()
		if err != nil || ok {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited %s in vain", most)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
