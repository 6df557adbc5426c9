package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// grant is what the API tells of one.
type grant struct {
	ID, State, Outcome string
	End                time.Time
}

// firstAct: ask, approve, in, time passes, out; nobody else touched.
func (s *story) firstAct(ctx context.Context) error {
	say("First act: %s needs @oncall for %s", s.ada.name, s.d.Length)
	id, err := s.ask(ctx)
	if err != nil {
		return err
	}
	if err := s.adaKey.post(ctx, "/v1/requests/"+id+"/approve", map[string]any{}, nil); err == nil {
		return errors.New("the requester approved it")
	}
	tell("%s tries to approve it: refused, whoever asks does not approve", s.ada.name)
	g, err := s.approve(ctx, id)
	if err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.ada); err != nil {
		return err
	}
	tell("meanwhile somebody adds %s by hand, in Slack itself", s.bob.name)
	if err := s.sim.setMembers(ctx, s.oncall, s.sam.id, s.kit.id, s.ada.id, s.bob.id); err != nil {
		return err
	}
	tell("... %s left ...", time.Until(g.End).Round(time.Second))
	if err := s.gone(ctx, g, late); err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.bob); err != nil {
		return err
	}
	tell("the standing members and the hand edit are untouched")
	return s.ended(ctx, g.ID)
}

// secondAct: the house dies while access is out.
func (s *story) secondAct(ctx context.Context) error {
	say("Second act: the house is killed while access is out")
	id, err := s.ask(ctx)
	if err != nil {
		return err
	}
	g, err := s.approve(ctx, id)
	if err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.bob, s.ada); err != nil {
		return err
	}
	s.house.kill()
	tell("killed (SIGKILL), with %s left", time.Until(g.End).Round(time.Second))
	if err := sleep(ctx, time.Until(g.End)+2*time.Second); err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.bob, s.ada); err != nil {
		return err
	}
	tell("its time is over, and nothing ends while the house is off; starting it again")
	again := time.Now()
	if s.house, err = startHouse(ctx, s.dir, s.sim, s.d.Quiet); err != nil {
		return err
	}
	for _, c := range []*client{s.admin, s.adaKey, s.linKey} {
		c.base = s.house.url
	}
	if err := s.gone(ctx, grant{ID: g.ID, End: again}, 10*time.Second); err != nil {
		return err
	}
	if err := s.holds(ctx, s.sam, s.kit, s.bob); err != nil {
		return err
	}
	return s.ended(ctx, g.ID)
}

// ask requests @oncall for Ada.
func (s *story) ask(ctx context.Context) (string, error) {
	var r struct{ ID string }
	err := s.adaKey.post(ctx, "/v1/requests", map[string]any{
		"connector": s.conn, "resources": []string{s.oncall}, "seconds": int(s.d.Length.Seconds()), "reason": "an incident",
	}, &r)
	tell("ebb request @oncall --for %s   -> %s, waits for @sre-leads", s.d.Length, r.ID)
	return r.ID, err
}

// approve lets Lin approve, and waits until the grant is active.
func (s *story) approve(ctx context.Context, request string) (grant, error) {
	var r struct{ Items []struct{ Grant string } }
	if err := s.linKey.post(ctx, "/v1/requests/"+request+"/approve", map[string]any{"comment": "go ahead"}, &r); err != nil {
		return grant{}, err
	}
	if len(r.Items) != 1 || r.Items[0].Grant == "" {
		return grant{}, fmt.Errorf("the approval made no grant: %+v", r)
	}
	began := time.Now()
	tell("%s approves   -> grant %s", s.lin.name, r.Items[0].Grant)
	var g grant
	err := until(ctx, 10*time.Second, func() (bool, error) {
		err := s.admin.get(ctx, "/v1/grants/"+r.Items[0].Grant, &g)
		return g.State == "active", err
	})
	if err != nil {
		return g, fmt.Errorf("grant %s is %s: %w", g.ID, g.State, err)
	}
	tell("active after %.1f s, ends at %s", time.Since(began).Seconds(), g.End.Local().Format("15:04:05"))
	return g, nil
}

// gone waits until Slack no longer lists Ada, and says how late that was.
func (s *story) gone(ctx context.Context, g grant, allowed time.Duration) error {
	var at time.Time
	err := until(ctx, time.Until(g.End)+allowed+5*time.Second, func() (bool, error) {
		got, err := s.sim.members(ctx, s.oncall)
		at = time.Now()
		return !slices.Contains(got, s.ada.id), err
	})
	if err != nil {
		return fmt.Errorf("%s is still in @oncall: %w", s.ada.name, err)
	}
	over := at.Sub(g.End)
	if over > allowed {
		return fmt.Errorf("the access went %.1f s after its end, and %s were allowed", over.Seconds(), allowed)
	}
	if over < -200*time.Millisecond {
		return fmt.Errorf("the access went %.1f s before its end", -over.Seconds())
	}
	tell("%s is out of @oncall, %.1f s after the end", s.ada.name, max(0, over.Seconds()))
	return nil
}

// ended checks that the house says what Slack showed.
func (s *story) ended(ctx context.Context, id string) error {
	var g grant
	err := until(ctx, 5*time.Second, func() (bool, error) {
		err := s.admin.get(ctx, "/v1/grants/"+id, &g)
		return g.State == "revoked", err
	})
	if err != nil {
		return fmt.Errorf("grant %s is %q and not revoked: %w", id, g.State, err)
	}
	tell("ebb grants --all   -> %s %s (%s)", id, g.State, g.Outcome)
	return nil
}

// audit checks the trail.
func (s *story) audit(ctx context.Context) error {
	say("The audit")
	var v struct {
		Whole                        bool
		Events, Seals, Sealed, Heads int
		Unsealed                     int
		Broken                       []string
	}
	err := until(ctx, 10*time.Second, func() (bool, error) {
		err := s.admin.post(ctx, "/v1/audit/verify", nil, &v)
		return v.Unsealed == 0, err
	})
	if err != nil {
		return err
	}
	if !v.Whole || len(v.Broken) > 0 || v.Events == 0 {
		return fmt.Errorf("the audit does not verify: %+v", v)
	}
	tell("ebb audit verify   -> %d events, %d sealed under %d signed heads, nothing changed, missing or out of order", v.Events, v.Sealed, v.Heads)
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
