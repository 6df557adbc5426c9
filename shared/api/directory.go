package api

import (
	"context"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListAccounts(ctx context.Context, r apigen.ListAccountsRequestObject) (apigen.ListAccountsResponseObject, error) {
	q := r.Params
	p, err := s.house.ReadAccounts(ctx, actor(ctx), r.ConnectorId, flow.AccountQuery{Search: given(q.Q), Filter: directory.Filter{
		Kind: directory.AccountKind(given(q.Kind)), State: directory.AccountState(given(q.State)), Workspace: given(q.Workspace),
		TwoFactor: string(given(q.TwoFactor)), Standing: string(given(q.Standing)),
	}, Inactive: given(q.Inactive)}, slice(q.Cursor, q.Limit))
	return apigen.ListAccounts200JSONResponse{Items: each(p.Items, accountJSON), Cursor: p.Next}, err
}

func (s *server) GetAccount(ctx context.Context, r apigen.GetAccountRequestObject) (apigen.GetAccountResponseObject, error) {
	a, err := s.house.ReadAccount(ctx, actor(ctx), r.ConnectorId, r.AccountId)
	return apigen.GetAccount200JSONResponse(accountJSON(a)), err
}

func (s *server) ListHoldings(ctx context.Context, r apigen.ListHoldingsRequestObject) (apigen.ListHoldingsResponseObject, error) {
	p, err := s.house.ReadHoldings(ctx, actor(ctx), r.ConnectorId, r.AccountId, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListHoldings200JSONResponse{Items: each(p.Items, memberJSON), Cursor: p.Next}, err
}

func (s *server) ListGrantsOfAccount(ctx context.Context, r apigen.ListGrantsOfAccountRequestObject) (apigen.ListGrantsOfAccountResponseObject, error) {
	p, err := s.house.ReadGrantsOf(ctx, actor(ctx), r.ConnectorId, r.AccountId)
	return apigen.ListGrantsOfAccount200JSONResponse{Live: each(p.Live, grantJSON), Over: each(p.Over, grantJSON)}, err
}

func (s *server) ListGrantsOnResource(ctx context.Context, r apigen.ListGrantsOnResourceRequestObject) (apigen.ListGrantsOnResourceResponseObject, error) {
	p, err := s.house.ReadGrantsOn(ctx, actor(ctx), r.ConnectorId, r.ResourceId)
	return apigen.ListGrantsOnResource200JSONResponse{Live: each(p.Live, grantJSON), Over: each(p.Over, grantJSON)}, err
}

func (s *server) ListOwned(ctx context.Context, r apigen.ListOwnedRequestObject) (apigen.ListOwnedResponseObject, error) {
	list, err := s.house.ReadOwned(ctx, actor(ctx), r.ConnectorId, r.AccountId)
	return apigen.ListOwned200JSONResponse{Items: each(list, resourceRef)}, err
}

func (s *server) ListResources(ctx context.Context, r apigen.ListResourcesRequestObject) (apigen.ListResourcesResponseObject, error) {
	q := r.Params
	p, err := s.house.ReadResources(ctx, actor(ctx), r.ConnectorId,
		flow.ResourceQuery{Kind: directory.Kind(given(q.Kind)), Search: given(q.Q), Unowned: given(q.Unowned)}, slice(q.Cursor, q.Limit))
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

func (s *server) SetManyOwners(ctx context.Context, r apigen.SetManyOwnersRequestObject) (apigen.SetManyOwnersResponseObject, error) {
	lines := each(r.Body.Lines, func(l apigen.OwnersLine) flow.OwnersLine {
		return flow.OwnersLine{Resource: l.Resource, Owners: l.Owners}
	})
	if r.Body.Csv != "" {
		more, err := flow.ReadOwnersCSV(strings.NewReader(r.Body.Csv))
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	do := s.house.SetManyOwners
	if r.Body.Preview {
		do = s.house.PreviewOwners
	}
	plans, err := do(ctx, actor(ctx), r.ConnectorId, lines)
	return apigen.SetManyOwners200JSONResponse{Lines: each(plans, plannedJSON)}, err
}

func plannedJSON(p flow.OwnersPlan) apigen.PlannedOwners {
	people := func(id string) apigen.Ref { return ref(id, p.Names) }
	out := apigen.PlannedOwners{
		Line: p.Line, Written: p.Resource, Verdict: apigen.PlannedOwnersVerdict(p.Verdict), Why: p.Why,
		Was: each(p.Was, people), Owners: each(p.Owners, people),
	}
	if p.About.ID != "" {
		out.Resource = resourceRef(p.About)
	}
	return out
}

func (s *server) ListMembers(ctx context.Context, r apigen.ListMembersRequestObject) (apigen.ListMembersResponseObject, error) {
	p, err := s.house.ReadMembers(ctx, actor(ctx), r.ConnectorId, r.ResourceId, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListMembers200JSONResponse{Items: each(p.Items, memberJSON), Cursor: p.Next}, err
}

func accountJSON(a flow.AccountView) apigen.Account {
	out := apigen.Account{
		Id: a.ID, Name: a.Name, Handle: a.Handle, Kind: apigen.AccountKind(a.Kind), State: apigen.AccountState(a.State), Email: a.Email,
		OrgAdmin: a.OrgAdmin, OrgOwner: a.OrgOwner, TwoFactor: a.TwoFactor, TwoFactorKnown: a.TwoFactorKnown, Forgotten: a.Forgotten,
	}
	if a.Whole {
		activityJSON(&out, a.Activity)
	}
	for w, role := range a.Roles {
		if out.Roles == nil {
			out.Roles = map[string]string{}
		}
		out.Roles[w] = string(role)
	}
	return out
}

func activityJSON(out *apigen.Account, a flow.ActivityView) {
	out.Activity = apigen.AccountActivity(a.State())
	switch a.State() {
	case flow.ActivityUnknown:
		out.ActivityWhy = a.Why
		return
	case flow.ActivitySeen:
		out.LastActive = a.Last.Format(time.DateOnly)
	}
	out.ActivityFrom = a.From.UTC().Format(time.DateOnly)
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
		Account: apigen.Ref{Id: m.Account, Name: m.Name}, Resource: resourceRef(m.Resource), Entitlement: directory.Word(m.Kind, m.Slug), Since: m.Since,
		Held: apigen.MemberHeld(m.How), Until: m.Until, Grants: each(m.Grants, func(g access.Grant) apigen.Covering {
			return apigen.Covering{Id: g.ID, Request: g.Request, End: g.End, State: apigen.GrantState(g.State)}
		}),
	}
}
