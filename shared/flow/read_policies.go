package flow

import (
	"context"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// PolicyView is a version of the policy with the name of who published it.
type PolicyView struct {
	access.Policy
	ByName string
}

// ReadPolicies lists the versions of the policy, the newest first: for auditors
// and administrators.
func (h *House) ReadPolicies(ctx context.Context, by access.Actor, s Slice) (Page[PolicyView], error) {
	const op = "flow.ReadPolicies"
	if err := h.readsPolicy(by); err != nil {
		return Page[PolicyView]{}, fault.Wrap(op, err)
	}
	newest, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return Page[PolicyView]{}, fault.Wrap(op, err)
	}
	// A version never changes, so its number is its place.
	from := newest.Version
	if after, err := s.after(); err != nil {
		return Page[PolicyView]{}, fault.Wrap(op, err)
	} else if n := risen(after); after != "" {
		from = min(from, n-1)
	}
	p := Page[PolicyView]{Items: []PolicyView{}}
	for v := from; v > 0; v-- {
		if len(p.Items) == s.limit() {
			p.Next = cursor(falling(v + 1))
			break
		}
		x, err := h.policyView(ctx, v)
		if err != nil {
			return Page[PolicyView]{}, fault.Wrap(op, err)
		}
		p.Items = append(p.Items, x)
	}
	return p, nil
}

// ReadPolicyVersion reads one version; 0 is the newest.
func (h *House) ReadPolicyVersion(ctx context.Context, by access.Actor, version int64) (PolicyView, error) {
	const op = "flow.ReadPolicyVersion"
	if err := h.readsPolicy(by); err != nil {
		return PolicyView{}, fault.Wrap(op, err)
	}
	x, err := h.policyView(ctx, version)
	return x, fault.Wrap(op, err)
}

// PolicyDiff is what one version of the policy says otherwise than another, line
// by line of the documents as they were given.
type PolicyDiff struct {
	From, To PolicyView
	Lines    []access.DiffLine
}

// DiffPolicies compares two versions: to 0 is the newest, from 0 the one before
// to.
func (h *House) DiffPolicies(ctx context.Context, by access.Actor, from, to int64) (PolicyDiff, error) {
	const op = "flow.DiffPolicies"
	var d PolicyDiff
	err := h.readsPolicy(by)
	if err == nil {
		d.To, err = h.policyView(ctx, to)
	}
	if from == 0 {
		from = d.To.Version - 1
	}
	if err == nil && from > 0 {
		d.From, err = h.policyView(ctx, from)
	}
	if err != nil {
		return d, fault.Wrap(op, err)
	}
	d.Lines = access.DiffLines(d.From.Source, d.To.Source)
	return d, nil
}

// WouldEndBy lists the live grants that a policy would not allow, before it is
// published: they would keep their end, and could be ended by a person.
func (h *House) WouldEndBy(ctx context.Context, by access.Actor, p access.Policy) ([]access.Grant, error) {
	const op = "flow.WouldEndBy"
	if err := h.readsPolicy(by); err != nil {
		return nil, fault.Wrap(op, err)
	}
	gs, err := h.notAllowedNow(ctx, p)
	return gs, fault.Wrap(op, err)
}

// Wider says what a policy would give the actor more than the one in force, so
// that somebody else would have to confirm it.
func (h *House) Wider(ctx context.Context, by access.Actor, p access.Policy) ([]string, error) {
	const op = "flow.Wider"
	if err := h.readsPolicy(by); err != nil {
		return nil, fault.Wrap(op, err)
	}
	newest, err := h.Memory.Policy(ctx, 0)
	if err != nil || newest.Version == 0 {
		return nil, fault.Wrap(op, err)
	}
	wider, err := h.widerFor(ctx, by.User, newest, p)
	return wider, fault.Wrap(op, err)
}

// DraftView is a policy that waits, or did, as the actor sees it.
type DraftView struct {
	access.Draft
	ByName, DecidedName string
	MayConfirm          bool
	MayRefuse           bool
}

// ReadDrafts lists the newest policies that waited for somebody's yes; waiting:
// those alone that still do.
func (h *House) ReadDrafts(ctx context.Context, by access.Actor, waiting bool) ([]DraftView, error) {
	const op = "flow.ReadDrafts"
	may := h.mayRefuse(ctx, by) == nil
	if err := h.readsPolicy(by); err != nil && !may {
		return nil, fault.Wrap(op, err)
	}
	all, err := h.Memory.Drafts(ctx, mostDrafts)
	out := []DraftView{}
	for _, d := range all {
		if waiting && !d.Waits() || err != nil {
			continue
		}
		var v DraftView
		v, err = h.draftView(ctx, by, d, may)
		out = append(out, v)
	}
	return out, fault.Wrap(op, err)
}

func (h *House) draftView(ctx context.Context, by access.Actor, d access.Draft, mayRefuse bool) (DraftView, error) {
	v := DraftView{Draft: d}
	v.MayConfirm = d.Waits() && d.By != by.User.ID && !by.Service && by.Is(access.SuperAdministrator)
	v.MayRefuse = d.Waits() && mayRefuse
	var err error
	if v.ByName, err = h.userName(ctx, d.By); err == nil {
		v.DecidedName, err = h.userName(ctx, d.DecidedBy)
	}
	return v, err
}

// DraftDiff is a policy that waits, or did, held against the version that it was
// proposed over, line by line. Who owns a connector and may read no policy else sees
// the document that they may veto, and no Lines.
type DraftDiff struct {
	DraftView
	Lines []access.DiffLine
}

// ReadDraft reads one draft.
func (h *House) ReadDraft(ctx context.Context, by access.Actor, id string) (DraftDiff, error) {
	const op = "flow.ReadDraft"
	var out DraftDiff
	may := h.mayRefuse(ctx, by) == nil
	reads := h.readsPolicy(by)
	if reads != nil && !may {
		return out, fault.Wrap(op, reads)
	}
	d, err := h.Memory.Draft(ctx, id)
	if err == nil {
		out.DraftView, err = h.draftView(ctx, by, d, may)
	}
	if err != nil || reads != nil {
		return out, fault.Wrap(op, err)
	}
	base, err := h.Memory.Policy(ctx, d.Base)
	out.Lines = access.DiffLines(base.Source, d.Policy.Source)
	return out, fault.Wrap(op, err)
}

func (h *House) readsPolicy(by access.Actor) error {
	if by.User.ID == "" || by.User.Ended {
		return fault.New("flow.readsPolicy", fault.Unauthenticated, "it is not known who asks")
	}
	if !by.Is(access.Auditor) && !by.Is(access.IntegrationAdministrator) {
		return fault.New("flow.readsPolicy", fault.Forbidden, "reading the whole policy needs the duty auditor or integration administrator; ask about yourself with: ebb policy explain")
	}
	return nil
}

func (h *House) policyView(ctx context.Context, version int64) (PolicyView, error) {
	p, err := h.Memory.Policy(ctx, version)
	if err != nil {
		return PolicyView{}, err
	}
	name, err := h.userName(ctx, p.By)
	return PolicyView{Policy: p, ByName: name}, err
}

// userName is a user's name; "" for nobody and for who is not known.
func (h *House) userName(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	u, err := h.Memory.User(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return u.Name, err
}
