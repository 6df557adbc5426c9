package rights

import (
	"fmt"
	"slices"
	"strings"
)

// Statement is one of a policy, its resources spelled as ARNs.
type Statement struct {
	Sid                string
	Allow              bool
	Actions, Resources []string
	Condition          map[string]map[string][]string // operator: key: values
}

// covers reports whether the statement speaks of a call on one of its
// resources. A Deny speaks of what its conditions may concern.
func (s Statement) covers(resource string, c Call) (bool, error) {
	if !slices.ContainsFunc(s.Actions, func(a string) bool { return like(a, c.Action) }) || !like(resource, c.Resource) {
		return false, nil
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			ok, err := holds(operator, values, c.Context[key])
			if err != nil || !ok {
				return false, err
			}
		}
	}
	return true, nil
}

// holds evaluates the operators that the stack writes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func holds(operator string, values, has []string) (bool, error) {
	any := func(v string) bool {
		return slices.ContainsFunc(values, func(pattern string) bool { return like(pattern, v) })
	}
	switch operator {
	case "ForAnyValue:StringLike":
		return slices.ContainsFunc(has, any), nil
	case "BoolIfExists":
		return len(has) == 0 || slices.ContainsFunc(has, any), nil
	case "StringEquals":
		return slices.ContainsFunc(has, func(v string) bool { return slices.Contains(values, v) }), nil
	}
	return false, fmt.Errorf("the operator %s is not known here: teach package rights what it means", operator)
}

// like is IAM's matching: * is any run of characters, ? is one.
func like(pattern, text string) bool {
	for len(pattern) > 0 {
		switch pattern[0] {
		case '*':
			rest := strings.TrimLeft(pattern, "*")
			for i := 0; i <= len(text); i++ {
				if like(rest, text[i:]) {
					return true
				}
			}
			return false
		case '?':
			if text == "" {
				return false
			}
		default:
			if text == "" || text[0] != pattern[0] {
				return false
			}
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}
