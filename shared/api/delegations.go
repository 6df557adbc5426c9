package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListDelegations(ctx context.Context, r apigen.ListDelegationsRequestObject) (apigen.ListDelegationsResponseObject, error) {
	all, err := s.house.ReadDelegations(ctx, actor(ctx), r.ConnectorId)
	return apigen.ListDelegations200JSONResponse{Items: each(all, delegationJSON)}, err
}

func (s *server) CreateDelegation(ctx context.Context, r apigen.CreateDelegationRequestObject) (apigen.CreateDelegationResponseObject, error) {
	b := r.Body
	d, err := s.house.Delegate(ctx, actor(ctx), r.ConnectorId, b.Account, b.Start, b.End)
	if err != nil {
		return nil, masked(err, func() error {
			_, err := s.house.ReadConnector(ctx, actor(ctx), r.ConnectorId)
			return err
		})
	}
	return apigen.CreateDelegation201JSONResponse(s.delegation(ctx, flow.DelegationView{Delegation: d})), nil
}

func (s *server) EndDelegation(ctx context.Context, r apigen.EndDelegationRequestObject) (apigen.EndDelegationResponseObject, error) {
	d, err := s.house.EndDelegation(ctx, actor(ctx), r.DelegationId)
	return apigen.EndDelegation200JSONResponse(delegationJSON(flow.DelegationView{Delegation: d})), err
}

// delegation is one that was made, with its names where they can be read.
func (s *server) delegation(ctx context.Context, made flow.DelegationView) apigen.Delegation {
	all, _ := s.house.ReadDelegations(ctx, actor(ctx), made.Connector)
	for _, d := range all {
		if d.ID == made.ID {
			made = d
		}
	}
	return delegationJSON(made)
}

func delegationJSON(d flow.DelegationView) apigen.Delegation {
	return apigen.Delegation{
		Id: d.ID, Connector: d.Connector, From: ref(d.From, d.Names), To: ref(d.To, d.Names),
		Start: d.Start, End: d.End, Holds: d.Holds, Ended: d.Ended,
	}
}
