package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/fault"
)

func (s *server) GetMe(ctx context.Context, _ apigen.GetMeRequestObject) (apigen.GetMeResponseObject, error) {
	a := actor(ctx)
	return apigen.GetMe200JSONResponse{User: user(a.User), Service: a.Service}, nil
}

func (s *server) BindUser(ctx context.Context, r apigen.BindUserRequestObject) (apigen.BindUserResponseObject, error) {
	b := r.Body
	if b.User != "" {
		if len(b.Duties) > 0 {
			return nil, fault.At("api", "duties", "a user who exists keeps their duties; leave them out")
		}
		u, err := s.house.BindTo(ctx, actor(ctx), b.User, b.Connector, b.Account)
		return apigen.BindUser200JSONResponse(user(u)), err
	}
	u, err := s.house.Bind(ctx, actor(ctx), b.Connector, b.Account, each(b.Duties, func(d apigen.Duty) access.Duty { return access.Duty(d) }))
	return apigen.BindUser200JSONResponse(user(u)), err
}

func (s *server) ListUsers(ctx context.Context, r apigen.ListUsersRequestObject) (apigen.ListUsersResponseObject, error) {
	p, err := s.house.ReadUsers(ctx, actor(ctx), given(r.Params.Q), slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListUsers200JSONResponse{Items: each(p.Items, user), Cursor: p.Next}, err
}

func (s *server) EndUser(ctx context.Context, r apigen.EndUserRequestObject) (apigen.EndUserResponseObject, error) {
	u, err := s.house.EndUser(ctx, actor(ctx), r.UserId)
	return apigen.EndUser200JSONResponse(user(u)), err
}

func (s *server) ListKeys(ctx context.Context, r apigen.ListKeysRequestObject) (apigen.ListKeysResponseObject, error) {
	all, err := s.house.ReadKeys(ctx, actor(ctx), given(r.Params.User))
	return apigen.ListKeys200JSONResponse{Items: each(all, keyJSON)}, err
}

func (s *server) EndKey(ctx context.Context, r apigen.EndKeyRequestObject) (apigen.EndKeyResponseObject, error) {
	k, err := s.house.EndKey(ctx, actor(ctx), r.KeyId)
	return apigen.EndKey200JSONResponse(keyJSON(k)), err
}

func keyJSON(k access.Key) apigen.Key {
	return apigen.Key{Id: k.ID, User: k.User, Name: k.Name, Service: k.Service, Created: k.Created, Used: k.Used, Ended: k.Ended}
}

func (s *server) CreateKey(ctx context.Context, r apigen.CreateKeyRequestObject) (apigen.CreateKeyResponseObject, error) {
	by, whose := actor(ctx), r.Body.User
	if whose == "" {
		whose = by.User.ID
	}
	key, k, err := s.house.CreateKey(ctx, by, whose, r.Body.Name, r.Body.Service)
	if err != nil {
		return nil, err
	}
	return apigen.CreateKey201JSONResponse{Key: key, Id: k.ID, User: k.User, Name: k.Name, Service: k.Service, Created: k.Created}, nil
}

func user(u access.User) apigen.User {
	return apigen.User{
		Id: u.ID, Name: u.Name, Created: u.Created, Ended: u.Ended,
		Identities: each(u.Identities, func(x access.Identity) apigen.Identity { return apigen.Identity(x) }),
		Duties:     each(u.Duties, func(d access.Duty) apigen.Duty { return apigen.Duty(d) }),
		Accounts: each(u.Accounts, func(r access.Ref) apigen.AccountRef {
			return apigen.AccountRef{Connector: r.Connector, Account: r.Account}
		}),
	}
}

// each converts a list; nil becomes empty, as JSON's lists are.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}
