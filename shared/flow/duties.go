package flow

import (
	"context"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// SetDuties says what a user may do in Ebb; their sessions end with it. A Super
// Administrator's act, who has just signed in where it is a person in a browser.
// Nobody changes their own duties, so one Super Administrator stays: of two who
// would take it from each other at once, one gets there. The same duties again
// change nothing.
func (h *House) SetDuties(ctx context.Context, by access.Actor, user string, duties []access.Duty) (access.User, error) {
	const op = "flow.SetDuties"
	if by.Service || !by.Is(access.SuperAdministrator) {
		return access.User{}, fault.New(op, fault.Forbidden, "changing what a person may do needs the duty super administrator")
	}
	if by.User.ID == user {
		return access.User{}, fault.New(op, fault.Invalid, "another super administrator has to change your duties")
	}
	if by.Stale(h.Now()) {
		return access.User{}, stale(op, "what a person may do is changed by who signed in within the last ten minutes")
	}
	duties, err := known(duties)
	if err != nil {
		return access.User{}, fault.Wrap(op, err)
	}
	var u access.User
	err = again(func() error {
		me, err := h.administrator(ctx, by)
		if err != nil {
			return err
		}
		if u, err = h.Memory.User(ctx, user); err != nil {
			return err
		}
		switch {
		case u.Ended:
			return fault.New(op, fault.Invalid, "this user has ended")
		case slices.Equal(u.Duties, duties):
			return nil
		}
		was := words(u.Duties)
		u.Duties = duties
		u, err = h.Memory.SaveUserBy(ctx, u, me, h.event("person/"+u.ID, "person.duties-changed", who(by), map[string]string{"was": was, "duties": words(duties)}))
		return err
	})
	return u, fault.Wrap(op, err)
}

// administrator is the actor as they are now, still Super Administrator.
func (h *House) administrator(ctx context.Context, by access.Actor) (access.User, error) {
	me, err := h.Memory.User(ctx, by.User.ID)
	if err == nil && (me.Ended || !me.Has(access.SuperAdministrator)) {
		err = fault.New("flow.administrator", fault.Forbidden, "you are not super administrator any more")
	}
	return me, err
}

// known puts duties into their order, each once. Everybody is a user.
func known(duties []access.Duty) ([]access.Duty, error) {
	var out []access.Duty
	for _, d := range access.Duties {
		if slices.Contains(duties, d) {
			out = append(out, d)
		}
	}
	for _, d := range duties {
		if !slices.Contains(out, d) {
			return nil, fault.At("flow.duties", "duties", "there is no duty %q", string(d))
		}
	}
	if len(out) == 0 {
		out = []access.Duty{access.Ordinary}
	}
	return out, nil
}

// stale is the refusal that ends with a new sign-in.
func stale(op, why string) error {
	return &fault.Error{Op: op, Kind: fault.Forbidden, Code: FreshSignIn, Text: why + "; sign in anew, then do it"}
}
