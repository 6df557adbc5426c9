package flow

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Campaigns are drafted, staged, started and ended by Campaign Administrators.
// Staging and everything that takes long is only begun here: what is due in the
// lane "review" carries it on (Review).

// LaneReview is the lane of due rows of access reviews.
const LaneReview = "review"

// DraftCampaign makes a campaign that nobody is told of yet.
func (h *House) DraftCampaign(ctx context.Context, by access.Actor, s review.Spec) (review.Campaign, error) {
	return h.DraftCampaignOnce(ctx, by, "", s)
}

// DraftCampaignOnce is DraftCampaign for a call that may be sent again: the same key
// gives the draft that the first one made, for a day.
func (h *House) DraftCampaignOnce(ctx context.Context, by access.Actor, key string, s review.Spec) (review.Campaign, error) {
	const op = "flow.DraftCampaign"
	if err := h.mayCampaign(by); err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	o := once[review.Campaign]{verb: "campaign", key: key, body: s, read: h.Memory.Campaign}
	o.make = func(note *access.Once) (review.Campaign, error) {
		if err := h.checkSpec(ctx, by, s); err != nil {
			return review.Campaign{}, err
		}
		spec, err := h.specOf(ctx, s)
		if err != nil {
			return review.Campaign{}, err
		}
		c := review.Campaign{ID: h.NewID("uc"), Spec: spec, State: review.Draft, By: by.User.ID, Created: h.Now()}
		e := h.campaignEvent(c, "campaign.drafted", who(by), c.Terms())
		if note == nil {
			return h.Memory.SaveCampaign(ctx, c, e)
		}
		note.Answer = c.ID
		return h.Memory.SaveCampaignOnce(ctx, *note, c, e)
	}
	c, err := o.do(ctx, h, by)
	return c, fault.Wrap(op, err)
}

// EditCampaign gives a draft another spec. What was staged does not change any
// more: cancel it, and draft another.
func (h *House) EditCampaign(ctx context.Context, by access.Actor, id string, s review.Spec) (review.Campaign, error) {
	const op = "flow.EditCampaign"
	if err := h.mayCampaign(by); err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	err := h.checkSpec(ctx, by, s)
	if err == nil {
		s, err = h.specOf(ctx, s)
	}
	if err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	c, err := h.changeCampaign(ctx, id, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
		if c.State != review.Draft {
			return c, nil, fault.New(op, fault.Invalid, "this campaign is %s; its snapshot and what it asks do not change any more: draft another one", c.State)
		}
		c.Spec = s.Copy()
		return c, []audit.Event{h.campaignEvent(c, "campaign.edited", who(by), c.Terms())}, nil
	})
	return c, fault.Wrap(op, err)
}

// StageCampaign begins to take the snapshot. A connector that is stale or failed is
// warned of (Accuracy) and staged all the same: what Ebb knows is what is reviewed.
func (h *House) StageCampaign(ctx context.Context, by access.Actor, id string) (review.Campaign, error) {
	const op = "flow.StageCampaign"
	if err := h.mayCampaign(by); err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	c, err := h.stageCampaign(ctx, id, who(by))
	return c, fault.Wrap(op, err)
}

func (h *House) stageCampaign(ctx context.Context, id, actor string) (review.Campaign, error) {
	return h.changeCampaign(ctx, id, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
		if c.State == review.Staging || c.State == review.Staged {
			return c, nil, nil
		}
		conn, err := h.Memory.Connector(ctx, c.Connector)
		if err != nil {
			return c, nil, err
		}
		if conn.LastGood.IsZero() {
			return c, nil, fault.New("flow.stageCampaign", fault.Invalid, "%s was never synced; sync it first, there is nothing to review yet", conn.Name)
		}
		if c, err = c.Turn(review.Stage, h.Now()); err != nil {
			return c, nil, err
		}
		p, err := h.Memory.Policy(ctx, 0)
		if err != nil {
			return c, nil, err
		}
		c.Policy = p.Version
		c.Snapshot.Run, c.Snapshot.Synced, c.Snapshot.Slack, err = h.lastGoodRun(ctx, conn)
		return c, []audit.Event{h.campaignEvent(c, "campaign.staging", actor, map[string]string{"run": c.Snapshot.Run})}, err
	})
}

