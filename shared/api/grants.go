package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListGrants(ctx context.Context, r apigen.ListGrantsRequestObject) (apigen.ListGrantsResponseObject, error) {
	p, err := s.house.ReadGrants(ctx, actor(ctx), !given(r.Params.All), slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListGrants200JSONResponse{Items: each(p.Items, grantJSON), Cursor: p.Next}, err
}

func (s *server) GetGrant(ctx context.Context, r apigen.GetGrantRequestObject) (apigen.GetGrantResponseObject, error) {
	v, err := s.house.ReadGrant(ctx, actor(ctx), r.GrantId)
	return apigen.GetGrant200JSONResponse(grantJSON(v)), err
}

func (s *server) ExtendGrant(ctx context.Context, r apigen.ExtendGrantRequestObject) (apigen.ExtendGrantResponseObject, error) {
	x, err := s.house.Extend(ctx, actor(ctx), r.GrantId, seconds(r.Body.Seconds))
	var out apigen.Extended
	if out.Grant, err = s.grantAfter(ctx, r.GrantId, err); err != nil || x.Request == nil {
		return apigen.ExtendGrant200JSONResponse(out), err
	}
	v, err := s.house.ReadRequest(ctx, actor(ctx), x.Request.ID)
	out.Request = requestJSON(v)
	return apigen.ExtendGrant200JSONResponse(out), err
}

func (s *server) EndGrant(ctx context.Context, r apigen.EndGrantRequestObject) (apigen.EndGrantResponseObject, error) {
	_, err := s.house.EndAccess(ctx, actor(ctx), r.GrantId)
	v, err := s.grantAfter(ctx, r.GrantId, err)
	return apigen.EndGrant200JSONResponse(v), err
}

func (s *server) RetryGrant(ctx context.Context, r apigen.RetryGrantRequestObject) (apigen.RetryGrantResponseObject, error) {
	_, err := s.house.Retry(ctx, actor(ctx), r.GrantId)
	v, err := s.grantAfter(ctx, r.GrantId, err)
	return apigen.RetryGrant200JSONResponse(v), err
}

// grantAfter reads back what a verb did, or hides its error.
func (s *server) grantAfter(ctx context.Context, id string, err error) (apigen.Grant, error) {
	var v flow.GrantView
	read := func() (e error) {
		v, e = s.house.ReadGrant(ctx, actor(ctx), id)
		return e
	}
	if err == nil {
		err = read()
	} else {
		err = masked(err, read)
	}
	return grantJSON(v), err
}

func grantJSON(v flow.GrantView) apigen.Grant {
	res := v.Resource
	res.ID, res.Kind = v.Grant.Resource, v.Grant.Kind
	out := apigen.Grant{
		Id: v.ID, Request: v.Request, Item: v.Item, Connector: v.Connector, Workspace: v.Workspace, Resource: resourceRef(res),
		Entitlement: directory.Word(v.Grant.Kind, v.Slug), Account: ref(v.Account, v.Names), Parent: v.Parent, Origin: v.Origin,
		Start: v.Start, End: v.End, State: apigen.GrantState(v.State), Over: v.State.Final(), NeedsAttention: v.State == access.Stuck,
		Outcome: v.Outcome, EndedBy: v.EndedBy, Rule: v.Rule, PolicyVersion: v.PolicyVersion,
		Approvers: each(v.Approvers, func(id string) apigen.Ref { return ref(id, v.Names) }), Created: v.Created, Closed: v.Closed,
	}
	if t := v.Trouble; t != (access.Trouble{}) {
		out.Trouble = apigen.Trouble{Code: t.Code, Text: t.Text, Since: t.Since, Dormant: t.Dormant}
	}
	return out
}
