package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/infra/cost"
	"github.com/ebb-access/ebb/infra/workflow"
	"github.com/ebb-access/ebb/shared/config"
	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slackapp"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// expect compares what stands at some paths of an object.
func expect(t *testing.T, what string, o object, want map[string]any) {
	t.Helper()
	for path, w := range want {
		if got := at(o, path); got != w {
			t.Errorf("%s: %s is %v, not %v", what, path, got, w)
		}
	}
}

func TestTable(t *testing.T) {
	p := parts()
	table := p.only(t, "DynamoDB::Table")
	expect(t, "table", table, map[string]any{
		"BillingMode":               "PAY_PER_REQUEST",
		"DeletionProtectionEnabled": true,
		"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": true,
		"SSESpecification.SSEEnabled":                                 true,
		"SSESpecification.SSEType":                                    "KMS",
		"StreamSpecification.StreamViewType":                          "NEW_IMAGE",
		"TimeToLiveSpecification.Enabled":                             true,
		"TimeToLiveSpecification.AttributeName":                       dynamo.Expires,
		"KeySchema.0.AttributeName":                                   dynamo.Part,
	})
	if sortAttribute != dynamo.Sort {
		t.Errorf("the sort key is %s here and %s in the engine", sortAttribute, dynamo.Sort)
	}
	key := p.ids("KMS::Key")
	if got := text(at(table, "SSESpecification.KMSMasterKeyId")); len(key) != 1 || got != "${"+key[0]+".Arn}" {
		t.Errorf("the table is encrypted with %s", got)
	}
	expect(t, "key", p.only(t, "KMS::Key"), map[string]any{"EnableKeyRotation": true})
}

// What is kept when the stack goes.
func TestKept(t *testing.T) {
	kept := []string{"DynamoDB::Table", "KMS::Key", "S3::Bucket", "SecretsManager::Secret"}
	policy := func(tt template, kind string) string { return tt.resources[tt.ids(kind)[0]]["DeletionPolicy"].(string) }
	gone := templateOf(stackOf(t, map[string]string{"removalPolicy": "destroy"}))
	for _, kind := range kept {
		if got := policy(parts(), kind); got != "Retain" {
			t.Errorf("%s: %s", kind, got)
		}
		want := "Delete"
		if kind == "S3::Bucket" { // proof is kept in any case
			want = "Retain"
		}
		if got := policy(gone, kind); got != want {
			t.Errorf("%s when asked to destroy: %s", kind, got)
		}
	}
	if at(gone.only(t, "DynamoDB::Table"), "DeletionProtectionEnabled") != false {
		t.Error("a table that is to be destroyed is protected")
	}
}

func TestHeads(t *testing.T) {
	p := parts()
	expect(t, "bucket", p.only(t, "S3::Bucket"), map[string]any{
		"ObjectLockEnabled":                                                     true,
		"VersioningConfiguration.Status":                                        "Enabled",
		"PublicAccessBlockConfiguration.BlockPublicAcls":                        true,
		"PublicAccessBlockConfiguration.RestrictPublicBuckets":                  true,
		"ObjectLockConfiguration.ObjectLockEnabled":                             "Enabled",
		"ObjectLockConfiguration.Rule.DefaultRetention.Days":                    400.0,
		"ObjectLockConfiguration.Rule.DefaultRetention.Mode":                    "GOVERNANCE",
		"OwnershipControls.Rules.0.ObjectOwnership":                             "BucketOwnerEnforced",
		"BucketEncryption.ServerSideEncryptionConfiguration.0.BucketKeyEnabled": nil,
	})
	if !strings.Contains(jsonOf(p.only(t, "S3::BucketPolicy")), "aws:SecureTransport") {
		t.Error("the bucket takes calls without TLS")
	}
}

// Each function has what it is told, and nothing that it is not asked for.
func TestFunctions(t *testing.T) {
	for _, f := range Functions {
		props := parts().function(t, f.Name)
		expect(t, f.Name, props, map[string]any{
			"Runtime": "provided.al2023", "Architectures.0": "arm64", "Handler": "bootstrap",
			"Timeout": f.Timeout.Seconds(), "MemorySize": float64(f.Memory), "LoggingConfig.LogFormat": "JSON",
			"ReservedConcurrentExecutions": nil,
		})
		env := at(props, "Environment.Variables").(object)
		c, err := config.Read(f.Name, func(name string) string {
			if name == "AWS_REGION" {
				return "eu-central-1" // Lambda's
			}
			// What is only known when deployed, in its form.
			return strings.NewReplacer("${AWS::Partition}", "aws", "${AWS::Region}", "eu-central-1", "${AWS::AccountId}", "1",
				"${Http36EFD62B.ApiEndpoint}", "https://x.example", "$", "", "{", "", "}", "").Replace(text(env[name]))
		})
		if err != nil {
			t.Errorf("%s cannot start: %v", f.Name, err)
		}
		if c.SecretPrefix != "ebb/" || c.SlackAPIURL != "https://slack.com/api/" {
			t.Errorf("%s: %+v", f.Name, c)
		}
		for name := range env {
			if strings.Contains(strings.ToLower(name+text(env[name])), "token") {
				t.Errorf("%s has %s in its environment", f.Name, name)
			}
		}
	}
}

