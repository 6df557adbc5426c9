package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
)

// The attributes that the DynamoDB engine (shared/store/dynamo) gives a
// meaning. A test compares them: this app imports no engine.
const (
	partAttribute    = "pk"
	sortAttribute    = "sk"
	expiresAttribute = "ttl"
)

// headsDays is how long a signed head cannot be deleted or overwritten.
const headsDays = 400

// addKey makes the customer's own key, or takes the one that was named.
func (s *Stack) addKey() {
	if s.p.KeyARN != "" {
		s.key = awskms.Key_FromKeyArn(s.Stack, jsii.String("Key"), jsii.String(s.p.KeyARN))
		awscdk.Annotations_Of(s.Stack).AddWarningV2(jsii.String("ebb:key-policy"), jsii.String(
			"the policy of keyArn has to let cloudwatch.amazonaws.com use it (kms:Decrypt, kms:GenerateDataKey), or no alarm is sent"))
		return
	}
	key := awskms.NewKey(s.Stack, jsii.String("Key"), &awskms.KeyProps{
		Alias:             jsii.String(s.p.StackName),
		Description:       jsii.String("Ebb's table and the topic of its alarms"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     s.p.removal(),
	})
	// Alarms go to an encrypted topic, and CloudWatch is who writes it.
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("AlarmsReachTheTopic"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  jsii.Strings("*"), // in a key's policy: this key
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": s.Stack.Account()}},
	}), nil)
	s.key = key
}

// addTable makes the one table. Its name is fixed, so that a stack that was
// destroyed and comes back finds it taken instead of silently starting empty.
// It is no TableV2: that one cannot be synthesized without an account when the
// key is the customer's.
func (s *Stack) addTable() {
	s.table = awsdynamodb.NewTable(s.Stack, jsii.String("Table"), &awsdynamodb.TableProps{
		TableName:           jsii.String(s.p.StackName),
		PartitionKey:        &awsdynamodb.Attribute{Name: jsii.String(partAttribute), Type: awsdynamodb.AttributeType_STRING},
		SortKey:             &awsdynamodb.Attribute{Name: jsii.String(sortAttribute), Type: awsdynamodb.AttributeType_STRING},
		TimeToLiveAttribute: jsii.String(expiresAttribute),
		BillingMode:         awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Encryption:          awsdynamodb.TableEncryption_CUSTOMER_MANAGED,
		EncryptionKey:       s.key,
		// People are told from the stream, so that they hear within a second; what
		// it loses is told by sweep, from the same rows.
		Stream: awsdynamodb.StreamViewType_NEW_IMAGE,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
		DeletionProtection: jsii.Bool(s.p.keeps()),
		RemovalPolicy:      s.p.removal(),
	})
}

// addHeads makes the bucket of the audit's signed heads: outside the table, so
// that whoever can write the table cannot make up its past alone. It is kept
// in every case: heads are proof, and a bucket with locked objects cannot be
// deleted with the stack.
func (s *Stack) addHeads() {
	s.heads = awss3.NewBucket(s.Stack, jsii.String("Heads"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		// Not the customer's key: hashes and signatures are no secret, and a
		// head has to be readable when everything else was lost.
		Encryption:                 awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:                 jsii.Bool(true),
		MinimumTLSVersion:          jsii.Number(1.2),
		Versioned:                  jsii.Bool(true),
		ObjectLockEnabled:          jsii.Bool(true),
		ObjectLockDefaultRetention: awss3.ObjectLockRetention_Governance(awscdk.Duration_Days(jsii.Number(headsDays))),
		RemovalPolicy:              awscdk.RemovalPolicy_RETAIN,
	})
}
