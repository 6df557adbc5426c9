package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Campaign reads one.
func (s *Store) Campaign(ctx context.Context, id string) (review.Campaign, error) {
	r, rev, err := find[campaignRecord](ctx, s, campaignKey(id), "review", id)
	return r.campaign(rev), fault.Wrap("store.Campaign", err)
}

// Campaigns lists them, the newest first, at most limit (0: 1000).
func (s *Store) Campaigns(ctx context.Context, limit int) ([]review.Campaign, error) {
	var out []review.Campaign
	err := follow(ctx, s, Range{Part: "campaigns", Reverse: true}, limit, campaignKey, func(r campaignRecord, rev int64) bool {
		out = append(out, r.campaign(rev))
		return true
	})
	return out, fault.Wrap("store.Campaigns", err)
}

// SaveCampaign saves one and moves its due row. New, and in a new state, it has an
// event.
func (s *Store) SaveCampaign(ctx context.Context, x review.Campaign, e ...audit.Event) (review.Campaign, error) {
	var c change
	x, err := s.saveCampaign(ctx, &c, x, e)
	return x, fault.Wrap("store.SaveCampaign", err)
}

func (s *Store) saveCampaign(ctx context.Context, c *change, x review.Campaign, e []audit.Event) (review.Campaign, error) {
	err := s.addCampaign(ctx, c, x, e)
	if err == nil {
		err = s.save(ctx, c, e)
	}
	if err == nil {
		x.Rev++
	}
	return x, err
}

// addCampaign adds a campaign's row, its due row and its pointer.
func (s *Store) addCampaign(ctx context.Context, c *change, x review.Campaign, e []audit.Event) error {
	prev, err := current[campaignRecord](ctx, s, campaignKey(x.ID), x.Rev)
	if err != nil {
		return err
	}
	if x.Rev == 0 || prev.State != x.State {
		if err := told("a review as "+string(x.State), e); err != nil {
			return err
		}
	}
	rec := newCampaignRecord(x)
	if x.Rev > 0 {
		rec.Created = prev.Created // it stands in the pointers' keys
	}
	rec.Due = c.due(laneReview, prev.Due, access.Due{At: x.Next, Kind: "campaign", ID: x.ID, Connector: x.Connector}, !x.Next.IsZero())
	c.put(campaignKey(x.ID), x.Rev, rec)
	if x.Rev == 0 {
		c.point(campaignsKey(x.Created, x.ID), pointer{ID: x.ID})
	}
	return nil
}

// Template reads one.
func (s *Store) Template(ctx context.Context, id string) (review.Template, error) {
	r, rev, err := find[templateRecord](ctx, s, templateKey(id), "review template", id)
	return r.template(rev), fault.Wrap("store.Template", err)
}

// Templates lists them by id.
func (s *Store) Templates(ctx context.Context) ([]review.Template, error) {
	var out []review.Template
	err := eachRecord(ctx, s, Range{Part: "templates"}, func(p pointer, _ Row) error {
		r, rev, err := load[templateRecord](ctx, s, templateKey(p.ID))
		out = append(out, r.template(rev))
		return err
	})
	return out, fault.Wrap("store.Templates", err)
}

// SaveTemplate saves one with the campaign that it drafted and moves its due row.
// All but another time at which it is looked at has an event.
func (s *Store) SaveTemplate(ctx context.Context, t review.Template, drafted *review.Campaign, e ...audit.Event) (review.Template, error) {
	var c change
	t, err := s.saveTemplate(ctx, &c, t, drafted, e)
	return t, fault.Wrap("store.SaveTemplate", err)
}

func (s *Store) saveTemplate(ctx context.Context, c *change, t review.Template, drafted *review.Campaign, e []audit.Event) (review.Template, error) {
	prev, err := current[templateRecord](ctx, s, templateKey(t.ID), t.Rev)
	if err != nil {
		return t, err
	}
	rec := newTemplateRecord(t)
	was := prev
	was.Next, was.Due = rec.Next, ""
	if t.Rev == 0 || !alike(was, rec) {
		if err := told("a review template", e); err != nil {
			return t, err
		}
	}
	rec.Due = c.due(laneReview, prev.Due, access.Due{At: t.Next, Kind: "template", ID: t.ID, Connector: t.Connector}, !t.Next.IsZero())
	c.put(templateKey(t.ID), t.Rev, rec)
	if t.Rev == 0 {
		c.point(templatesKey(t.ID), pointer{ID: t.ID})
	}
	if drafted != nil {
		if err := s.addCampaign(ctx, c, *drafted, e); err != nil {
			return t, err
		}
	}
	if err := s.save(ctx, c, e); err != nil {
		return t, err
	}
	t.Rev++
	return t, nil
}
