package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// What the last window of a request may say: a press that took longer than Slack
// waits is sweep's, and comes all the same.
const (
	onItsWay = "on its way"
	stillAt  = "still at it"
)

// clicked: everything happens in Slack. Ada asks by the command and the form, Lin
// reads it in a channel and approves, Ada asks for more time, of which Lin reads in
// person, and then ends it.
func (s *story) clicked(ctx context.Context) error {
	s.say("Fourth act: asked, approved, extended and ended in Slack, by clicks alone")
	asked := s.connectApp()
	defer func() { s.secrets["Slack's verification token"] = asked.token }()
	// Those who decide are asked in a channel, where Ada and Bob are, too.
	if err := s.publish(ctx, policy+"    tell: "+s.room+"\n"); err != nil {
		return err
	}
	request, err := s.asks(ctx)
	if err != nil {
		return err
	}
	if err := s.refused(ctx, request); err != nil {
		return err
	}
	given, err := s.approves(ctx, request)
	if err != nil {
		return err
	}
	if err := s.publish(ctx, policy); err != nil {
		return err
	}
	if err := s.extends(ctx, given); err != nil {
		return err
	}
	if err := s.ends(ctx, given); err != nil {
		return err
	}
	if err := s.late(ctx); err != nil {
		return err
	}
	return asked.judged(s)
}

// publish puts a policy in force.
func (s *story) publish(ctx context.Context, text string) error {
	return s.admin.send(ctx, http.MethodPut, "/v1/policy", "application/yaml", []byte(text), nil)
}

// asks is Ada at the command and its two windows; the card is in the channel.
func (s *story) asks(ctx context.Context) (card, error) {
	since := s.last()
	if _, err := s.slack.HandCommand(ctx, s.ada, "", "/access", ""); err != nil {
		return card{}, fmt.Errorf("the command: %w", err)
	}
	first, err := s.modal(s.ada, "Request access")
	if err != nil {
		return card{}, err
	}
	offered, err := s.slack.HandType(ctx, s.ada, slacktest.Spot{View: first.ID, Block: "what", Action: "what"}, "onc")
	if err != nil || !slices.Contains(offered, slacktest.Option{Text: "@oncall", Value: s.oncall}) {
		return card{}, fmt.Errorf("typing offers %v: %w", offered, err)
	}
	for _, do := range []func() error{
		func() error { return s.enter(ctx, s.ada, "what", s.oncall) },
		func() error { return s.enter(ctx, s.ada, "length", "15m0s") },
		func() error { return s.submit(ctx, s.ada, "at most 1 hour") },
		func() error { return s.enter(ctx, s.ada, "why", "the database is slow") },
		func() error { return s.submit(ctx, s.ada, onItsWay, stillAt) },
	} {
		if err := do(); err != nil {
			return card{}, fmt.Errorf("asking in the form: %w", err)
		}
	}
	began := time.Now()
	c, err := s.handed(ctx, s.lin, s.room, message.Approve, since)
	if err != nil {
		return c, err
	}
	if !strings.Contains(string(c.Blocks), "the database is slow") {
		return c, fmt.Errorf("Lin does not read why: %s", c.Blocks)
	}
	s.tell("Ada typed the command, found @oncall by typing, sent it; the message is in #approvals %.1f s later: %s", time.Since(began).Seconds(), c.Text)
	return c, nil
}

// refused are presses of those who may not: each alone is told why, and the
// request waits on.
func (s *story) refused(ctx context.Context, request card) error {
	for name, account := range map[string]string{"Ada": s.ada, "Bob": s.bob} {
		if err := s.press(ctx, account, request, message.Approve); err != nil {
			return fmt.Errorf("%s's press: %w", name, err)
		}
		var why string
		for _, m := range s.slack.MessagesFor(account, request.Channel) {
			if m.To == account {
				why = m.Text
			}
		}
		if why == "" || strings.Contains(why, "went wrong") || strings.Contains(why, "did not work just now") {
			return fmt.Errorf("%s, who may not approve, is told %q", name, why)
		}
		s.tell("%s pressed Approve and reads, alone: %s", name, why)
	}
	var r struct{ Items []struct{ State string } }
	if err := s.admin.get(ctx, "/v1/requests/"+request.id, &r); err != nil || len(r.Items) != 1 || r.Items[0].State != "pending" {
		return fmt.Errorf("after presses of those who may not, the request is %+v: %w", r.Items, err)
	}
	return nil
}

// approves is Lin's press; the card is Ada's, that she has the access.
func (s *story) approves(ctx context.Context, request card) (card, error) {
	began, since := time.Now(), s.last()
	if err := s.press(ctx, s.lin, request, message.Approve); err != nil {
		return card{}, fmt.Errorf("Lin's press: %w", err)
	}
	if err := s.member(ctx, true); err != nil {
		return card{}, err
	}
	s.tell("Lin pressed Approve; in Slack after %.1f s", time.Since(began).Seconds())
	if err := s.changed(ctx, s.lin, request, "pproved by"); err != nil {
		return card{}, err
	}
	given, err := s.handed(ctx, s.ada, s.slack.DirectWithApp(s.ada), message.End, since)
	if err != nil {
		return given, err
	}
	s.grants = append(s.grants, given.id)
	s.tell("The message changed; Ada is told %.1f s after the press: %s", time.Since(began).Seconds(), given.Text)
	blocks, err := s.home(ctx, s.ada)
	if err == nil && (!strings.Contains(blocks, "@oncall") || !strings.Contains(blocks, given.id)) {
		err = fmt.Errorf("Ada's home tab does not show what she has: %s", blocks)
	}
	return given, err
}

