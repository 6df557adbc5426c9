//lint:file-ignore SA1019 assertions still return the message type that has moved

package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// suppression lets one finding of one construct pass, and says why.
type suppression struct {
	path, rule, applies, reason string
}

const delivery = "Step Functions delivers logs with actions that know no resources; AWS asks for * (docs.aws.amazon.com/step-functions, Logging using CloudWatch Logs)"

// suppressions are all that is not as AwsSolutions would have it. path is
// below the stack.
var suppressions = []suppression{
	{"SlackApp", "AwsSolutions-SMG4", "", "the client secret is Slack's: only a person can make a new one, in Slack"},
	{"Heads", "AwsSolutions-S1", "", "objects are locked and written by one function; a log of accesses would need a second bucket to guard"},
	{"Lease", "AwsSolutions-SF1", "", "events of all levels would tell nothing that the history does not, and cost more than the lease"},
	{"Lease", "AwsSolutions-SF2", "", "a trace of months of sleep says nothing, and X-Ray's rights are on everything"},
	{"LeaseRole/DefaultPolicy", "AwsSolutions-IAM5", "Resource::*", delivery},
	{"Http/ANY--v1--{proxy+}", "AwsSolutions-APIG4", "", "the function checks API keys itself, which are hashed in the table"},
	{"Http/GET--connect--{word}", "AwsSolutions-APIG4", "", "the path holds a word that works once, for ten minutes; a browser has nothing else"},
	{"Http/GET--slack--oauth--callback", "AwsSolutions-APIG4", "", "Slack sends browsers here; state and cookie are checked by the function"},
	{"Http/POST--slack--events", "AwsSolutions-APIG4", "", "Slack signs each event, and the function refuses what is not signed"},
	{"Http/POST--slack--commands", "AwsSolutions-APIG4", "", "as for events: what Slack has not signed is refused"},
	{"Http/POST--slack--interaction", "AwsSolutions-APIG4", "", "as for events: what Slack has not signed is refused"},
	{"Http/POST--slack--options", "AwsSolutions-APIG4", "", "as for events: what Slack has not signed is refused"},
	{"Http/GET--", "AwsSolutions-APIG4", "", "pages are for browsers: the console knows its reader by a session's cookie, and shows nobody else more than how to sign in"},
	{"Http/GET--{proxy+}", "AwsSolutions-APIG4", "", "as for the first page"},
	{"Http/POST--{proxy+}", "AwsSolutions-APIG4", "", "as for the first page; a form from another site is refused"},
	{"InstallRole", "AwsSolutions-IAM5", tokens, "connectors' secrets are made while the house runs, below this prefix alone"},
	{"ApiRole", "AwsSolutions-IAM5", tokens, "as install: pasting a token stores one below this prefix"},
	{"ConsoleRole", "AwsSolutions-IAM5", tokens, "as api: a pasted token is stored below this prefix"},
	{"SlackappRole", "AwsSolutions-IAM5", tokens, "as install, and only to read below this prefix"},
	{"SyncRole", "AwsSolutions-IAM5", tokens, "as install, and only to read below this prefix"},
	{"GrantRole", "AwsSolutions-IAM5", tokens, "as install, and only to read below this prefix"},
	{"RevokeRole", "AwsSolutions-IAM5", tokens, "as install, and only to read below this prefix"},
	{"SweepRole", "AwsSolutions-IAM5", tokens, "as install, and only to read below this prefix"},
	{"NotifyRole", "AwsSolutions-IAM5", tokens, "as install, and only to read below this prefix"},
	{"NotifyDeadLetters", "AwsSolutions-SQS3", "", "it is where the stream's mapping puts what failed, which this rule does not see"},
	{"SweepRole", "AwsSolutions-IAM5", objects, "heads are objects that are made while the house runs"},
}

const (
	tokens  = "Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:ebb/connector/*"
	objects = "Resource::<Heads40852749.Arn>/heads/*"
)

func (s suppression) applyTo(stack *Stack) {
	one := &cdknag.NagPackSuppression{Id: jsii.String(s.rule), Reason: jsii.String(s.reason)}
	if s.applies != "" {
		one.AppliesTo = &[]any{s.applies}
	}
	cdknag.NagSuppressions_AddResourceSuppressionsByPath(stack.Stack, "/ebb/"+s.path, &[]*cdknag.NagPackSuppression{one}, jsii.Bool(true))
}

// findings are what AwsSolutions says of the stack with these suppressions.
func findings(t *testing.T, with []suppression) []string {
	t.Helper()
	stack := stackOf(t, map[string]string{"mailFrom": "ebb@example.com", "alarmMail": "ops@example.com"})
	awscdk.Aspects_Of(stack.Stack).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{}), nil)
	for _, s := range with {
		s.applyTo(stack)
	}
	all := assertions.Annotations_FromStack(stack.Stack)
	anything := assertions.Match_StringLikeRegexp(jsii.String("AwsSolutions-.*"))
	var out []string
	for _, found := range []*[]*cxapi.SynthesisMessage{
		all.FindError(jsii.String("*"), anything), all.FindWarning(jsii.String("*"), anything),
	} {
		for _, m := range *found {
			text, _ := m.Entry.Data.(string)
			out = append(out, *m.Id+" "+strings.SplitN(text, "\n", 2)[0])
		}
	}
	return out
}

func TestAwsSolutions(t *testing.T) {
	for _, f := range findings(t, suppressions) {
		t.Error(f)
	}
}

// A suppression that suppresses nothing is taken out.
func TestSuppressionsAreNeeded(t *testing.T) {
	without := strings.Join(findings(t, nil), "\n")
	for _, s := range suppressions {
		found := false
		for _, line := range strings.Split(without, "\n") {
			found = found || strings.HasPrefix(line, "/ebb/"+s.path+"/") && strings.Contains(line, s.rule) && strings.Contains(line, s.applies)
		}
		if !found {
			t.Errorf("nothing to suppress: %s %s %s", s.path, s.rule, s.applies)
		}
		if len(s.reason) < 20 {
			t.Errorf("%s %s has no reason", s.path, s.rule)
		}
	}
}
