package access

import "github.com/ebb-access/ebb/shared/directory"

// View is one complete read of a resource in Slack: its settings as they are
// now and everybody who holds it. There is no View of a failed or short read.
type View struct {
	Resource directory.Resource
	Members  []string // account ids, in Slack's order
	Date     int64    // a user group's date_update, Unix seconds; 0: not told
}

// Set gives the members as a set.
func (v View) Set() map[string]bool {
	m := make(map[string]bool, len(v.Members))
	for _, a := range v.Members {
		m[a] = true
	}
	return m
}

// Refused is an account that Slack refused within a call that did the rest.
type Refused struct {
	Account string
	Code    string
	Text    string
}
