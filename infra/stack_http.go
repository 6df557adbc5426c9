package main

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// callbackPath is flow.CallbackPath, signInPath flow.SlackSignInPath, the others
// are those of slackapp; tests compare them.
const (
	callbackPath    = "/slack/oauth/callback"
	signInPath      = "/signin/slack/callback"
	eventsPath      = "/slack/events"
	commandsPath    = "/slack/commands"
	interactionPath = "/slack/interaction"
	optionsPath     = "/slack/options"
)

// Route is an address of the house and the function that answers it.
type Route struct {
	Method   awsapigatewayv2.HttpMethod
	Path     string
	Function string
}

// Routes lists every address that reaches a function, the longest that fits; what
// none of them is, is a page or the console's 404. HEAD is none of them: looking ahead must not use a link up.
var Routes = []Route{
	{awsapigatewayv2.HttpMethod_ANY, "/v1/{proxy+}", names.API},
	{awsapigatewayv2.HttpMethod_GET, "/connect/{word}", names.Install},
	{awsapigatewayv2.HttpMethod_GET, callbackPath, names.Install},
	{awsapigatewayv2.HttpMethod_POST, eventsPath, names.Slack},
	{awsapigatewayv2.HttpMethod_POST, commandsPath, names.Slack},
	{awsapigatewayv2.HttpMethod_POST, interactionPath, names.Slack},
	{awsapigatewayv2.HttpMethod_POST, optionsPath, names.Slack},
	{awsapigatewayv2.HttpMethod_GET, "/", names.Console},
	{awsapigatewayv2.HttpMethod_GET, "/{proxy+}", names.Console},
	{awsapigatewayv2.HttpMethod_POST, "/{proxy+}", names.Console},
}

// accessLog is one line a call. The route and never the path or the query: a
// start link is a path, and Slack's code and state are a query. No header
// either: one of them is the API key.
var accessLog = map[string]string{
	"time":      "$context.requestTime",
	"requestId": "$context.requestId",
	"route":     "$context.routeKey",
	"status":    "$context.status",
	"ms":        "$context.responseLatency",
	"bytes":     "$context.responseLength",
	"from":      "$context.identity.sourceIp",
	"error":     "$context.error.messageString",
	"function":  "$context.integration.status",
}

// addAddress makes the API without routes: functions know their address, and
// routes know the functions.
func (s *Stack) addAddress() {
	s.http = awsapigatewayv2.NewHttpApi(s.Stack, jsii.String("Http"), &awsapigatewayv2.HttpApiProps{
		ApiName:            jsii.String(s.p.StackName),
		Description:        jsii.String("Ebb's pages and API, Slack's installation, and what Slack sends"),
		CreateDefaultStage: jsii.Bool(false),
		// With a name of its own there is one way in.
		DisableExecuteApiEndpoint: jsii.Bool(s.p.Domain != ""),
	})
	switch {
	case s.p.URL != "":
		s.url = jsii.String(s.p.URL)
	case s.p.Domain != "":
		s.url = jsii.String("https://" + s.p.Domain)
	default:
		s.url = s.http.ApiEndpoint()
	}
}

// addRoutes connects the API with the functions, throttled and logged.
func (s *Stack) addRoutes() {
	stage := &awsapigatewayv2.HttpStageProps{
		HttpApi:    s.http,
		AutoDeploy: jsii.Bool(true),
		Throttle:   &awsapigatewayv2.ThrottleSettings{RateLimit: jsii.Number(s.p.Rate), BurstLimit: jsii.Number(s.p.Burst)},
	}
	if s.p.Domain != "" {
		stage.DomainMapping = &awsapigatewayv2.DomainMappingOptions{DomainName: s.domain()}
	}
	s.logCalls(awsapigatewayv2.NewHttpStage(s.Stack, jsii.String("Stage"), stage))
	integrations := map[string]awsapigatewayv2.HttpRouteIntegration{}
	for _, r := range Routes {
		if integrations[r.Function] == nil {
			integrations[r.Function] = awsapigatewayv2integrations.NewHttpLambdaIntegration(
				jsii.String(title(r.Function)+"Integration"), s.functions[r.Function], nil)
		}
		s.http.AddRoutes(&awsapigatewayv2.AddRoutesOptions{
			Path: jsii.String(r.Path), Methods: &[]awsapigatewayv2.HttpMethod{r.Method}, Integration: integrations[r.Function],
		})
	}
}

// domain is the house's own name. Its DNS record is the operator's: the
// output "Point" says where to.
func (s *Stack) domain() awsapigatewayv2.DomainName {
	d := awsapigatewayv2.NewDomainName(s.Stack, jsii.String("Domain"), &awsapigatewayv2.DomainNameProps{
		DomainName: jsii.String(s.p.Domain),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(
			s.Stack, jsii.String("Certificate"), jsii.String(s.p.CertificateARN)),
		SecurityPolicy: awsapigatewayv2.SecurityPolicy_TLS_1_2,
	})
	s.output("Point", "Point "+s.p.Domain+" here with a CNAME record", d.RegionalDomainName())
	return d
}

func (s *Stack) logCalls(stage awsapigatewayv2.HttpStage) {
	format, _ := json.Marshal(accessLog) // strings always encode
	stage.Node().DefaultChild().(awsapigatewayv2.CfnStage).SetAccessLogSettings(&awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
		DestinationArn: s.logGroup("HttpLogs", "/aws/vendedlogs/"+s.p.StackName+"/http").LogGroupArn(),
		Format:         jsii.String(string(format)),
	})
}
