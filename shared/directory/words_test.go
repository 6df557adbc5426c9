package directory_test

import (
	"slices"
	"testing"

	"github.com/ebb-access/ebb/shared/directory"
)

// TestBeginnings: names lead to things by their words, whatever is in them.
func TestBeginnings(t *testing.T) {
	for name, want := range map[string][]string{
		"Eng-OnCall":            {"eng-oncall", "oncall"},
		"\t=1":                  {"=1"},
		"two\nlines":            {"two lines", "lines"},
		"red \x1b[31m":          {"red  [31m", "[31m"},
		"broken \xff utf":       {"broken  utf", "utf"},
		"turned \u202eback":     {"turned \u202eback", "\u202eback"},
		"":                      nil,
		"a a a a a a a a a a a": {"a a a a a a a a a a a", "a a a a a a a a a a", "a a a a a a a a a", "a a a a a a a a", "a a a a a a a", "a a a a a a", "a a a a a", "a a a a"},
	} {
		if got := directory.Beginnings(name); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
