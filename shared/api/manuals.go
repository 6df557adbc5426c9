package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListManualTasks(ctx context.Context, r apigen.ListManualTasksRequestObject) (apigen.ListManualTasksResponseObject, error) {
	all, err := s.house.ReadManuals(ctx, actor(ctx), !given(r.Params.All))
	return apigen.ListManualTasks200JSONResponse{Items: each(all, manualJSON)}, err
}

func (s *server) GetManualTask(ctx context.Context, r apigen.GetManualTaskRequestObject) (apigen.GetManualTaskResponseObject, error) {
	m, err := s.house.ReadManual(ctx, actor(ctx), r.ManualId)
	return apigen.GetManualTask200JSONResponse(manualJSON(m)), err
}

func (s *server) SayManualDone(ctx context.Context, r apigen.SayManualDoneRequestObject) (apigen.SayManualDoneResponseObject, error) {
	var v flow.ManualView
	read := func() (e error) {
		v, e = s.house.ReadManual(ctx, actor(ctx), r.ManualId)
		return e
	}
	_, err := s.house.SayDone(ctx, actor(ctx), r.ManualId)
	if err == nil {
		err = read()
	} else {
		err = masked(err, read)
	}
	return apigen.SayManualDone200JSONResponse(manualJSON(v)), err
}

func manualJSON(m flow.ManualView) apigen.ManualTask {
	out := apigen.ManualTask{
		Id: m.ID, Connector: m.Connector, Resource: apigen.ResourceRef{Id: m.Resource, Kind: apigen.ResourceKind(m.Kind), Name: m.ResourceName},
		Account: apigen.Ref{Id: m.Account, Name: m.AccountName}, Entitlement: directory.Word(m.Kind, m.Slug), Give: m.Give, Origin: m.Origin,
		Why: string(m.Why), Because: m.Because, Steps: each(m.Steps, same), State: apigen.ManualTaskState(m.State), Said: m.Said,
		Created: m.Created, Closed: m.Closed, Does: m.Does,
	}
	if m.SaidBy != "" {
		out.SaidBy = apigen.Ref{Id: m.SaidBy, Name: m.SaidByName}
	}
	return out
}
