package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/slackapp"
)

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestThrottling(t *testing.T) {
	p := templateOf(stackOf(t, map[string]string{"apiRate": "7", "apiBurst": "9"}))
	expect(t, "stage", p.only(t, "ApiGatewayV2::Stage"), map[string]any{
		"StageName": "$default", "AutoDeploy": true,
		"DefaultRouteSettings.ThrottlingRateLimit": 7.0, "DefaultRouteSettings.ThrottlingBurstLimit": 9.0,
	})
}

// A start link is a path, Slack's code is a query, an API key is a header.
func TestAccessLogsHoldNoSecret(t *testing.T) {
	format := text(at(parts().only(t, "ApiGatewayV2::Stage"), "AccessLogSettings.Format"))
	var fields map[string]string
	if err := json.Unmarshal([]byte(format), &fields); err != nil {
		t.Fatal(err)
	}
	for field, from := range fields {
		for _, bad := range []string{"path", "querystring", "header", "domainPrefix", "authorizer", "protocol"} {
			if strings.Contains(strings.ToLower(from), bad) && from != "$context.error.messageString" {
				t.Errorf("%s is logged as %s", from, field)
			}
		}
		if !strings.HasPrefix(from, "$context.") {
			t.Errorf("%s is no value of the context", from)
		}
	}
	if fields["route"] != "$context.routeKey" || fields["status"] != "$context.status" {
		t.Errorf("the log does not say what was called and what came of it: %v", fields)
	}
}

func TestRoutes(t *testing.T) {
	p := parts()
	got := map[string]bool{}
	for _, id := range p.ids("ApiGatewayV2::Route") {
		got[text(at(p.resources[id], "Properties.RouteKey"))] = true
	}
	for _, want := range []string{"ANY /v1/{proxy+}", "GET /connect/{word}", "GET /slack/oauth/callback", "POST " + slackapp.EventsPath} {
		if !got[want] {
			t.Errorf("no route %s", want)
		}
	}
	if len(got) != len(Routes) {
		t.Errorf("routes: %v", got)
	}
	// Who may call a function over HTTP: this API, on this route.
	for _, id := range p.ids("Lambda::Permission") {
		props := p.resources[id]["Properties"].(object)
		source := text(props["SourceArn"])
		if props["Principal"] != "apigateway.amazonaws.com" || !strings.Contains(source, ":execute-api:") || !strings.Contains(source, "${Http36EFD62B}/*/*/") {
			t.Errorf("%s: %v from %s", id, props["Principal"], source)
		}
	}
}

func TestOwnName(t *testing.T) {
	p := templateOf(stackOf(t, map[string]string{
		"domain": "ebb.example.com", "certificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0-0",
	}))
	expect(t, "api", p.only(t, "ApiGatewayV2::Api"), map[string]any{"DisableExecuteApiEndpoint": true})
	expect(t, "domain", p.only(t, "ApiGatewayV2::DomainName"), map[string]any{
		"DomainName": "ebb.example.com", "DomainNameConfigurations.0.SecurityPolicy": "TLS_1_2",
	})
	if len(p.ids("ApiGatewayV2::ApiMapping")) != 1 || p.outputs["Point"] == nil {
		t.Error("nothing is behind the name")
	}
	if got := at(p.outputs["RedirectUrl"], "Value"); got != "https://ebb.example.com/slack/oauth/callback" {
		t.Errorf("Slack would answer to %v", got)
	}
	if got := at(p.outputs["EventsUrl"], "Value"); got != "https://ebb.example.com"+slackapp.EventsPath {
		t.Errorf("Slack would tell %v", got)
	}
	expect(t, "api", p.function(t, "api"), map[string]any{"Environment.Variables.EBB_URL": "https://ebb.example.com"})
}
