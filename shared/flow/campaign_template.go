package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// MakeTemplate makes what drafts the same campaign again and again, or stages and
// starts it, too.
func (h *House) MakeTemplate(ctx context.Context, by access.Actor, t review.Template) (review.Template, error) {
	return h.MakeTemplateOnce(ctx, by, "", t)
}

// MakeTemplateOnce is MakeTemplate for a call that may be sent again: the same key gives
// the template that the first one made, for a day.
func (h *House) MakeTemplateOnce(ctx context.Context, by access.Actor, key string, t review.Template) (review.Template, error) {
	const op = "flow.MakeTemplate"
	if err := h.mayCampaign(by); err != nil {
		return t, fault.Wrap(op, err)
	}
	o := once[review.Template]{verb: "template", key: key, body: t, read: h.Memory.Template}
	o.make = func(note *access.Once) (review.Template, error) { return h.makeTemplate(ctx, by, t, note) }
	t, err := o.do(ctx, h, by)
	return t, fault.Wrap(op, err)
}

func (h *House) makeTemplate(ctx context.Context, by access.Actor, t review.Template, note *access.Once) (review.Template, error) {
	const op = "flow.makeTemplate"
	now := h.Now()
	if t.First.IsZero() {
		t.First = now
	}
	err := t.Validate()
	if err == nil && now.Sub(t.First) > time.Hour {
		err = fault.At(op, "first", "the first campaign cannot be drafted in the past")
	}
	if err == nil {
		err = h.checkSpec(ctx, by, t.Spec)
	}
	if err != nil {
		return t, err
	}
	t = review.Template{
		ID: h.NewID("ut"), Spec: t.Spec.Copy(), Every: t.Every, First: t.First, Auto: t.Auto, Due: t.First, Next: t.First, By: by.User.ID, Created: now,
	}
	e := h.templateEvent(t, "template.made", who(by), t.Terms())
	if note == nil {
		return h.Memory.SaveTemplate(ctx, t, nil, e)
	}
	note.Answer = t.ID
	return h.Memory.SaveTemplateOnce(ctx, *note, t, e)
}

// StopTemplate ends a template; what it drafted stays.
func (h *House) StopTemplate(ctx context.Context, by access.Actor, id string) (review.Template, error) {
	const op = "flow.StopTemplate"
	var out review.Template
	if err := h.mayCampaign(by); err != nil {
		return out, fault.Wrap(op, err)
	}
	err := again(func() error {
		t, err := h.Memory.Template(ctx, id)
		if out = t; err != nil || t.Stopped {
			return err
		}
		t.Stopped, t.Next = true, time.Time{}
		out, err = h.Memory.SaveTemplate(ctx, t, nil, h.templateEvent(t, "template.stopped", who(by), nil))
		return err
	})
	return out, fault.Wrap(op, err)
}

func (h *House) templateEvent(t review.Template, action, actor string, more map[string]string) audit.Event {
	data := map[string]string{"connector": t.Connector, "every": string(t.Every), "next": stamp(t.Next)}
	for k, v := range more {
		data[k] = v
	}
	return h.event("template/"+t.ID, action, actor, data)
}

const (
	// startLook is how often an automatic campaign is looked at while it is staged,
	// holdLook the same while its connector is stale.
	startLook = time.Minute
	holdLook  = 30 * time.Minute
)

// serveTemplate drafts a campaign whose time has come and, where the template says
// so, stages and starts it. One that its connector's state holds back says why.
func (h *House) serveTemplate(ctx context.Context, id string) error {
	t, err := h.Memory.Template(ctx, id)
	if err != nil || t.Stopped || t.Next.IsZero() || t.Next.After(h.Now()) {
		return err
	}
	if t.Auto && t.Last != "" {
		c, err := h.Memory.Campaign(ctx, t.Last)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && (c.State == review.Draft || c.State == review.Staging || c.State == review.Staged) {
			return h.startAuto(ctx, t, c)
		}
	}
	now := h.Now()
	if now.Before(t.Due) { // somebody started or canceled by hand what was drafted
		t.Next = t.Due
		_, err = h.Memory.SaveTemplate(ctx, t, nil)
		return err
	}
	// A template whose time passed while nothing ran drafts once, not once for each.
	spec, err := h.specOf(ctx, t.Spec)
	if err != nil {
		return err
	}
	c := review.Campaign{
		ID: h.NewID("uc"), Template: t.ID, Spec: spec, State: review.Draft, Created: now,
	}
	c.Name += " " + t.Due.UTC().Format(time.DateOnly)
	t.Last, t.Drafted = c.ID, t.Drafted+1
	t.Due = t.After(now)
	if t.Next = t.Due; t.Auto {
		t.Next = now
	}
	_, err = h.Memory.SaveTemplate(ctx, t, &c,
		h.templateEvent(t, "template.drafted", ebb, map[string]string{"campaign": c.ID}),
		h.campaignEvent(c, "campaign.drafted", ebb, c.Terms()))
	return err
}

// startAuto carries an automatic campaign on to its start.
func (h *House) startAuto(ctx context.Context, t review.Template, c review.Campaign) error {
	now := h.Now()
	move := func(next time.Time) error {
		t.Next = next
		_, err := h.Memory.SaveTemplate(ctx, t, nil)
		return err
	}
	if c.State == review.Staging {
		return move(now.Add(startLook))
	}
	conn, err := h.Memory.Connector(ctx, c.Connector)
	if err != nil {
		return err
	}
	why := doubtful(conn, now)
	if maker, err := h.Memory.User(ctx, t.By); fault.Is(err, fault.NotFound) || err == nil && h.mayCampaign(access.Actor{User: maker}) != nil {
		why = "who made its template runs no access reviews any more: stop the template, and make another"
	} else if err != nil {
		return err
	}
	if why != "" {
		if c.Held != why {
			_, err = h.changeCampaign(ctx, c.ID, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
				c.Held = why
				return c, []audit.Event{h.campaignEvent(c, "campaign.held", ebb, map[string]string{"label": string(conn.Label)})}, nil
			})
			if err != nil {
				return err
			}
		}
		return move(now.Add(holdLook))
	}
	if c.Held != "" {
		c, err = h.changeCampaign(ctx, c.ID, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
			c.Held = ""
			return c, []audit.Event{h.campaignEvent(c, "campaign.let-go", ebb, nil)}, nil
		})
		if err != nil {
			return err
		}
	}
	if c.State == review.Draft {
		if _, err := h.stageCampaign(ctx, c.ID, ebb); err != nil {
			return err
		}
		return move(now.Add(startLook))
	}
	if c.Snapshot.Lines == 0 {
		err = h.nothingToStart(ctx, c.ID)
	} else {
		_, err = h.startCampaign(ctx, c.ID, ebb)
	}
	if err != nil {
		return err
	}
	return move(t.Due)
}

// nothingToStart cancels an automatic campaign that found nothing to review: of what is
// new since the last one there may be nothing.
func (h *House) nothingToStart(ctx context.Context, id string) error {
	_, err := h.changeCampaign(ctx, id, func(c review.Campaign) (review.Campaign, []audit.Event, error) {
		if c.State != review.Staged {
			return c, nil, nil
		}
		c, err := c.Turn(review.CancelTurn, h.Now())
		c.Held = "nothing fitted what it asks for, so that there was no line to decide"
		return c, []audit.Event{h.campaignEvent(c, "campaign.canceled", ebb, map[string]string{"why": "no-lines"})}, err
	})
	return err
}
