package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// drafts gives the lines that somebody heard about a policy that waits.
func (c *company) drafts(account string) []string {
	c.t.Helper()
	var out []string
	for _, line := range c.heard(account) {
		if strings.Contains(line, "policy") {
			out = append(out, line)
		}
	}
	return out
}

// telling lets time pass in which people are told, in a house that may die.
func (c *told) telling(d time.Duration) {
	for end := c.clock.Now().Add(d); c.clock.Now().Before(end); {
		_ = c.survive(func() error { _, err := c.house.Tell(c.ctx, 0, time.Time{}); return err })
		c.clock.move(30 * time.Second)
	}
}

// raw is everything that somebody's messages with the app hold.
func (c *company) raw(account string) string {
	var out strings.Builder
	for _, m := range c.slack.MessagesFor(account, c.slack.DirectWithApp(account)) {
		out.Write(m.Blocks)
	}
	return out.String()
}

// TestADraftIsTold to those who can confirm it and, decided, to who proposed it; to
// nobody else.
func TestADraftIsTold(t *testing.T) {
	for name, x := range map[string]struct {
		decide func(c *company, id string)
		kit    string
		bob    []string
	}{
		"confirmed": {func(c *company, id string) {
			_, err := c.house.ConfirmPolicy(c.ctx, c.actor(c.kit), id)
			c.ok(err)
		}, "It was confirmed by @kit and is in force as version 3. (changed)", []string{
			"You proposed a policy that gives you more than version 2 does. It was confirmed by @kit and is in force as version 3.",
		}},
		"refused": {func(c *company, id string) {
			_, err := c.house.RefusePolicy(c.ctx, c.actor(c.kit), id)
			c.ok(err)
		}, "It was refused by @kit. (changed)", []string{"You proposed a policy that gives you more than version 2 does. It was refused by @kit."}},
		"taken back": {func(c *company, id string) {
			_, err := c.house.RefusePolicy(c.ctx, c.actor(c.bob), id)
			c.ok(err)
		}, "It was taken back by @bob. (changed)", nil},
		"overtaken": {func(c *company, id string) {
			c.publish(fmt.Sprintf(policyFor, c.sam, "3h", c.lin))
			_, err := c.house.ConfirmPolicy(c.ctx, c.actor(c.kit), id)
			refusedWith(c.t, err, fault.Invalid, "propose this policy again")
		}, "Another policy came into force first, so it will not; propose it again. (changed)", []string{
			"You proposed a policy that gives you more than version 2 does. Another policy came into force first, so it will not; propose it again.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			bob, _ := c.super(c.bob), c.super(c.kit)
			c.publish(fmt.Sprintf(policyFor, c.sam, "1h", c.lin))
			p, err := c.house.Propose(c.ctx, bob, c.policy(c.bob, "8h"))
			c.ok(err)
			c.tell(time.Minute)
			lead := "@bob proposes a policy that gives them more than version 2 does"
			if got := c.drafts(c.kit); len(got) != 1 || got[0] != lead+", so it waits until another Super Administrator confirms it. That can be you." {
				t.Fatalf("kit was told %q", got)
			}
			if raw := c.raw(c.kit); !strings.Contains(raw, "/policies/drafts/"+p.Draft.ID) || !strings.Contains(raw, "In the document:") || !strings.Contains(raw, "Rule \\\"oncall\\\"") {
				t.Errorf("the message says not what changes, or where: %s", raw)
			}
			if got := c.drafts(c.bob); len(got) > 0 {
				t.Errorf("bob was told %q", got)
			}
			x.decide(c, p.Draft.ID)
			c.tell(time.Minute)
			if got := c.drafts(c.kit); len(got) != 1 || got[0] != lead+". "+x.kit {
				t.Errorf("kit was told %q", got)
			}
			if got := c.drafts(c.bob); strings.Join(got, "\n") != strings.Join(x.bob, "\n") {
				t.Errorf("bob was told %q", got)
			}
			for _, other := range []string{c.ada, c.lin, c.sam} {
				if got := c.drafts(other); len(got) > 0 {
					t.Errorf("%s was told %q", c.slack.User(other).Name, got)
				}
			}
		})
	}
}

