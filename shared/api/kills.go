package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
)

// mostShown is how many grants a preview lists; it counts all.
const mostShown = 100

func (s *server) ListKills(ctx context.Context, r apigen.ListKillsRequestObject) (apigen.ListKillsResponseObject, error) {
	p, err := s.house.ReadKills(ctx, actor(ctx), slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListKills200JSONResponse{Items: each(p.Items, killJSON), Cursor: p.Next}, err
}

func (s *server) GetKill(ctx context.Context, r apigen.GetKillRequestObject) (apigen.GetKillResponseObject, error) {
	k, err := s.house.ReadKill(ctx, actor(ctx), r.KillId)
	return apigen.GetKill200JSONResponse(killJSON(k)), err
}

func (s *server) Kill(ctx context.Context, r apigen.KillRequestObject) (apigen.KillResponseObject, error) {
	t := target(r.Body.Target)
	k, err := s.house.Kill(ctx, actor(ctx), flow.Killing{Target: t, Reason: r.Body.Reason, Confirmed: r.Body.Confirmed})
	return apigen.Kill202JSONResponse(killJSON(flow.KillView{Kill: k})), s.ofTarget(ctx, t, err)
}

func (s *server) PreviewKill(ctx context.Context, r apigen.PreviewKillRequestObject) (apigen.PreviewKillResponseObject, error) {
	t := target(*r.Body)
	e, err := s.house.WouldEnd(ctx, actor(ctx), t)
	if err != nil {
		return nil, s.ofTarget(ctx, t, err)
	}
	seen, err := s.house.ViewGrants(ctx, actor(ctx), e.Grants[:min(len(e.Grants), mostShown)])
	return apigen.PreviewKill200JSONResponse{Grants: len(e.Grants), Requests: len(e.Requests), Items: each(seen, grantJSON)}, err
}

// ofTarget hides a connector, an account or a resource that the actor does not
// see.
func (s *server) ofTarget(ctx context.Context, t access.Target, err error) error {
	switch {
	case t.Connector != "" && t.Resource != "":
		return masked(err, func() error {
			_, err := s.house.ReadResource(ctx, actor(ctx), t.Connector, t.Resource)
			return err
		})
	case t.Connector != "" && t.Account != "":
		return masked(err, func() error {
			_, err := s.house.ReadAccount(ctx, actor(ctx), t.Connector, t.Account)
			return err
		})
	}
	return s.ofScope(ctx, t.Connector, err)
}

func killJSON(k flow.KillView) apigen.Kill {
	return apigen.Kill{
		Id: k.ID, Target: targetJSON(k.Target), By: k.By, ByName: k.ByName, Reason: k.Reason, At: k.At, Grants: k.Grants,
		Requests: k.Requests, Done: k.Done, Turning: k.Turning, Taking: k.Taking, NeedsAttention: k.Attention,
	}
}

func target(t apigen.Target) access.Target {
	return access.Target{User: t.User, Connector: t.Connector, Account: t.Account, Resource: t.Resource, Rule: t.Rule, Version: t.Version}
}

func targetJSON(t access.Target) apigen.Target {
	return apigen.Target{User: t.User, Connector: t.Connector, Account: t.Account, Resource: t.Resource, Rule: t.Rule, Version: t.Version}
}
