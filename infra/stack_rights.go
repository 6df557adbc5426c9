package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/ebb-access/ebb/shared/config/names"
)

// rights are a function's policy, a statement a subject, written out: who reads
// the template sees what each function may do and on what. `make e2e` fails
// when a function called what is missing here, or never needs what is here.
func (s *Stack) rights(f Function, logs *string) awsiam.PolicyDocument {
	all := []awsiam.PolicyStatement{
		allow("Logs", []*string{logs}, "logs:CreateLogStream", "logs:PutLogEvents"),
		allow("Table", []*string{s.table.TableArn()},
			// TransactWriteItems is authorized by what it is made of.
			"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
		s.useKey(),
		s.keepAudit(),
	}
	for _, use := range f.Uses {
		all = append(all, s.right(use)...)
	}
	return document(all...)
}

// right is what one use means.
func (s *Stack) right(use Use) []awsiam.PolicyStatement {
	tokens := []*string{s.secretARN("connector/*")}
	signing := []*string{s.secretARN("audit/heads-??????")}
	switch use {
	case Locks:
		// A commit under a lock checks that the lock is still its own.
		return one(allow("Locks", []*string{s.table.TableArn()}, "dynamodb:ConditionCheckItem"))
	case Directory:
		return one(allow("Directory", []*string{s.table.TableArn()}, "dynamodb:BatchWriteItem"))
	case Stages:
		// A commit of lines checks that their campaign is still being staged; what leads
		// reviewers to them, what tells reviewers, and evidence packages go in batches.
		return one(allow("Stages", []*string{s.table.TableArn()}, "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem"))
	case ReadTokens:
		return one(allow("ReadTokens", tokens, "secretsmanager:GetSecretValue"))
	case WriteTokens:
		return one(allow("WriteTokens", tokens, writeSecret...))
	case DropTokens:
		return one(dropTokens(tokens))
	case App:
		return one(allow("SlackApp", []*string{s.secretARN(names.SlackApp + "-??????")}, "secretsmanager:GetSecretValue"))
	case SignIn:
		all := one(allow("SignInKey", []*string{s.secretARN(names.SignInKey + "-??????")}, makeKey...))
		if s.p.OIDCIssuer != "" {
			all = append(all, allow("Issuer", []*string{s.secretARN(names.Issuer + "-??????")}, "secretsmanager:GetSecretValue"))
		}
		return all
	case Pseudonyms:
		return one(allow("Pseudonyms", []*string{s.secretARN("audit/pseudonyms-??????")}, makeKey...))
	case Signs:
		return one(allow("SigningKey", signing, makeKey...))
	case ReadSigner:
		return one(allow("Verify", signing, "secretsmanager:GetSecretValue"))
	case ReadHeads:
		// A head's name says all of it, so that listing is reading.
		return one(allow("ReadHeads", []*string{s.heads.BucketArn()}, "s3:ListBucketVersions"))
	case AddHeads:
		// Neither deleting, nor changing what was put, nor its retention.
		return one(allow("AddHeads", []*string{s.heads.ArnForObjects(jsii.String("heads/*"))}, "s3:PutObject"))
	case Hears:
		return []awsiam.PolicyStatement{
			allow("Stream", []*string{s.table.TableStreamArn()}, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
			allow("PutAside", []*string{s.dead[names.Notify].QueueArn()}, "sqs:SendMessage"),
		}
	case Mails:
		return s.mayMail()
	case Wakes:
		return one(allow("Wake", []*string{s.leaseARN()}, "states:StartExecution"))
	}
	panic("no right is written down for: " + use)
}

// What the Secrets Manager engine (shared/secret/aws) calls to store a secret;
// reading is a use of its own.
var (
	writeSecret = []string{
		"secretsmanager:DescribeSecret", "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue",
		"secretsmanager:UpdateSecretVersionStage", "secretsmanager:RestoreSecret",
	}
	// A key of the house is made once and then only read.
	makeKey = []string{"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:CreateSecret"}
)

// mayMail lets a function send from the stack's sender, through its configuration
// set, and in no other name; nothing where there is no sender.
func (s *Stack) mayMail() []awsiam.PolicyStatement {
	if s.p.MailFrom == "" {
		return nil
	}
	return one(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String("Mail"), Actions: jsii.Strings("ses:SendEmail"),
		Resources:  &[]*string{s.sesARN("identity/" + s.p.MailFrom), s.sesARN("configuration-set/" + s.p.StackName)},
		Conditions: &map[string]any{"StringEquals": map[string]any{"ses:FromAddress": s.p.MailFrom}},
	}))
}

// dropTokens allows what can be undone for seven days, and not deleting at once.
func dropTokens(tokens []*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String("DropTokens"), Actions: jsii.Strings("secretsmanager:DeleteSecret"), Resources: &tokens,
		Conditions: &map[string]any{"BoolIfExists": map[string]any{"secretsmanager:ForceDeleteWithoutRecovery": "false"}},
	})
}

// useKey lets a function use the key through DynamoDB and in no other way. The
// actions are those that AWS names for whoever uses a table under a
// customer's key (docs.aws.amazon.com, "DynamoDB encryption at rest: usage notes").
func (s *Stack) useKey() awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:       jsii.String("TableKey"),
		Actions:   jsii.Strings("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"),
		Resources: &[]*string{s.key.KeyArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"kms:ViaService": "dynamodb." + *s.Stack.Region() + "." + *s.Stack.UrlSuffix(),
		}},
	})
}

// keepAudit denies what no verb does: taking events or links of the chain away.
// Leading keys are worth naming here alone: everywhere else a function's
// partitions are those of its verbs, which grow. Batches are authorized as a
// whole and by their keys, so they are denied there too.
func (s *Stack) keepAudit() awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:       jsii.String("NobodyDeletesTheAudit"),
		Effect:    awsiam.Effect_DENY,
		Actions:   jsii.Strings("dynamodb:DeleteItem", "dynamodb:BatchWriteItem"),
		Resources: &[]*string{s.table.TableArn()},
		Conditions: &map[string]any{"ForAnyValue:StringLike": map[string]any{
			"dynamodb:LeadingKeys": []string{"ev#*", "chain", "chain-head", "sealed"},
		}},
	})
}

func allow(sid string, resources []*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &resources,
	})
}

func one(s awsiam.PolicyStatement) []awsiam.PolicyStatement { return []awsiam.PolicyStatement{s} }
