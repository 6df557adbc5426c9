package store

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// onceRecord is the row of a call that was answered.
type onceRecord struct {
	ID      string `json:"id"`
	Body    string `json:"body"`
	Answer  string `json:"answer"`
	Expires stamp  `json:"expires,omitzero"`
}

func newOnceRecord(o access.Once) onceRecord {
	return onceRecord{ID: o.ID, Body: o.Body, Answer: o.Answer, Expires: stamp(o.Expires)}
}

func (r onceRecord) once() access.Once {
	return access.Once{ID: r.ID, Body: r.Body, Answer: r.Answer, Expires: r.Expires.time()}
}

// Once finds the note of a call that was answered, until it expires.
func (s *Store) Once(ctx context.Context, id string) (access.Once, error) {
	r, _, err := find[onceRecord](ctx, s, onceKey(id), "answered call", id)
	return r.once(), fault.Wrap("store.Once", err)
}

// note adds a note to the commit of what the call made. The commit is
// fault.Conflict when there is one already.
func (c *change) note(o access.Once) {
	c.putUntil(onceKey(o.ID), 0, o.Expires.Unix(), newOnceRecord(o))
}

// SaveRequestOnce is SaveRequest for a new request, with the note in its commit.
func (s *Store) SaveRequestOnce(ctx context.Context, o access.Once, r access.Request, grants []access.Grant, texts []access.Text, e ...audit.Event) (access.Request, error) {
	var c change
	c.note(o)
	r, err := s.saveRequest(ctx, &c, r, grants, texts, e)
	return r, fault.Wrap("store.SaveRequestOnce", err)
}

// SaveConnectorOnce is SaveConnector for a new connector, with the note in its
// commit.
func (s *Store) SaveConnectorOnce(ctx context.Context, o access.Once, n connector.Connector, e ...audit.Event) (connector.Connector, error) {
	var c change
	c.note(o)
	n, err := s.saveConnector(ctx, &c, n, e)
	return n, fault.Wrap("store.SaveConnectorOnce", err)
}

// SaveCampaignOnce is SaveCampaign for a new campaign, with the note in its commit.
func (s *Store) SaveCampaignOnce(ctx context.Context, o access.Once, x review.Campaign, e ...audit.Event) (review.Campaign, error) {
	var c change
	c.note(o)
	x, err := s.saveCampaign(ctx, &c, x, e)
	return x, fault.Wrap("store.SaveCampaignOnce", err)
}

// SaveTemplateOnce is SaveTemplate for a new template, with the note in its commit.
func (s *Store) SaveTemplateOnce(ctx context.Context, o access.Once, t review.Template, e ...audit.Event) (review.Template, error) {
	var c change
	c.note(o)
	t, err := s.saveTemplate(ctx, &c, t, nil, e)
	return t, fault.Wrap("store.SaveTemplateOnce", err)
}
