package audit

import (
	"maps"
	"slices"
	"strings"
)

// people are the fields of events that hold ids of users and accounts.
var people = []string{"account", "subject", "requester", "approver", "user", "by", "for", "from", "to", "was"}

// longestWord keeps what is no id from leading anywhere.
const longestWord = 80

// Words are what an event is found by: "who U1" for everybody who has to do with
// it, by the ids of users and accounts, "what S1" for its resource, and "did
// grant.active" for what happened.
func Words(e Event) []string {
	words := map[string]bool{}
	add := func(kind, id string) {
		if id != "" && id != "ebb" && len(id) <= longestWord {
			words[kind+" "+id] = true
		}
	}
	add("did", e.Action)
	add("who", e.Actor)
	for _, f := range people {
		for _, id := range strings.Fields(e.Data[f]) {
			add("who", id)
		}
	}
	switch kind, id, _ := strings.Cut(e.Aggregate, "/"); kind {
	case "person":
		add("who", id)
	case "resource":
		_, res, _ := strings.Cut(id, "/")
		add("what", res)
	}
	add("what", e.Data["resource"])
	return slices.Sorted(maps.Keys(words))
}
