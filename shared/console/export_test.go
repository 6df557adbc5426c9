package console

import "github.com/ebb-access/ebb/shared/flow"

// Patterns are all routes, and which of them are there for who has not signed in.
func Patterns(h *flow.House) (patterns []string, open map[string]bool) {
	open = map[string]bool{}
	s := &server{house: h}
	for _, r := range s.routes() {
		patterns = append(patterns, r.pattern)
		open[r.pattern] = r.open
	}
	return patterns, open
}
