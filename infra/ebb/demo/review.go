package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/evidence"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Review is the command ebb demo review: an access review from its draft to its
// evidence, in a house in this process, three weeks in a second.
type Review struct {
	Out string `default:"review.zip" placeholder:"FILE" help:"Where the evidence package goes."`
}

// Run tells the story and leaves the package.
func (r *Review) Run(ctx context.Context) error {
	raw, err := TellReview(ctx)
	if err != nil {
		return fault.New("ebb demo review", fault.Internal, "not as told: %v", err)
	}
	if err := os.WriteFile(r.Out, raw, 0o600); err != nil {
		return err
	}
	fmt.Printf("\nThe package is in %s: unzip it and open review.html, or check it with: ebb review verify %s\nSimulated Slack; nothing left this machine, and all people are made up.\n", r.Out, r.Out)
	return nil
}

// autumn is when the story begins.
var autumn = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// reviewStory holds what the acts share.
type reviewStory struct {
	*still
	account map[string]string // by first name
	group   map[string]string
	room    map[string]string
	c       review.Campaign
	raw     []byte
}

// TellReview tells the story and gives the package, the same bytes each time.
func TellReview(ctx context.Context) ([]byte, error) {
	s := &reviewStory{still: newStill(autumn), account: map[string]string{}, group: map[string]string{}, room: map[string]string{}}
	for _, act := range []func(context.Context) error{s.company, s.draft, s.decide, s.byHand, s.end, s.export} {
		if err := act(ctx); err != nil {
			return nil, err
		}
	}
	return s.raw, nil
}

const reviewPolicy = `version: 1
rules:
  - id: on-call
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: auto
    unproven_removal: accept
`

// company makes a Slack with what reviews find: somebody who changed teams, a guest
// without an end, an admin too many, somebody who left.
func (s *reviewStory) company(ctx context.Context) error {
	say("A company's Slack (simulated), and a house over it")
	team := s.slack.TeamIDs()[0]
	for _, name := range []string{"Ada Moreau", "Lin Okafor", "Sam Ferreira", "Kit Solberg", "Mira Haddad", "Joss Tanaka", "Nadia Petrova", "Tobi Lindqvist"} {
		first, _, _ := strings.Cut(name, " ")
		s.account[first] = s.slack.AddUser(slacktest.User{
			Name: strings.ToLower(first), RealName: name, Email: strings.ToLower(first) + "@umbra-hq.example", Has2FA: true,
			Restricted: first == "Nadia", Admin: first == "Tobi",
		})
	}
	a, bot := s.account, s.slack.BotUser(team)
	group := func(handle, name string, who ...string) {
		s.group[handle] = s.slack.AddGroup(slacktest.Group{Handle: handle, Name: name, Members: s.ids(who)})
	}
	group("oncall", "On call", "Sam", "Kit")
	group("payments-prod", "Payments production", "Mira", "Sam", "Joss")
	group("sre-leads", "SRE leads", "Lin", "Joss")
	s.room["incident-room"] = s.slack.AddChannel(slacktest.Channel{Name: "incident-room", Private: true, Members: append(s.ids([]string{"Sam", "Lin", "Kit"}), bot)})
	s.room["vendor-atlas"] = s.slack.AddChannel(slacktest.Channel{Name: "vendor-atlas", Private: true, Members: append(s.ids([]string{"Nadia", "Mira"}), bot)})
	s.slack.AddChannel(slacktest.Channel{Name: "lunch", Members: s.ids([]string{"Ada", "Sam", "Nadia"})})
	if err := s.install(ctx); err != nil {
		return err
	}
	p, err := policyfile.Parse([]byte(reviewPolicy))
	if err == nil {
		_, _, err = s.Publish(ctx, s.root, p)
	}
	for _, id := range []string{s.group["payments-prod"], s.room["vendor-atlas"]} {
		if err == nil {
			err = s.SetOwners(ctx, s.root, s.conn, id, []string{a["Mira"]})
		}
	}
	if err != nil {
		return err
	}
	ada, err := s.as(ctx, "Ada")
	if err != nil {
		return err
	}
	if _, err = s.Request(ctx, ada, flow.Asking{Connector: s.conn, Resources: []string{s.group["oncall"]}, Length: 8 * time.Hour, Reason: "covers for Kit"}); err != nil {
		return err
	}
	return s.pass(ctx, time.Minute)
}

