package console

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
)

var policyRoutes = []route{
	{pattern: "GET /policies", serve: (*visit).policies},
	{pattern: "POST /policies", serve: (*visit).publishPolicy},
	{pattern: "POST /policies/check", serve: (*visit).checkPolicy},
	{pattern: "GET /policies/diff", serve: (*visit).policyDiff},
	{pattern: "GET /policies/explain", serve: (*visit).explainPolicy},
	{pattern: "GET /policies/drafts/{id}", serve: (*visit).policyDraft},
	{pattern: "POST /policies/drafts/{id}/confirm", serve: (*visit).confirmPolicy},
	{pattern: "POST /policies/drafts/{id}/refuse", serve: (*visit).refusePolicy},
}

// PoliciesPage is what policies.html shows: the policy in force, what waits, the
// history, and a document that is to be checked.
type PoliciesPage struct {
	Frame
	Policy   access.Policy
	Drafts   []flow.DraftView
	Versions []flow.PolicyView
	Next     string
	MayEdit  bool
	Document string // in the form
	Checked  *CheckedPolicy
}

// CheckedPolicy is what was found in a document, and what it would change.
type CheckedPolicy struct {
	Problems []policyfile.Problem
	Ok       bool
	Ends     []GrantLine
	EndCount int
	Wider    []string
}

func (v *visit) policies() error { return v.policiesPage(200, "", nil) }

func (v *visit) policiesPage(status int, document string, checked *CheckedPolicy) error {
	p := PoliciesPage{Frame: v.frame("Policies"), Document: document, Checked: checked}
	var err error
	if p.Policy, err = v.s.house.ReadPolicy(v.ctx(), v.by); err != nil {
		return err
	}
	if p.Drafts, err = v.s.house.ReadDrafts(v.ctx(), v.by, true); err != nil {
		return err
	}
	page, err := v.s.house.ReadPolicies(v.ctx(), v.by, flow.Slice{After: v.field("after"), Limit: 20})
	if err != nil {
		return err
	}
	p.Versions, p.Next = page.Items, page.Next
	p.MayEdit = !v.by.Service && v.by.Is(access.SuperAdministrator)
	if p.Document == "" {
		p.Document = p.Policy.Source
	}
	return v.showAs(status, "policies", p)
}

// read parses the document of the form; what is wrong with it is found, and no
// error.
func (v *visit) readPolicy(document string) (access.Policy, *CheckedPolicy, error) {
	p, err := policyfile.Parse([]byte(document))
	if all := policyfile.Errors(nil); errors.As(err, &all) {
		return p, &CheckedPolicy{Problems: all}, nil
	}
	if err != nil {
		return p, nil, err
	}
	groups, err := v.s.house.ReadGroups(v.ctx(), v.by)
	if err != nil {
		return p, nil, err
	}
	found := policyfile.Check(p, groups...)
	if channels := policyfile.Channels(p); len(p.Profiles)+len(channels) > 0 {
		named, err := v.s.house.ReadNamed(v.ctx(), v.by, append(append([]access.Profile{}, p.Profiles...), access.Profile{Resources: channels}))
		if err != nil {
			return p, nil, err
		}
		found = append(append(found, policyfile.CheckProfiles(p, named)...), policyfile.CheckChannels(p, named)...)
	}
	return p, &CheckedPolicy{Problems: found, Ok: !policyfile.Failed(found)}, nil
}

// mostEnding is how many grants a preview lists; it counts all.
const mostEnding = 50

func (v *visit) checkPolicy() error {
	document := v.field("document")
	p, checked, err := v.readPolicy(document)
	if err != nil {
		return err
	}
	if checked.Ok {
		if checked.Wider, err = v.s.house.Wider(v.ctx(), v.by, p); err != nil {
			return err
		}
		gs, err := v.s.house.WouldEndBy(v.ctx(), v.by, p)
		if err != nil {
			return err
		}
		if checked.Ends, err = v.ending(gs); err != nil {
			return err
		}
		checked.EndCount = len(gs)
	}
	return v.policiesPage(200, document, checked)
}

// ending are the first of many grants, as the reader sees them.
func (v *visit) ending(gs []access.Grant) ([]GrantLine, error) {
	seen, err := v.s.house.ViewGrants(v.ctx(), v.by, gs[:min(len(gs), mostEnding)])
	var out []GrantLine
	for _, g := range seen {
		out = append(out, v.grantLine(g))
	}
	return out, err
}