// StartCampaign tells the reviewers of a staged campaign; from here on its lines
// can be decided.
func (h *House) StartCampaign(ctx context.Context, by access.Actor, id string) (review.Campaign, error) {
	const op = "flow.StartCampaign"
	if err := h.mayCampaign(by); err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	c, err := h.startCampaign(ctx, id, who(by))
	return c, fault.Wrap(op, err)
}

func (h *House) startCampaign(ctx context.Context, id, actor string) (review.Campaign, error) {
	return h.changeCampaign(ctx, id, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
		if c.State == review.Running {
			return c, nil, nil
		}
		if c.State == review.Staging {
			return c, nil, fault.New("flow.startCampaign", fault.Wait, "the snapshot is still being taken (%d lines so far); start it when it is staged", c.Snapshot.Lines)
		}
		if c.State == review.Staged && c.Snapshot.Lines == 0 {
			return c, nil, fault.New("flow.startCampaign", fault.Invalid, "nothing fits what this access review asks for, so that there is no line to decide: cancel it, and draft another with a wider scope")
		}
		c, err := c.Turn(review.Start, h.Now())
		return c, []audit.Event{h.campaignEvent(c, "campaign.started", actor, map[string]string{"deadline": stamp(c.Deadline)})}, err
	})
}

// EndCampaign ends a running one: open lines are skipped or denied, as the campaign
// says or, where atEnd is set, as who ends it says.
func (h *House) EndCampaign(ctx context.Context, by access.Actor, id string, atEnd review.AtEnd) (review.Campaign, error) {
	const op = "flow.EndCampaign"
	if err := h.mayCampaign(by); err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	if atEnd != "" && atEnd != review.SkipOpen && atEnd != review.RevokeOpen {
		return review.Campaign{}, fault.At(op, "at_end", "open lines are skipped or revoked, not %q", string(atEnd))
	}
	c, err := h.Memory.Campaign(ctx, id)
	if err == nil && (atEnd == review.RevokeOpen || atEnd == "" && c.AtEnd == review.RevokeOpen) && by.Stale(h.Now()) {
		err = stale(op, "to deny everything that is open takes a sign-in within the last ten minutes")
	}
	if err == nil {
		c, err = h.endCampaign(ctx, id, who(by), atEnd)
	}
	return c, fault.Wrap(op, err)
}

func (h *House) endCampaign(ctx context.Context, id, actor string, atEnd review.AtEnd) (review.Campaign, error) {
	return h.changeCampaign(ctx, id, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
		if c.State == review.Ending || c.State == review.Completed {
			return c, nil, nil
		}
		c, err := c.Turn(review.End, h.Now())
		if atEnd != "" {
			c.AtEnd = atEnd
		}
		if actor != ebb {
			c.EndedBy = actor
		}
		return c, []audit.Event{h.campaignEvent(c, "campaign.ended", actor, map[string]string{"at_end": string(c.AtEnd)})}, err
	})
}

// CancelCampaign gives one up that was not started. A running one is ended.
func (h *House) CancelCampaign(ctx context.Context, by access.Actor, id string) (review.Campaign, error) {
	const op = "flow.CancelCampaign"
	if err := h.mayCampaign(by); err != nil {
		return review.Campaign{}, fault.Wrap(op, err)
	}
	c, err := h.changeCampaign(ctx, id, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
		if c.State == review.Canceled {
			return c, nil, nil
		}
		c, err := c.Turn(review.CancelTurn, h.Now())
		return c, []audit.Event{h.campaignEvent(c, "campaign.canceled", who(by), nil)}, err
	})
	return c, fault.Wrap(op, err)
}

