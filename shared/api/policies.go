package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) PolicyWouldEnd(ctx context.Context, r apigen.PolicyWouldEndRequestObject) (apigen.PolicyWouldEndResponseObject, error) {
	p, _, err := s.document(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	wider, err := s.house.Wider(ctx, actor(ctx), p)
	if err != nil {
		return nil, err
	}
	gs, err := s.house.WouldEndBy(ctx, actor(ctx), p)
	if err != nil {
		return nil, err
	}
	seen, err := s.house.ViewGrants(ctx, actor(ctx), gs[:min(len(gs), mostShown)])
	return apigen.PolicyWouldEnd200JSONResponse{Grants: len(gs), Items: each(seen, grantJSON), Wider: each(wider, same)}, err
}

func same(s string) string { return s }

func (s *server) ListPolicyVersions(ctx context.Context, r apigen.ListPolicyVersionsRequestObject) (apigen.ListPolicyVersionsResponseObject, error) {
	p, err := s.house.ReadPolicies(ctx, actor(ctx), slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListPolicyVersions200JSONResponse{Items: each(p.Items, func(v flow.PolicyView) apigen.Policy {
		v.Source = ""
		return policyJSON(v)
	}), Cursor: p.Next}, err
}

func (s *server) GetPolicyVersion(ctx context.Context, r apigen.GetPolicyVersionRequestObject) (apigen.GetPolicyVersionResponseObject, error) {
	p, err := s.house.ReadPolicyVersion(ctx, actor(ctx), r.Version)
	return apigen.GetPolicyVersion200JSONResponse(policyJSON(p)), err
}

func (s *server) DiffPolicies(ctx context.Context, r apigen.DiffPoliciesRequestObject) (apigen.DiffPoliciesResponseObject, error) {
	d, err := s.house.DiffPolicies(ctx, actor(ctx), r.Params.From, r.Params.To)
	return apigen.DiffPolicies200JSONResponse{From: d.From.Version, To: d.To.Version, Lines: each(d.Lines, func(l access.DiffLine) string {
		return string(l.Sign) + l.Text
	})}, err
}

func (s *server) ListPolicyDrafts(ctx context.Context, _ apigen.ListPolicyDraftsRequestObject) (apigen.ListPolicyDraftsResponseObject, error) {
	all, err := s.house.ReadDrafts(ctx, actor(ctx), false)
	return apigen.ListPolicyDrafts200JSONResponse{Items: each(all, draftJSON)}, err
}

func (s *server) ConfirmPolicy(ctx context.Context, r apigen.ConfirmPolicyRequestObject) (apigen.ConfirmPolicyResponseObject, error) {
	x, err := s.house.ConfirmPolicy(ctx, actor(ctx), r.DraftId)
	return apigen.ConfirmPolicy200JSONResponse(publishedJSON(x, nil)), err
}

func (s *server) RefusePolicy(ctx context.Context, r apigen.RefusePolicyRequestObject) (apigen.RefusePolicyResponseObject, error) {
	d, err := s.house.RefusePolicy(ctx, actor(ctx), r.DraftId)
	return apigen.RefusePolicy200JSONResponse(draftJSON(flow.DraftView{Draft: d})), err
}

func policyJSON(p flow.PolicyView) apigen.Policy {
	return apigen.Policy{Version: p.Version, Digest: p.Digest, Rules: len(p.Rules), By: p.By, Published: p.Published, Source: p.Source}
}

func draftJSON(d flow.DraftView) apigen.PolicyDraft {
	return apigen.PolicyDraft{
		Id: d.ID, Base: d.Base, State: apigen.PolicyDraftState(d.State), By: d.By, ByName: d.ByName, Wider: d.Wider, At: d.At, Ripe: d.Ripe,
		DecidedBy: d.DecidedBy, DecidedAt: d.DecidedAt, Source: d.Policy.Source, MayConfirm: d.MayConfirm, MayRefuse: d.MayRefuse,
	}
}
