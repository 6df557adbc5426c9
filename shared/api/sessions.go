package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
)

func (s *server) SetDuties(ctx context.Context, r apigen.SetDutiesRequestObject) (apigen.SetDutiesResponseObject, error) {
	u, err := s.house.SetDuties(ctx, actor(ctx), r.UserId, each(r.Body.Duties, func(d apigen.Duty) access.Duty { return access.Duty(d) }))
	return apigen.SetDuties200JSONResponse(user(u)), err
}

func (s *server) IdentifyUser(ctx context.Context, r apigen.IdentifyUserRequestObject) (apigen.IdentifyUserResponseObject, error) {
	u, err := s.house.IdentifyUser(ctx, actor(ctx), r.UserId, access.Identity{Issuer: r.Body.Issuer, Subject: r.Body.Subject})
	return apigen.IdentifyUser200JSONResponse(user(u)), err
}

func (s *server) UnidentifyUser(ctx context.Context, r apigen.UnidentifyUserRequestObject) (apigen.UnidentifyUserResponseObject, error) {
	u, err := s.house.UnidentifyUser(ctx, actor(ctx), r.UserId)
	return apigen.UnidentifyUser200JSONResponse(user(u)), err
}

func (s *server) ListSessions(ctx context.Context, r apigen.ListSessionsRequestObject) (apigen.ListSessionsResponseObject, error) {
	all, err := s.house.ReadSessions(ctx, actor(ctx), given(r.Params.User))
	return apigen.ListSessions200JSONResponse{Items: each(all, session)}, err
}

func (s *server) EndSession(ctx context.Context, r apigen.EndSessionRequestObject) (apigen.EndSessionResponseObject, error) {
	return apigen.EndSession204Response{}, s.house.SignOut(ctx, actor(ctx), r.SessionId)
}

func (s *server) GetSignInRules(ctx context.Context, _ apigen.GetSignInRulesRequestObject) (apigen.GetSignInRulesResponseObject, error) {
	rules, err := s.house.ReadSignInRules(ctx, actor(ctx))
	return apigen.GetSignInRules200JSONResponse{ByEmail: rules.ByEmail}, err
}

func (s *server) SetSignInRules(ctx context.Context, r apigen.SetSignInRulesRequestObject) (apigen.SetSignInRulesResponseObject, error) {
	rules, err := s.house.SetSignInRules(ctx, actor(ctx), r.Body.ByEmail)
	return apigen.SetSignInRules200JSONResponse{ByEmail: rules.ByEmail}, err
}

func session(x access.Session) apigen.Session {
	return apigen.Session{
		Id: x.ID, User: x.User, Means: apigen.SessionMeans(x.Means), Created: x.Created, Authenticated: x.Authenticated, Seen: x.Seen, Ends: x.Ends,
	}
}