func (s *reviewStory) ids(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, s.account[n])
	}
	return out
}

// as is somebody who acts.
func (s *reviewStory) as(ctx context.Context, name string) (access.Actor, error) {
	u, err := s.Bind(ctx, s.root, s.conn, s.account[name], nil)
	return access.Actor{User: u}, err
}

// draft drafts, stages and starts.
func (s *reviewStory) draft(ctx context.Context) error {
	say("Draft, stage, start: who holds what, and who reviews it")
	spec := review.Spec{
		Name: "Autumn access review", Connector: s.conn, Days: 14, Ends: true, AtEnd: review.RevokeOpen, Fallback: []string{s.account["Lin"], s.account["Joss"]},
		Scope:  review.Scope{Kinds: []directory.Kind{directory.Workspace, directory.UserGroup, directory.Channel}, Accounts: []review.Class{review.Members, review.Guests, review.Admins, review.DeactivatedClass}},
		Levels: []review.Level{{By: review.ByOwner}},
	}
	c, err := s.DraftCampaign(ctx, s.root, spec)
	if err == nil {
		_, err = s.StageCampaign(ctx, s.root, c.ID)
	}
	if err == nil {
		err = s.pass(ctx, time.Minute)
	}
	if err == nil {
		s.c, err = s.StartCampaign(ctx, s.root, c.ID)
	}
	if err != nil {
		return err
	}
	tell("%s: %d lines, until %s", s.c.ID, s.c.Snapshot.Lines, s.c.Deadline.Format(time.DateOnly))
	return s.pass(ctx, time.Hour)
}

// says notes and submits somebody's verdicts in all of their lists: what denies names
// is denied with its comment, and the rest certified, but for what stays open.
func (s *reviewStory) says(ctx context.Context, name string, denies map[string]string, open ...string) error {
	by, err := s.as(ctx, name)
	if err != nil {
		return err
	}
	v, err := s.ReadCampaign(ctx, by, s.c.ID)
	if err != nil {
		return err
	}
	for _, list := range v.Mine {
		r, err := s.ReadReview(ctx, by, s.c.ID, list.ID, flow.LineFilter{}, flow.Slice{Limit: 200})
		if err != nil {
			return err
		}
		noted := 0
		for _, l := range r.Lines.Items {
			n := flow.Noting{Campaign: s.c.ID, Assignment: list.ID, Lines: []string{l.ID}, Verdict: review.Certify}
			if why, ok := denies[l.ID]; ok {
				n.Verdict, n.Comment = review.Deny, why
				tell("%s denies %s: %s", name, l.ID, why)
			}
			if l.State != review.LineOpen || l.Refuses != "" || contains(open, l.ID) {
				continue
			}
			got, err := s.NoteReviews(ctx, by, n)
			if err != nil {
				return err
			}
			noted += got.Lines
		}
		if noted == 0 {
			continue
		}
		got, err := s.SubmitReviews(ctx, by, s.c.ID, list.ID)
		if err != nil {
			return err
		}
		tell("%s submits: %d certified, %d denied, %d gone", name, got.Certified, got.Denied, got.Gone)
	}
	return nil
}

func contains(list []string, id string) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}

// line is a line's id, by the handle or name of a thing and somebody's first name.
func (s *reviewStory) line(of map[string]string, thing, slug, name string) string {
	return review.LineID(of[thing], slug, s.account[name])
}

