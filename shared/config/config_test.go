package config_test

import (
	"log/slog"
	"maps"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/config"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/fault"
)

var whole = map[string]string{
	names.EnvTable: "ebb-table", names.EnvSecretPrefix: "ebb/", names.EnvURL: "https://ebb.example.com/",
	names.EnvStateMachine: "arn:aws:states:eu-central-1:123456789012:stateMachine:ebb-lease",
	names.EnvHeadsBucket:  "ebb-heads", "AWS_REGION": "eu-central-1", names.EnvLogLevel: "warn", names.EnvAtOnce: "7",
}

func read(function string, change map[string]string) (config.Config, error) {
	env := maps.Clone(whole)
	maps.Copy(env, change)
	return config.Read(function, func(k string) string { return env[k] })
}

func TestRead(t *testing.T) {
	for _, f := range names.Functions {
		c, err := read(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.Function != f || c.Table != "ebb-table" || c.URL != "https://ebb.example.com" || c.LogLevel != slog.LevelWarn || c.AtOnce != 7 {
			t.Errorf("%s: %+v", f, c)
		}
	}
}

func TestOneEndpointForAll(t *testing.T) {
	c, err := read(names.Sweep, map[string]string{names.EnvAWSEndpoint: "http://127.0.0.1:4566"})
	if err != nil || c.DynamoDB != "http://127.0.0.1:4566" {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = read(names.Sweep, map[string]string{names.EnvAWSEndpoint: "http://127.0.0.1:1", names.EnvDynamoDB: "http://127.0.0.1:2"})
	if err != nil || c.DynamoDB != "http://127.0.0.1:2" {
		t.Errorf("%+v, %v", c, err)
	}
}

// What is wrong is said at once, by name, and never by what was in it.
func TestWrong(t *testing.T) {
	const planted = "xoxp-planted token"
	for env, value := range map[string]string{
		names.EnvTable: planted, names.EnvSecretPrefix: planted, names.EnvStateMachine: planted, names.EnvURL: planted,
		names.EnvHeadsBucket: planted, names.EnvSlackAPIURL: planted, names.EnvAWSEndpoint: "ftp://" + planted, names.EnvLogLevel: planted, names.EnvAtOnce: planted,
	} {
		_, err := read(names.API, map[string]string{env: value})
		if !fault.Is(err, fault.Misconfigured) || !strings.Contains(err.Error(), env) || strings.Contains(err.Error(), "xoxp") {
			t.Errorf("%s: %v", env, err)
		}
	}
	_, err := config.Read(names.API, func(string) string { return "" })
	for _, env := range []string{names.EnvTable, names.EnvSecretPrefix, names.EnvStateMachine, names.EnvURL, names.EnvHeadsBucket, "AWS_REGION"} {
		if err == nil || !strings.Contains(err.Error(), env+" is missing") {
			t.Errorf("%s is not named: %v", env, err)
		}
	}
}

// A function asks for nothing that it does not need.
func TestNotNeeded(t *testing.T) {
	for _, f := range []string{names.Grant, names.Revoke, names.Sync} {
		if _, err := read(f, map[string]string{names.EnvURL: "", names.EnvStateMachine: "", names.EnvHeadsBucket: ""}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}
