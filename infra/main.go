// Command infra is the CDK app: one stack, "Ebb", that holds everything the
// house needs on AWS. stack.go reads top to bottom like a list; each
// stack_*.go beside it owns one subject.
//
//	go run ./infra [key=value ...]        stack_parameters.go names the keys
//
// It writes a cloud assembly and nothing else: no network, no AWS, no
// credentials. It knows the functions by name only (shared/config/names) and
// takes their code as zips that `make build` made, so that neither this app nor
// its tests compile or import them.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// zips is where `make build` puts the functions' code.
const zips = ".build/functions"

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	defer jsii.Close()
	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	p, err := read(app, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	code, err := fromZips(zips)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	NewStack(app, p, code)
	app.Synth(nil)
	return 0
}

// read takes the parameters from CDK's context, and from key=value arguments,
// which win: `go run` has no -c.
func read(app awscdk.App, args []string) (Parameters, error) {
	values := map[string]string{}
	if all, ok := app.Node().GetAllContext(nil).(map[string]any); ok {
		for key, value := range all {
			// CDK's own keys have a prefix: aws:..., @aws-cdk/...
			if !strings.ContainsAny(key, ":@") {
				values[key] = fmt.Sprint(value)
			}
		}
	}
	for _, arg := range args {
		key, value, found := strings.Cut(arg, "=")
		if !found {
			return Parameters{}, fmt.Errorf("%q is no parameter: write key=value", arg)
		}
		values[key] = value
	}
	return NewParameters(values)
}

// fromZips gives each function's code, or says how to make what is missing.
func fromZips(dir string) (map[string]awslambda.Code, error) {
	code := map[string]awslambda.Code{}
	for _, f := range Functions {
		path := filepath.Join(dir, f.Name+".zip")
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("the code of function %s is missing (%s): run `make build` first", f.Name, path)
		}
		code[f.Name] = awslambda.Code_FromAsset(jsii.String(path), nil)
	}
	return code, nil
}
