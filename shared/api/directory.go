package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListAccounts(ctx context.Context, r apigen.ListAccountsRequestObject) (apigen.ListAccountsResponseObject, error) {
	p, err := s.house.ReadAccounts(ctx, actor(ctx), r.ConnectorId, given(r.Params.Q), slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListAccounts200JSONResponse{Items: each(p.Items, accountJSON), Cursor: p.Next}, err
}

func (s *server) GetAccount(ctx context.Context, r apigen.GetAccountRequestObject) (apigen.GetAccountResponseObject, error) {
	a, err := s.house.ReadAccount(ctx, actor(ctx), r.ConnectorId, r.AccountId)
	return apigen.GetAccount200JSONResponse(accountJSON(a)), err
}

func (s *server) ListResources(ctx context.Context, r apigen.ListResourcesRequestObject) (apigen.ListResourcesResponseObject, error) {
	q := r.Params
	p, err := s.house.ReadResources(ctx, actor(ctx), r.ConnectorId, directory.Kind(given(q.Kind)), given(q.Q), slice(q.Cursor, q.Limit))
	return apigen.ListResources200JSONResponse{Items: each(p.Items, resourceJSON), Cursor: p.Next}, err
}

func (s *server) GetResource(ctx context.Context, r apigen.GetResourceRequestObject) (apigen.GetResourceResponseObject, error) {
	v, err := s.house.ReadResource(ctx, actor(ctx), r.ConnectorId, r.ResourceId)
	return apigen.GetResource200JSONResponse(resourceJSON(v)), err
}

func (s *server) SetOwners(ctx context.Context, r apigen.SetOwnersRequestObject) (apigen.SetOwnersResponseObject, error) {
	if err := s.house.SetOwners(ctx, actor(ctx), r.ConnectorId, r.ResourceId, r.Body.Owners); err != nil {
		return nil, err
	}
	v, err := s.house.ReadResource(ctx, actor(ctx), r.ConnectorId, r.ResourceId)
	return apigen.SetOwners200JSONResponse(resourceJSON(v)), err
}

func (s *server) ListMembers(ctx context.Context, r apigen.ListMembersRequestObject) (apigen.ListMembersResponseObject, error) {
	p, err := s.house.ReadMembers(ctx, actor(ctx), r.ConnectorId, r.ResourceId, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListMembers200JSONResponse{Items: each(p.Items, memberJSON), Cursor: p.Next}, err
}

func accountJSON(a directory.Account) apigen.Account {
	out := apigen.Account{
		Id: a.ID, Name: a.Name, Handle: a.Handle, Kind: apigen.AccountKind(a.Kind), State: apigen.AccountState(a.State), Email: a.Email,
		OrgAdmin: a.OrgAdmin, OrgOwner: a.OrgOwner, TwoFactor: a.TwoFactor, Forgotten: a.Forgotten,
	}
	for w, role := range a.Roles {
		if out.Roles == nil {
			out.Roles = map[string]string{}
		}
		out.Roles[w] = string(role)
	}
	return out
}

func resourceJSON(v flow.ResourceView) apigen.Resource {
	return apigen.Resource{
		Id: v.ID, Kind: apigen.ResourceKind(v.Kind), Name: v.Name, Title: v.Title, Workspace: v.Workspace, Owners: v.Owners, Members: v.Count,
		Private: v.Private, General: v.General, Archived: v.Archived, Shared: v.Shared, Reached: v.Reached,
		Disabled: v.Disabled, Managed: v.Managed, Locked: v.Locked,
		Defaults: each(v.Channels, resourceRef), Refusal: v.Refusal(),
	}
}

// resourceRef names a resource as people do; a resource without a name is one
// whose name the actor does not see.
func resourceRef(r directory.Resource) apigen.ResourceRef {
	out := apigen.ResourceRef{Id: r.ID, Kind: apigen.ResourceKind(r.Kind)}
	if r.Name != "" {
		out.Name = access.Name(r)
	}
	return out
}

func memberJSON(m flow.MemberView) apigen.Member {
	return apigen.Member{
		Account: apigen.Ref{Id: m.Account, Name: m.Name}, Entitlement: directory.Word(m.Kind, m.Slug), Since: m.Since,
	}
}