func (v *visit) publishPolicy() error {
	document := v.field("document")
	p, checked, err := v.readPolicy(document)
	if err != nil {
		return err
	}
	if !checked.Ok {
		return v.policiesPage(422, document, checked)
	}
	x, err := v.s.house.Propose(v.ctx(), v.by, p)
	if err != nil {
		return err
	}
	if x.Draft != nil {
		return v.to("/policies#waits", "It gives you more than the policy in force, so it waits for somebody else.")
	}
	return v.to("/policies", "Version "+strconv.FormatInt(x.Policy.Version, 10)+" is in force. "+
		count(len(x.Outside), "live grant is", "live grants are")+" not allowed by it and would end only by hand.")
}

func (v *visit) confirmPolicy() error {
	x, err := v.s.house.ConfirmPolicy(v.ctx(), v.by, v.path("id"))
	return v.done(err, "/policies", "Version "+strconv.FormatInt(x.Policy.Version, 10)+" is in force.")
}

func (v *visit) refusePolicy() error {
	_, err := v.s.house.RefusePolicy(v.ctx(), v.by, v.path("id"))
	return v.done(err, "/policies/drafts/"+v.path("id"), "It will not come into force.")
}

// PolicyDiffPage is what policy_diff.html shows.
type PolicyDiffPage struct {
	Frame
	flow.PolicyDiff
}

func (v *visit) policyDiff() error {
	from, to := v.number("from"), v.number("to")
	d, err := v.s.house.DiffPolicies(v.ctx(), v.by, from, to)
	if err != nil {
		return err
	}
	return v.show("policy_diff", PolicyDiffPage{Frame: v.frame("What changed"), PolicyDiff: d})
}

// PolicyDraftPage is what policy_draft.html shows.
type PolicyDraftPage struct {
	Frame
	Draft flow.DraftDiff
}

func (v *visit) policyDraft() error {
	d, err := v.s.house.ReadDraft(v.ctx(), v.by, v.path("id"))
	if err != nil {
		return err
	}
	return v.show("policy_draft", PolicyDraftPage{Frame: v.frame("A policy that waits"), Draft: d})
}

func (v *visit) number(name string) int64 {
	n, err := strconv.ParseInt(v.field(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// ExplainPage is what policy_explain.html shows.
type ExplainPage struct {
	Frame
	Connectors []flow.ConnectorView
	Connector  string
	Who, What  string
	Lengths    []Choice
	Asked      bool
	Answer     flow.Explanation
	Near       []Meant // what the words could mean
	Wrong      map[string]string
}

// explainPolicy asks the policy about anybody, by a word for who and what.
func (v *visit) explainPolicy() error {
	p := ExplainPage{
		Frame: v.frame("Who may have what"), Connector: v.field("connector"), Who: v.field("who"), What: v.field("what"),
		Lengths: lengthChoices(v.field("length")), Wrong: map[string]string{},
	}
	var err error
	if p.Connectors, err = v.s.house.ReadConnectors(v.ctx(), v.by); err != nil {
		return err
	}
	if p.Connector == "" && len(p.Connectors) > 0 {
		p.Connector = p.Connectors[0].ID
	}
	if p.What == "" {
		return v.show("policy_explain", p)
	}
	who, what := "", ""
	others := v.query("connector", "who", "what", "length")
	for _, x := range []struct {
		field, what, typed string
		which              func(context.Context, access.Actor, string, string) (flow.Which, error)
		id                 func(flow.Called) string
		into               *string
	}{
		{"who", "person", p.Who, v.s.house.WhichPerson, func(c flow.Called) string { return c.Account }, &who},
		{"what", "resource", p.What, v.s.house.WhichResource, func(c flow.Called) string { return c.Resource }, &what},
	} {
		w, err := x.which(v.ctx(), v.by, p.Connector, x.typed)
		switch {
		case err != nil:
			return err
		case w.Sure:
			*x.into = x.id(w.One)
		case x.typed != "":
			near := meant(w, "/policies/explain", others, x.field, x.id)
			p.Near = append(p.Near, near...)
			p.Wrong[x.field] = notMeant(x.what, x.typed, near)
		}
	}
	if len(p.Wrong) > 0 {
		return v.showAs(422, "policy_explain", p)
	}
	p.Answer, err = v.s.house.ReadExplanation(v.ctx(), v.by, p.Connector, who, "", what, "member", chosenLength(p.Lengths))
	if fault.Is(err, fault.Forbidden) {
		p.Wrong["who"] = fault.TextOf(err)
		return v.showAs(422, "policy_explain", p)
	}
	if err != nil {
		return err
	}
	p.Asked = true
	return v.show("policy_explain", p)
}

// chosenLength is the length that was chosen; two hours, where none was.
func chosenLength(all []Choice) time.Duration {
	for i, c := range all {
		if c.Chosen {
			return lengths[i]
		}
	}
	return 2 * time.Hour
}
