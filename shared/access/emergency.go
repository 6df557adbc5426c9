package access

import (
	"fmt"
	"time"
)

// Emergency says who may skip a rule's approvers. They are told, and somebody
// confirms afterwards. The zero Emergency lets nobody.
type Emergency struct {
	Requesters Who           // of the rule's requesters
	Max        time.Duration // instead of the rule's; 0: there is no emergency
	Confirm    Who           // nobody: all who approve otherwise
	Within     time.Duration // for the confirmation; 0 is 3 days
}

// confirmWithin is the time to confirm where the rule says nothing.
const confirmWithin = 72 * time.Hour

// Confirmation is what an item that was given now leaves to do.
func (e Emergency) Confirmation(now time.Time) Confirm {
	if e.Within > 0 {
		return Confirm{Due: now.Add(e.Within)}
	}
	return Confirm{Due: now.Add(confirmWithin)}
}

// Skipped names in words whom an emergency skips: all who approve, in their
// order; "" where nobody does.
func (r Rule) Skipped() string {
	if r.ID == "" || r.Auto {
		return ""
	}
	return r.wayWords()
}

// Confirmers is the rule with those who confirm an emergency as its approvers,
// for MayApprove: neither the requester nor the subject is ever among them.
func (r Rule) Confirmers() Rule {
	who := r.Emergency.Confirm
	if who.None() {
		who = r.deciders()
	}
	r.Approvers, r.Steps, r.Auto = who, nil, false
	return r
}

// deciders are all who approve at any step.
func (r Rule) deciders() Who {
	var who Who
	for _, s := range r.Way() {
		who = who.And(s.Approvers)
	}
	return who
}

// decideEmergency answers a request that skips the approvers, for a rule that
// speaks of it.
func (r Rule) decideEmergency(q Ask, d Decision) Decision {
	switch {
	case r.Emergency.Max <= 0:
		d.Because = "allows no emergency access; ask without it"
		return d
	case !r.Emergency.Requesters.names(q.Requester, q):
		d.Because = "does not let " + q.Requester.Account.Label() + " skip its approvers; ask without emergency"
		return d
	}
	asked := r
	asked.Max = r.Emergency.Max
	if why := asked.refuse(q); why != "" {
		d.Because = why
		return d
	}
	d.Allowed, d.Auto, d.Emergency = true, true, true
	d.Because = fmt.Sprintf("allows up to %s in an emergency, without %s; %s confirm it afterwards", Span(asked.Max), r.Skipped(), r.Confirmers().Approvers.Words())
	return d
}
