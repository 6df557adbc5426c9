package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/ebb-access/ebb/shared/fault"
)

const op = "contract.Check"

// Check judges a request of an operation, whose path holds these values. It
// reads the body and puts it back. The error is fault.Invalid with the field,
// or the reader's own.
func (o *Operation) Check(r *http.Request, path map[string]string) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(op, fault.Invalid, "the query cannot be read; encode what you send in it")
	}
	for _, p := range o.Params {
		if err := p.check(r, path, query); err != nil {
			return err
		}
	}
	// A filter that was misspelled would show too much.
	for name := range query {
		if !o.knows(name) {
			return fault.At(op, name, "there is no such query parameter here")
		}
	}
	if o.Body == nil {
		return nil
	}
	return o.Body.check(r)
}

func (o *Operation) knows(name string) bool {
	for _, p := range o.Params {
		if p.In == Query && p.Name == name {
			return true
		}
	}
	return false
}

func (p Param) check(r *http.Request, path map[string]string, query url.Values) error {
	var values []string
	switch p.In {
	case Path:
		values = []string{path[p.Name]}
	case Query:
		values = query[p.Name]
	case Header:
		values = r.Header.Values(p.Name)
	}
	switch {
	case len(values) > 1:
		return fault.At(op, p.Name, "send it once")
	case len(values) == 0 && p.Required:
		return fault.At(op, p.Name, "this is missing")
	case len(values) == 0:
		return nil
	}
	return p.Schema.check(p.Name, p.Schema.read(values[0]))
}

// read makes the text of a parameter the value that JSON would give.
func (s *Schema) read(text string) any {
	switch s.Type {
	case Integer:
		return json.Number(text)
	case Boolean:
		if yes, err := strconv.ParseBool(text); err == nil {
			return yes
		}
	}
	return text
}

// check reads a body that is of a known type.
func (b *Body) check(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if len(body) == 0 && !b.Required {
		return nil
	}
	if len(body) == 0 {
		return fault.New(op, fault.Invalid, "the body is missing; send what the contract describes")
	}
	given, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	for _, k := range b.Kinds {
		if err == nil && k.Type == given {
			return k.check(body)
		}
	}
	return fault.At(op, "Content-Type", "send a body of the type that the contract names, such as %s", b.Kinds[0].Type)
}

func (k Kind) check(body []byte) error {
	if k.Type != "application/json" {
		return k.Schema.check("", string(body))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return fault.New(op, fault.Invalid, "the body cannot be read; send what the contract describes")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(op, fault.Invalid, "the body goes on after its value; send one value")
	}
	return k.Schema.check("", value)
}

// check judges a value, which stands at a field ("": the body as a whole).
func (s *Schema) check(field string, value any) error {
	no := func(format string, args ...any) error { return fault.At(op, field, format, args...) }
	switch s.Type {
	case String:
		text, ok := value.(string)
		if !ok {
			return no("this has to be a text")
		}
		return s.text(text, no)
	case Integer:
		n, ok := value.(json.Number)
		if !ok {
			return no("this has to be a whole number")
		}
		return s.number(string(n), no)
	case Boolean:
		if _, ok := value.(bool); !ok {
			return no("this has to be true or false")
		}
		return nil
	case Array:
		list, ok := value.([]any)
		if !ok {
			return no("this has to be a list")
		}
		return s.list(field, list, no)
	case Object:
		object, ok := value.(map[string]any)
		if !ok {
			return no("this has to be an object")
		}
		return s.object(field, object, no)
	}
	return no("the contract says nothing of this")
}

func below(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

func (s *Schema) number(text string, no func(string, ...any) error) error {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return no("this has to be a whole number")
	case s.HasLeast && n < s.Least:
		return no("this has to be at least %d", s.Least)
	case s.HasMost && n > s.Most:
		return no("this has to be at most %d", s.Most)
	}
	return nil
}

func (s *Schema) list(field string, list []any, no func(string, ...any) error) error {
	switch n := len(list); {
	case n < s.MinItems:
		return no("this needs at least %d", s.MinItems)
	case s.MaxItems > 0 && n > s.MaxItems:
		return no("this takes at most %d", s.MaxItems)
	}
	seen := map[string]bool{}
	for i, value := range list {
		if err := s.Items.check(below(field, strconv.Itoa(i)), value); err != nil {
			return err
		}
		if key := fmt.Sprint(value); s.Unique && seen[key] {
			return no("one is named twice")
		} else {
			seen[key] = true
		}
	}
	return nil
}

func (s *Schema) object(field string, object map[string]any, no func(string, ...any) error) error {
	known := 0
	for _, f := range s.Fields {
		value, ok := object[f.Name]
		if !ok && f.Required {
			return fault.At(op, below(field, f.Name), "this is missing")
		}
		if !ok {
			continue
		}
		known++
		if err := f.Schema.check(below(field, f.Name), value); err != nil {
			return err
		}
	}
	if known < len(object) {
		return no("there is a field here that the contract does not name; it names %s", s.names())
	}
	return nil
}