// TestADraftNobodyCanConfirm: an auditor and the connector's owner hear that they
// can veto it, and who proposed it, that nobody did.
func TestADraftNobodyCanConfirm(t *testing.T) {
	c := newCompany(t)
	bob := c.super(c.bob)
	audits := c.actor(c.kit)
	audits.User.Duties = []access.Duty{access.Auditor}
	_, err := c.store.SaveUser(c.ctx, audits.User, c.event("person/"+audits.User.ID))
	c.ok(err)
	root, err := c.store.User(c.ctx, "u_root")
	c.ok(err)
	root.Ended = true
	_, err = c.store.SaveUser(c.ctx, root, c.event("person/u_root"))
	c.ok(err)
	_, err = c.house.Propose(c.ctx, bob, c.policy(c.bob, "8h"))
	c.ok(err)
	c.tell(time.Minute)
	if got := c.drafts(c.kit); len(got) != 1 || !strings.Contains(got[0], "It comes into force 2026-11-24 08:00 UTC unless somebody vetoes it. You can.") {
		t.Errorf("kit was told %q", got)
	}
	c.tell(25 * time.Hour)
	if got := c.drafts(c.kit); len(got) != 1 || !strings.HasSuffix(got[0], "Nobody vetoed it, and it is in force as version 2. (changed)") {
		t.Errorf("kit was told %q", got)
	}
	if got := c.drafts(c.bob); len(got) != 1 || !strings.HasSuffix(got[0], "Nobody vetoed it, and it is in force as version 2.") {
		t.Errorf("bob was told %q", got)
	}
}

// TestADraftIsToldWhateverFails: each outside call of proposing, confirming and
// telling fails in each way; whoever was to hear does, and at most once more where
// Slack's answer was lost.
func TestADraftIsToldWhateverFails(t *testing.T) {
	play := func(t *testing.T, at int, how mishap) *told {
		c := &told{company: newCompany(t)}
		bob, kit := c.super(c.bob), c.super(c.kit)
		c.publish(fmt.Sprintf(policyFor, c.sam, "1h", c.lin))
		c.fate.at, c.fate.how, c.fate.watching = at, how, true
		var id string
		c.person(func() error {
			p, err := c.house.Propose(c.ctx, bob, c.policy(c.bob, "8h"))
			if err == nil {
				id = p.Draft.ID
			}
			return err
		})
		c.telling(3 * time.Minute)
		c.person(func() error { _, err := c.house.ConfirmPolicy(c.ctx, kit, id); return err })
		c.telling(12 * time.Minute)
		c.fate.watching = false
		if c.slack.LandLate() > 0 {
			c.telling(6 * time.Minute)
		}
		if c.version() != 3 {
			t.Errorf("version %d", c.version())
		}
		for account, says := range map[string]string{c.kit: "It was confirmed by @kit", c.bob: "You proposed"} {
			got := c.drafts(account)
			right := 0
			for _, line := range got {
				if strings.Contains(line, says) {
					right++
				}
			}
			if right == 0 || len(got) > 2 {
				t.Errorf("%s was told %q", c.slack.User(account).Name, got)
			}
		}
		return c
	}
	clean := play(t, -1, mishap{})
	if len(clean.drafts(clean.kit)) != 1 || len(clean.drafts(clean.bob)) != 1 {
		t.Fatalf("%q %q", clean.drafts(clean.kit), clean.drafts(clean.bob))
	}
	for i, call := range clean.fate.calls {
		for _, how := range sampled(i, call) {
			t.Run(fmt.Sprintf("%d %s %s", i, call, how.name), func(t *testing.T) { play(t, i, how) })
		}
	}
}