// decide lets the reviewers work.
func (s *reviewStory) decide(ctx context.Context) error {
	say("Reviewers decide; what they deny goes")
	if err := s.pass(ctx, 26*time.Hour); err != nil {
		return err
	}
	s.slack.HandRemoveFromGroup(s.slack.PrimaryOwner(s.slack.TeamIDs()[0]), s.group["oncall"], s.account["Kit"])
	err := s.says(ctx, "Mira", map[string]string{
		s.line(s.group, "payments-prod", "member", "Sam"): "moved to the platform team in August",
		s.line(s.room, "vendor-atlas", "member", "Nadia"): "the contract with Atlas ended",
	})
	if err == nil {
		err = s.sync(ctx)
	}
	if err == nil {
		err = s.pass(ctx, 20*time.Minute)
	}
	if err == nil {
		err = s.pass(ctx, 5*24*time.Hour)
	}
	if err != nil {
		return err
	}
	workspace := map[string]string{"umbra": s.slack.TeamIDs()[0]}
	open := []string{s.line(s.room, "incident-room", "member", "Kit"), s.line(s.group, "oncall", "member", "Sam")}
	err = s.says(ctx, "Lin", map[string]string{
		s.line(workspace, "umbra", "admin", "Tobi"):                                                                 "no admin any more; the helpdesk is Joss",
		review.LineID(workspace["umbra"], string(directory.PrimaryOwner), s.slack.PrimaryOwner(workspace["umbra"])): "whose account is this? nobody works with it",
	}, open...)
	if err != nil {
		return err
	}
	return s.says(ctx, "Joss", nil, open...)
}

// byHand does what no API does.
func (s *reviewStory) byHand(ctx context.Context) error {
	say("No API takes an admin's role away: a person does, and a sync has to see it")
	if err := s.pass(ctx, 25*time.Hour); err != nil {
		return err
	}
	all, err := s.ReadManuals(ctx, s.root, true)
	if err != nil || len(all) != 2 {
		return errors.Join(err, fmt.Errorf("%d manual tasks, and there should be two", len(all)))
	}
	for _, m := range all {
		tell("task %s: %s", m.ID, m.Because)
		if !m.Hopeless() {
			s.slack.HandSetAdmin(s.slack.TeamIDs()[0], s.account["Tobi"], false)
			_, err = s.SayDone(ctx, s.root, m.ID)
		} else {
			_, err = s.GiveUpManual(ctx, s.root, m.ID, "the owner's account lies in the safe; board decision of 2024")
		}
		if err != nil {
			return err
		}
	}
	s.wait(time.Minute)
	if err := s.sync(ctx); err != nil {
		return err
	}
	return s.pass(ctx, time.Hour)
}

// end lets the deadline come: what nobody decided is denied.
func (s *reviewStory) end(ctx context.Context) error {
	say("The deadline: what nobody decided is denied, as the review says")
	for range 12 {
		if err := s.pass(ctx, 24*time.Hour); err != nil {
			return err
		}
		if err := s.sync(ctx); err != nil {
			return err
		}
	}
	for range 6 {
		if err := s.pass(ctx, time.Hour); err != nil {
			return err
		}
	}
	v, err := s.ReadCampaign(ctx, s.root, s.c.ID)
	if err == nil && v.Settled.IsZero() {
		err = fmt.Errorf("the review is %s and not settled", v.State)
	}
	if err == nil {
		tell("settled at %s", v.Settled.Format(time.RFC3339))
	}
	return err
}

// export writes the package twice, and verifies it as an auditor does.
func (s *reviewStory) export(ctx context.Context) error {
	say("Evidence: exported, and checked without the house")
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if _, err := s.ExportEvidence(ctx, s.root, s.c.ID, w); err != nil {
			return err
		}
		s.wait(time.Hour)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		return errors.New("exported twice, the packages differ")
	}
	text, err := s.AuditKey(ctx, s.root)
	if err != nil {
		return err
	}
	key, err := evidence.ParseKey(text)
	if err != nil {
		return err
	}
	s.raw = first.Bytes()
	v, err := evidence.Verify(bytes.NewReader(s.raw), int64(len(s.raw)), key)
	if err != nil {
		return err
	}
	return v.Print(os.Stdout)
}
