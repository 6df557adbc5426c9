package main

import (
	"strings"
	"testing"
	"time"
)

func TestDefaults(t *testing.T) {
	p, err := NewParameters(nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.StackName != "ebb" || p.SyncEvery != time.Minute || p.LogDays != 90 || !p.keeps() || p.environment() != nil || len(p.Reserved) != 0 {
		t.Errorf("%+v", p)
	}
}

// Each error names the key, the value, and what it has to be.
func TestWrongParameters(t *testing.T) {
	for _, c := range []struct{ key, value, says string }{
		{"stackName", "Ebb", "a-z"},
		{"stackName", strings.Repeat("e", 25), "24"},
		{"account", "12345", "12 digits"},
		{"region", "Frankfurt", "eu-central-1"},
		{"domain", "https://ebb.example.com", "ebb.example.com"},
		{"certificateArn", "abc", "certificate"},
		{"url", "http://ebb.example.com", "https"},
		{"url", "https://ebb.example.com/path", "without a path"},
		{"url", "https://u:p@ebb.example.com", "without a path"},
		{"slackApiUrl", "https://slack.com/api", "slash at its end"},
		{"slackApiUrl", "http://slack.com/api/", "https"},
		{"scim", "yes", "off"},
		{"roles", "yes", "off"},
		{"syncEvery", "30s", "whole minutes"},
		{"syncEvery", "90s", "whole minutes"},
		{"syncEvery", "25h", "24h"},
		{"syncEvery", "often", "5m"},
		{"logRetentionDays", "42", "one of 1, 3, 5"},
		{"reservedConcurrency", "sweeper=1", `no function "sweeper"`},
		{"reservedConcurrency", "sweep=0", "1 to 1000"},
		{"reservedConcurrency", "sweep", "sweep=3"},
		{"apiRate", "0", "1 to 10000"},
		{"apiBurst", "x", "1 to 5000"},
		{"mailFrom", "ebb", "ebb@example.com"},
		{"mailIdentity", "maybe", "existing"},
		{"alarmMail", "a@b, c@d", "an address"},
		{"keyArn", "alias/ebb", "ARN of a symmetric"},
		{"removalPolicy", "snapshot", "retain"},
		{"protection", "none", "off"},
		{"stackname", "ebb", "no parameter; there are: stackName"},
	} {
		_, err := NewParameters(map[string]string{c.key: c.value})
		if err == nil || !strings.Contains(err.Error(), c.key) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s=%s: %v", c.key, c.value, err)
		}
	}
}

func TestParametersTogether(t *testing.T) {
	for says, values := range map[string]map[string]string{
		"account and region belong together": {"account": "123456789012"},
		"domain and certificateArn":          {"domain": "ebb.example.com"},
		"leave url out": {
			"domain": "ebb.example.com", "url": "https://e.example.com",
			"certificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0-0",
		},
		"needs mailFrom": {"mailIdentity": "existing"},
		"another region": {"account": "123456789012", "region": "eu-west-1", "keyArn": "arn:aws:kms:eu-central-1:123456789012:key/0-0"},
	} {
		if _, err := NewParameters(values); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", values, err)
		}
	}
	// Everything wrong is said at once.
	_, err := NewParameters(map[string]string{"stackName": "E", "apiRate": "x"})
	if err == nil || !strings.Contains(err.Error(), "stackName") || !strings.Contains(err.Error(), "apiRate") {
		t.Error(err)
	}
}

func TestArguments(t *testing.T) {
	a := app()
	a.Node().SetContext(ptr("stackName"), "from-context")
	a.Node().SetContext(ptr("@aws-cdk/core:anything"), true)
	p, err := read(a, []string{"apiRate=7"})
	if err != nil || p.StackName != "from-context" || p.Rate != 7 {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err = read(a, []string{"stackName=argument"}); err != nil || p.StackName != "argument" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err = read(a, []string{"apiRate"}); err == nil || !strings.Contains(err.Error(), "key=value") {
		t.Error(err)
	}
}

func TestMissingCode(t *testing.T) {
	if _, err := fromZips(t.TempDir()); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Error(err)
	}
}

func ptr(s string) *string { return &s }
