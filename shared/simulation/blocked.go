package simulation

import (
	"context"
	"maps"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
)

// What may keep access in place that should go, without being Ebb's fault.

// blocked says what is in the way of a removal that nobody but people can clear,
// "" when nothing is.
func (l *ledger) blocked(p pair) string {
	w := l.w
	name := w.names[p.resource]
	if isTeam(p.resource) {
		switch {
		case !w.authorized():
			return "the connector has no token that works"
		case w.org.User(p.account).Deleted:
			return "the account is deactivated"
		case l.at(p).in:
			return "a person has to take the admin's role away"
		}
		return ""
	}
	if parent := (pair{w.ids["ops"], p.account}); name == "war" && (l.takes(parent) || l.at(parent).unclear) && l.follows(p) {
		if why := l.blocked(parent); why != "" {
			return "in its user group " + why // a default channel goes after its group
		}
	}
	switch {
	case w.org.User(p.account).Deleted:
		return "the account is deactivated"
	case len(w.windows) > 0 && slices.ContainsFunc(w.windows, func(x window) bool { return x.until.After(w.now()) }):
		return "Slack or the table is out of order"
	case !w.authorized():
		return "the connector has no token that works"
	case isGroup(p.resource) && w.org.Group(p.resource).Disabled:
		return "the user group is disabled"
	case !isGroup(p.resource) && !w.holds(p.resource, w.bot()):
		return "the bot is not in the channel"
	case isGroup(p.resource) && l.alone(p.resource) && !slices.ContainsFunc(w.rules(name, w.now(), w.now()), func(r rule) bool {
		return w.truth.ruled(p.resource) && (r.empty == "disable" || r.empty == "keep" && w.names[p.account] != "bob" && !w.org.User(w.ids["bob"]).Deleted && !l.ended(pair{p.resource, w.ids["bob"]}))
	}):
		return "it is the last member"
	}
	return ""
}

// ended reports whether a person has said that somebody's access is to go: then policy
// keeps them no more.
func (l *ledger) ended(p pair) bool {
	return slices.ContainsFunc(l.grantsOn(p), func(g access.Grant) bool { return g.Origin != "" && live(g) })
}

// follows reports whether what keeps access open came with a user group that is not
// over: its end may have been moved by itself, and it still goes after the group, for
// a write to the group would bring it back.
func (l *ledger) follows(p pair) bool {
	end := l.endOf(p)
	return slices.ContainsFunc(l.grantsOn(p), func(g access.Grant) bool {
		parent, ok := l.w.grants[g.Parent]
		return ok && live(g) && live(parent) && (g.End.Equal(end) || g.Trouble.Code == "group")
	})
}

// ruled reports whether somebody is to leave a resource under a rule of policy, which
// says what happens at the last member. What a person has removed has no rule.
func (l *ledger) ruled(r string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(l.w.grants)), func(g access.Grant) bool {
		return g.Resource == r && g.Origin == "" && live(g) && !g.End.After(l.w.now())
	})
}

// alone reports whether nobody would be left in a group without those whom we
// are to take out.
func (l *ledger) alone(r string) bool {
	for _, a := range l.members[r] {
		p := pair{r, a}
		ours := l.takes(p)
		if !ours && !l.w.org.User(a).Deleted {
			return false
		}
		if ours && l.endOf(p).After(l.w.now()) {
			return false
		}
	}
	return true
}

// takes reports whether a pair is ours to take out. Who is in by a removal that our
// list undid, and had a grant since, is: the edit said what stands without. So may
// be whom a hand added while a grant was open.
func (l *ledger) takes(p pair) bool {
	h := l.at(p)
	return h.ours || (h.lost && !h.theirs || h.unclear) && l.covered(p)
}

// loud reports whether somebody hears what keeps a grant from its end. What came
// with a user group waits for that one, which says why.
func (w *World) loud(g access.Grant) bool {
	if parent, ok := w.grants[g.Parent]; ok && g.Trouble.Code == "group" {
		g = parent
	}
	return g.NeedsAttention(w.now()) || g.Trouble.Dormant
}

// authorized reports whether the tokens that Ebb holds still work in Slack.
func (w *World) authorized() bool {
	t, err := tokens{w.vault}.Tokens(context.Background(), w.conn)
	return err == nil && w.org.TokenWorks(t.User) && w.org.TokenWorks(t.Bot)
}
