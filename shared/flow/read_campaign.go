package flow

import (
	"cmp"
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Who sees what of access reviews: campaign administrators and auditors all
// campaigns; reviewers, and who stands in for them, those in which they have a list,
// and their own lists; lines about a private resource, while they review it, those to
// whom it was given because they may know of it (campaign_sight.go), and at any time
// who may know of it now.

// CampaignView is a campaign as the actor sees it.
type CampaignView struct {
	review.Campaign
	ConnectorName string
	Drafter       string // the name of who drafted it; "": its template, or erased
	// Runs: the actor may stage, start and end it. Reads: they see all of its lists.
	Runs, Reads bool
	Mine        []review.Assignment // lists in which the actor decides
}

// Progress sums up lists.
type Progress struct {
	Lists, Lines, Noted, Closed            int
	Certified, Passed, Denied, Gone, Skips int
	// Nobody counts the lists without a reviewer, Orphans what is left in them.
	Nobody, Orphans int
}

// Add puts a list into the sum.
func (p Progress) Add(a review.Assignment) Progress {
	p.Lists++
	p.Lines += a.Lines
	p.Noted += a.Noted
	p.Closed += a.Closed
	p.Certified += a.Certified
	p.Passed += a.Passed
	p.Denied += a.Denied
	p.Gone += a.Gone
	p.Skips += a.Skips
	if a.Source == review.Unassigned && a.Lines > 0 {
		p.Nobody++
		p.Orphans += a.Left()
	}
	return p
}

// Left is how many lines wait for a submitted decision.
func (p Progress) Left() int { return p.Lines - p.Closed }

// mostCampaigns is how many are looked at for a list.
const mostCampaigns = 200

// ReadCampaigns lists the campaigns that exist for the actor, the newest first.
func (h *House) ReadCampaigns(ctx context.Context, by access.Actor) ([]CampaignView, error) {
	const op = "flow.ReadCampaigns"
	eye, err := h.sight(by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	all, err := h.Memory.Campaigns(ctx, mostCampaigns)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := []CampaignView{}
	for _, c := range all {
		v, err := eye.campaign(ctx, c)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		if v != nil {
			out = append(out, *v)
		}
	}
	return out, nil
}

// ReadCampaign reads one campaign, and how far its lists are for who reads them all.
func (h *House) ReadCampaign(ctx context.Context, by access.Actor, id string) (CampaignView, error) {
	const op = "flow.ReadCampaign"
	missing := fault.New(op, fault.NotFound, "there is no access review %s", id)
	eye, err := h.sight(by)
	if err != nil {
		return CampaignView{}, fault.Wrap(op, err)
	}
	c, err := h.Memory.Campaign(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return CampaignView{}, missing
	}
	if err != nil {
		return CampaignView{}, fault.Wrap(op, err)
	}
	v, err := eye.campaign(ctx, c)
	if err == nil && v == nil {
		return CampaignView{}, missing
	}
	if err != nil {
		return CampaignView{}, fault.Wrap(op, err)
	}
	return *v, nil
}

// ReadSpecNames gives the names of accounts and user groups that a campaign names as
// reviewers, by id: of each level and of the fallback the first ten, and only what the
// actor may know.
func (h *House) ReadSpecNames(ctx context.Context, by access.Actor, s review.Spec) (map[string]string, error) {
	const op = "flow.ReadSpecNames"
	eye, err := h.sight(by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	r, err := eye.reviewRealm(ctx, s.Connector)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	accounts := slices.Clone(s.Fallback[:min(len(s.Fallback), mostListed)])
	groups := []string{s.Admins}
	for _, l := range s.Levels {
		accounts = append(accounts, l.Accounts[:min(len(l.Accounts), mostListed)]...)
		groups = append(groups, l.Group)
	}
	out, err := r.named(ctx, accounts...)
	for _, id := range groups {
		if err != nil {
			break
		}
		if id == "" {
			continue
		}
		var x seenResource
		var known bool
		if x, err = r.look(ctx, id); err == nil {
			known, err = r.knows(ctx, review.Fact{Resource: id})
		}
		if x.known && known {
			out[id] = access.Name(x.Resource)
		}
	}
	return out, fault.Wrap(op, err)
}

// campaign is a campaign as the actor sees it; nil: not at all.
func (s *sight) campaign(ctx context.Context, c review.Campaign) (*CampaignView, error) {
	v := &CampaignView{Campaign: c, ConnectorName: c.Connector}
	v.Runs = s.h.mayCampaign(s.by) == nil
	v.Reads = v.Runs || s.by.Is(access.Auditor) || s.by.Is(access.CampaignAdministrator)
	var err error
	if v.Mine, err = s.listsIn(ctx, c); err != nil || !v.Reads && len(v.Mine) == 0 {
		return nil, err
	}
	conn, err := s.h.Memory.Connector(ctx, c.Connector)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if conn.Name != "" {
		v.ConnectorName = conn.Name
	}
	if c.By != "" {
		u, err := s.h.Memory.User(ctx, c.By)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		v.Drafter = u.Name
	}
	return v, nil
}

// listsIn are the lists of a started campaign in which the actor decides: their own,
// of those for whom they stand in, and of the user groups that they are in.
func (s *sight) listsIn(ctx context.Context, c review.Campaign) ([]review.Assignment, error) {
	if c.Started.IsZero() || s.by.Service {
		return nil, nil
	}
	r, err := s.realm(ctx, c.Connector)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil || r.me.Account.ID == "" {
		return nil, err
	}
	var out []review.Assignment
	add := func(a review.Assignment) {
		if !slices.ContainsFunc(out, func(x review.Assignment) bool { return x.ID == a.ID }) {
			out = append(out, a)
		}
	}
	me := []access.Person{r.me}
	for _, p := range append(me, r.placeOf...) {
		if !p.Account.Live() {
			continue
		}
		all, err := s.h.listsFor(ctx, c, p)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			add(a)
		}
	}
	slices.SortFunc(out, func(a, b review.Assignment) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// listsFor are the lists of a campaign in which a person decides in their own right:
// those that name them, and those of the user groups that they are in.
func (h *House) listsFor(ctx context.Context, c review.Campaign, p access.Person) ([]review.Assignment, error) {
	all, err := h.Memory.AssignmentsOf(ctx, c.Connector, p.Account.ID, c.ID)
	if err != nil {
		return nil, err
	}
	in := map[string]bool{"": true}
	for _, g := range p.Groups {
		in[g.ID] = true
		of, err := h.Memory.AssignmentsOf(ctx, c.Connector, g.ID, c.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(a review.Assignment) bool {
		twice := seen[a.ID]
		seen[a.ID] = true
		return twice || !in[a.Group] || a.Names() && !slices.Contains(a.Accounts, p.Account.ID)
	}), nil
}

// ListView is one list of a campaign with the names of its reviewers.
type ListView struct {
	review.Assignment
	Names map[string]string
	Group string // the name of the user group; "": no group's
}

// ReadLists lists the lists of a campaign, for who runs it and auditors, those with
// the most left first; sum is of all of them.
func (h *House) ReadLists(ctx context.Context, by access.Actor, campaign string, s Slice) (page Page[ListView], sum Progress, err error) {
	const op = "flow.ReadLists"
	v, err := h.ReadCampaign(ctx, by, campaign)
	if err == nil && !v.Reads {
		err = fault.New(op, fault.Forbidden, "the lists of all reviewers are shown to campaign administrators and auditors")
	}
	if err != nil {
		return page, sum, fault.Wrap(op, err)
	}
	var all []review.Assignment
	err = h.Memory.EachAssignment(ctx, campaign, func(a review.Assignment) error {
		sum = sum.Add(a)
		if a.Lines > 0 {
			all = append(all, a)
		}
		return nil
	})
	if err != nil {
		return page, sum, fault.Wrap(op, err)
	}
	key := func(a review.Assignment) string { return falling(int64(a.Left())) + a.ID }
	slices.SortFunc(all, func(a, b review.Assignment) int { return cmp.Compare(key(a), key(b)) })
	eye, err := h.sight(by)
	if err != nil {
		return page, sum, fault.Wrap(op, err)
	}
	page, err = walk(s, func(f func(review.Assignment) error) error {
		for _, a := range all {
			if err := f(a); err != nil {
				return err
			}
		}
		return nil
	}, key, func(a review.Assignment) (ListView, bool, error) {
		l, err := eye.list(ctx, a)
		return l, true, err
	})
	return page, sum, fault.Wrap(op, err)
}

// mostListed is of how many reviewers the names are read.
const mostListed = 10

// list adds the names of a list's reviewers.
func (s *sight) list(ctx context.Context, a review.Assignment) (ListView, error) {
	v := ListView{Assignment: a, Names: map[string]string{}}
	for i, id := range a.Accounts {
		if i == mostListed {
			break // of more there is a number
		}
		x, err := s.h.Memory.Account(ctx, a.Connector, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, err
		}
		if err == nil {
			v.Names[id] = x.Label()
		}
	}
	if a.Assigned.Group != "" {
		g, err := s.h.Memory.Resource(ctx, a.Connector, a.Assigned.Group)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return v, err
		}
		if v.Group = a.Assigned.Group; g.Name != "" {
			v.Group = "@" + g.Name
		}
	}
	return v, nil
}
