// Package rights owns the comparison of what roles may do on AWS, as the
// synthesized template says, with what they did in a run: least privilege held
// both ways. A call that no statement allows is missing from the policy; what
// no call used is too much of it, unless a list says why it stays.
//
// It reads a template and knows how requests on the wire are authorized. It
// asks nothing of AWS, and evaluates only the part of IAM's language that the
// stack writes; what it cannot evaluate is an error, never a yes.
package rights

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Call is something that a role did: IAM's action on a resource, by ARN, with
// the condition keys that IAM would see.
type Call struct {
	Action, Resource string
	Context          map[string][]string
}

// Kept is a right that stays although the run need not use it. Roles nil is
// every role that has it. Sometimes: chance decides whether the run uses it;
// otherwise an entry for what is used is as wrong as one for what nobody has.
type Kept struct {
	Roles       []string
	Sid, Action string
	Sometimes   bool
	Why         string
}

// Each gives an entry for each of some actions that stay for one reason.
func Each(k Kept, actions ...string) (out []Kept) {
	for _, k.Action = range actions {
		out = append(out, k)
	}
	return out
}

// granted is one action on one resource of a statement.
type granted struct {
	sid, action, resource string
}

// Compare says everything that is wrong, in order; nothing when policy and run
// fit. Roles that did nothing are compared too: all they have is unused.
func Compare(policy map[string][]Statement, did map[string][]Call, kept []Kept) []string {
	var wrong []string
	left := map[string][]granted{} // rights that the run did not use
	for _, role := range slices.Sorted(maps.Keys(policy)) {
		used := map[granted]bool{}
		for _, c := range did[role] {
			wrong = append(wrong, judge(role, policy[role], c, used)...)
		}
		for _, g := range all(policy[role]) {
			if !used[g] {
				left[role] = append(left[role], g)
			}
		}
	}
	for _, role := range slices.Sorted(maps.Keys(did)) {
		if _, ok := policy[role]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s called AWS and has no role in the template", role))
		}
	}
	return append(wrong, excuse(policy, left, kept)...)
}

// judge marks what a call used, or says why it would be refused.
func judge(role string, statements []Statement, c Call, used map[granted]bool) (wrong []string) {
	allowed := false
	for _, s := range statements {
		for _, r := range s.Resources {
			ok, err := s.covers(r, c)
			switch {
			case err != nil:
				wrong = append(wrong, fmt.Sprintf("%s, statement %s: %v", role, s.Sid, err))
			case ok && !s.Allow:
				wrong = append(wrong, fmt.Sprintf("%s called %s on %s, which statement %s denies", role, c.Action, c.Resource, s.Sid))
			case ok:
				allowed = true
				used[granted{s.Sid, c.Action, r}] = true
			}
		}
	}
	if !allowed {
		wrong = append(wrong, fmt.Sprintf("%s called %s on %s, which its policy does not allow", role, c.Action, c.Resource))
	}
	return wrong
}

// all are the rights of a role.
func all(statements []Statement) (out []granted) {
	for _, s := range statements {
		for _, a := range s.Actions {
			for _, r := range s.Resources {
				if s.Allow {
					out = append(out, granted{s.Sid, a, r})
				}
			}
		}
	}
	return out
}

// excuse says which unused rights no entry explains, and which entries explain
// nothing.
func excuse(policy map[string][]Statement, left map[string][]granted, kept []Kept) (wrong []string) {
	for _, role := range slices.Sorted(maps.Keys(left)) {
		for _, g := range left[role] {
			if !slices.ContainsFunc(kept, func(k Kept) bool { return k.of(role) && k.is(g) }) {
				wrong = append(wrong, fmt.Sprintf("%s may call %s on %s (statement %s), and nothing did", role, g.action, g.resource, g.sid))
			}
		}
	}
	for _, k := range kept {
		wrong = append(wrong, k.stale(policy, left)...)
	}
	return wrong
}

func (k Kept) is(g granted) bool   { return k.Sid == g.sid && k.Action == g.action }
func (k Kept) of(role string) bool { return k.Roles == nil || slices.Contains(k.Roles, role) }
func (k Kept) String() string {
	return fmt.Sprintf("the list of kept rights (%s, %s)", k.Sid, k.Action)
}
func have(g []granted, k Kept) bool { return slices.ContainsFunc(g, k.is) }
func names(roles []string) string   { return strings.Join(roles, ", ") }

// stale says what is wrong with an entry.
func (k Kept) stale(policy map[string][]Statement, left map[string][]granted) (wrong []string) {
	if k.Why == "" {
		wrong = append(wrong, fmt.Sprintf("%v gives no reason", k))
	}
	var used []string
	unknown := slices.DeleteFunc(slices.Clone(k.Roles), func(role string) bool { return have(all(policy[role]), k) })
	found := false
	for _, role := range slices.Sorted(maps.Keys(policy)) {
		if !k.of(role) || !have(all(policy[role]), k) {
			continue
		}
		found = true
		if !have(left[role], k) && !k.Sometimes {
			used = append(used, role)
		}
	}
	if !found {
		wrong = append(wrong, fmt.Sprintf("%v names what no role has", k))
	} else if len(unknown) > 0 {
		wrong = append(wrong, fmt.Sprintf("%v names %s, which do not have it", k, names(unknown)))
	}
	if used != nil {
		wrong = append(wrong, fmt.Sprintf("%v names what %s used after all", k, names(used)))
	}
	return wrong
}
