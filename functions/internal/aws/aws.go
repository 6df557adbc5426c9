// Package aws owns how a function is put together: one constructor for each
// adapter, so that a main is a few lines, and each function links and may use
// only what it asks for.
//
// Nothing is called when a function starts: clients are made, and the first
// call comes with the first event. Credentials are those that Lambda puts into
// the environment, which live as long as the process does. It holds no rule.
package aws

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/config"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	headsaws "github.com/ebb-access/ebb/shared/heads/aws"
	secretaws "github.com/ebb-access/ebb/shared/secret/aws"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
	"github.com/ebb-access/ebb/shared/workflow/sfn"
)

// Function is a function that knows its environment.
type Function struct {
	Config config.Config
	Log    *slog.Logger
	sdk    sdk.Config
	vault  *secretaws.Store
}

// Must reads the environment of a function, or ends the process with what is
// wrong with it: Lambda shows that as the reason why the function did not start.
func Must(function string) *Function {
	f, err := New(function, os.Getenv)
	if err != nil {
		slog.New(slog.NewJSONHandler(os.Stderr, nil)).Error("start", "error", err)
		os.Exit(1)
	}
	return f
}

// New is Must for tests.
func New(function string, getenv func(string) string) (*Function, error) {
	c, err := config.Read(function, getenv)
	if err != nil {
		return nil, err
	}
	f := &Function{
		Config: c,
		Log:    slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel})).With("function", function),
		sdk: sdk.Config{
			Region: c.Region,
			Credentials: credentials.NewStaticCredentialsProvider(
				getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")),
		},
	}
	if c.AWSEndpoint != "" {
		f.sdk.BaseEndpoint = &c.AWSEndpoint
	}
	f.vault = secretaws.Open(secretsmanager.NewFromConfig(f.sdk), secretaws.Options{Prefix: c.SecretPrefix})
	return f, nil
}

// House is the house with everything that all functions need. It keeps no
// heads of the audit and starts no executions: see Heads and Executions.
func (f *Function) House() *flow.House { return f.house(Credentials{}) }

func (f *Function) house(app Credentials) *flow.House {
	return &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord,
		Memory: store.New(f.table(), store.Options{}), Secrets: f.vault, Slack: f.slack(app),
		Heads: noHeads{}, Pace: slack.Tier, URL: f.Config.URL, Log: f.Log,
		AskSCIM: f.Config.AskSCIM == "on", AskRoles: f.Config.AskRoles == "on", EvidenceAtOnce: cmp.Or(f.Config.AtOnce, flow.EvidenceAtOnce),
	}
}

func (f *Function) table() store.Table {
	client := dynamodb.NewFromConfig(f.sdk, func(o *dynamodb.Options) {
		if f.Config.DynamoDB != "" {
			o.BaseEndpoint = &f.Config.DynamoDB
		}
	})
	return dynamo.Open(client, f.Config.Table, dynamo.Options{})
}

func (f *Function) slack(app Credentials) *slack.Client {
	return slack.New(slack.Config{
		APIURL: f.Config.SlackAPIURL, AuthorizeURL: f.Config.AuthorizeURL, Tokens: newTokens(f.vault, time.Now),
		ClientID: app.ClientID, ClientSecret: app.ClientSecret,
	})
}

// Screens shows people something in Slack, in the app's name.
func Screens(f *Function) *slack.Client { return f.slack(Credentials{}) }

// Heads keeps the signed heads of the audit. It is no method, and neither is
// Executions: where a page is a template, the linker keeps all methods of all
// types, and S3's client with them.
func Heads(f *Function) flow.Heads {
	client := s3.NewFromConfig(f.sdk, func(o *s3.Options) { o.UsePathStyle = f.Config.AWSEndpoint != "" })
	return headsaws.Open(client, f.Config.HeadsBucket)
}

// Executions starts leases.
func Executions(f *Function) flow.Executions {
	return sfn.Open(awssfn.NewFromConfig(f.sdk), f.Config.StateMachine)
}

// SDK is how a function reaches AWS, for a client that few functions link.
func (f *Function) SDK() sdk.Config { return f.sdk }

// noHeads is for functions that have no rights on heads.
type noHeads struct{}

func (noHeads) Heads(context.Context) ([]audit.Head, error) { return nil, errNoHeads }

func (noHeads) HeadFrom(context.Context, int64) (audit.Head, error) {
	return audit.Head{}, errNoHeads
}
func (noHeads) AddHead(context.Context, audit.Head) error { return errNoHeads }

var errNoHeads = fault.New("functions", fault.Internal, "this function was built without the heads of the audit")
