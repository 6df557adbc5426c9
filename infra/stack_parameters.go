package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// Parameters are what an operator may choose; the zero value of each optional
// one is "not wanted".
type Parameters struct {
	StackName      string // also the prefix of names in the account
	Account        string // with Region; else what the credentials say
	Region         string
	Domain         string // the house's own name, with CertificateARN
	CertificateARN string
	URL            string // where people reach the house, if something stands in front of it
	SlackAPIURL    string
	SCIM           string        // on: Install with Slack asks for the scope of SCIM too
	Roles          string        // on: it asks for the scope that changes roles, too
	OIDCIssuer     string        // that people sign in with, besides Slack; with OIDCClientID
	OIDCClientID   string        // the house's client there
	SyncEvery      time.Duration // how often sync looks for what is due
	LogDays        int
	Reserved       map[string]int // concurrency kept for a function, by name
	Rate, Burst    int            // of the HTTP API, requests a second and at once
	MailFrom       string
	MailIdentity   string // create, or existing
	AlarmMail      string
	KeyARN         string // an existing KMS key instead of a new one
	RemovalPolicy  string // retain, or destroy
	Protection     string // on, or off just before the stack is destroyed
}

// parameter is one key of CDK's context. set reports what is wrong with a value.
type parameter struct {
	key, byDefault, help string
	set                  func(p *Parameters, value string) error
}

