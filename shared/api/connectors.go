package api

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListConnectors(ctx context.Context, _ apigen.ListConnectorsRequestObject) (apigen.ListConnectorsResponseObject, error) {
	all, err := s.house.ReadConnectors(ctx, actor(ctx))
	return apigen.ListConnectors200JSONResponse{Items: each(all, connectorJSON)}, err
}

func (s *server) AddConnector(ctx context.Context, r apigen.AddConnectorRequestObject) (apigen.AddConnectorResponseObject, error) {
	c, err := s.house.AddConnectorOnce(ctx, actor(ctx), given(r.Params.IdempotencyKey), newConnector(*r.Body))
	return apigen.AddConnector201JSONResponse(whole(c)), err
}

func newConnector(n apigen.NewConnector) flow.NewConnector {
	return flow.NewConnector{
		Name: n.Name, Owners: n.Owners, Application: n.Application, Integration: connector.Integration(n.Integration), SignIn: signIn(n.SignIn),
	}
}

func signIn(s apigen.SignIn) connector.IdentityProvider {
	return connector.IdentityProvider{Name: s.Idp, GroupsBy: s.GroupsBy}
}

func (s *server) EditConnector(ctx context.Context, r apigen.EditConnectorRequestObject) (apigen.EditConnectorResponseObject, error) {
	edit := flow.ConnectorEdit{Owners: r.Body.Owners}
	if r.Body.Name != "" {
		edit.Name = &r.Body.Name
	}
	if r.Body.EverySeconds > 0 {
		every := time.Duration(r.Body.EverySeconds) * time.Second
		edit.Every = &every
	}
	if r.Body.SignIn != (apigen.SignIn{}) {
		in := signIn(r.Body.SignIn)
		edit.SignIn = &in
	}
	c, err := s.house.EditConnector(ctx, actor(ctx), r.ConnectorId, edit)
	return apigen.EditConnector200JSONResponse(whole(c)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) GetConnector(ctx context.Context, r apigen.GetConnectorRequestObject) (apigen.GetConnectorResponseObject, error) {
	c, err := s.house.ReadConnector(ctx, actor(ctx), r.ConnectorId)
	return apigen.GetConnector200JSONResponse(connectorJSON(c)), err
}

// ofConnector hides a connector that the actor does not see.
func (s *server) ofConnector(ctx context.Context, id string, err error) error {
	return masked(err, func() error {
		_, err := s.house.ReadConnector(ctx, actor(ctx), id)
		return err
	})
}

func (s *server) InviteInstaller(ctx context.Context, r apigen.InviteInstallerRequestObject) (apigen.InviteInstallerResponseObject, error) {
	invite := s.house.Invite
	if r.Body != nil && r.Body.Collaboration {
		invite = s.house.InviteCollaboration
	}
	link, err := invite(ctx, actor(ctx), r.ConnectorId)
	if err != nil {
		return nil, s.ofConnector(ctx, r.ConnectorId, err)
	}
	return apigen.InviteInstaller201JSONResponse{Url: link, Expires: s.house.Now().Add(connector.InvitationTime)}, nil
}

func (s *server) PasteToken(ctx context.Context, r apigen.PasteTokenRequestObject) (apigen.PasteTokenResponseObject, error) {
	c, err := s.house.PasteToken(ctx, actor(ctx), r.ConnectorId, r.Body.Token)
	return apigen.PasteToken200JSONResponse(whole(c)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) ConfirmRemovals(ctx context.Context, r apigen.ConfirmRemovalsRequestObject) (apigen.ConfirmRemovalsResponseObject, error) {
	run, err := s.house.Confirm(ctx, actor(ctx), r.ConnectorId)
	return apigen.ConfirmRemovals202JSONResponse(runJSON(run)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) PauseConnector(ctx context.Context, r apigen.PauseConnectorRequestObject) (apigen.PauseConnectorResponseObject, error) {
	c, err := s.house.PauseConnector(ctx, actor(ctx), r.ConnectorId)
	return apigen.PauseConnector200JSONResponse(whole(c)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) ResumeConnector(ctx context.Context, r apigen.ResumeConnectorRequestObject) (apigen.ResumeConnectorResponseObject, error) {
	c, err := s.house.ResumeConnector(ctx, actor(ctx), r.ConnectorId)
	return apigen.ResumeConnector200JSONResponse(whole(c)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) DrainConnector(ctx context.Context, r apigen.DrainConnectorRequestObject) (apigen.DrainConnectorResponseObject, error) {
	d, err := s.house.Drain(ctx, actor(ctx), r.ConnectorId)
	return apigen.DrainConnector200JSONResponse{Left: d.Left, NeedsAttention: d.Attention}, s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) DisconnectConnector(ctx context.Context, r apigen.DisconnectConnectorRequestObject) (apigen.DisconnectConnectorResponseObject, error) {
	c, err := s.house.Disconnect(ctx, actor(ctx), r.ConnectorId, r.Body.Stays)
	return apigen.DisconnectConnector200JSONResponse(whole(c)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) StartSync(ctx context.Context, r apigen.StartSyncRequestObject) (apigen.StartSyncResponseObject, error) {
	kinds := each(r.Body.Kinds, func(k apigen.NewSyncKinds) string { return string(k) })
	run, err := s.house.StartSync(ctx, actor(ctx), r.ConnectorId, kinds)
	return apigen.StartSync202JSONResponse(runJSON(run)), s.ofConnector(ctx, r.ConnectorId, err)
}

func (s *server) ListSyncs(ctx context.Context, r apigen.ListSyncsRequestObject) (apigen.ListSyncsResponseObject, error) {
	p, err := s.house.ReadRuns(ctx, actor(ctx), r.ConnectorId, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListSyncs200JSONResponse{Items: each(p.Items, runJSON), Cursor: p.Next}, err
}

func (s *server) GetSync(ctx context.Context, r apigen.GetSyncRequestObject) (apigen.GetSyncResponseObject, error) {
	run, err := s.house.ReadRun(ctx, actor(ctx), r.RunId)
	return apigen.GetSync200JSONResponse(runJSON(run)), err
}

func (s *server) GetConnectorLog(ctx context.Context, r apigen.GetConnectorLogRequestObject) (apigen.GetConnectorLogResponseObject, error) {
	p, err := s.house.ReadLog(ctx, actor(ctx), r.ConnectorId, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.GetConnectorLog200JSONResponse{Items: each(p.Items, eventJSON), Cursor: p.Next}, err
}

func slice(cursor *string, limit *int) flow.Slice {
	return flow.Slice{After: given(cursor), Limit: given(limit)}
}

// given is the value of an optional parameter, zero when it was left out.
func given[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

// whole is a connector to whom it belongs.
func whole(c connector.Connector) apigen.Connector {
	return connectorJSON(flow.ConnectorView{Connector: c, Whole: true})
}

func connectorJSON(c flow.ConnectorView) apigen.Connector {
	out := apigen.Connector{Id: c.ID, Name: c.Name, Label: apigen.Label(c.Label), Application: c.Application}
	if !c.Whole {
		return out
	}
	out.Integration = string(c.Integration)
	if c.SignIn != (connector.IdentityProvider{}) {
		out.SignIn = apigen.SignIn{Idp: c.SignIn.Name, GroupsBy: c.SignIn.GroupsBy}
	}
	out.Enterprise, out.Team, out.Workspaces, out.Owners = c.Enterprise, c.Team, c.Workspaces, c.Owners
	out.Plan, out.OpenGroups, out.LastRun = string(c.Plan), c.OpenGroups, c.LastRun
	out.EverySeconds, out.NextSync, out.LastGood, out.Created = int64(c.Every/time.Second), c.NextSync, c.LastGood, c.Created
	if t := c.Trouble; t != (connector.Trouble{}) {
		out.Trouble = apigen.Trouble{Code: t.Code, Text: t.Text, Since: t.Since}
	}
	for _, k := range c.Capabilities() {
		out.Capabilities = append(out.Capabilities, apigen.Capability{
			Kind: apigen.ResourceKind(k.Kind), Sync: k.Sync, Review: k.Review, Grant: k.Grant, Missing: k.Missing, Note: k.Note,
		})
	}
	return out
}

func runJSON(r connector.Run) apigen.Run {
	return apigen.Run{
		Id: r.ID, Connector: r.Connector, State: apigen.RunState(r.State), Step: string(r.Step), Kinds: r.Kinds,
		Started: r.Started, Ended: r.Ended, Calls: r.Calls, Wrote: r.Wrote, Counts: r.Counts, Removals: r.Removals, Going: r.Going, Notes: r.Notes,
	}
}

func eventJSON(e audit.Event) apigen.Event {
	return apigen.Event{
		Id: e.ID, Aggregate: e.Aggregate, Seq: e.Seq, At: e.At, Action: e.Action, Actor: e.Actor, Data: e.Data, Prev: e.Prev, Hash: e.Hash,
	}
}
