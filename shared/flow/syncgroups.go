package flow

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// groups reads a workspace's user groups with all members, in one call.
func (s *syncing) groups(ctx context.Context) error {
	if !s.run.Wants("usergroups") {
		return s.next(ctx, connector.StepChannels)
	}
	if until, ok := s.pace("usergroups.list"); !ok {
		return s.rest(ctx, until)
	}
	team := s.c.Workspaces[s.run.Team]
	listed, err := s.h.Slack.Groups(ctx, s.link())
	s.run.Calls++
	if err != nil {
		return s.refused(ctx, "user groups", err, connector.StepChannels)
	}
	if s.c.Plan == connector.PlanUnknown || s.c.Plan == connector.PlanFree {
		s.c.Plan = connector.PlanPaid
	}
	resources := make([]directory.Resource, len(listed))
	for i, g := range listed {
		resources[i] = g.Resource
		resources[i].Count = len(g.Members)
	}
	if err := s.resources(ctx, directory.UserGroup, team, resources); err != nil {
		return err
	}
	var gone []directory.Membership
	known := 0
	for _, g := range listed {
		lost, had, err := s.takeMembers(ctx, g.Resource, g.Members)
		if err != nil {
			return err
		}
		gone, known = append(gone, lost...), known+had
		s.run.Count("memberships", len(g.Members))
	}
	if !s.waits("user group memberships", len(gone), known) {
		if err := s.put(ctx, directory.Batch{GoneMemberships: gone}); err != nil {
			return err
		}
	}
	s.run.Count("usergroups", len(listed))
	if err := s.probe(ctx, resources); err != nil {
		return err
	}
	return s.nextTeam(ctx, connector.StepChannels)
}

// probe finds out once a sync whether everybody may edit user groups: if a bot
// token can, anybody can.
func (s *syncing) probe(ctx context.Context, groups []directory.Resource) error {
	if s.run.Team > 0 || !slices.Contains(s.c.BotScopes, "usergroups:write") {
		return nil
	}
	for _, g := range groups {
		if g.Managed || g.Locked || g.Disabled {
			continue
		}
		l := s.link()
		l.AsBot = true
		open, err := s.h.Slack.Probe(ctx, l, g)
		s.run.Calls++
		if err != nil {
			return err
		}
		if open {
			s.run.Notes = append(s.run.Notes, "everybody can edit user groups in this workspace (a bot token could); their members do not count as approvers until this is set to admins in Slack")
		}
		s.c.OpenGroups = open
		return nil
	}
	return nil
}

// resources writes the changed ones of a kind and removes what a complete
// listing does not have. A private channel out of sight is hidden, not gone.
func (s *syncing) resources(ctx context.Context, kind directory.Kind, team string, seen []directory.Resource) error {
	have := map[string]directory.Resource{}
	err := s.h.Memory.EachResource(ctx, s.c.ID, kind, func(r directory.Resource) error {
		if team == "" || r.Workspace == team {
			have[r.ID] = r
		}
		return nil
	})
	if err != nil {
		return err
	}
	var b directory.Batch
	known := len(have)
	for _, r := range seen {
		was, ok := have[r.ID]
		delete(have, r.ID)
		if ok && r.Same(was) && r.Count == was.Count {
			continue
		}
		r.Owners = was.Owners
		b.Resources = append(b.Resources, r)
	}
	if !s.waits(string(kind)+"s", len(have), known) {
		for _, r := range have {
			if err := s.goneResource(ctx, &b, r); err != nil {
				return err
			}
		}
	}
	return s.put(ctx, b)
}

func (s *syncing) goneResource(ctx context.Context, b *directory.Batch, r directory.Resource) error {
	if r.Kind == directory.Channel && r.Private {
		if r.Reached {
			r.Reached = false
			b.Resources = append(b.Resources, r)
		}
		return nil
	}
	b.GoneResources = append(b.GoneResources, r)
	return s.h.Memory.EachHolder(ctx, s.c.ID, r.ID, func(m directory.Membership) error {
		b.GoneMemberships = append(b.GoneMemberships, m)
		return nil
	})
}