// parameters in the order in which errors and the README name them.
var parameters = []parameter{
	{"stackName", "ebb", "2 to 24 of a-z 0-9 and -, beginning with a letter", matching(`^[a-z][a-z0-9-]{1,23}$`, func(p *Parameters) *string { return &p.StackName })},
	{"account", "", "12 digits; needs region", matching(`^[0-9]{12}$`, func(p *Parameters) *string { return &p.Account })},
	{"region", "", "such as eu-central-1; needs account", matching(`^[a-z]{2}(-[a-z]+)+-[0-9]$`, func(p *Parameters) *string { return &p.Region })},
	{"domain", "", "a name such as ebb.example.com; needs certificateArn", matching(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`, func(p *Parameters) *string { return &p.Domain })},
	{"certificateArn", "", "a certificate for the domain, in the stack's region", matching(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$`, func(p *Parameters) *string { return &p.CertificateARN })},
	{"url", "", "https://NAME without a path, of what stands in front of the API", webAddress("", func(p *Parameters) *string { return &p.URL })},
	{"slackApiUrl", "https://slack.com/api/", "https://.../api/ with the slash at its end", webAddress("/api/", func(p *Parameters) *string { return &p.SlackAPIURL })},
	{"scim", "off", "on (Install with Slack asks for the scope admin too, for SCIM on Business+ and for last activity), or off", matching(`^(on|off)$`, func(p *Parameters) *string { return &p.SCIM })},
	{"roles", "off", "on (Install with Slack asks for the scope admin.users:write too, which changes roles and membership of an Enterprise organization's workspaces), or off", matching(`^(on|off)$`, func(p *Parameters) *string { return &p.Roles })},
	{"oidcIssuer", "", "https://NAME[/PATH] of an OpenID Connect issuer that people sign in with; needs oidcClientId", webIssuer(func(p *Parameters) *string { return &p.OIDCIssuer })},
	{"oidcClientId", "", "this house's client id at the issuer", matching(`^[!-.0-~]{1,200}$`, func(p *Parameters) *string { return &p.OIDCClientID })},
	{"syncEvery", "1m", "whole minutes from 1m to 24h, such as 5m", setSyncEvery},
	{"logRetentionDays", "90", "one of " + words(retentions()), setLogDays},
	{"reservedConcurrency", "", "such as sweep=3,revoke=20; each function's own, from 1 to 1000", setReserved},
	{"apiRate", "50", "requests a second, 1 to 10000", number(1, 10000, func(p *Parameters) *int { return &p.Rate })},
	{"apiBurst", "100", "requests at once, 1 to 5000", number(1, 5000, func(p *Parameters) *int { return &p.Burst })},
	{"mailFrom", "", "an address such as ebb@example.com", matching(address, func(p *Parameters) *string { return &p.MailFrom })},
	{"mailIdentity", "create", "create, or existing when SES knows the sender already", matching(`^(create|existing)$`, func(p *Parameters) *string { return &p.MailIdentity })},
	{"alarmMail", "", "an address that alarms go to", matching(address, func(p *Parameters) *string { return &p.AlarmMail })},
	{"keyArn", "", "the ARN of a symmetric KMS key in the stack's region", matching(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+$`, func(p *Parameters) *string { return &p.KeyARN })},
	{"removalPolicy", "retain", "retain (data outlives the stack), or destroy", matching(`^(retain|destroy)$`, func(p *Parameters) *string { return &p.RemovalPolicy })},
	{"protection", "on", "on (the stack cannot be deleted), or off", matching(`^(on|off)$`, func(p *Parameters) *string { return &p.Protection })},
}

// NewParameters reads and validates; the error names everything that is wrong
// and what would be right.
func NewParameters(values map[string]string) (Parameters, error) {
	var p Parameters
	var wrong []error
	known := map[string]bool{}
	for _, one := range parameters {
		known[one.key] = true
		value := strings.TrimSpace(values[one.key])
		if value == "" {
			value = one.byDefault
		}
		if value == "" {
			continue
		}
		if err := one.set(&p, value); err != nil {
			wrong = append(wrong, fmt.Errorf("%s=%s: %w; it has to be %s", one.key, value, err, one.help))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !known[key] {
			wrong = append(wrong, fmt.Errorf("%s is no parameter; there are: %s", key, words(keys())))
		}
	}
	if len(wrong) == 0 {
		wrong = p.together()
	}
	return p, errors.Join(wrong...)
}

// together is what parameters ask of each other.
func (p Parameters) together() []error {
	var wrong []error
	say := func(bad bool, text string) {
		if bad {
			wrong = append(wrong, errors.New(text))
		}
	}
	say((p.Account == "") != (p.Region == ""), "account and region belong together: give both, or neither to use those of the credentials")
	say((p.Domain == "") != (p.CertificateARN == ""), "domain and certificateArn belong together: give both, or neither")
	say((p.OIDCIssuer == "") != (p.OIDCClientID == ""), "oidcIssuer and oidcClientId belong together: give both, or neither")
	say(p.Domain != "" && p.URL != "", "domain says the address already: leave url out")
	say(p.MailIdentity == "existing" && p.MailFrom == "", "mailIdentity=existing needs mailFrom: the address to send from")
	say(p.Region != "" && p.KeyARN != "" && !strings.Contains(p.KeyARN, ":"+p.Region+":"), "keyArn is a key of another region: give one of "+p.Region)
	say(p.Region != "" && p.CertificateARN != "" && !strings.Contains(p.CertificateARN, ":"+p.Region+":"), "certificateArn is of another region: give one of "+p.Region)
	return wrong
}

func (p Parameters) environment() *awscdk.Environment {
	if p.Account == "" {
		return nil
	}
	return &awscdk.Environment{Account: jsii.String(p.Account), Region: jsii.String(p.Region)}
}

// keeps reports whether data outlives the stack.
func (p Parameters) keeps() bool { return p.RemovalPolicy != "destroy" }

func (p Parameters) removal() awscdk.RemovalPolicy {
	if p.keeps() {
		return awscdk.RemovalPolicy_RETAIN
	}
	return awscdk.RemovalPolicy_DESTROY
}

func setSyncEvery(p *Parameters, value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d < time.Minute || d > 24*time.Hour || d%time.Minute != 0 {
		return errors.New("this is no such time")
	}
	p.SyncEvery = d
	return nil
}

func setReserved(p *Parameters, value string) error {
	p.Reserved = map[string]int{}
	for _, one := range strings.Split(value, ",") {
		name, n, _ := strings.Cut(strings.TrimSpace(one), "=")
		if !slices.ContainsFunc(Functions, func(f Function) bool { return f.Name == name }) {
			return fmt.Errorf("there is no function %q", name)
		}
		most, err := strconv.Atoi(n)
		if err != nil || most < 1 || most > 1000 {
			return fmt.Errorf("%q is no number of executions", n)
		}
		p.Reserved[name] = most
	}
	return nil
}

func setLogDays(p *Parameters, value string) error {
	days, err := strconv.Atoi(value)
	if err != nil || !slices.Contains(retentions(), value) {
		return errors.New("CloudWatch keeps logs for no such time")
	}
	p.LogDays = days
	return nil
}

// retentions are the days that CloudWatch Logs offers up to ten years
// (docs.aws.amazon.com, PutRetentionPolicy).
func retentions() []string {
	return strings.Fields("1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653")
}

func webAddress(path string, field func(*Parameters) *string) func(*Parameters, string) error {
	return func(p *Parameters, value string) error {
		u, err := url.Parse(value)
		switch {
		case err != nil || u.Scheme != "https" || u.Hostname() == "":
			return errors.New("this is no https address")
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return errors.New("it holds more than an address")
		case path == "" && u.Path != "" || !strings.HasSuffix(u.Path, path):
			return errors.New("its path is another one")
		}
		*field(p) = value
		return nil
	}
}
