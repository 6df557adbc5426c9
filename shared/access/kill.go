package access

import (
	"fmt"
	"time"
)

// Target names what a kill switch ends: everything of a person (User, or one
// Account of a connector), of a Resource of a connector, or what a policy gave
// (a Rule, a Version, or a rule as it stood in a version). The zero Target
// names nothing.
type Target struct {
	User      string
	Connector string
	Account   string
	Resource  string
	Rule      string
	Version   int64 // 0: any
}

// Kind says in a word what is named; "" where it is not exactly one thing.
func (t Target) Kind() string {
	var out []string
	add := func(yes bool, word string) {
		if yes {
			out = append(out, word)
		}
	}
	add(t.User != "", "user")
	add(t.Account != "", "account")
	add(t.Resource != "", "resource")
	add(t.Rule != "" || t.Version > 0, "policy")
	placed := (t.Account != "" || t.Resource != "") == (t.Connector != "")
	if len(out) != 1 || !placed || t.Version < 0 {
		return ""
	}
	return out[0]
}

// Holds reports whether a grant is the target's; accounts are those of User.
func (t Target) Holds(g Grant, accounts []Ref) bool {
	switch t.Kind() {
	case "user":
		return has(accounts, g.Connector, g.Account)
	case "account":
		return g.Connector == t.Connector && g.Account == t.Account
	case "resource":
		return g.Connector == t.Connector && g.Resource == t.Resource
	case "policy":
		return t.gave(g.Rule, g.PolicyVersion)
	}
	return false
}

// Asks reports whether a waiting item of a request is the target's: a person's
// is what they ask for, for whomever, and what others ask for them.
func (t Target) Asks(r Request, it Item, accounts []Ref) bool {
	switch t.Kind() {
	case "user":
		return r.Requester == t.User || has(accounts, r.Connector, r.By) || has(accounts, r.Connector, r.Subject)
	case "account":
		return r.Connector == t.Connector && (r.By == t.Account || r.Subject == t.Account)
	case "resource":
		return r.Connector == t.Connector && it.Resource == t.Resource
	case "policy":
		return t.gave(it.Rule, it.PolicyVersion)
	}
	return false
}

func (t Target) gave(rule string, version int64) bool {
	return (t.Rule == "" || t.Rule == rule) && (t.Version == 0 || t.Version == version)
}

// Data is the target in an event.
func (t Target) Data() map[string]string {
	out := map[string]string{"user": t.User, "connector": t.Connector, "account": t.Account, "resource": t.Resource, "rule": t.Rule}
	if t.Version > 0 {
		out["version"] = fmt.Sprint(t.Version)
	}
	return out
}

func has(refs []Ref, conn, account string) bool {
	for _, r := range refs {
		if r.Connector == conn && r.Account == account {
			return true
		}
	}
	return false
}

// Kill is a kill switch that was pressed. Whatever of its target lived at At, or
// was asked for until then, ends. Why is a text beside it.
type Kill struct {
	ID       string
	Target   Target
	By       string // user id
	At       time.Time
	Grants   int       // live ones that it found
	Requests int       // waiting ones
	Next     time.Time // when it goes on; zero: it is done
	Done     time.Time // everything was turned to its end
	Rev      int64
}

// Text names the text beside it that says why.
func (k Kill) Text() string { return "kill/" + k.ID }
