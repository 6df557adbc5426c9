package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// stackName is the stack's, as it is when nobody says otherwise.
const stackName = "ebb"

// site is what a deploy is made of.
type site struct {
	company    slacktest.Options
	definition string // of the state machine
	secrets    string // what the names of secrets begin with
	level      string // of logs
}

// house is what a deploy makes, and what a person needs of it.
type house struct {
	engines *engines
	fleet   *fleet
	owner   *owner
	slack   *slacktest.Org // to make trouble in, and to count calls; never to read from
	url     string         // the HTTP API
	table   string
	machine string
	admin   *client

	ada, lin, sam, kit, bob string
	oncall                  string
}

// deploy makes the table, the secret that a person fills in, the bucket, the
// state machine and the functions.
func deploy(t *testing.T, at site) *house {
	t.Helper()
	h := &house{fleet: newFleet(), table: fmt.Sprintf("e2e-%d", time.Now().UnixNano())}
	lambda := listen(t, http.HandlerFunc(h.fleet.lambdaAPI))
	t.Cleanup(lambda.stop)
	api := listen(t, http.HandlerFunc(h.fleet.gateway))
	t.Cleanup(api.stop)
	h.engines, h.url = startEngines(t, lambda.url), api.url
	h.fleet.did = h.engines.seen.add
	sim := slacktest.New(at.company)
	h.slack = sim
	slack := listen(t, sim)
	t.Cleanup(slack.stop)
	team := sim.TeamIDs()[0]
	h.owner = &owner{base: slack.url, token: sim.UserToken(), id: sim.PrimaryOwner(team), team: team}
	people := sim.Users()
	if err := h.populate(sim, people); err != nil {
		t.Fatal(err)
	}
	h.resources(t, at, fmt.Sprintf(`{"clientId":%q,"clientSecret":%q,"signingSecret":%q}`, sim.ClientID(), sim.ClientSecret(), sim.SigningSecret()))
	h.fleet.env = []string{
		names.EnvTable + "=" + h.table, names.EnvSecretPrefix + "=" + at.secrets, names.EnvURL + "=" + h.url,
		names.EnvHeadsBucket + "=" + h.table, names.EnvStateMachine + "=" + h.machine, names.EnvAWSEndpoint + "=" + h.engines.server.url,
		names.EnvSlackAPIURL + "=" + slack.url + "/api/", names.EnvAuthorizeURL + "=" + slack.url + "/oauth/v2/authorize",
		names.EnvLogLevel + "=" + at.level,
		names.EnvAtOnce + "=2", // so that review makes the evidence of a small review, too
	}
	h.fleet.deploy(t, built)
	h.streamed(t)
	return h
}

// populate picks five people, and makes a group with two of them and one with
// another, as the owner does by hand.
func (h *house) populate(sim *slacktest.Org, people []slacktest.User) error {
	var ids []string
	for _, u := range people {
		if u.RealName != "" && !u.Bot && !u.Restricted && !u.Invited && !u.External && !u.Deleted && !u.Admin && !u.Owner && u.ID != "USLACKBOT" {
			ids = append(ids, u.ID)
		}
	}
	if len(ids) < 5 {
		return fmt.Errorf("the simulated Slack has only %d people", len(ids))
	}
	h.ada, h.lin, h.sam, h.kit, h.bob = ids[0], ids[1], ids[2], ids[3], ids[4]
	h.oncall = sim.AddGroup(slacktest.Group{Handle: "oncall", Name: "oncall", Members: []string{h.sam, h.kit}})
	sim.AddGroup(slacktest.Group{Handle: "sre-leads", Name: "sre-leads", Members: []string{h.lin}})
	return nil
}

func (h *house) resources(t *testing.T, at site, app string) {
	t.Helper()
	ctx, c := t.Context(), h.engines.sdk()
	ok := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	ok("table", dynamo.CreateTable(ctx, dynamodb.NewFromConfig(c), h.table))
	vault := secretsmanager.NewFromConfig(c)
	_, err := vault.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String(at.secrets + names.SlackApp), SecretString: &app})
	ok("secret", err)
	_, err = s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true }).CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: &h.table, ObjectLockEnabledForBucket: aws.Bool(true),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region},
	})
	ok("bucket", err)
	text := placed(at.definition)
	made, err := sfn.NewFromConfig(c).CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String(stackName + "-lease"), Definition: &text, RoleArn: aws.String("arn:aws:iam::" + account + ":role/lease"),
	})
	ok("state machine", err)
	h.machine = *made.StateMachineArn
}

// placed is a definition that names the functions.
func placed(definition string) string {
	for p, name := range map[string]string{workflow.GrantFunctionArn: names.Grant, workflow.RevokeFunctionArn: names.Revoke} {
		definition = strings.ReplaceAll(definition, "${"+p+"}", "arn:aws:lambda:"+region+":"+account+":function:"+stackName+"-"+name)
	}
	return definition
}

// scheduled fires a function until the test ends.
func (h *house) scheduled(t *testing.T, name string) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	h.fleet.schedule(ctx, ctx, &all, name)
	t.Cleanup(func() { cancel(); all.Wait() })
}

// firstKey runs the command that makes the first Super Administrator and key,
// with an operator's credentials.
func (h *house) firstKey(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "../../.build/ebb", "key", "first", "--table", h.table)
	cmd.Env = append(os.Environ(), names.EnvDynamoDB+"="+h.engines.server.url, "AWS_REGION="+region,
		"AWS_ACCESS_KEY_ID=operator", "AWS_SECRET_ACCESS_KEY=test")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("ebb key first: %w: %s", err, out)
	}
	key, _, _ := strings.Cut(string(out), "\n")
	h.admin = &client{base: h.url, key: key}
	return nil
}
