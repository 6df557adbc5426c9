package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListFindings(ctx context.Context, r apigen.ListFindingsRequestObject) (apigen.ListFindingsResponseObject, error) {
	q := r.Params
	w := flow.FindingFilter{
		Connector: given(q.Connector), Resource: given(q.Resource), Account: given(q.Account),
		Kind: directory.FindingKind(given(q.Kind)), Waiting: !given(q.All),
	}
	p, err := s.house.ReadFindings(ctx, actor(ctx), w, slice(q.Cursor, q.Limit))
	return apigen.ListFindings200JSONResponse{Items: each(p.Items, findingJSON), Cursor: p.Next}, err
}

func (s *server) GetFinding(ctx context.Context, r apigen.GetFindingRequestObject) (apigen.GetFindingResponseObject, error) {
	v, err := s.finding(ctx, r.FindingId, nil)
	return apigen.GetFinding200JSONResponse(v), err
}

func (s *server) AcceptFinding(ctx context.Context, r apigen.AcceptFindingRequestObject) (apigen.AcceptFindingResponseObject, error) {
	_, err := s.house.AcceptFinding(ctx, actor(ctx), r.FindingId, r.Body.Until, r.Body.Comment)
	v, err := s.finding(ctx, r.FindingId, err)
	return apigen.AcceptFinding200JSONResponse(v), err
}

func (s *server) RemoveFinding(ctx context.Context, r apigen.RemoveFindingRequestObject) (apigen.RemoveFindingResponseObject, error) {
	_, err := s.house.RemoveFinding(ctx, actor(ctx), r.FindingId, r.Body.Comment)
	v, err := s.finding(ctx, r.FindingId, err)
	return apigen.RemoveFinding200JSONResponse(v), err
}

func (s *server) KeepFinding(ctx context.Context, r apigen.KeepFindingRequestObject) (apigen.KeepFindingResponseObject, error) {
	_, err := s.house.KeepFinding(ctx, actor(ctx), r.FindingId, r.Body.Comment)
	v, err := s.finding(ctx, r.FindingId, err)
	return apigen.KeepFinding200JSONResponse(v), err
}

// finding reads back what a verb did, or hides its error.
func (s *server) finding(ctx context.Context, id string, err error) (apigen.Finding, error) {
	var v flow.FindingView
	read := func() (e error) {
		v, e = s.house.ReadFinding(ctx, actor(ctx), id)
		return e
	}
	if err == nil {
		err = read()
	} else {
		err = masked(err, read)
	}
	return findingJSON(v), err
}

func findingJSON(v flow.FindingView) apigen.Finding {
	out := apigen.Finding{
		Id: v.ID, Connector: v.Finding.Connector, Resource: resourceRef(v.Resource), Count: v.Count, Kind: apigen.FindingKind(v.Finding.Kind),
		What: v.Slug, Code: v.Code, Seen: v.Seen, Run: v.Run, Notice: v.Notice, Times: v.Times, GoneAt: v.GoneAt, Request: v.Request,
		State: apigen.FindingState(v.State), Decided: v.Decided, Comment: v.Comment, Until: v.Until, Grant: v.Grant,
		Decides: v.Decides, Refuses: map[string]string{},
	}
	if v.Account != "" {
		out.Account = ref(v.Account, v.Names)
	}
	if v.By != "" {
		out.DecidedBy = apigen.Ref{Id: v.By, Name: v.Decider}
	}
	for t, why := range v.Refuses {
		out.Refuses[string(t)] = why
	}
	if v.Ends != nil && v.Ends.Trouble != (access.Trouble{}) {
		t := v.Ends.Trouble
		out.Trouble = apigen.Trouble{Code: t.Code, Text: t.Text, Since: t.Since, Dormant: t.Dormant}
	}
	return out
}
