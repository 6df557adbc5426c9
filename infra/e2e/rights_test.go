package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/infra/rights"
	"github.com/ebb-access/ebb/shared/config/names"
)

// synthesized is the template of this very checkout, which `make e2e` writes.
const synthesized = "../../.build/e2e/ebb.template.json"

// kept are the rights that stay though this run need not use them.
// Entries say what AWS does by itself with a function's role, what chance
// decides, and what takes more than this story to happen.
var kept = slices.Concat(
	rights.Each(rights.Kept{
		Sid: "Logs", Why: "Lambda itself writes there what a function prints, with the function's role",
	}, "logs:CreateLogStream", "logs:PutLogEvents"),
	rights.Each(rights.Kept{
		Sid: "TableKey", Why: "DynamoDB uses the table's key with the caller's rights; DynamoDB Local has no key",
	}, "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"),
	rights.Each(rights.Kept{
		Roles: []string{names.Sync, names.Sweep, names.Review}, Sid: "made by CDK", Why: "Lambda itself puts a call aside that failed, with the function's role",
	}, "sqs:SendMessage"),
	rights.Each(rights.Kept{
		Roles: []string{names.Notify}, Sid: "Stream", Why: "Lambda itself reads the table's stream, with the function's role",
	}, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
	rights.Each(rights.Kept{
		Roles: []string{names.Notify}, Sid: "PutAside", Why: "Lambda itself puts a record aside that failed three times, with the function's role",
	}, "sqs:SendMessage"),
	rights.Each(rights.Kept{
		Roles: []string{"SchedulerRole"}, Sid: "PutAside", Why: "the Scheduler itself puts a call aside that did not arrive",
	}, "sqs:SendMessage"),
	rights.Each(
		rights.Kept{Roles: []string{"LeaseRole"}, Sid: "made by CDK", Why: "Step Functions itself sets the delivery of its logs up"},
		"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
		"logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
	),
	rights.Each(rights.Kept{
		Roles: []string{names.Slack, names.Sweep}, Sid: "Pseudonyms", Why: "the house's first text that anybody types may be typed in Slack; in this run api meets it",
	}, "secretsmanager:CreateSecret"),
	rights.Each(rights.Kept{
		Roles: []string{names.Console}, Sid: "Pseudonyms", Why: "the house's first text that anybody types may be typed on a page; in this run api meets it",
	}, "secretsmanager:CreateSecret"),
	rights.Each(rights.Kept{
		Roles: []string{names.Console}, Sid: "WriteTokens", Sometimes: true, Why: "pasting a token on a page is api's verb, which this run has api do",
	}, "secretsmanager:DescribeSecret", "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage", "secretsmanager:RestoreSecret"),
	rights.Each(rights.Kept{
		Roles: []string{names.Console}, Sid: "DropTokens", Sometimes: true, Why: "disconnecting on a page is api's verb, which this run has api do",
	}, "secretsmanager:DeleteSecret"),
	rights.Each(rights.Kept{
		Roles: []string{names.Console}, Sid: "Directory", Sometimes: true, Why: "what a page makes api's verbs write to the directory, which this run has api do",
	}, "dynamodb:BatchWriteItem"),
	rights.Each(rights.Kept{
		Roles: []string{names.Console}, Sid: "Verify", Sometimes: true, Why: "verifying the audit on a page is api's verb, which this run has api do",
	}, "secretsmanager:GetSecretValue"),
	rights.Each(rights.Kept{
		Roles: []string{names.Console}, Sid: "ReadHeads", Sometimes: true, Why: "verifying the audit on a page is api's verb, which this run has api do",
	}, "s3:ListBucketVersions"),
	rights.Each(rights.Kept{
		Sid: "SignInKey", Sometimes: true, Why: "looks whether a key was made when the answer to making it was lost",
	}, "secretsmanager:DescribeSecret"),
	rights.Each(rights.Kept{
		Sid: "SigningKey", Sometimes: true, Why: "looks whether a key was made when the answer to making it was lost",
	}, "secretsmanager:DescribeSecret"),
	rights.Each(rights.Kept{
		Sid: "Pseudonyms", Sometimes: true, Why: "looks whether a key was made when the answer to making it was lost",
	}, "secretsmanager:DescribeSecret"),
)

// template reads the synthesized template as it is deployed here.
func (h *house) template() (rights.Template, error) {
	raw, err := os.ReadFile(synthesized)
	if err != nil {
		return rights.Template{}, fmt.Errorf("`make e2e` writes the template: %w", err)
	}
	return rights.Parse(raw, rights.Place{Region: region, Account: account, Named: map[string]string{
		"AWS::DynamoDB::Table": h.table, "AWS::S3::Bucket": h.table,
	}})
}

// privileges compares what every role may do with what it did in this run.
func (s *story) privileges(context.Context) error {
	s.say("Least privilege, both ways: what this run called against the synthesized policies")
	template, err := s.template()
	if err != nil {
		return err
	}
	policy, err := template.Roles(stackName)
	if err != nil {
		return err
	}
	for _, name := range names.Functions {
		if len(policy[name]) == 0 {
			return fmt.Errorf("the template has no role of function %s", name)
		}
		s.tell("%s called %s", name, s.engines.asked(name))
	}
	wrong := slices.Sorted(maps.Keys(s.engines.unknown))
	wrong = append(wrong, rights.Compare(policy, s.engines.did(), kept)...)
	if len(wrong) > 0 {
		return fmt.Errorf("rights and run differ:\n%s", strings.Join(wrong, "\n"))
	}
	s.tell("%d roles: every call is allowed, and every right was used or has its reason (%d reasons)", len(policy), len(kept))
	return nil
}
