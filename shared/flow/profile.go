package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// ProfileView is an access profile with its resources in one connector.
type ProfileView struct {
	access.Profile
	Holds []directory.Resource
}

// ReadProfiles lists the access profiles that the actor could ask for in a
// connector: those of which every word names one resource, and the actor sees
// all of them. Whether policy allows each is decided when it is asked for.
func (h *House) ReadProfiles(ctx context.Context, by access.Actor, conn string) ([]ProfileView, error) {
	const op = "flow.ReadProfiles"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var words []string
	for _, x := range p.Profiles {
		words = append(words, x.Resources...)
	}
	known, err := r.wordsOf(ctx, words)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []ProfileView
	for _, x := range p.Profiles {
		if v, why := bundle(x, known); why == "" {
			out = append(out, v)
		}
	}
	return out, nil
}

// bundle gives a profile with its resources, or why it cannot be asked for.
func bundle(p access.Profile, known map[string][]directory.Resource) (ProfileView, string) {
	v := ProfileView{Profile: p}
	for _, word := range p.Resources {
		switch found := known[word]; len(found) {
		case 0:
			return v, word + ", which it names, is not there"
		case 1:
			if !slices.ContainsFunc(v.Holds, func(r directory.Resource) bool { return r.ID == found[0].ID }) {
				v.Holds = append(v.Holds, found[0])
			}
		default:
			return v, word + ", which it names, is in several workspaces; its id would say which"
		}
	}
	return v, ""
}

// wordsOf finds the resources that the actor sees by the words of profiles. All
// of a kind are read only where a name of that kind stands among the words.
func (r *realm) wordsOf(ctx context.Context, words []string) (map[string][]directory.Resource, error) {
	out := map[string][]directory.Resource{}
	add := func(word string, res directory.Resource) error {
		sees, err := r.sees(ctx, res)
		if sees {
			out[word] = append(out[word], res)
		}
		return err
	}
	names := map[directory.Kind][]string{}
	slices.Sort(words)
	for _, word := range slices.Compact(words) {
		switch {
		case strings.HasPrefix(word, "@"):
			names[directory.UserGroup] = append(names[directory.UserGroup], word)
			continue
		case strings.HasPrefix(word, "#"):
			names[directory.Channel] = append(names[directory.Channel], word)
			continue
		}
		res, err := r.s.h.Memory.Resource(ctx, r.conn.ID, word)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err == nil {
			err = add(word, res)
		}
		if err != nil {
			return nil, err
		}
	}
	for kind, wanted := range names {
		err := r.s.h.Memory.EachResource(ctx, r.conn.ID, kind, func(res directory.Resource) error {
			if word := access.Name(res); slices.Contains(wanted, word) {
				return add(word, res)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ofProfile are the resources of the access profile that an asking names. A
// profile that holds something which the actor does not see does not exist.
func (h *House) ofProfile(ctx context.Context, by access.Actor, a Asking) ([]string, error) {
	const op = "flow.ofProfile"
	if len(a.Resources) > 0 {
		return nil, fault.At(op, "profile", "ask for an access profile or for resources, not for both at once")
	}
	p, err := h.Memory.Policy(ctx, 0)
	if err != nil {
		return nil, err
	}
	r, err := h.realm(ctx, by, a.Connector)
	if err != nil {
		return nil, err
	}
	missing := fault.New(op, fault.NotFound, "there is no access profile %s that you could ask for", a.Profile)
	profile, ok := p.Profile(a.Profile)
	if !ok {
		return nil, missing
	}
	known, err := r.wordsOf(ctx, slices.Clone(profile.Resources))
	if err != nil {
		return nil, err
	}
	v, why := bundle(profile, known)
	if why != "" && r.manages() {
		return nil, fault.At(op, "profile", "the access profile %s cannot be asked for: %s", a.Profile, why)
	}
	if why != "" {
		return nil, missing
	}
	var out []string
	for _, res := range v.Holds {
		out = append(out, res.ID)
	}
	return out, nil
}

// ReadNamed lists the resources that the words of access profiles name, in all
// connectors that the actor sees, for checking a policy.
func (h *House) ReadNamed(ctx context.Context, by access.Actor, profiles []access.Profile) ([]directory.Resource, error) {
	const op = "flow.ReadNamed"
	realms, err := h.realms(ctx, by)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var out []directory.Resource
	for _, r := range realms {
		var words []string
		for _, p := range profiles {
			words = append(words, p.Resources...)
		}
		known, err := r.wordsOf(ctx, words)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		for _, found := range known {
			out = append(out, found...)
		}
	}
	return out, nil
}
