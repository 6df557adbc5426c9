package api_test

import (
	"testing"

	"github.com/ebb-access/ebb/shared/api/apigen"
)

type operation struct{ method, path string }

func operations(t *testing.T) []operation {
	t.Helper()
	spec, err := apigen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out []operation
	for path, item := range spec.Paths.Map() {
		for method := range item.Operations() {
			out = append(out, operation{method, path})
		}
	}
	return out
}
