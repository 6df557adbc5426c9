package window

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

var errChanged = errors.New("this was changed meanwhile; look again")

// act is a button or a menu in a message or on the home tab: the form names the
// element, and what was chosen.
func (w *window) act(rw http.ResponseWriter, r *http.Request, u slacktest.User) {
	var at slacktest.Spot
	err := json.Unmarshal([]byte(r.FormValue("spot")), &at)
	if err == nil {
		_, err = w.org.HandChoose(r.Context(), u.ID, at, instants(chosen(r, "value"))...)
	}
	back(rw, r, u, where(r), err)
}

// modal enters what the form holds, then does what its button says: submit,
// close, press=N or type=N, N being the element in the order of the view.
func (w *window) modal(rw http.ResponseWriter, r *http.Request, u slacktest.User) {
	back(rw, r, u, where(r), w.inModal(r, u))
}

func (w *window) inModal(r *http.Request, u slacktest.User) error {
	stack := w.org.Modals(u.ID)
	if len(stack) == 0 || stack[len(stack)-1].Hash != r.FormValue("hash") {
		return errChanged
	}
	v := stack[len(stack)-1]
	if r.FormValue("close") != "" {
		_, err := w.org.HandClose(r.Context(), u.ID, false)
		return err
	}
	elements := flat(w.view(v).Blocks)
	if err := w.enter(r, u, v, elements); err != nil {
		return err
	}
	if r.FormValue("submit") != "" {
		_, err := w.org.HandSubmit(r.Context(), u.ID)
		return err
	}
	return w.inElement(r.Context(), r, u, elements)
}

// enter gives each input what the form says, where that is something new.
func (w *window) enter(r *http.Request, u slacktest.User, v slacktest.View, elements []Element) error {
	for _, e := range elements {
		name := "e" + strconv.Itoa(e.N)
		if e.Kind == "button" || !r.Form.Has(name) && !r.Form.Has("had."+name) {
			continue
		}
		values := chosen(r, name)
		if e.Kind == "datetimepicker" {
			values = instants(values)
		}
		if slices.Equal(values, e.Values) {
			continue
		}
		if _, err := w.org.HandChoose(r.Context(), u.ID, e.Spot, values...); err != nil {
			return err
		}
		if after := w.org.Modals(u.ID); len(after) == 0 || after[len(after)-1].Hash != v.Hash {
			return nil // the app answered with another view
		}
	}
	return nil
}

func (w *window) inElement(ctx context.Context, r *http.Request, u slacktest.User, elements []Element) error {
	for _, e := range elements {
		n := strconv.Itoa(e.N)
		if r.FormValue("press") == n {
			_, err := w.org.HandPress(ctx, u.ID, e.Spot)
			return err
		}
		if r.FormValue("type") == n {
			_, err := w.org.HandType(ctx, u.ID, e.Spot, r.FormValue("typed"+n))
			return err
		}
	}
	return nil
}

// chosen are the values of a field, without empty ones.
func chosen(r *http.Request, name string) []string {
	_ = r.FormValue(name) // parses the form
	var out []string
	for _, v := range r.Form[name] {
		if strings.TrimSpace(v) != "" {
			out = append(out, v)
		}
	}
	return out
}
