package policyfile

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
)

// emergency reads who may skip the approvers of a rule.
func (r *reader) emergency(n *yaml.Node, path string) access.Emergency {
	var e access.Emergency
	r.object(n, path, map[string]field{
		"requesters": {true, func(n *yaml.Node, p string) { e.Requesters = r.who(n, p, true) }},
		"max":        {true, func(n *yaml.Node, p string) { e.Max = r.span(n, p, access.Longest) }},
		"confirm":    {false, func(n *yaml.Node, p string) { e.Confirm = r.who(n, p, false) }},
		"within":     {false, func(n *yaml.Node, p string) { e.Within = r.span(n, p, LongestWait) }},
	})
	return e
}

// longEmergency is the longest emergency without a warning: it is there to help
// until somebody can decide.
const longEmergency = longAuto

// emergency finds emergencies that are none, or that nobody could confirm.
func (c *checker) emergency(i int, r access.Rule) {
	e := r.Emergency
	if e.Max <= 0 {
		return
	}
	if e.Max > longEmergency {
		c.warning(i, "emergency.max", "is %s without anybody's decision; an emergency lasts until somebody can decide", access.Span(e.Max))
	}
	confirm := r.Confirmers().Approvers
	if onlyAccounts(confirm) && len(confirm.Accounts) == 1 && mayBe(confirm.Accounts[0], e.Requesters) {
		c.warning(i, "emergency.confirm", "only %s confirms, and nobody confirms their own emergency: name somebody else too", confirm.Accounts[0])
	}
}

// mayBe reports whether the account is, or may be, among the people.
func mayBe(account string, w access.Who) bool {
	return w.Anyone || slices.Contains(w.Accounts, account)
}
