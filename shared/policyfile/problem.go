package policyfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
)

// Problem is one thing to change in a document. Line counts from 1. Field is
// the path to it, "rules[1].max"; "" speaks of the document. A Warning does
// not stop a policy from being published; everything else does.
type Problem struct {
	Line    int
	Field   string
	Text    string
	Warning bool
}

// String reads "line 7: rules[1].max: …".
func (p Problem) String() string {
	out := fmt.Sprintf("line %d: ", p.Line)
	if p.Warning {
		out += "warning: "
	}
	if p.Field != "" {
		out += p.Field + ": "
	}
	return out + p.Text
}

// Errors is everything that is wrong with a document, in its order. It is the
// cause inside the fault.Invalid that Parse returns; errors.As finds it.
type Errors []Problem

// mostProblems is how many are listed; nobody reads on.
const mostProblems = 100

// Error has one line for each problem.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// fault wraps the problems; nil when there are none.
func (e Errors) fault(op string) error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b Problem) int { return a.Line - b.Line })
	first, more := e[0], len(e)-1
	text := fmt.Sprintf("line %d: %s", first.Line, first.Text)
	if more > 0 {
		text += fmt.Sprintf(" (and %d more to change)", more)
	}
	if len(e) > mostProblems {
		rest := Problem{Line: e[mostProblems].Line, Text: fmt.Sprintf("and %d more", len(e)-mostProblems)}
		e = append(e[:mostProblems:mostProblems], rest)
	}
	return &fault.Error{Op: op, Kind: fault.Invalid, Field: first.Field, Text: text, Err: e}
}

// Failed reports whether any of the problems is more than a warning.
func Failed(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}