func TestReservedConcurrency(t *testing.T) {
	p := templateOf(stackOf(t, map[string]string{"reservedConcurrency": "sweep=2, revoke=20"}))
	for name, want := range map[string]any{names.Sweep: 2.0, names.Revoke: 20.0, names.API: nil} {
		expect(t, name, p.function(t, name), map[string]any{"ReservedConcurrentExecutions": want})
	}
}

// Every log ends some day, and each function writes to its own.
func TestLogs(t *testing.T) {
	p := parts()
	groups := p.ids("Logs::LogGroup")
	if len(groups) != len(Functions)+2 {
		t.Errorf("%d groups of logs", len(groups))
	}
	for _, id := range groups {
		expect(t, id, p.resources[id]["Properties"].(object), map[string]any{"RetentionInDays": 90.0})
	}
	for _, f := range Functions {
		if got := text(at(p.function(t, f.Name), "LoggingConfig.LogGroup")); !strings.HasPrefix(got, "${"+title(f.Name)+"Logs") {
			t.Errorf("%s logs to %s", f.Name, got)
		}
	}
	fewer := templateOf(stackOf(t, map[string]string{"logRetentionDays": "30"}))
	expect(t, "30 days", fewer.resources[fewer.ids("Logs::LogGroup")[0]]["Properties"].(object), map[string]any{"RetentionInDays": 30.0})
}

func TestLease(t *testing.T) {
	lease := parts().only(t, "StepFunctions::StateMachine")
	expect(t, "lease", lease, map[string]any{
		"StateMachineType": "STANDARD", "StateMachineName": "ebb-lease", "DefinitionString": workflow.Lease,
		"LoggingConfiguration.Level": "ERROR", "LoggingConfiguration.IncludeExecutionData": false,
	})
	given := at(lease, "DefinitionSubstitutions").(object)
	if len(given) != len(workflow.Placeholders) {
		t.Errorf("substitutions: %v", given)
	}
	for name, function := range map[string]string{workflow.GrantFunctionArn: "Grant", workflow.RevokeFunctionArn: "Revoke"} {
		if got := text(given[name]); !strings.HasPrefix(got, "${"+function) {
			t.Errorf("%s is %s", name, got)
		}
	}
	// The clock gives a step more time than the step gives itself.
	for _, f := range Functions {
		if f.Trigger == Leased && f.Timeout.Seconds() >= 75 {
			t.Errorf("%s may take longer than lease.asl.json waits", f.Name)
		}
	}
}

func TestSchedules(t *testing.T) {
	p := templateOf(stackOf(t, map[string]string{"syncEvery": "5m"}))
	rates := map[string]string{}
	for _, id := range p.ids("Scheduler::Schedule") {
		s := p.resources[id]["Properties"].(object)
		rates[text(s["Name"])] = text(s["ScheduleExpression"])
		dead := text(at(s, "Target.DeadLetterConfig.Arn"))
		if !strings.Contains(dead, "DeadLetters") || at(s, "Target.Input") != "{}" {
			t.Errorf("%s: %s, %v", id, dead, at(s, "Target.Input"))
		}
	}
	if rates["ebb-sweep"] != "rate(1 minute)" || rates["ebb-review"] != "rate(1 minute)" || rates["ebb-sync"] != "rate(5 minutes)" || len(rates) != 3 {
		t.Errorf("rates: %v", rates)
	}
	for _, f := range Functions {
		dead := text(at(p.function(t, f.Name), "DeadLetterConfig.TargetArn"))
		if (f.Trigger == Scheduled) != strings.HasPrefix(dead, "${"+title(f.Name)+"DeadLetters") {
			t.Errorf("what %s cannot do goes to %q", f.Name, dead)
		}
	}
	if slices.Contains(p.ids("Lambda::EventInvokeConfig"), "") || len(p.ids("Lambda::EventInvokeConfig")) != 3 {
		t.Error("a call of sweep, sync or review that failed is repeated by Lambda")
	}
}

func TestSlackPaths(t *testing.T) {
	if got := []string{eventsPath, commandsPath, interactionPath, optionsPath}; !slices.Equal(got, slackapp.Paths) {
		t.Errorf("Slack is served at %v, the API listens at %v", slackapp.Paths, got)
	}
}

func TestCallbackPath(t *testing.T) {
	if callbackPath != flow.CallbackPath || signInPath != flow.SlackSignInPath {
		t.Errorf("Slack answers to %s and %s, the stack names %s and %s", flow.CallbackPath, flow.SlackSignInPath, callbackPath, signInPath)
	}
}

// What costs money while nothing happens is what cost.md counts.
func TestFixedCosts(t *testing.T) {
	p := parts()
	metrics, ofHouse := 0, map[string]bool{}
	for _, a := range alarmed(p) {
		if a["Metrics"] == nil {
			metrics++
		}
		for _, m := range list(a["Metrics"]) {
			if at(m, "MetricStat") != nil {
				metrics++
			}
		}
		if a["Namespace"] == names.MetricSpace {
			ofHouse[text(a["MetricName"])] = true
		}
	}
	want := map[string]int{cost.Keys: len(p.ids("KMS::Key")), cost.Alarms: metrics}
	for _, f := range cost.FixedCosts {
		if n, ok := want[f.Name]; ok && n != f.Count {
			t.Errorf("the stack has %d %s, cost.md counts %d", n, f.Name, f.Count)
		}
		if f.Name == cost.Metrics && f.Count < len(ofHouse) {
			t.Errorf("alarms read %d metrics of the house, cost.md counts %d", len(ofHouse), f.Count)
		}
	}
}