// changeCampaign moves a campaign against whoever moves it, too. Without an event
// nothing is saved.
func (h *House) changeCampaign(ctx context.Context, id string, f func(review.Campaign) (review.Campaign, []audit.Event, error)) (review.Campaign, error) {
	var out review.Campaign
	err := again(func() error {
		c, err := h.Memory.Campaign(ctx, id)
		if err != nil {
			return err
		}
		next, events, err := f(c)
		if out = c; err != nil || len(events) == 0 {
			return err
		}
		out, err = h.Memory.SaveCampaign(ctx, next, events...)
		return err
	})
	return out, err
}

// mayCampaign refuses who does not run campaigns. A service's key runs none.
func (h *House) mayCampaign(by access.Actor) error {
	if by.User.ID == "" || by.User.Ended {
		return fault.New("flow.mayCampaign", fault.Unauthenticated, "it is not known who asks")
	}
	if by.Service || !by.Is(access.CampaignAdministrator) {
		return fault.New("flow.mayCampaign", fault.Forbidden, "access reviews are run by campaign administrators; a super administrator can make you one")
	}
	return nil
}

// specOf is a spec as it is kept: where it names no kinds, all of an Enterprise
// organization has its roles in it.
func (h *House) specOf(ctx context.Context, s review.Spec) (review.Spec, error) {
	out := s.Copy()
	c, err := h.Memory.Connector(ctx, s.Connector)
	if err == nil && c.Enterprise != "" && len(s.Scope.Kinds) == 0 {
		out.Scope.Kinds = slices.Clone(review.Reviewable)
	}
	return out, err
}

// checkSpec refuses a spec that names what is not there, or not for the actor.
func (h *House) checkSpec(ctx context.Context, by access.Actor, s review.Spec) error {
	const op = "flow.checkSpec"
	if err := s.Validate(); err != nil {
		return err
	}
	conn, err := h.Memory.Connector(ctx, s.Connector)
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.At(op, "connector", "there is no connector %s", s.Connector)
	case err != nil:
		return err
	case conn.Collaborates():
		return fault.At(op, "connector", "%s is for asking and deciding in Slack alone; review the connector that governs it", conn.Name)
	}
	groups := map[string]string{"admins": s.Admins}
	accounts := map[string][]string{"fallback": s.Fallback}
	for _, l := range s.Levels {
		if l.Group != "" {
			groups["levels"] = l.Group
		}
		accounts["levels"] = append(accounts["levels"], l.Accounts...)
	}
	for at, id := range groups {
		if id == "" {
			continue
		}
		r, err := h.Memory.Resource(ctx, s.Connector, id)
		if fault.Is(err, fault.NotFound) || err == nil && r.Kind != directory.UserGroup {
			return fault.At(op, at, "%s is no user group of this connector; give its id, as the directory shows it", id)
		}
		if err != nil {
			return err
		}
	}
	for at, ids := range accounts {
		for _, id := range ids {
			if _, err := h.Memory.Account(ctx, s.Connector, id); fault.Is(err, fault.NotFound) {
				return fault.At(op, at, "there is no account %s in this connector", id)
			} else if err != nil {
				return err
			}
		}
	}
	if len(s.Scope.Resources) == 0 {
		return nil
	}
	eye, err := h.sight(by)
	if err != nil {
		return err
	}
	r, err := eye.reviewRealm(ctx, s.Connector)
	if err != nil {
		return err
	}
	for _, id := range s.Scope.Resources {
		x, err := r.look(ctx, id)
		if err != nil {
			return err
		}
		known, err := r.knows(ctx, review.Fact{Resource: id})
		if err != nil {
			return err
		}
		if !x.known || !known {
			return fault.At(op, "resources", "there is no resource %s in this connector", id)
		}
	}
	return nil
}

// campaignEvent is an event of a campaign. Its aggregate's events tell its life;
// what reviewers submit is told by those of their assignments.
func (h *House) campaignEvent(c review.Campaign, action, actor string, more map[string]string) audit.Event {
	data := map[string]string{"connector": c.Connector, "state": string(c.State)}
	maps.Copy(data, more)
	return h.event("campaign/"+c.ID, action, actor, data)
}

// ReviewFor is how long one look at what is due in the lane goes on before it lets
// its caller go.
const ReviewFor = 40 * time.Second
