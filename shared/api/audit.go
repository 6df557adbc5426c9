package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
)

func (s *server) ListEvents(ctx context.Context, r apigen.ListEventsRequestObject) (apigen.ListEventsResponseObject, error) {
	p, err := s.house.ReadEvents(ctx, actor(ctx), r.Params.Aggregate, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListEvents200JSONResponse{Items: each(p.Items, eventJSON), Cursor: p.Next}, err
}

func (s *server) VerifyAudit(ctx context.Context, _ apigen.VerifyAuditRequestObject) (apigen.VerifyAuditResponseObject, error) {
	v, err := s.house.Verify(ctx, actor(ctx))
	return apigen.VerifyAudit200JSONResponse{
		Whole: v.Whole(), Events: v.Events, Seals: v.Seals, Heads: v.Heads, Sealed: v.Sealed, Unsealed: v.Unsealed,
		Broken: each(v.Broken, func(s string) string { return s }),
	}, err
}

func (s *server) ForgetAccount(ctx context.Context, r apigen.ForgetAccountRequestObject) (apigen.ForgetAccountResponseObject, error) {
	n, err := s.house.Forget(ctx, actor(ctx), r.ConnectorId, r.AccountId)
	return apigen.ForgetAccount200JSONResponse{Texts: n}, err
}
