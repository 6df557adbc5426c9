package main

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// schemas writes those that were named, and those that they name.
func (w *writer) schemas(spec *openapi3.T) error {
	done := map[string]bool{}
	for len(done) < len(w.named) {
		for _, name := range slices.Sorted(maps.Keys(w.named)) {
			if done[name] {
				continue
			}
			done[name] = true
			w.print("\nvar schema%s = ", name)
			if err := w.literal(spec.Components.Schemas[name].Value); err != nil {
				return fmt.Errorf("schema %s: %w", name, err)
			}
			w.print("\n")
		}
	}
	return nil
}

// schema names a schema, or spells it where it has no name.
func (w *writer) schema(s *openapi3.SchemaRef) error {
	if s.Ref == "" {
		return w.literal(s.Value)
	}
	name := path.Base(s.Ref)
	w.named[name] = true
	w.print("schema%s", name)
	return nil
}

// known is a schema with nothing but what package contract judges, and what is
// said for people.
func known(s *openapi3.Schema) error {
	rest := *s
	rest.Type, rest.Format, rest.Enum, rest.Pattern, rest.MinLength, rest.MaxLength = nil, "", nil, "", 0, nil
	rest.Min, rest.Max, rest.Items, rest.MinItems, rest.MaxItems, rest.UniqueItems = nil, nil, nil, 0, nil, false
	rest.Properties, rest.Required, rest.AdditionalProperties = nil, nil, openapi3.AdditionalProperties{}
	rest.Title, rest.Description, rest.Example, rest.Default, rest.Extensions, rest.Origin = "", "", nil, nil, nil, nil
	raw, err := rest.MarshalJSON()
	if err != nil || string(raw) != "{}" {
		return fmt.Errorf("package contract does not know %s (%v)", raw, err)
	}
	return nil
}

func (w *writer) literal(s *openapi3.Schema) error {
	if err := known(s); err != nil {
		return err
	}
	switch {
	case s.Type.Is("string"):
		return w.text(s)
	case s.Type.Is("integer"):
		w.print("&Schema{Type: Integer")
		w.limit("Least", s.Min)
		w.limit("Most", s.Max)
		w.print("}")
		return nil
	case s.Type.Is("boolean"):
		w.print("&Schema{Type: Boolean}")
		return nil
	case s.Type.Is("array"):
		return w.list(s)
	case s.Type.Is("object"):
		return w.object(s)
	}
	return fmt.Errorf("package contract does not know the type %v", s.Type)
}

func (w *writer) limit(name string, v *float64) {
	if v != nil {
		w.print(", %s: %d, Has%s: true", name, int64(*v), name)
	}
}

func (w *writer) text(s *openapi3.Schema) error {
	if s.Format != "" && s.Format != "date-time" {
		return fmt.Errorf("package contract does not know the format %s", s.Format)
	}
	w.print("&Schema{Type: String")
	if s.MinLength > 0 {
		w.print(", MinLength: %d", s.MinLength)
	}
	if s.MaxLength != nil {
		w.print(", MaxLength: %d", *s.MaxLength)
	}
	if s.Pattern != "" {
		w.print(", Pattern: %q", s.Pattern)
	}
	if s.Format != "" {
		w.print(", Time: true")
	}
	if s.Enum != nil {
		w.print(", Enum: []string{")
		for _, v := range s.Enum {
			w.print("%q, ", v)
		}
		w.print("}")
	}
	w.print("}")
	return nil
}

func (w *writer) list(s *openapi3.Schema) error {
	w.print("&Schema{Type: Array, Unique: %t, MinItems: %d", s.UniqueItems, s.MinItems)
	if s.MaxItems != nil {
		w.print(", MaxItems: %d", *s.MaxItems)
	}
	w.print(", Items: ")
	err := w.schema(s.Items)
	w.print("}")
	return err
}

func (w *writer) object(s *openapi3.Schema) error {
	if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
		return fmt.Errorf("an object of a request has to be closed (additionalProperties: false)")
	}
	w.print("&Schema{Type: Object, Fields: []Field{\n")
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		w.print("{Name: %q, Required: %t, Schema: ", name, slices.Contains(s.Required, name))
		if err := w.schema(s.Properties[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		w.print("},\n")
	}
	w.print("}}")
	return nil
}
