package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Most reads of the table that a verb may make (Get, Query), however many
// channels people are in and however many could approve: on DynamoDB each is a
// request that costs money, and time that somebody waits for.
const (
	mostOfAsking   = 22
	mostOfReading  = 30 // what waits is judged by the policy that asked and by that of now
	mostOfNaming   = 70 // three for each of at most 20 approvers
	mostOfDeciding = 34
)

// TestReadsDoNotGrow: Ada and Lin are in forty channels, and thirty people
// could approve.
func TestReadsDoNotGrow(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	leads := []string{c.lin}
	for i := range 30 {
		leads = append(leads, c.slack.AddUser(slacktest.User{Name: fmt.Sprint("lead", i), RealName: fmt.Sprint("Lead ", i)}))
	}
	crowd := c.slack.AddGroup(slacktest.Group{Handle: "crowd", Name: "Crowd", Members: leads})
	for i := range 40 {
		c.slack.AddChannel(slacktest.Channel{Name: fmt.Sprint("project-", i), Members: []string{c.ada, c.lin, c.slack.BotUser(c.slack.TeamIDs()[0])}})
	}
	c.connect()
	c.publish(`
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["` + crowd + `"]}
`)
	ada, lin := c.actor(c.ada), c.actor(c.lin)
	asked, err := c.house.Request(c.ctx, ada, asking(c, c.oncall, time.Time{}, time.Hour))
	c.ok(err)
	for _, x := range []struct {
		verb string
		most int
		do   func() error
	}{
		{"Request", mostOfAsking, func() error {
			_, err := c.house.Request(c.ctx, ada, asking(c, c.oncall, time.Time{}, time.Hour))
			return err
		}},
		{"ReadRequest", mostOfReading, func() error { _, err := c.house.ReadRequest(c.ctx, ada, asked.ID); return err }},
		{"Explain", mostOfNaming, func() error {
			_, err := c.house.Explain(c.ctx, ada, c.conn.ID, "", "", c.oncall, "", time.Hour)
			return err
		}},
		{"Approve", mostOfDeciding, func() error { _, err := c.house.Approve(c.ctx, lin, asked.ID, "go ahead"); return err }},
	} {
		c.fate.watching, c.fate.calls = true, nil
		c.ok(x.do())
		c.fate.watching = false
		reads := 0
		for _, call := range c.fate.calls {
			if call == "table get" || call == "table query" {
				reads++
			}
		}
		t.Logf("%s: %d reads of the table", x.verb, reads)
		if reads > x.most {
			t.Errorf("%s reads the table %d times, more than %d", x.verb, reads, x.most)
		}
	}
}
