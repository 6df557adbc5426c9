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

// voices are the listings of channels: public ones once, private ones with
// each voice that sees some. Where nothing is known of scopes, Slack is asked.
func (s *syncing) voices() []string {
	out := []string{"public"}
	if slices.Contains(s.c.BotScopes, "groups:read") {
		out = append(out, "private-bot")
	}
	if slices.Contains(s.c.UserScopes, "groups:read") || len(s.c.UserScopes)+len(s.c.BotScopes) == 0 {
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
	if err != nil {
		s.say("private channels of %s: %s", team, fault.TextOf(err))
	}
	s.run.Tries = 0
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
	if err != nil || s.waits("channels", idsOf(gone), known) {
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

// members reads the members of each channel that can be seen, in the order of
// ids, so that the run resumes behind the last one. run.Cursor is Slack's
// within the channel that comes next.
func (s *syncing) members(ctx context.Context) error {
	next, ok, err := s.nextChannel(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return s.next(ctx, connector.StepRoles)
	}
	if until, ok := s.pace("conversations.members"); !ok {
		return s.rest(ctx, until)
	}
	l := connector.Link{Connector: s.c.ID, Team: next.Workspace, AsBot: next.Private}
	if s.read = s.h.Now(); s.run.Page > 0 {
		s.read = s.run.Started
	}
	page, err := s.h.Slack.ChannelMembers(ctx, l, next.ID, s.run.Cursor)
	s.run.Calls++
	if err != nil {
		if !fault.Is(err, fault.Misconfigured, fault.Permanent, fault.NotFound) {
			return err
		}
		s.say("members of channel %s: %s", next.ID, fault.TextOf(err))
		return s.channelDone(ctx, next)
	}
	s.run.Count("memberships", len(page.Items))
	s.run.Tries = 0
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
	if !s.waits("channel memberships", namesOf(gone), known) {
		if err := s.forget(ctx, gone); err != nil {
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
