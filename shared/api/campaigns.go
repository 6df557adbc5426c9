package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

func (s *server) ListCampaigns(ctx context.Context, _ apigen.ListCampaignsRequestObject) (apigen.ListCampaignsResponseObject, error) {
	all, err := s.house.ReadCampaigns(ctx, actor(ctx))
	return apigen.ListCampaigns200JSONResponse{Items: each(all, campaignJSON)}, err
}

func (s *server) DraftCampaign(ctx context.Context, r apigen.DraftCampaignRequestObject) (apigen.DraftCampaignResponseObject, error) {
	c, err := s.house.DraftCampaignOnce(ctx, actor(ctx), given(r.Params.IdempotencyKey), spec(*r.Body))
	v, err := s.campaign(ctx, c.ID, err)
	return apigen.DraftCampaign201JSONResponse(v), err
}

func (s *server) PreviewCampaign(ctx context.Context, r apigen.PreviewCampaignRequestObject) (apigen.PreviewCampaignResponseObject, error) {
	p, err := s.house.PreviewScope(ctx, actor(ctx), spec(*r.Body))
	return apigen.PreviewCampaign200JSONResponse{
		Accuracy: accuracyJSON(p.Accuracy), Lines: p.Lines, Lists: p.Reviewers, Unassigned: p.Unassigned, Denies: p.Denies, New: p.New,
		Seen: counts(p.Seen), Left: counts(p.Left), Samples: each(p.Samples, factJSON), Hidden: p.Hidden, Cut: p.Cut,
	}, err
}

func (s *server) GetCampaign(ctx context.Context, r apigen.GetCampaignRequestObject) (apigen.GetCampaignResponseObject, error) {
	v, err := s.campaign(ctx, r.CampaignId, nil)
	return apigen.GetCampaign200JSONResponse(v), err
}

func (s *server) EditCampaign(ctx context.Context, r apigen.EditCampaignRequestObject) (apigen.EditCampaignResponseObject, error) {
	_, err := s.house.EditCampaign(ctx, actor(ctx), r.CampaignId, spec(*r.Body))
	v, err := s.campaign(ctx, r.CampaignId, err)
	return apigen.EditCampaign200JSONResponse(v), err
}

func (s *server) StageCampaign(ctx context.Context, r apigen.StageCampaignRequestObject) (apigen.StageCampaignResponseObject, error) {
	_, err := s.house.StageCampaign(ctx, actor(ctx), r.CampaignId)
	v, err := s.campaign(ctx, r.CampaignId, err)
	return apigen.StageCampaign200JSONResponse(v), err
}

func (s *server) StartCampaign(ctx context.Context, r apigen.StartCampaignRequestObject) (apigen.StartCampaignResponseObject, error) {
	_, err := s.house.StartCampaign(ctx, actor(ctx), r.CampaignId)
	v, err := s.campaign(ctx, r.CampaignId, err)
	return apigen.StartCampaign200JSONResponse(v), err
}

func (s *server) EndCampaign(ctx context.Context, r apigen.EndCampaignRequestObject) (apigen.EndCampaignResponseObject, error) {
	_, err := s.house.EndCampaign(ctx, actor(ctx), r.CampaignId, review.AtEnd(r.Body.AtEnd))
	v, err := s.campaign(ctx, r.CampaignId, err)
	return apigen.EndCampaign200JSONResponse(v), err
}

func (s *server) CancelCampaign(ctx context.Context, r apigen.CancelCampaignRequestObject) (apigen.CancelCampaignResponseObject, error) {
	_, err := s.house.CancelCampaign(ctx, actor(ctx), r.CampaignId)
	v, err := s.campaign(ctx, r.CampaignId, err)
	return apigen.CancelCampaign200JSONResponse(v), err
}

