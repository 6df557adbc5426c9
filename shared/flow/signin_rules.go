package flow

import (
	"context"
	"fmt"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// SetSignInRules says by what people may be known at their first sign-in. A
// Super Administrator's act. Setting what is set already changes nothing.
func (h *House) SetSignInRules(ctx context.Context, by access.Actor, byEmail bool) (access.SignInRules, error) {
	const op = "flow.SetSignInRules"
	if by.Service || !by.Is(access.SuperAdministrator) {
		return access.SignInRules{}, fault.New(op, fault.Forbidden, "saying how people sign in needs the duty super administrator")
	}
	if by.Stale(h.Now()) {
		return access.SignInRules{}, stale(op, "how people sign in is changed by who signed in within the last ten minutes")
	}
	var rules access.SignInRules
	err := again(func() error {
		var err error
		if rules, err = h.Memory.SignInRules(ctx); err != nil || rules.ByEmail == byEmail {
			return err
		}
		rules.ByEmail = byEmail
		rules, err = h.Memory.SaveSignInRules(ctx, rules, h.event("signin", "signin.rules-set", who(by), map[string]string{"by-email": fmt.Sprint(byEmail)}))
		return err
	})
	return rules, fault.Wrap(op, err)
}

// ReadSignInRules gives them to auditors and administrators.
func (h *House) ReadSignInRules(ctx context.Context, by access.Actor) (access.SignInRules, error) {
	const op = "flow.ReadSignInRules"
	eye, err := h.sight(by)
	if err == nil && !eye.oversees() {
		err = fault.New(op, fault.Forbidden, "reading how people sign in needs the duty auditor or integration administrator")
	}
	if err != nil {
		return access.SignInRules{}, fault.Wrap(op, err)
	}
	rules, err := h.Memory.SignInRules(ctx)
	return rules, fault.Wrap(op, err)
}

// refusedSignIn records a refused sign-in, so many in an hour: whoever knocks all
// day fills no audit. That it is not recorded refuses nobody less.
func (h *House) refusedSignIn(ctx context.Context, means access.Means, why error) {
	err := again(func() error {
		r, err := h.Memory.Refusals(ctx, h.Now().Truncate(access.RefusalSpan))
		if err != nil || r.N > access.MostRefusals {
			return err
		}
		action := "signin.refused"
		if r.N++; r.N > access.MostRefusals {
			action = "signin.refused-often"
		}
		return h.Memory.SaveRefusals(ctx, r, h.event("signin", action, "nobody", map[string]string{
			"means": string(means), "kind": string(fault.KindOf(why)), "code": fault.CodeOf(why),
		}))
	})
	if err != nil {
		h.log().Warn("refused sign-in", "error", err)
	}
}
