package policyfile

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	_ "time/tzdata" // now.getHours("Europe/Berlin") works where no zones are installed

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// Limits of an expression: its length, how deep it nests, and how much one
// evaluation may cost in CEL's own units (a comparison is about one, a search
// in a list one for each entry).
const (
	longestWhen = 1000 // characters
	deepestWhen = 24
	dearestWhen = 20_000
)

// The facts that an expression may speak of. A field that does not exist here
// fails when the policy is checked, not at night when somebody asks.
type (
	celRequester struct {
		ID     string   `cel:"id"`
		Kind   string   `cel:"kind"`   // human, guest, …
		Admin  bool     `cel:"admin"`  // of the resource's workspace
		Groups []string `cel:"groups"` // user groups, by id and by @handle
	}
	celSubject struct {
		ID    string `cel:"id"`
		Kind  string `cel:"kind"`
		Admin bool   `cel:"admin"`
	}
	celResource struct {
		ID        string `cel:"id"`
		Name      string `cel:"name"`
		Kind      string `cel:"kind"`
		Workspace string `cel:"workspace"`
		Private   bool   `cel:"private"`
	}
)

// environment is CEL with these facts, made when the first expression is met.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		nativeTypes(types.ParseStructTags(true), reflect.TypeFor[celRequester](), reflect.TypeFor[celSubject](), reflect.TypeFor[celResource]()),
		cel.Variable("requester", cel.ObjectType("policyfile.celRequester")),
		cel.Variable("subject", cel.ObjectType("policyfile.celSubject")),
		cel.Variable("resource", cel.ObjectType("policyfile.celResource")),
		cel.Variable("length", cel.DurationType),
		cel.Variable("now", cel.TimestampType),
		cel.Variable("risk", cel.StringType),
		cel.ParserExpressionSizeLimit(longestWhen),
		cel.ParserRecursionLimit(deepestWhen),
	)
})

// nativeTypes is ext.NativeTypes without the rest of package ext, which would
// add a megabyte to a function.
func nativeTypes(args ...any) cel.EnvOption {
	return func(env *cel.Env) (*cel.Env, error) {
		p, a, err := types.ComposeTypes(env.CELTypeProvider(), env.CELTypeAdapter(), args...)
		if err != nil {
			return nil, err
		}
		if env, err = cel.CustomTypeAdapter(a)(env); err != nil {
			return nil, err
		}
		return cel.CustomTypeProvider(p)(env)
	}
}

// compile reads an expression; its issues say where in it they are.
func compile(expression string) (cel.Program, *cel.Issues, error) {
	env, err := environment()
	if err != nil {
		return nil, nil, err
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		return nil, issues, issues.Err()
	}
	if ast.OutputType() != cel.BoolType {
		return nil, nil, fmt.Errorf("has to be true or false; this is a %s", ast.OutputType())
	}
	p, err := env.Program(ast, cel.CostLimit(dearestWhen))
	return p, nil, err
}

// when reads a condition and says by line what is wrong in it.
func (r *reader) when(n *yaml.Node, path string) string {
	text, ok := r.text(n, path)
	if !ok {
		return ""
	}
	if len([]rune(text)) > longestWhen {
		r.at(n, path, "has %d characters; at most %d are read", len([]rune(text)), longestWhen)
		return ""
	}
	_, issues, err := compile(text)
	switch {
	case issues != nil:
		for _, e := range issues.Errors() {
			r.line(lineIn(n, e.Location.Line()), path, "character %d: %s", e.Location.Column()+1, clip(firstLine(e.Message)))
		}
		return ""
	case err != nil:
		r.at(n, path, "%s", clip(firstLine(err.Error())))
		return ""
	}
	return text
}

// lineIn is the document's line of a line within a value: a block (|, >) begins
// below its sign.
func lineIn(n *yaml.Node, line int) int {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		line--
	}
	return max(n.Line, 1) + max(line, 0)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// Conditions judges expressions in CEL (access.Condition). It keeps what it
// compiled, and is safe for use at once.
type Conditions struct{ programs sync.Map }

// NewConditions gives a judge of conditions.
func NewConditions() *Conditions { return &Conditions{} }

var _ access.Condition = (*Conditions)(nil)

// Holds evaluates the rule's condition. What does not compile, does not end
// within its cost, or meets a fact that is not there is an error, which denies.
func (c *Conditions) Holds(r access.Rule, q access.Ask) (bool, error) {
	p, err := c.program(r.When)
	if err != nil {
		return false, fmt.Errorf("%s", firstLine(err.Error()))
	}
	out, _, err := p.Eval(map[string]any{
		"requester": requesterOf(q),
		"subject":   celSubject{ID: q.Subject.ID, Kind: string(q.Subject.Kind), Admin: q.Subject.Administers(q.Resource.Workspace)},
		"resource": celResource{
			ID: q.Resource.ID, Name: q.Resource.Name, Kind: string(q.Resource.Kind), Workspace: q.Resource.Workspace, Private: q.Resource.Private,
		},
		"length": q.Length, "now": q.Now.UTC(), "risk": string(r.Risk),
	})
	if err != nil {
		return false, fmt.Errorf("%s", firstLine(err.Error()))
	}
	return out == types.True, nil
}

func (c *Conditions) program(expression string) (cel.Program, error) {
	if p, ok := c.programs.Load(expression); ok {
		return p.(cel.Program), nil
	}
	p, _, err := compile(expression)
	if err == nil {
		c.programs.Store(expression, p)
	}
	return p, err
}

// requesterOf leaves out groups that everybody can edit or that are disabled,
// and handles of other workspaces: they name nobody elsewhere in a rule either.
func requesterOf(q access.Ask) celRequester {
	a := q.Requester.Account
	out := celRequester{ID: a.ID, Kind: string(a.Kind), Admin: a.Administers(q.Resource.Workspace), Groups: []string{}}
	if q.OpenGroups {
		return out
	}
	for _, g := range q.Requester.Groups {
		if g.Disabled {
			continue
		}
		out.Groups = append(out.Groups, g.ID)
		if near(g, q.Resource) {
			out.Groups = append(out.Groups, "@"+g.Name)
		}
	}
	return out
}

func near(g, r directory.Resource) bool { return g.Workspace == "" || g.Workspace == r.Workspace }
