package console

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// visit is one call of a page by somebody.
type visit struct {
	s  *server
	w  http.ResponseWriter
	r  *http.Request
	by access.Actor // the zero Actor, which may do nothing, on open pages
}

// page serves one route: who asks is found first, then the page is made whole
// or its error is shown.
func (s *server) page(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		v := &visit{s: s, w: w, r: req}
		by, known, err := s.actor(req)
		if err != nil {
			v.fail(err)
			return
		}
		v.by = by
		if !known && !r.open {
			v.toSignIn()
			return
		}
		if req.Method == http.MethodPost {
			if err := req.ParseForm(); err != nil {
				v.fail(unreadable(err))
				return
			}
		}
		if err := r.serve(v); err != nil {
			v.fail(err)
		}
	})
}

func unreadable(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return fault.New("console", fault.Invalid, "a form has at most %d bytes", MostBytes)
	}
	return fault.New("console", fault.Invalid, "the form cannot be read; load the page again and send it once more")
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// now is the house's clock.
func (v *visit) now() time.Time { return v.s.house.Now() }

// path is a part of the route's pattern.
func (v *visit) path(name string) string { return v.r.PathValue(name) }

// field is a form's field, or of a page's query, without the spaces around it.
func (v *visit) field(name string) string {
	if v.r.Method == http.MethodPost {
		return strings.TrimSpace(v.r.PostForm.Get(name))
	}
	return strings.TrimSpace(v.r.URL.Query().Get(name))
}

// fields is all of a field that stands there several times.
func (v *visit) fields(name string) []string {
	var out []string
	from := v.r.URL.Query()
	if v.r.Method == http.MethodPost {
		from = v.r.PostForm
	}
	for _, s := range from[name] {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// show writes a page whole or not at all. name is the template's, page its
// struct with the Frame.
func (v *visit) show(name string, page any) error { return v.showAs(http.StatusOK, name, page) }

func (v *visit) showAs(status int, name string, page any) error {
	var b bytes.Buffer
	if err := templates[name].Execute(&b, page); err != nil {
		return fault.Wrap("console.show", err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes())
	return nil
}

// showPart writes a part of a page alone, for a script that puts it in its place.
func (v *visit) showPart(name, part string, data any) error {
	var b bytes.Buffer
	if err := templates[name].ExecuteTemplate(&b, part, data); err != nil {
		return fault.Wrap("console.show", err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = v.w.Write(b.Bytes())
	return nil
}

// to sends the browser to one of our own pages, with a sentence that the next
// page says ("": none).
func (v *visit) to(path, said string) error {
	if said != "" {
		v.say(said)
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// done is what a form answers that did its work or failed: what failed is said
// on an error page that leads back.
func (v *visit) done(err error, path, said string) error {
	if fault.Is(err, fault.Already) {
		err = nil
	}
	if err != nil {
		return err
	}
	return v.to(path, said)
}

// masked hides that there is something which the reader may not even see: a form
// answers then as its page does.
func masked(err error, read func() error) error {
	if !fault.Is(err, fault.Forbidden, fault.Invalid) {
		return err
	}
	if hidden := read(); fault.Is(hidden, fault.NotFound) {
		return hidden
	}
	return err
}

// toSignIn sends who is not known to the page where one signs in, and remembers
// where they wanted to go.
func (v *visit) toSignIn() {
	to := "/signin"
	if v.r.Method == http.MethodGet && v.r.URL.Path != "/" {
		to += "?" + url.Values{"to": {v.r.URL.RequestURI()}}.Encode()
	}
	if v.r.Header.Get("HX-Request") != "" { // a part of a page cannot show it
		v.w.Header().Set("HX-Redirect", to)
		v.w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// ours makes a path that somebody gives one of our own, or "/".
func ours(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
