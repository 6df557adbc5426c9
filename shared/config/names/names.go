// Package names owns the names that the functions and the stack have to spell
// alike: functions, environment variables, secrets, metrics. It imports
// nothing, so that the CDK app can import it and nothing else of the house.
package names

// The functions, by their folders under functions/.
const (
	Install = "install"
	Sync    = "sync"
	API     = "api"
	Slack   = "slackapp"
	Grant   = "grant"
	Revoke  = "revoke"
	Sweep   = "sweep"
	Notify  = "notify"
	Review  = "review"
	Console = "console"
)

// Functions lists those that are built and deployed.
var Functions = []string{Install, Sync, API, Slack, Console, Grant, Revoke, Sweep, Notify, Review}

// The environment of a function. None of it is a secret. Which function needs
// which is said in package config.
const (
	EnvTable        = "EBB_TABLE"         // the table's name
	EnvSecretPrefix = "EBB_SECRET_PREFIX" // what the names of all secrets begin with
	EnvStateMachine = "EBB_STATE_MACHINE" // the state machine's ARN
	EnvHeadsBucket  = "EBB_HEADS_BUCKET"  // keeps signed heads of the audit
	EnvMailFrom     = "EBB_MAIL_FROM"     // the sender of mail; none is sent when missing
	EnvMailSet      = "EBB_MAIL_SET"      // SES's configuration set
	EnvURL          = "EBB_URL"           // where people reach the house
	EnvSlackAPIURL  = "EBB_SLACK_API_URL" // Slack's API; slack.com when missing
	EnvAuthorizeURL = "EBB_SLACK_AUTHORIZE_URL"
	EnvAskSCIM      = "EBB_SLACK_SCIM"        // on: Install with Slack asks for the scope of SCIM too
	EnvAskRoles     = "EBB_SLACK_ROLES"       // on: Install with Slack asks for the scope that changes roles, too
	EnvOIDCIssuer   = "EBB_OIDC_ISSUER"       // an OpenID Connect issuer that people sign in with, besides Slack
	EnvOIDCClientID = "EBB_OIDC_CLIENT_ID"    // the house's client there
	EnvAWSEndpoint  = "EBB_AWS_ENDPOINT"      // every AWS service, for tests
	EnvDynamoDB     = "EBB_DYNAMODB_ENDPOINT" // DynamoDB alone, for tests
	EnvAtOnce       = "EBB_EVIDENCE_AT_ONCE"  // lines of a review whose evidence is made while somebody waits; a thousand
	EnvLogLevel     = "EBB_LOG_LEVEL"         // debug, info, warn, error
)

// SlackApp is the secret with the Slack app's own credentials, behind the
// prefix: {"clientId": "…", "clientSecret": "…", "signingSecret": "…"}.
const SlackApp = "slack/app"

// Issuer is the secret with the house's client at EnvOIDCIssuer, behind the prefix:
// {"clientSecret": "…"}.
const Issuer = "signin/issuer"

// SignInKey is the secret, made by the console, that signs the states of sign-ins.
const SignInKey = "signin/state"

// The metrics that sweep writes each minute, with the dimension House (the
// table's name).
const (
	MetricSpace             = "Ebb"
	MetricHouse             = "House"
	MetricDueLag            = "DueLag"            // seconds that the oldest due thing waits
	MetricNeedsAttention    = "NeedsAttention"    // grants that a person has to look at
	MetricNeedsAttentionAge = "NeedsAttentionAge" // seconds since the first of them
	MetricReviewLag         = "ReviewLag"         // seconds that the oldest due access review waits
)
