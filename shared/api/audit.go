package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListEvents(ctx context.Context, r apigen.ListEventsRequestObject) (apigen.ListEventsResponseObject, error) {
	p, err := s.house.ReadEvents(ctx, actor(ctx), r.Params.Aggregate, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListEvents200JSONResponse{Items: each(p.Items, eventJSON), Cursor: p.Next}, err
}

func (s *server) SearchEvents(ctx context.Context, r apigen.SearchEventsRequestObject) (apigen.SearchEventsResponseObject, error) {
	q := r.Params
	f := flow.EventFilter{Person: given(q.Person), Resource: given(q.Resource), Action: given(q.Action), From: given(q.From), Until: given(q.Until)}
	p, err := s.house.SearchEvents(ctx, actor(ctx), f, slice(q.Cursor, q.Limit))
	return apigen.SearchEvents200JSONResponse{
		Items: each(p.Items, func(x audit.Sealed) apigen.Event { return eventJSON(x.Event) }), Cursor: p.Next,
	}, err
}

func (s *server) ExportEvents(ctx context.Context, r apigen.ExportEventsRequestObject) (apigen.ExportEventsResponseObject, error) {
	all, err := s.house.ExportEvents(ctx, actor(ctx), given(r.Params.After), 0)
	return apigen.ExportEvents200JSONResponse{Items: each(all, sealedJSON)}, err
}

func sealedJSON(x audit.Sealed) apigen.SealedEvent {
	out := apigen.SealedEvent{N: x.Seal.N, Event: eventJSON(x.Event)}
	out.Seal.Previous, out.Seal.Hash, out.Seal.At = x.Seal.Prev, x.Seal.Hash, x.Seal.At
	return out
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
