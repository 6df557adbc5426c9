package flow

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// What finding costs at most, whatever the company's size: hints that are looked
// at, resources that are read, and, where few were found by their words, resources
// that are looked through for the middle of one.
const (
	mostHints   = 500
	mostFound   = 20
	fewFound    = 5
	mostScanned = 2000
)

// Found is a resource that one can ask for. Workspace is the name of its
// workspace, where the connector has several. Allowed: policy lets the actor have
// it for some time.
type Found struct {
	directory.Resource
	Workspace string
	Allowed   bool
}

// Find gives up to twenty user groups and channels whose name one is typing, those
// that policy allows first. "@" and "#" say which kind. What the actor may not see
// is not found.
func (h *House) Find(ctx context.Context, by access.Actor, conn, typed string) ([]Found, error) {
	const op = "flow.Find"
	r, err := h.realm(ctx, by, conn)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	f := finder{r: r, typed: strings.ToLower(strings.TrimSpace(typed)), seen: map[string]bool{}}
	switch {
	case strings.HasPrefix(f.typed, "@"):
		f.kind = directory.UserGroup
	case strings.HasPrefix(f.typed, "#"):
		f.kind = directory.Channel
	}
	f.typed = strings.TrimLeft(f.typed, "@#")
	if err := f.byWords(ctx); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if len(f.out) < fewFound && f.typed != "" {
		if err := f.byMiddle(ctx); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	slices.SortStableFunc(f.out, func(a, b Found) int {
		switch {
		case a.Allowed == b.Allowed:
			return strings.Compare(a.Name, b.Name)
		case a.Allowed:
			return -1
		}
		return 1
	})
	return f.out, nil
}

// finder gathers what one may ask for.
type finder struct {
	r     *realm
	typed string
	kind  directory.Kind
	seen  map[string]bool
	out   []Found
}

func (f *finder) byWords(ctx context.Context) error {
	var hints []directory.Resource
	looked := 0
	err := f.r.s.h.Memory.ResourcesNamed(ctx, f.r.conn.ID, f.typed, func(res directory.Resource) error {
		if looked++; looked > mostHints || len(hints) == 2*mostFound {
			return errEnough
		}
		if f.seen[res.ID] || f.kind != "" && res.Kind != f.kind {
			return nil
		}
		f.seen[res.ID] = true
		// Owners are not in a hint; whoever owns a private channel and is not in
		// it finds it by its whole name only where policy lets them ask.
		if ok, err := f.r.sees(ctx, res); err != nil || !ok {
			return err
		}
		hints = append(hints, res)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	for _, hint := range hints {
		res, err := f.r.s.h.Memory.Resource(ctx, f.r.conn.ID, hint.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err == nil {
			err = f.take(ctx, res)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// byMiddle looks through the resources of a company that has not too many.
func (f *finder) byMiddle(ctx context.Context) error {
	looked := 0
	err := f.r.s.h.Memory.EachResource(ctx, f.r.conn.ID, f.kind, func(res directory.Resource) error {
		if looked++; looked > mostScanned {
			return errEnough
		}
		if f.seen[res.ID] {
			return nil
		}
		f.seen[res.ID] = true
		return f.take(ctx, res)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return err
}

// take keeps a resource as it is now, when it fits and is seen.
func (f *finder) take(ctx context.Context, res directory.Resource) error {
	words := []string{res.Name, res.Title}
	if res.Kind == directory.Workspace {
		words = append(words, "admin of "+res.Name)
	}
	grantable := res.Kind == directory.UserGroup || res.Kind == directory.Channel || res.Kind == directory.Workspace
	if len(f.out) == mostFound || !grantable || !res.Visible() || !fits(f.typed, res.ID, words...) {
		return nil
	}
	ok, err := f.r.sees(ctx, res)
	if err != nil || !ok {
		return err
	}
	x := Found{Resource: res}
	if x.Allowed, err = f.r.mayRequest(ctx, res); err != nil {
		return err
	}
	if res.Kind == directory.Workspace {
		if !x.Allowed {
			return nil // everybody sees it, and hardly anybody asks to administer it
		}
		x.Name = "admin of " + res.Name
	}
	if len(f.r.conn.Workspaces) > 1 {
		w, err := f.r.look(ctx, res.Workspace)
		if err != nil {
			return err
		}
		x.Workspace = w.Name
	}
	f.out = append(f.out, x)
	return nil
}
