// Package config reads what a function is told by its environment, and says
// everything that is wrong with it at once. Names are in config/names.
//
// No secret is ever part of it: Slack's credentials and tokens lie in the
// secret store, and Lambda's own credentials are read where AWS's clients are
// made. It opens nothing.
package config

import (
	"fmt"
	"log/slog"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/fault"
)

// Config is what a function was told. What it does not need may be empty.
type Config struct {
	Function     string
	Table        string
	SecretPrefix string // "" or ending in "/"
	StateMachine string // ARN
	HeadsBucket  string
	URL          string // without a slash at the end
	SlackAPIURL  string // "" for slack.com
	AuthorizeURL string // "" for the one beside SlackAPIURL
	AskSCIM      string // "on", or not
	AskRoles     string // "on", or not
	OIDCIssuer   string // "" for none
	OIDCClientID string
	MailFrom     string // "": no mail is sent
	MailSet      string // SES's configuration set
	Region       string
	AWSEndpoint  string // "" for AWS's own
	DynamoDB     string // "" for AWSEndpoint
	AtOnce       int    // lines of a review whose evidence is made at once; 0: as flow has it
	LogLevel     slog.Level
}

// setting is one variable: where it goes, who cannot do without it, and what
// it has to look like.
type setting struct {
	env   string
	into  func(*Config) *string
	needs []string
	check func(string) string // what is wrong, "" for nothing
	means string
}

var everybody = names.Functions

var settings = []setting{
	{names.EnvTable, func(c *Config) *string { return &c.Table }, everybody, plain, "the name of Ebb's DynamoDB table"},
	{names.EnvSecretPrefix, func(c *Config) *string { return &c.SecretPrefix }, everybody, folder, "what the names of Ebb's secrets begin with, such as ebb/"},
	{names.EnvStateMachine, func(c *Config) *string { return &c.StateMachine }, []string{names.API, names.Slack, names.Console}, arn, "the ARN of the state machine of leases"},
	{names.EnvHeadsBucket, func(c *Config) *string { return &c.HeadsBucket }, []string{names.API, names.Sweep, names.Console}, plain, "the bucket that keeps signed heads of the audit"},
	{names.EnvURL, func(c *Config) *string { return &c.URL }, []string{names.Install, names.API, names.Console}, address, "where people reach Ebb, such as https://ebb.example.com"},
	{names.EnvSlackAPIURL, func(c *Config) *string { return &c.SlackAPIURL }, nil, address, "where Slack's API is, such as https://slack.com/api/"},
	{names.EnvAuthorizeURL, func(c *Config) *string { return &c.AuthorizeURL }, nil, address, "Slack's page of consent"},
	{names.EnvAskSCIM, func(c *Config) *string { return &c.AskSCIM }, nil, onOff, "whether Install with Slack asks for the scope admin: SCIM then takes a user group's last member out on Business+, and last activity is shown on paid plans"},
	{names.EnvAskRoles, func(c *Config) *string { return &c.AskRoles }, nil, onOff, "whether Install with Slack asks for the scope admin.users:write: Ebb then changes roles and membership of workspaces in an Enterprise organization"},
	{names.EnvOIDCIssuer, func(c *Config) *string { return &c.OIDCIssuer }, nil, address, "the OpenID Connect issuer that people sign in with, such as https://login.example.com"},
	{names.EnvOIDCClientID, func(c *Config) *string { return &c.OIDCClientID }, nil, plain, "the client id of this house there"},
	{names.EnvMailFrom, func(c *Config) *string { return &c.MailFrom }, nil, sender, "the address that mail comes from, such as ebb@example.com"},
	{names.EnvMailSet, func(c *Config) *string { return &c.MailSet }, nil, plain, "SES's configuration set"},
	{"AWS_REGION", func(c *Config) *string { return &c.Region }, everybody, plain, "the region; Lambda sets it"},
	{names.EnvAWSEndpoint, func(c *Config) *string { return &c.AWSEndpoint }, nil, address, "where AWS is, for tests"},
	{names.EnvDynamoDB, func(c *Config) *string { return &c.DynamoDB }, nil, address, "where DynamoDB is, for tests"},
}

// Read reads the environment of a function. The error, fault.Misconfigured,
// names every variable that is missing or wrong, and never what it held.
func Read(function string, getenv func(string) string) (Config, error) {
	c := Config{Function: function}
	var wrong []string
	for _, s := range settings {
		value := getenv(s.env)
		switch {
		case value != "":
			if bad := s.check(value); bad != "" {
				wrong = append(wrong, fmt.Sprintf("%s %s (it is %s)", s.env, bad, s.means))
			}
		case slices.Contains(s.needs, function):
			wrong = append(wrong, fmt.Sprintf("%s is missing (it is %s)", s.env, s.means))
		}
		*s.into(&c) = value
	}
	if level := getenv(names.EnvLogLevel); level != "" && c.LogLevel.UnmarshalText([]byte(level)) != nil {
		wrong = append(wrong, names.EnvLogLevel+" is one of debug, info, warn, error")
	}
	if n := getenv(names.EnvAtOnce); n != "" {
		var err error
		if c.AtOnce, err = strconv.Atoi(n); err != nil || c.AtOnce < 1 {
			wrong = append(wrong, names.EnvAtOnce+" is a number of lines, at least 1")
		}
	}
	if len(wrong) > 0 {
		return Config{}, fault.New("config.Read", fault.Misconfigured, "the environment of function %s: %s", function, strings.Join(wrong, "; "))
	}
	c.URL = strings.TrimRight(c.URL, "/")
	if c.DynamoDB == "" {
		c.DynamoDB = c.AWSEndpoint
	}
	return c, nil
}

func plain(s string) string {
	if strings.ContainsAny(s, " \t\r\n/") {
		return "is no name: leave out spaces and slashes"
	}
	return ""
}

func sender(s string) string {
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return "is no address"
	}
	return ""
}

func onOff(s string) string {
	if s != "on" && s != "off" {
		return "is neither on nor off"
	}
	return ""
}

func folder(s string) string {
	if !strings.HasSuffix(s, "/") || strings.ContainsAny(s, " \t\r\n") {
		return "has to end with a slash and hold no spaces"
	}
	return ""
}

func arn(s string) string {
	if !strings.HasPrefix(s, "arn:") || strings.Count(s, ":") < 6 || strings.ContainsAny(s, " \t\r\n") {
		return "is no ARN"
	}
	return ""
}

// address is http only for tests on one machine; the stack gives https.
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "is no address: write https://NAME/"
	}
	return ""
}