// changed waits until a card has lost its buttons and says something else.
func (s *story) changed(ctx context.Context, account string, c card, says string) error {
	var now string
	err := until(ctx, deadLock, func() (bool, error) {
		for _, m := range s.slack.MessagesFor(account, c.Channel) {
			if m.TS == c.TS {
				now = m.Text
				_, still := s.newest(account, c.Channel, message.Approve, c.id)
				return m.Updated && !still && strings.Contains(m.Text, says), nil
			}
		}
		return false, nil
	})
	if err != nil {
		return fmt.Errorf("the message does not change to %q, it says %q: %w", says, now, err)
	}
	return nil
}

// member waits until Ada is in the group, or out of it.
func (s *story) member(ctx context.Context, in bool) error {
	err := until(ctx, deadLock, func() (bool, error) {
		got, err := s.owner.members(ctx, s.oncall)
		return slices.Contains(got, s.ada) == in, err
	})
	if err != nil {
		return fmt.Errorf("Ada is not in the group: %v: %w", !in, err)
	}
	return nil
}

// extends is Ada's wish for more time, which Lin approves.
func (s *story) extends(ctx context.Context, given card) error {
	var was, is grant
	if err := s.admin.get(ctx, "/v1/grants/"+given.id, &was); err != nil {
		return err
	}
	if err := s.press(ctx, s.ada, given, message.Extend); err != nil {
		return fmt.Errorf("Extend: %w", err)
	}
	if err := s.enter(ctx, s.ada, "length", "15m0s"); err != nil {
		return err
	}
	since := s.last()
	if err := s.submit(ctx, s.ada, "has to be approved", stillAt); err != nil {
		return err
	}
	more, err := s.handed(ctx, s.lin, s.slack.DirectWithApp(s.lin), message.Approve, since)
	if err == nil {
		err = s.press(ctx, s.lin, more, message.Approve)
	}
	if err != nil {
		return fmt.Errorf("approving more time: %w", err)
	}
	err = until(ctx, deadLock, func() (bool, error) {
		err := s.admin.get(ctx, "/v1/grants/"+given.id, &is)
		return is.End.Sub(was.End) == 15*time.Minute, err
	})
	if err != nil {
		return fmt.Errorf("the grant ended %s and now ends %s: %w", was.End, is.End, err)
	}
	s.tell("Ada pressed Extend, Lin approved: it ends 15 minutes later")
	return s.changed(ctx, s.lin, more, "pproved by")
}

// ends is Ada's press on End access, of her message as it stands by now.
func (s *story) ends(ctx context.Context, given card) error {
	began := time.Now()
	if err := s.press(ctx, s.ada, given, message.End); err != nil {
		return fmt.Errorf("End access: %w", err)
	}
	if err := s.member(ctx, false); err != nil {
		return err
	}
	s.tell("Ada pressed End access; out of Slack after %.1f s", time.Since(began).Seconds())
	if err := s.heard(ctx, s.ada, given.Channel, "ended. You ended it."); err != nil {
		return err
	}
	s.tell("Ada is told that it ended, %.1f s after the press", time.Since(began).Seconds())
	blocks, err := s.home(ctx, s.ada)
	if err == nil && (!strings.Contains(blocks, "Nothing through Ebb") || strings.Contains(blocks, given.id)) {
		err = fmt.Errorf("Ada's home tab shows what is over: %s", blocks)
	}
	if err != nil {
		return err
	}
	return s.holds(ctx, s.sam, s.kit, s.bob)
}

// late: Slack itself is slow while Lin denies. Lin is answered in time all the
// same, and sweep, which finds the press not done, does it and says so.
func (s *story) late(ctx context.Context) error {
	since := s.last()
	err := s.adaKey.post(ctx, "/v1/requests", map[string]any{
		"connector": s.conn, "resources": []string{s.oncall}, "seconds": 900, "reason": "once more",
	}, nil)
	if err != nil {
		return err
	}
	request, err := s.handed(ctx, s.lin, s.slack.DirectWithApp(s.lin), message.Deny, since)
	if err == nil {
		err = s.press(ctx, s.lin, request, message.Deny)
	}
	if err == nil {
		err = s.enter(ctx, s.lin, "why", "not today")
	}
	if err != nil {
		return fmt.Errorf("denying: %w", err)
	}
	s.fleet.afresh(names.Slack) // which may take for true what it read of Slack seconds ago
	s.slack.Inject(slacktest.Fault{Kind: slacktest.Slow, Delay: 2 * slackWaits, Times: -1})
	began := time.Now()
	err = s.submit(ctx, s.lin, stillAt)
	s.slack.ClearFaults()
	if err != nil {
		return fmt.Errorf("denying while Slack is slow: %w", err)
	}
	s.tell("Slack is slow: Lin's denial was answered after %.1f s, not done", time.Since(began).Seconds())
	if err := s.heard(ctx, s.lin, request.Channel, "Slack did not wait for your denial, and now it is done."); err != nil {
		return err
	}
	s.tell("done by sweep, and Lin is told so, after %.0f s", time.Since(began).Seconds())
	return s.changed(ctx, s.lin, request, "enied by")
}
