package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

func (s *server) ListTasks(ctx context.Context, _ apigen.ListTasksRequestObject) (apigen.ListTasksResponseObject, error) {
	all, more, err := s.house.ReadTasks(ctx, actor(ctx))
	return apigen.ListTasks200JSONResponse{Items: each(all, taskJSON), More: more}, err
}

func taskJSON(t flow.Task) apigen.Task {
	out := apigen.Task{Kind: apigen.TaskKind(t.Kind), Since: t.Since}
	switch {
	case t.Connector != nil:
		out.Connector = connectorJSON(*t.Connector)
	case t.Grant != nil:
		out.Grant = grantJSON(*t.Grant)
	case t.Request != nil:
		out.Request = requestJSON(*t.Request)
	case t.Manual != nil:
		out.Manual = manualJSON(*t.Manual)
	case t.Review != nil:
		c := t.Review.Campaign
		out.Review = apigen.ReviewWaits{
			Campaign: c.ID, Name: c.Name, Deadline: c.Deadline, Left: t.Review.Left,
			Lists: each(t.Review.Lists, func(a review.Assignment) string { return a.ID }),
		}
	}
	return out
}