func (s *server) ReviewAccuracy(ctx context.Context, r apigen.ReviewAccuracyRequestObject) (apigen.ReviewAccuracyResponseObject, error) {
	a, err := s.house.ReviewAccuracy(ctx, actor(ctx), r.ConnectorId)
	return apigen.ReviewAccuracy200JSONResponse(accuracyJSON(a)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) SyncForReview(ctx context.Context, r apigen.SyncForReviewRequestObject) (apigen.SyncForReviewResponseObject, error) {
	run, err := s.house.SyncForReview(ctx, actor(ctx), r.ConnectorId)
	return apigen.SyncForReview202JSONResponse(runJSON(run)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) ListTemplates(ctx context.Context, _ apigen.ListTemplatesRequestObject) (apigen.ListTemplatesResponseObject, error) {
	all, err := s.house.ReadTemplates(ctx, actor(ctx))
	return apigen.ListTemplates200JSONResponse{Items: each(all, templateJSON)}, err
}

func (s *server) MakeTemplate(ctx context.Context, r apigen.MakeTemplateRequestObject) (apigen.MakeTemplateResponseObject, error) {
	t, err := s.house.MakeTemplateOnce(ctx, actor(ctx), given(r.Params.IdempotencyKey), review.Template{
		Spec: spec(r.Body.Spec), Every: review.Every(r.Body.Every), First: r.Body.First, Auto: r.Body.Auto,
	})
	return apigen.MakeTemplate201JSONResponse(templateJSON(t)), err
}

func (s *server) StopTemplate(ctx context.Context, r apigen.StopTemplateRequestObject) (apigen.StopTemplateResponseObject, error) {
	t, err := s.house.StopTemplate(ctx, actor(ctx), r.TemplateId)
	return apigen.StopTemplate200JSONResponse(templateJSON(t)), err
}

// campaign reads back what a verb did, or hides its error.
func (s *server) campaign(ctx context.Context, id string, err error) (apigen.Campaign, error) {
	var v flow.CampaignView
	read := func() (e error) {
		v, e = s.house.ReadCampaign(ctx, actor(ctx), id)
		return e
	}
	switch {
	case err == nil:
		err = read()
	case id != "":
		err = masked(err, read)
	}
	out := campaignJSON(v)
	if err == nil {
		out.Names, err = s.house.ReadSpecNames(ctx, actor(ctx), v.Spec)
	}
	return out, err
}

func spec(b apigen.CampaignSpec) review.Spec {
	return review.Spec{
		Name: b.Name, Connector: b.Connector,
		Scope: review.Scope{
			Kinds:  each(b.Kinds, func(k apigen.CampaignSpecKinds) directory.Kind { return directory.Kind(k) }),
			Public: b.Public, Resources: b.Resources,
			Accounts:     each(b.Accounts, func(a apigen.CampaignSpecAccounts) review.Class { return review.Class(a) }),
			InactiveDays: b.InactiveDays, Held: review.Held(b.Held), New: b.New, Findings: b.Findings,
		},
		Levels: each(b.Levels, func(l apigen.ReviewLevel) review.Level {
			return review.Level{By: review.Source(l.By), Group: l.Group, Accounts: l.Accounts}
		}),
		Fallback: b.Fallback, Self: b.Self, Unchanged: b.Unchanged, AtEnd: review.AtEnd(b.AtEnd), Days: b.Days, Ends: b.Ends, Admins: b.Admins,
	}
}

func specJSON(s review.Spec) apigen.CampaignSpec {
	return apigen.CampaignSpec{
		Name: s.Name, Connector: s.Connector,
		Kinds:  each(s.Scope.Kinds, func(k directory.Kind) apigen.CampaignSpecKinds { return apigen.CampaignSpecKinds(k) }),
		Public: s.Scope.Public, Resources: s.Scope.Resources,
		Accounts:     each(s.Scope.Accounts, func(c review.Class) apigen.CampaignSpecAccounts { return apigen.CampaignSpecAccounts(c) }),
		InactiveDays: s.Scope.InactiveDays, Held: apigen.CampaignSpecHeld(s.Scope.Held), New: s.Scope.New, Findings: s.Scope.Findings,
		Levels: each(s.Levels, func(l review.Level) apigen.ReviewLevel {
			return apigen.ReviewLevel{By: apigen.ReviewLevelBy(l.By), Group: l.Group, Accounts: l.Accounts}
		}),
		Fallback: s.Fallback, Self: s.Self, Unchanged: s.Unchanged, AtEnd: apigen.CampaignSpecAtEnd(s.AtEnd), Days: s.Days, Ends: s.Ends, Admins: s.Admins,
	}
}

func campaignJSON(v flow.CampaignView) apigen.Campaign {
	out := apigen.Campaign{
		Id: v.ID, Spec: specJSON(v.Spec), ConnectorName: v.ConnectorName, State: apigen.CampaignState(v.State), Template: v.Template,
		Created: v.Created, PolicyVersion: v.Policy, Started: v.Started, Deadline: v.Deadline, Ended: v.Ended, EndedBy: v.EndedBy,
		Done: v.Done, Settled: v.Settled, HeldBack: v.Held, Runs: v.Runs, Reads: v.Reads,
		Lists: each(v.Mine, func(a review.Assignment) apigen.ReviewList { return listJSON(flow.ListView{Assignment: a}) }),
	}
	if v.By != "" {
		out.DraftedBy = apigen.Ref{Id: v.By, Name: v.Drafter}
	}
	if !v.Reads {
		out.Spec.Resources = nil // which may be private, and not for a reviewer to know
	}
	if s := v.Snapshot; v.Reads && !s.Begun.IsZero() {
		out.Snapshot = apigen.Snapshot{
			Begun: s.Begun, Done: s.Done, Run: s.Run, RunAfter: s.RunAfter, Synced: s.Synced, Lines: s.Lines, Unassigned: s.Unassigned,
			Digest: s.Digest, Seen: s.Seen, Left: s.Left, Slack: s.Slack,
		}
	}
	return out
}

func templateJSON(t review.Template) apigen.CampaignTemplate {
	out := apigen.CampaignTemplate{
		Id: t.ID, Spec: specJSON(t.Spec), Every: apigen.TemplateEvery(t.Every), First: t.First, Auto: t.Auto, Last: t.Last, Drafted: t.Drafted,
		MadeBy: t.By, Created: t.Created, Stopped: t.Stopped,
	}
	if !t.Stopped {
		out.Next = t.Due
	}
	return out
}

func accuracyJSON(a flow.Accuracy) apigen.Accuracy {
	return apigen.Accuracy{Synced: a.Synced, Run: a.Run, Warnings: each(a.Warnings, same)}
}

// counts is a map that is there, also where nothing was counted.
func counts(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return m
}
