// Package contract owns the judgment whether a request keeps to the API's
// contract: route, ids, query parameters, headers and body. What the contract
// forbids is refused here, with the field and what it takes, and never reaches
// a handler.
//
// contract.gen.go is ../openapi.yaml as a table of Go values, which costs a
// starting process nothing: reading the document itself took 40 ms, most of a
// Lambda's cold start. The table knows the part of OpenAPI that our requests
// use, and the generator refuses any other. A test sends thousands of requests
// through this package and through kin-openapi, which reads the document, and
// no request may be let through here that is refused there.
//
// It repeats no value of a request in an error (one may be a token), decides
// nothing about people, and knows no other package of the house than fault.
package contract

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/ebb-access/ebb/shared/fault"
)

//go:generate go run ./gen ../openapi.yaml contract.gen.go

// Operation is what one method of one address takes.
type Operation struct {
	Method string
	Path   string // with {parameters}
	Params []Param
	Body   *Body // nil: a body is passed over
}

// In is where a parameter stands.
type In uint8

// The places of parameters.
const (
	Path In = iota + 1
	Query
	Header
)

// Param is one parameter.
type Param struct {
	Name     string
	In       In
	Required bool
	Schema   *Schema
}

// Body is what a body may be, by its media type.
type Body struct {
	Required bool
	Kinds    []Kind
}

// Kind is a media type with its schema. What is not JSON is one text.
type Kind struct {
	Type   string
	Schema *Schema
}

// Type of a value.
type Type uint8

// The types that requests use.
const (
	String Type = iota + 1
	Integer
	Boolean
	Array
	Object // closed: fields that are not named are refused
)

// Schema is what a value has to be. A zero limit is none.
type Schema struct {
	Type Type

	MinLength, MaxLength int // characters
	Pattern              string
	Enum                 []string
	Time                 bool // RFC 3339

	Least, Most       int64
	HasLeast, HasMost bool

	Items              *Schema
	MinItems, MaxItems int
	Unique             bool

	Fields []Field
}

// Field is a property of an object.
type Field struct {
	Name     string
	Required bool
	Schema   *Schema
}

// NoSuchAddress and NoSuchMethod are the codes of what Find does not find.
const (
	NoSuchAddress = "no_such_address"
	NoSuchMethod  = "no_such_method"
)

// Find gives the operation that a request asks for, and the parameters in its
// path. Segments are told apart before they are decoded, so that a %2F stays
// within one.
func Find(r *http.Request) (*Operation, map[string]string, error) {
	const op = "contract.Find"
	known := false
	for i := range operations {
		o := &operations[i]
		values, ok := o.match(r.URL.EscapedPath())
		if ok && o.Method == r.Method {
			return o, values, nil
		}
		known = known || ok
	}
	if known {
		return nil, nil, &fault.Error{Op: op, Kind: fault.Invalid, Code: NoSuchMethod, Text: "this address does not take " + method(r.Method) + "; the contract lists what it takes"}
	}
	return nil, nil, &fault.Error{Op: op, Kind: fault.NotFound, Code: NoSuchAddress, Text: "there is no such address; all of them begin with /v1/"}
}

// method is one that HTTP names, so that no word of the caller's comes back.
func method(m string) string {
	for _, known := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions} {
		if m == known {
			return m
		}
	}
	return "this method"
}

// match compares segment by segment; a parameter takes one that is not empty.
func (o *Operation) match(path string) (map[string]string, bool) {
	values := map[string]string{}
	want := o.Path
	for {
		var a, b string
		var more, also bool
		a, want, more = strings.Cut(want, "/")
		b, path, also = strings.Cut(path, "/")
		text, err := url.PathUnescape(b)
		if more != also || err != nil {
			return nil, false
		}
		if name, ok := strings.CutPrefix(a, "{"); ok && text != "" {
			values[strings.TrimSuffix(name, "}")] = text
		} else if a != text {
			return nil, false
		}
		if !more {
			return values, true
		}
	}
}

// patterns are compiled with their first use.
var patterns sync.Map

func matches(pattern, text string) bool {
	compiled, ok := patterns.Load(pattern)
	if !ok {
		compiled, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return compiled.(*regexp.Regexp).MatchString(text)
}
