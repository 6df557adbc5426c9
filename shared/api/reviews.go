package api

import (
	"context"

	"github.com/ebb-access/ebb/shared/api/apigen"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

func (s *server) ListReviewLists(ctx context.Context, r apigen.ListReviewListsRequestObject) (apigen.ListReviewListsResponseObject, error) {
	p, sum, err := s.house.ReadLists(ctx, actor(ctx), r.CampaignId, slice(r.Params.Cursor, r.Params.Limit))
	return apigen.ListReviewLists200JSONResponse{Items: each(p.Items, listJSON), Cursor: p.Next, Progress: apigen.ReviewProgress{
		Lists: sum.Lists, Lines: sum.Lines, Noted: sum.Noted, Closed: sum.Closed, Certified: sum.Certified, Passed: sum.Passed,
		Denied: sum.Denied, Gone: sum.Gone, Skipped: sum.Skips, Left: sum.Left(),
	}}, err
}

func (s *server) ListReviewLines(ctx context.Context, r apigen.ListReviewLinesRequestObject) (apigen.ListReviewLinesResponseObject, error) {
	q := r.Params
	v, err := s.house.ReadReview(ctx, actor(ctx), r.CampaignId, r.ListId, flow.LineFilter{
		Show: string(given(q.Show)), Resource: given(q.Resource), Account: given(q.Account), Search: given(q.Q),
		ByPerson: given(q.By) == apigen.ListReviewLinesParamsByPerson,
	}, slice(q.Cursor, q.Limit))
	return apigen.ListReviewLines200JSONResponse{
		List: listJSON(v.List), Decides: v.Decides, InPlaceOf: v.Place, Counts: counts(v.Counts), Found: v.Found, Hidden: v.Hidden,
		Items: each(v.Lines.Items, lineJSON), Cursor: v.Lines.Next,
	}, err
}

func (s *server) NoteReviewLines(ctx context.Context, r apigen.NoteReviewLinesRequestObject) (apigen.NoteReviewLinesResponseObject, error) {
	n, err := s.house.NoteReviews(ctx, actor(ctx), flow.Noting{
		Campaign: r.CampaignId, Assignment: r.ListId, Lines: r.Body.Lines, Verdict: review.Verdict(r.Body.Verdict), Comment: r.Body.Comment,
	})
	return apigen.NoteReviewLines200JSONResponse(notedJSON(n)), s.ofList(ctx, r.CampaignId, r.ListId, err)
}

func (s *server) NoteUnchanged(ctx context.Context, r apigen.NoteUnchangedRequestObject) (apigen.NoteUnchangedResponseObject, error) {
	n, err := s.house.NoteUnchanged(ctx, actor(ctx), r.CampaignId, r.ListId)
	return apigen.NoteUnchanged200JSONResponse(notedJSON(n)), s.ofList(ctx, r.CampaignId, r.ListId, err)
}

func (s *server) SubmitReviews(ctx context.Context, r apigen.SubmitReviewsRequestObject) (apigen.SubmitReviewsResponseObject, error) {
	x, err := s.house.SubmitReviews(ctx, actor(ctx), r.CampaignId, r.ListId)
	return apigen.SubmitReviews200JSONResponse{
		Certified: x.Certified, Passed: x.Passed, Denied: x.Denied, Gone: x.Gone, Left: x.Left, More: x.More, Refused: x.Refused,
	}, s.ofList(ctx, r.CampaignId, r.ListId, err)
}

func (s *server) ReassignReview(ctx context.Context, r apigen.ReassignReviewRequestObject) (apigen.ReassignReviewResponseObject, error) {
	n, err := s.house.ReassignReview(ctx, actor(ctx), r.CampaignId, r.ListId, r.Body.Lines, r.Body.To)
	return apigen.ReassignReview200JSONResponse{Lines: n.Lines, Kept: n.Kept}, s.ofList(ctx, r.CampaignId, r.ListId, err)
}

// ofList hides a list that the actor does not see.
func (s *server) ofList(ctx context.Context, campaign, list string, err error) error {
	return masked(err, func() error {
		_, err := s.house.ReadReview(ctx, actor(ctx), campaign, list, flow.LineFilter{}, flow.Slice{Limit: 1})
		return err
	})
}

func notedJSON(n flow.Noted) apigen.Noted { return apigen.Noted{Lines: n.Lines, Refused: n.Refused} }

func listJSON(v flow.ListView) apigen.ReviewList {
	out := apigen.ReviewList{
		Id: v.ID, Level: v.Level + 1, Source: string(v.Source), Group: v.Group, Lines: v.Lines, Noted: v.Noted, Closed: v.Closed, Left: v.Left(),
	}
	if v.Names == nil { // a list of one's own, without names
		return out
	}
	for _, id := range v.Accounts {
		if len(out.Reviewers) == 10 {
			out.More++
			continue
		}
		out.Reviewers = append(out.Reviewers, ref(id, v.Names))
	}
	return out
}

func factJSON(f review.Fact) apigen.ReviewFact {
	out := apigen.ReviewFact{
		Id: f.ID, Resource: resourceRef(directory.Resource{ID: f.Resource, Kind: f.Kind, Name: f.ResourceName}),
		Account: apigen.Ref{Id: f.Account, Name: f.AccountName}, Entitlement: directory.Word(f.Kind, f.Slug),
		AccountKind: string(f.Facts.AccountKind), AccountState: string(f.Facts.AccountState), Private: f.Private, Shared: f.Facts.Shared,
		Since: f.Since, Held: apigen.ReviewFactHeld(f.Facts.Held), Finding: f.Finding, LastActive: f.LastActive, Unseen: f.Unseen,
		New: f.New, Changed: f.Changed,
		Advice: apigen.Advice{Verdict: apigen.AdviceVerdict(f.Advice.Verdict), Why: each(f.Advice.Why, func(r review.Reason) string { return string(r) })},
		Grants: each(f.Grants, func(g review.GrantFact) apigen.ReviewGrant {
			return apigen.ReviewGrant{Id: g.ID, Rule: g.Rule, ApprovedBy: g.Approvers, End: g.End}
		}),
	}
	if e := f.Earlier; !e.At.IsZero() {
		out.Earlier = apigen.EarlierDecision{Campaign: e.Campaign, Verdict: apigen.ReviewVerdict(e.Verdict), At: e.At}
		if e.By != "" {
			out.Earlier.By = apigen.Ref{Id: e.By}
		}
	}
	return out
}

func lineJSON(v flow.LineView) apigen.ReviewLine {
	out := apigen.ReviewLine{
		Fact: factJSON(v.Fact), Gives: v.Gives, GivenBy: v.GivenBy, State: apigen.ReviewLineState(v.State), Level: v.Level + 1,
		Decided: each(v.Decided, decisionJSON), Comment: v.Comment, Grant: v.Grant, Manual: v.Manual, Outcome: v.Outcome, Closed: v.Closed,
		Refuses: v.Refuses,
	}
	out.Fact.Resource.Name, out.Fact.Account.Name = v.ResourceName, v.AccountName // as they are called now
	if out.Fact.Earlier.By.Id != "" {
		out.Fact.Earlier.By.Name = v.EarlierBy
	}
	if v.Draft.Verdict != "" {
		out.Note = decisionJSON(v.Draft)
	}
	return out
}

func decisionJSON(d review.Decision) apigen.LineDecision {
	return apigen.LineDecision{
		Verdict: apigen.ReviewVerdict(d.Verdict), Level: d.Level + 1, By: d.By, Account: d.Account, InPlaceOf: d.For, At: d.At,
	}
}
