package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
)

func (s *server) GetPolicy(ctx context.Context, _ apigen.GetPolicyRequestObject) (apigen.GetPolicyResponseObject, error) {
	p, err := s.house.ReadPolicy(ctx, actor(ctx))
	return apigen.GetPolicy200JSONResponse{
		Version: p.Version, Digest: p.Digest, Rules: len(p.Rules), By: p.By, Published: p.Published, Source: p.Source,
	}, err
}

func (s *server) PublishPolicy(ctx context.Context, r apigen.PublishPolicyRequestObject) (apigen.PublishPolicyResponseObject, error) {
	p, found, err := s.document(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	if err := refused(found); err != nil {
		return nil, err
	}
	x, err := s.house.Propose(ctx, actor(ctx), p)
	if err != nil {
		return nil, err
	}
	if x.Draft != nil {
		return apigen.PublishPolicy202JSONResponse(draftJSON(flow.DraftView{Draft: *x.Draft})), nil
	}
	return apigen.PublishPolicy200JSONResponse(publishedJSON(x, found)), nil
}

func publishedJSON(x flow.Publication, found []policyfile.Problem) apigen.Published {
	p := x.Policy
	return apigen.Published{
		Version: p.Version, Digest: p.Digest, Rules: len(p.Rules), Warnings: problems(found),
		// By id only: what they are is read with the grant.
		NotAllowed: each(x.Outside, func(g access.Grant) apigen.Grant { return grantJSON(flow.GrantView{Grant: g}) }),
	}
}

func (s *server) CheckPolicy(ctx context.Context, r apigen.CheckPolicyRequestObject) (apigen.CheckPolicyResponseObject, error) {
	_, found, err := s.document(ctx, r.Body)
	if all := policyfile.Errors(nil); errors.As(err, &all) {
		return apigen.CheckPolicy200JSONResponse{Problems: problems(all)}, nil
	}
	return apigen.CheckPolicy200JSONResponse{Ok: !policyfile.Failed(found), Problems: problems(found)}, err
}

// document reads a policy and what is dangerous in it, given the user groups
// that the actor sees.
func (s *server) document(ctx context.Context, body io.Reader) (access.Policy, []policyfile.Problem, error) {
	src, err := io.ReadAll(body)
	if err != nil {
		return access.Policy{}, nil, fault.Wrap("api.document", err)
	}
	p, err := policyfile.Parse(src)
	if err != nil {
		return p, nil, err
	}
	groups, err := s.house.ReadGroups(ctx, actor(ctx))
	if err != nil {
		return p, nil, err
	}
	found := policyfile.Check(p, groups...)
	channels := policyfile.Channels(p)
	if len(p.Profiles)+len(channels) == 0 {
		return p, found, nil
	}
	named, err := s.house.ReadNamed(ctx, actor(ctx), append(slices.Clone(p.Profiles), access.Profile{Resources: channels}))
	found = append(found, policyfile.CheckProfiles(p, named)...)
	return p, append(found, policyfile.CheckChannels(p, named)...), err
}

// refused is the error of a document that is well formed and must not be in
// force.
func refused(found []policyfile.Problem) error {
	if !policyfile.Failed(found) {
		return nil
	}
	e := &fault.Error{Op: "api.policy", Kind: fault.Invalid, Err: policyfile.Errors(found)}
	more := -1
	for _, p := range found {
		if p.Warning {
			continue
		}
		if more++; more == 0 {
			e.Field, e.Text = p.Field, fmt.Sprintf("line %d: %s", p.Line, p.Text)
		}
	}
	if more > 0 {
		e.Text += fmt.Sprintf(" (and %d more to change)", more)
	}
	return e
}

func (s *server) ExplainPolicy(ctx context.Context, r apigen.ExplainPolicyRequestObject) (apigen.ExplainPolicyResponseObject, error) {
	q := r.Params
	x, err := s.house.ReadExplanation(ctx, actor(ctx), q.Connector, given(q.Requester), given(q.Subject), q.Resource, string(given(q.Entitlement)), seconds(q.Seconds))
	d := x.Decision
	return apigen.ExplainPolicy200JSONResponse{
		Allowed: d.Allowed, Auto: d.Auto, Because: d.Because, Rule: d.Rule.ID, PolicyVersion: d.Version, Gives: d.Gives, Trail: d.Trail,
		Requester: x.Requester, Subject: x.Subject, Resource: x.Resource, Approvers: x.Approvers, Course: x.Course,
		Risk: string(d.Rule.Risk), Emergency: x.Emergency, Solo: x.Solo, Frozen: x.Frozen,
	}, err
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func problems(list []policyfile.Problem) []apigen.PolicyProblem {
	return each(list, func(p policyfile.Problem) apigen.PolicyProblem {
		return apigen.PolicyProblem{Line: p.Line, Field: p.Field, Text: p.Text, Warning: p.Warning}
	})
}