// takeMembers writes who is new on a resource whose complete members are
// given, and gives who is known and not among them, for the caller to believe
// or not, and how many were known.
func (s *syncing) takeMembers(ctx context.Context, r directory.Resource, members []string) (gone []directory.Membership, known int, err error) {
	seen := make(map[string]bool, len(members))
	for _, m := range members {
		seen[m] = true
	}
	err = s.h.Memory.EachHolder(ctx, s.c.ID, r.ID, func(m directory.Membership) error {
		known++
		if seen[m.Account] {
			delete(seen, m.Account)
		} else if m.Since.Before(s.run.Started) {
			gone = append(gone, m)
		}
		return nil
	})
	if err != nil || len(seen) == 0 {
		return gone, known, err
	}
	var b directory.Batch
	for id := range seen {
		b.Memberships = append(b.Memberships, directory.Membership{Connector: s.c.ID, Resource: r.ID, Slug: "member", Account: id, Since: s.since()})
	}
	return gone, known, s.put(ctx, b)
}

// voices are the listings of channels: public ones once, private ones with
// each voice that sees some.
func (s *syncing) voices() []string {
	out := []string{"public"}
	if slices.Contains(s.c.BotScopes, "groups:read") {
		out = append(out, "private-bot")
	}
	if slices.Contains(s.c.UserScopes, "groups:read") {
		out = append(out, "private")
	}
	return out
}

// channels lists one workspace after the other, public and private apart.
// run.Cursor is "voice|cursor".
func (s *syncing) channels(ctx context.Context) error {
	if !s.run.Wants("channels") {
		return s.next(ctx, connector.StepFinish)
	}
	if until, ok := s.pace("conversations.list"); !ok {
		return s.rest(ctx, until)
	}
	team := s.c.Workspaces[s.run.Team]
	voices := s.voices()
	voice, cursor, _ := strings.Cut(s.run.Cursor, "|")
	if voice == "" {
		voice = voices[0]
	}
	l := s.link()
	l.AsBot = voice == "private-bot"
	page, err := s.h.Slack.Channels(ctx, l, voice != "public", cursor)
	s.run.Calls++
	if err != nil && (voice == "public" || !fault.Is(err, fault.Misconfigured, fault.Permanent)) {
		return s.refused(ctx, "channels", err, connector.StepMembers)
	}
	if err := s.takeChannels(ctx, team, page.Items); err != nil {
		return err
	}
	s.run.Page++
	if page.Next != "" {
		s.run.Cursor = voice + "|" + page.Next
		return s.save(ctx)
	}
	if i := slices.Index(voices, voice) + 1; i < len(voices) {
		s.run.Cursor = voices[i] + "|"
		return s.save(ctx)
	}
	if err := s.absentChannels(ctx, team); err != nil {
		return err
	}
	return s.nextTeam(ctx, connector.StepMembers)
}

// takeChannels writes the changed channels of one page. A private channel seen
// by one voice stays reached when the other voice does not see it.
func (s *syncing) takeChannels(ctx context.Context, team string, page []directory.Resource) error {
	ids := make([]string, len(page))
	var b directory.Batch
	for i, r := range page {
		ids[i] = r.ID
		was, err := s.h.Memory.Resource(ctx, s.c.ID, r.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if r.Private {
			r.Reached = true // only channels that a token of ours is in are listed
		}
		if err == nil && r.Same(was) {
			continue
		}
		r.Owners, r.Count = was.Owners, was.Count
		b.Resources = append(b.Resources, r)
	}
	s.run.Count("channels", len(ids))
	if err := s.h.Memory.Saw(ctx, s.run.ID, "channels/"+team, s.run.Page, ids); err != nil {
		return err
	}
	return s.put(ctx, b)
}

func (s *syncing) absentChannels(ctx context.Context, team string) error {
	seen, err := s.h.Memory.Seen(ctx, s.run.ID, "channels/"+team)
	if err != nil {
		return err
	}
	s.run.Count("channels", -s.twice(seen))
	everywhere, err := s.seenEverywhere(ctx)
	if err != nil {
		return err
	}
	var gone []directory.Resource
	known := 0
	err = s.h.Memory.EachResource(ctx, s.c.ID, directory.Channel, func(r directory.Resource) error {
		listed := seen
		switch {
		case r.Workspace == "" && everywhere != nil:
			listed = everywhere // of several workspaces: gone when none lists it
		case r.Workspace != team:
			return nil
		}
		known++
		if !listed[r.ID] {
			gone = append(gone, r)
		}
		return nil
	})
	if err != nil || s.waits("channels", len(gone), known) {
		return err
	}
	var b directory.Batch
	for _, r := range gone {
		if err := s.goneResource(ctx, &b, r); err != nil {
			return err
		}
	}
	return s.put(ctx, b)
}

// seenEverywhere is every channel that any workspace listed, once the last
// workspace is read; nil before.
func (s *syncing) seenEverywhere(ctx context.Context) (map[string]bool, error) {
	if s.run.Team < len(s.c.Workspaces)-1 {
		return nil, nil
	}
	all := map[string]bool{}
	for _, team := range s.c.Workspaces {
		seen, err := s.h.Memory.Seen(ctx, s.run.ID, "channels/"+team)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, seen)
	}
	return all, nil
}

