package slacktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// HandSubmit submits the upper modal and does what the app answers: errors,
// update, push, clear, or nothing, which closes it (docs.slack.dev, "Modals").
// Required inputs that are empty stop it before the app hears of it, as in
// Slack's client; View.Errors says where.
func (o *Org) HandSubmit(ctx context.Context, user string) (Answer, error) {
	address, p, id, err := o.submission(user)
	if err != nil || p == nil {
		return Answer{}, err
	}
	a, err := o.interaction(ctx, address, p)
	if err != nil {
		return a, err
	}
	return a, o.afterSubmit(user, id, a.Body)
}

func (o *Org) submission(user string) (string, reply, string, error) {
	defer o.lock()()
	u := mustHave(o.users, "user", user)
	v := o.top(user)
	if v == nil || v.Submit == "" {
		return "", nil, "", fmt.Errorf("slacktest: %s has nothing to submit", user)
	}
	v.Errors = map[string]string{}
	for _, e := range elementsOf(v.Blocks) {
		if e.input && !e.optional && e.empty(v.State[e.block][e.action]) {
			v.Errors[e.block] = "Please complete this required field."
		}
	}
	if len(v.Errors) > 0 {
		return "", nil, "", nil
	}
	p := o.payload("view_submission", u)
	p["view"], p["trigger_id"], p["response_urls"] = o.viewJSON(v), o.newTrigger(u.ID, o.teamOf(u).id, v.ID), []string{}
	return o.screens.urls.Interaction, p, v.ID, nil
}

func (o *Org) top(user string) *view {
	stack := o.screens.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return o.screens.views[stack[len(stack)-1]]
}

func (o *Org) afterSubmit(user, id string, body []byte) error {
	defer o.lock()()
	v := o.screens.views[id]
	if v == nil { // the app closed or replaced it meanwhile
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 || string(bytes.TrimSpace(body)) == "{}" {
		o.closeTop(user)
		return nil
	}
	var said struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	switch said.Action {
	case "clear":
		o.closeAll(user)
	case "errors":
		return o.showErrors(v, said.Errors)
	case "update", "push":
		return o.showNext(v, said.Action == "push", said.View)
	default:
		return fmt.Errorf("%w: response_action %q", ErrNoAnswer, said.Action)
	}
	return nil
}

// showErrors needs each to name an input of the view.
func (o *Org) showErrors(v *view, errors map[string]string) error {
	inputs := map[string]bool{}
	for _, e := range elementsOf(v.Blocks) {
		inputs[e.block] = inputs[e.block] || e.input
	}
	for block := range errors {
		if !inputs[block] {
			return fmt.Errorf("%w: an error for %q, which is no input block", ErrNoAnswer, block)
		}
	}
	if len(errors) == 0 {
		return fmt.Errorf("%w: errors without errors", ErrNoAnswer)
	}
	v.Errors = errors
	return nil
}

func (o *Org) showNext(v *view, push bool, raw json.RawMessage) error {
	next, problems := o.readView(onModal, raw)
	switch {
	case len(problems) > 0:
		return fmt.Errorf("%w: %v", ErrNoAnswer, problems)
	case push && len(o.screens.stacks[v.user]) >= stackLimit:
		return fmt.Errorf("%w: push_limit_reached", ErrNoAnswer)
	case push:
		o.show(next, v.user, v.team)
	default:
		o.replace(v, next)
	}
	return nil
}

// HandClose closes the upper modal, or with all the whole stack; the app is told
// when the view says notify_on_close (view_closed).
func (o *Org) HandClose(ctx context.Context, user string, all bool) (Answer, error) {
	o.mu.Lock()
	u := mustHave(o.users, "user", user)
	v := o.top(user)
	if v == nil {
		o.mu.Unlock()
		return Answer{}, fmt.Errorf("slacktest: %s has no modal open", user)
	}
	p := o.payload("view_closed", u)
	p["view"], p["is_cleared"] = o.viewJSON(v), all
	address := o.screens.urls.Interaction
	if all || v.ClearOnClose {
		o.closeAll(user)
	} else {
		o.closeTop(user)
	}
	o.mu.Unlock()
	if !v.NotifyOnClose {
		return Answer{}, nil
	}
	return o.interaction(ctx, address, p)
}
