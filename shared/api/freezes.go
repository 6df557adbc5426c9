package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListFreezes(ctx context.Context, _ apigen.ListFreezesRequestObject) (apigen.ListFreezesResponseObject, error) {
	all, err := s.house.ReadFreezes(ctx, actor(ctx))
	return apigen.ListFreezes200JSONResponse{Items: each(all, freezeJSON)}, err
}

func (s *server) Freeze(ctx context.Context, r apigen.FreezeRequestObject) (apigen.FreezeResponseObject, error) {
	f, err := s.house.Freeze(ctx, actor(ctx), r.Body.Connector, r.Body.Reason)
	return apigen.Freeze201JSONResponse(bareFreeze(f)), s.ofScope(ctx, r.Body.Connector, err)
}

func (s *server) Thaw(ctx context.Context, r apigen.ThawRequestObject) (apigen.ThawResponseObject, error) {
	f, err := s.house.Thaw(ctx, actor(ctx), r.Body.Connector)
	return apigen.Thaw200JSONResponse(bareFreeze(f)), s.ofScope(ctx, r.Body.Connector, err)
}

// ofScope hides a connector that the actor does not see.
func (s *server) ofScope(ctx context.Context, conn string, err error) error {
	if conn == "" {
		return err
	}
	return s.ofConnector(ctx, conn, err)
}

func bareFreeze(f access.Freeze) apigen.Freeze { return freezeJSON(flow.FreezeView{Freeze: f}) }

func freezeJSON(f flow.FreezeView) apigen.Freeze {
	return apigen.Freeze{
		On: f.On(), Connector: f.Connector, Since: f.Since, By: f.By, ByName: f.ByName, Reason: f.Reason, Lifted: f.Lifted, LiftedBy: f.LiftedBy,
	}
}
