package api

import (
	"cmp"
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/api/status"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func (s *server) ListRequests(ctx context.Context, r apigen.ListRequestsRequestObject) (apigen.ListRequestsResponseObject, error) {
	p, err := s.house.ReadRequests(ctx, actor(ctx), given(r.Params.Open), slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListRequests200JSONResponse{Items: each(p.Items, requestJSON), Cursor: p.Next}, err
}

func (s *server) GetRequest(ctx context.Context, r apigen.GetRequestRequestObject) (apigen.GetRequestResponseObject, error) {
	v, err := s.house.ReadRequest(ctx, actor(ctx), r.RequestId)
	return apigen.GetRequest200JSONResponse(requestJSON(v)), err
}

func (s *server) CreateRequest(ctx context.Context, r apigen.CreateRequestRequestObject) (apigen.CreateRequestResponseObject, error) {
	b := r.Body
	made, err := s.house.Request(ctx, actor(ctx), flow.Asking{
		Connector: b.Connector, Subject: b.Subject, Resources: b.Resources, Slug: string(b.Entitlement),
		Start: b.Start, Length: seconds(b.Seconds), Reason: b.Reason,
		Key: given(r.Params.IdempotencyKey), Emergency: b.Emergency, Profile: b.Profile,
	})
	if err != nil {
		return nil, s.ofResources(ctx, b.Connector, b.Resources, err)
	}
	v, err := s.house.ReadRequest(ctx, actor(ctx), made.ID)
	return apigen.CreateRequest201JSONResponse(requestJSON(v)), err
}

func (s *server) ListProfiles(ctx context.Context, r apigen.ListProfilesRequestObject) (apigen.ListProfilesResponseObject, error) {
	all, err := s.house.ReadProfiles(ctx, actor(ctx), r.ConnectorId)
	return apigen.ListProfiles200JSONResponse{Items: each(all, func(p flow.ProfileView) apigen.Profile {
		return apigen.Profile{Id: p.ID, Label: p.Label, Resources: each(p.Holds, resourceRef)}
	})}, err
}

// ofResources hides resources that the actor does not see: the reason of a
// refusal would name them.
func (s *server) ofResources(ctx context.Context, conn string, resources []string, err error) error {
	for _, id := range resources {
		err = masked(err, func() error {
			_, err := s.house.ReadResource(ctx, actor(ctx), conn, id)
			return err
		})
	}
	return err
}

func (s *server) ApproveRequest(ctx context.Context, r apigen.ApproveRequestRequestObject) (apigen.ApproveRequestResponseObject, error) {
	_, err := s.house.Approve(ctx, actor(ctx), r.RequestId, r.Body.Comment)
	v, err := s.requestAfter(ctx, r.RequestId, err)
	return apigen.ApproveRequest200JSONResponse(v), err
}

func (s *server) DenyRequest(ctx context.Context, r apigen.DenyRequestRequestObject) (apigen.DenyRequestResponseObject, error) {
	_, err := s.house.Deny(ctx, actor(ctx), r.RequestId, r.Body.Comment)
	v, err := s.requestAfter(ctx, r.RequestId, err)
	return apigen.DenyRequest200JSONResponse(v), err
}

func (s *server) ReassignRequest(ctx context.Context, r apigen.ReassignRequestRequestObject) (apigen.ReassignRequestResponseObject, error) {
	x := flow.Handing{Item: flow.Every, To: r.Body.To, Comment: r.Body.Comment}
	if r.Body.Item > 0 {
		x.Item = r.Body.Item - 1
	}
	_, err := s.house.Reassign(ctx, actor(ctx), r.RequestId, x)
	v, err := s.requestAfter(ctx, r.RequestId, err)
	return apigen.ReassignRequest200JSONResponse(v), err
}

func (s *server) ApproveRequests(ctx context.Context, r apigen.ApproveRequestsRequestObject) (apigen.ApproveRequestsResponseObject, error) {
	all, err := s.house.ApproveMany(ctx, actor(ctx), r.Body.Requests, r.Body.Comment)
	return apigen.ApproveRequests200JSONResponse{Items: each(all, func(d flow.Decided) apigen.DecidedTogether {
		out := apigen.DecidedTogether{Request: d.Request, Approved: d.Err == nil}
		if d.Err != nil {
			out.Detail = status.Of(d.Err, s.house.Now()).Text
		}
		return out
	})}, err
}

func (s *server) ConfirmRequest(ctx context.Context, r apigen.ConfirmRequestRequestObject) (apigen.ConfirmRequestResponseObject, error) {
	_, err := s.house.ConfirmAccess(ctx, actor(ctx), r.RequestId, r.Body.Right, r.Body.Comment)
	v, err := s.requestAfter(ctx, r.RequestId, err)
	return apigen.ConfirmRequest200JSONResponse(v), err
}

func (s *server) VetoRequest(ctx context.Context, r apigen.VetoRequestRequestObject) (apigen.VetoRequestResponseObject, error) {
	_, err := s.house.Veto(ctx, actor(ctx), r.RequestId, r.Body.Comment)
	v, err := s.requestAfter(ctx, r.RequestId, err)
	return apigen.VetoRequest200JSONResponse(v), err
}

func (s *server) CancelRequest(ctx context.Context, r apigen.CancelRequestRequestObject) (apigen.CancelRequestResponseObject, error) {
	_, err := s.house.Cancel(ctx, actor(ctx), r.RequestId)
	v, err := s.requestAfter(ctx, r.RequestId, err)
	return apigen.CancelRequest200JSONResponse(v), err
}

// requestAfter reads back what a verb did, or hides its error.
func (s *server) requestAfter(ctx context.Context, id string, err error) (apigen.Request, error) {
	var v flow.RequestView
	read := func() (e error) {
		v, e = s.house.ReadRequest(ctx, actor(ctx), id)
		return e
	}
	if err == nil {
		err = read()
	} else {
		err = masked(err, read)
	}
	return requestJSON(v), err
}

func requestJSON(v flow.RequestView) apigen.Request {
	out := apigen.Request{
		Id: v.ID, Connector: v.Connector, Requester: ref(v.By, v.Names), Subject: ref(v.Subject, v.Names), Items: []apigen.Item{},
		Start: v.Start, Seconds: int64(v.Length / time.Second), Reason: v.Reason, Created: v.Created, Expires: v.Expires,
		Open: v.Open(), MayDecide: v.MayDecide, Emergency: v.Emergency, Profile: v.Profile, MayConfirm: v.MayConfirm, MayVeto: v.MayVeto,
	}
	if v.PlaceOf != "" {
		out.InPlaceOf = ref(v.PlaceOf, v.Names)
	}
	for i, it := range v.Items {
		item := itemJSON(v, it)
		if c := it.Confirm; !c.Due.IsZero() {
			item.Confirm = apigen.EmergencyState{Due: c.Due, Skipped: v.Skipped[i], At: c.At, Denied: c.Denied, Overdue: c.Overdue}
			if c.By != "" {
				item.Confirm.By, item.Comment = ref(c.By, v.Names), v.Comments[c.By]
			}
		}
		if w, ok := v.Waits[i]; ok {
			item.Waits = apigen.Waiting{Step: w.Step, Steps: w.Steps, Approvers: w.Approvers, Who: w.Who, Need: w.Need, Have: w.Have}
		}
		out.Items = append(out.Items, item)
	}
	return out
}

func itemJSON(v flow.RequestView, it access.Item) apigen.Item {
	res := v.Resources[it.Resource]
	res.ID, res.Kind = it.Resource, it.Kind
	out := apigen.Item{
		Resource: resourceRef(res), Entitlement: directory.Word(it.Kind, it.Slug), State: apigen.ItemState(it.State),
		Rule: it.Rule, PolicyVersion: it.PolicyVersion, DecidedAt: it.DecidedAt, Grant: it.Grant, Extends: it.Extends,
		Risk: string(it.Risk), Deadline: it.Deadline, SoloAt: it.SoloAt,
	}
	if to := cmp.Or(it.Handed, it.Confirm.Handed); to != "" {
		out.HandedTo = ref(to, v.Names)
	}
	for _, vote := range it.Votes {
		out.ApprovedBy = append(out.ApprovedBy, ref(vote.Account, v.Names))
	}
	if it.DecidedBy != "" {
		if it.DecidedFor != "" {
			out.DecidedFor = ref(it.DecidedFor, v.Names)
		}
		out.DecidedBy, out.Comment = ref(it.DecidedBy, v.Names), v.Comments[it.DecidedBy]
	}
	return out
}

func ref(id string, names map[string]string) apigen.Ref { return apigen.Ref{Id: id, Name: names[id]} }
