package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	_ = os.RemoveAll(bootstrap())
	os.Exit(code)
}

// object is a piece of the template; the tests read the JSON that AWS gets and
// not what constructs say about themselves.
type object = map[string]any

// parts is everything of the default stack; synthesizing takes seconds.
var parts = sync.OnceValue(func() template {
	p, err := NewParameters(nil)
	if err != nil {
		panic(err)
	}
	return templateOf(NewStack(app(), p, bootstraps()))
})

// stackOf is the stack with these parameters.
func stackOf(t *testing.T, values map[string]string) *Stack {
	t.Helper()
	p, err := NewParameters(values)
	if err != nil {
		t.Fatal(err)
	}
	return NewStack(app(), p, bootstraps())
}

func app() awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
}

// bootstraps stand in for the zips. CDK wants new ones for each stack.
func bootstraps() map[string]awslambda.Code {
	code := map[string]awslambda.Code{}
	for _, f := range Functions {
		code[f.Name] = awslambda.Code_FromAsset(jsii.String(bootstrap()), nil)
	}
	return code
}

// bootstrap is a folder with a few bytes for code; TestMain takes it away.
var bootstrap = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "ebb-bootstrap")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "bootstrap"), []byte("#!/bin/sh\n"), 0o600)
	}
	if err != nil {
		panic(err)
	}
	return dir
})

type template struct{ resources, outputs map[string]object }

func templateOf(s *Stack) template {
	raw, err := json.Marshal(assertions.Template_FromStack(s.Stack, nil).ToJSON())
	if err != nil {
		panic(err)
	}
	var all struct{ Resources, Outputs map[string]object }
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	return template{all.Resources, all.Outputs}
}

// ids of all resources of a kind ("Lambda::Function"), in order.
func (t template) ids(kind string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(t.resources)) {
		if t.resources[id]["Type"] == "AWS::"+kind {
			out = append(out, id)
		}
	}
	return out
}

// only gives the properties of the one resource of a kind.
func (t template) only(tt *testing.T, kind string) object {
	tt.Helper()
	ids := t.ids(kind)
	if len(ids) != 1 {
		tt.Fatalf("%d resources of kind %s: %v", len(ids), kind, ids)
	}
	return t.resources[ids[0]]["Properties"].(object)
}

// function gives the properties of a function.
func (t template) function(tt *testing.T, name string) object {
	tt.Helper()
	for _, id := range t.ids("Lambda::Function") {
		if p := t.resources[id]["Properties"].(object); p["FunctionName"] == "ebb-"+name {
			return p
		}
	}
	tt.Fatalf("no function %s", name)
	return nil
}

// at reads below an object by a path of names ("A.B.C"); nil when there is none.
func at(from any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch o := from.(type) {
		case object:
			from = o[name]
		case []any:
			if name != "0" || len(o) == 0 {
				return nil
			}
			from = o[0]
		default:
			return nil
		}
	}
	return from
}

// text spells a value out, joins and references too, as ARNs are read by people:
// arn:${AWS::Partition}:…, ${TableCD117FA1.Arn}.
func text(v any) string {
	o, ok := v.(object)
	if !ok {
		s, _ := v.(string)
		return s
	}
	if ref, ok := o["Ref"].(string); ok {
		return "${" + ref + "}"
	}
	if get, ok := o["Fn::GetAtt"].([]any); ok {
		return "${" + get[0].(string) + "." + get[1].(string) + "}"
	}
	var b strings.Builder
	if join, ok := o["Fn::Join"].([]any); ok {
		for _, one := range join[1].([]any) {
			b.WriteString(text(one))
		}
	}
	return b.String()
}

// list makes a list of what may be one or several.
func list(v any) []any {
	if all, ok := v.([]any); ok {
		return all
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

func texts(v any) []string {
	var out []string
	for _, one := range list(v) {
		out = append(out, text(one))
	}
	return out
}
