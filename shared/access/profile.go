package access

import (
	"slices"

	"github.com/ebb-access/ebb/shared/directory"
)

// Profile is an access profile: resources that are asked for as one. It gives
// nothing by itself; each resource has its own decision.
type Profile struct {
	ID        string
	Line      int // in the document, 1 is the first
	Label     string
	Resources []string // ids, handles with @, channels with #; 1 to MaxItems
}

// Profile finds an access profile by its id.
func (p Policy) Profile(id string) (Profile, bool) {
	i := slices.IndexFunc(p.Profiles, func(x Profile) bool { return x.ID == id })
	if i < 0 || id == "" {
		return Profile{}, false
	}
	return p.Profiles[i], true
}

// Room reports whether people may be asked for decisions in a channel: one that
// is open, and of the organization alone.
func Room(r directory.Resource) bool {
	return r.Kind == directory.Channel && r.Visible() && !r.Shared
}

// Named reports whether a word of an access profile, an id or a name with its
// sign, means the resource.
func Named(word string, r directory.Resource) bool {
	named := r.Kind == directory.UserGroup || r.Kind == directory.Channel
	return word == r.ID || named && word == Name(r)
}
