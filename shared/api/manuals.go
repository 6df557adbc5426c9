package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListManualTasks(ctx context.Context, r apigen.ListManualTasksRequestObject) (apigen.ListManualTasksResponseObject, error) {
	read := func() ([]flow.ManualView, error) { return s.house.ReadManuals(ctx, actor(ctx), !given(r.Params.All)) }
	if given(r.Params.Stands) {
		read = func() ([]flow.ManualView, error) { return s.house.ReadGivenUp(ctx, actor(ctx)) }
	}
	all, err := read()
	return apigen.ListManualTasks200JSONResponse{Items: each(all, manualJSON)}, err
}

func (s *server) GetManualTask(ctx context.Context, r apigen.GetManualTaskRequestObject) (apigen.GetManualTaskResponseObject, error) {
	m, err := s.house.ReadManual(ctx, actor(ctx), r.ManualId)
	return apigen.GetManualTask200JSONResponse(manualJSON(m)), err
}

func (s *server) SayManualDone(ctx context.Context, r apigen.SayManualDoneRequestObject) (apigen.SayManualDoneResponseObject, error) {
	_, err := s.house.SayDone(ctx, actor(ctx), r.ManualId)
	v, err := s.manualAfter(ctx, r.ManualId, err)
	return apigen.SayManualDone200JSONResponse(v), err
}

func (s *server) GiveUpManual(ctx context.Context, r apigen.GiveUpManualRequestObject) (apigen.GiveUpManualResponseObject, error) {
	_, err := s.house.GiveUpManual(ctx, actor(ctx), r.ManualId, r.Body.Reason)
	v, err := s.manualAfter(ctx, r.ManualId, err)
	return apigen.GiveUpManual200JSONResponse(v), err
}

// manualAfter is a task as it stands after a verb; one that the actor does not see is
// hidden in the verb's error, too.
func (s *server) manualAfter(ctx context.Context, id string, err error) (apigen.ManualTask, error) {
	var v flow.ManualView
	read := func() (e error) {
		v, e = s.house.ReadManual(ctx, actor(ctx), id)
		return e
	}
	if err == nil {
		err = read()
	} else {
		err = masked(err, read)
	}
	return manualJSON(v), err
}

func manualJSON(m flow.ManualView) apigen.ManualTask {
	out := apigen.ManualTask{
		Id: m.ID, Connector: m.Connector, Resource: apigen.ResourceRef{Id: m.Resource, Kind: apigen.ResourceKind(m.Kind), Name: m.ResourceName},
		Account: apigen.Ref{Id: m.Account, Name: m.AccountName}, Entitlement: directory.Word(m.Kind, m.Slug), Give: m.Give, Origin: m.Origin,
		Why: string(m.Why), Because: m.Because, Steps: each(m.Steps, same), State: apigen.ManualTaskState(m.State), Said: m.Said,
		Created: m.Created, Closed: m.Closed, Does: m.Does, GivesUp: m.GivesUp, Reason: m.Words, Stands: m.Stands,
	}
	if m.SaidBy != "" {
		out.SaidBy = apigen.Ref{Id: m.SaidBy, Name: m.SaidByName}
	}
	if m.GivenUpBy != "" {
		out.GivenUpBy = apigen.Ref{Id: m.GivenUpBy, Name: m.GivenUpByName}
	}
	return out
}