// twice is how many channels of this workspace were listed by both voices.
func (s *syncing) twice(seen map[string]bool) int {
	s.run.Count("channels-seen", len(seen))
	over := s.run.Counts["channels"] - s.run.Counts["channels-seen"]
	return max(0, over)
}

// members reads the members of each channel that can be seen, in the order of
// ids, so that the run resumes behind the last one. run.Cursor is Slack's
// within the channel that comes next.
func (s *syncing) members(ctx context.Context) error {
	next, ok, err := s.nextChannel(ctx)
	if err != nil {
		return err
	}
	if !ok {
		delete(s.run.Counts, "channels-seen")
		return s.next(ctx, connector.StepFinish)
	}
	if until, ok := s.pace("conversations.members"); !ok {
		return s.rest(ctx, until)
	}
	l := connector.Link{Connector: s.c.ID, Team: next.Workspace, AsBot: next.Private}
	page, err := s.h.Slack.ChannelMembers(ctx, l, next.ID, s.run.Cursor)
	s.run.Calls++
	if err != nil {
		if !fault.Is(err, fault.Misconfigured, fault.Permanent, fault.NotFound) {
			return err
		}
		s.run.Notes = append(s.run.Notes, "members of channel "+next.ID+": "+fault.TextOf(err))
		return s.channelDone(ctx, next)
	}
	s.run.Count("memberships", len(page.Items))
	listing := "members/" + next.ID
	members := page.Items
	if page.Next != "" || s.run.Page > 0 {
		if err := s.h.Memory.Saw(ctx, s.run.ID, listing, s.run.Page, page.Items); err != nil {
			return err
		}
	}
	if page.Next != "" {
		s.run.Cursor, s.run.Page = page.Next, s.run.Page+1
		return s.save(ctx)
	}
	if s.run.Page > 0 {
		seen, err := s.h.Memory.Seen(ctx, s.run.ID, listing)
		if err != nil {
			return err
		}
		members = members[:0]
		for id := range seen {
			members = append(members, id)
		}
	}
	gone, known, err := s.takeMembers(ctx, next, members)
	if err != nil {
		return err
	}
	if !s.waits("channel memberships", len(gone), known) {
		if err := s.put(ctx, directory.Batch{GoneMemberships: gone}); err != nil {
			return err
		}
	}
	if next.Count != len(members) {
		next.Count = len(members)
		if err := s.put(ctx, directory.Batch{Resources: []directory.Resource{next}}); err != nil {
			return err
		}
	}
	return s.channelDone(ctx, next)
}

// channelDone goes on behind a channel. The place is saved now and then only:
// reading a channel twice after a crash costs less than a row for each.
func (s *syncing) channelDone(ctx context.Context, r directory.Resource) error {
	s.run.Channel, s.run.Cursor, s.run.Page, s.run.Tries = r.ID, "", 0, 0
	s.passed++
	if s.passed%20 != 0 {
		return nil
	}
	return s.save(ctx)
}

// nextChannel is the next channel whose members can be read.
func (s *syncing) nextChannel(ctx context.Context) (directory.Resource, bool, error) {
	if s.queue == nil {
		err := s.h.Memory.EachResource(ctx, s.c.ID, directory.Channel, func(r directory.Resource) error {
			if r.ID > s.run.Channel && !r.Archived && (!r.Private || r.Reached) {
				s.queue = append(s.queue, r)
			}
			return nil
		})
		if err != nil {
			return directory.Resource{}, false, err
		}
	}
	for len(s.queue) > 0 && s.queue[0].ID <= s.run.Channel {
		s.queue = s.queue[1:]
	}
	if len(s.queue) == 0 {
		return directory.Resource{}, false, nil
	}
	return s.queue[0], true, nil
}
