package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/config/names"
)

// statements are all of a role's, by the role's logical name without its hash.
func statements(p template) map[string][]object {
	out := map[string][]object{}
	short := func(id string) string { return id[:len(id)-8] }
	for _, id := range p.ids("IAM::Role") {
		for _, policy := range list(at(p.resources[id], "Properties.Policies")) {
			for _, s := range list(at(policy, "PolicyDocument.Statement")) {
				out[short(id)] = append(out[short(id)], s.(object))
			}
		}
	}
	for _, id := range p.ids("IAM::Policy") {
		for _, role := range list(at(p.resources[id], "Properties.Roles")) {
			name := short(strings.Trim(text(role), "${}"))
			for _, s := range list(at(p.resources[id], "Properties.PolicyDocument.Statement")) {
				out[name] = append(out[name], s.(object))
			}
		}
	}
	return out
}

// may reports whether a role may do an action on a secret of that name.
func may(all []object, action, secret string) bool {
	for _, s := range all {
		if s["Effect"] != "Allow" || !slices.Contains(texts(s["Action"]), "secretsmanager:"+action) {
			continue
		}
		for _, r := range texts(s["Resource"]) {
			_, name, _ := strings.Cut(r, ":secret:")
			if name == secret || strings.HasSuffix(name, "*") && strings.HasPrefix(secret, strings.TrimSuffix(name, "*")) {
				return true
			}
		}
	}
	return false
}

// Everything in rights is spelled: actions without *, resources with it only
// below a name of ours. The one exception has its reason.
func TestNoStars(t *testing.T) {
	for role, all := range statements(parts()) {
		for _, s := range all {
			actions := texts(s["Action"])
			for _, a := range actions {
				if strings.Contains(a, "*") {
					t.Errorf("%s may do %s", role, a)
				}
			}
			for _, r := range texts(s["Resource"]) {
				ours := strings.Contains(r, ":secret:ebb/connector/*") || strings.HasPrefix(r, "${Heads") && strings.HasSuffix(r, ".Arn}/heads/*")
				// Deliveries of logs have no ARNs (AWS, "Logging using CloudWatch Logs", Step Functions).
				delivery := role == "LeaseRole" && strings.HasPrefix(actions[0], "logs:") && r == "*"
				if strings.Contains(r, "*") && !ours && !delivery {
					t.Errorf("%s may do %v on %s", role, actions, r)
				}
			}
		}
	}
	for _, id := range parts().ids("IAM::Role") {
		if managed := at(parts().resources[id], "Properties.ManagedPolicyArns"); managed != nil {
			t.Errorf("%s has policies that AWS may widen: %v", id, managed)
		}
	}
}

// Who reads and who stores what is secret, in full.
func TestSecrets(t *testing.T) {
	type who = []string
	token, app, heads, pseudonyms := "ebb/connector/con_1/slack-abcdef", "ebb/slack/app-??????", "ebb/audit/heads-??????", "ebb/audit/pseudonyms-??????"
	for _, c := range []struct {
		action, secret string
		want           who
	}{
		// Approving reads approvers' groups in Slack as they are now; that is api, and slackapp.
		{"GetSecretValue", token, who{names.API, names.Console, names.Grant, names.Install, names.Notify, names.Revoke, names.Slack, names.Sweep, names.Sync}},
		{"PutSecretValue", token, who{names.API, names.Console, names.Install}},
		{"CreateSecret", token, who{names.API, names.Console, names.Install}},
		{"DeleteSecret", token, who{names.API, names.Console}},
		{"DeleteSecret", app, nil},
		{"DeleteSecret", heads, nil},
		{"GetSecretValue", app, who{names.Console, names.Install, names.Slack}},
		{"PutSecretValue", app, nil},
		{"GetSecretValue", heads, who{names.API, names.Console, names.Sweep}},
		{"PutSecretValue", heads, nil},
		{"CreateSecret", heads, who{names.Sweep}}, // api verifies, and makes no key
		{"GetSecretValue", pseudonyms, who{names.API, names.Console, names.Slack, names.Sweep}},
		{"PutSecretValue", pseudonyms, nil},
		{"GetSecretValue", "ebb/" + names.SignInKey + "-??????", who{names.Console}},
		{"CreateSecret", "ebb/" + names.SignInKey + "-??????", who{names.Console}},
		{"PutSecretValue", "ebb/" + names.SignInKey + "-??????", nil},
		{"GetSecretValue", "ebb/" + names.Issuer + "-??????", nil}, // this house has no issuer
		{"GetSecretValue", "other/connector/con_1", nil},
	} {
		var got who
		for role, all := range statements(parts()) {
			if may(all, c.action, c.secret) {
				got = append(got, strings.ToLower(strings.TrimSuffix(role, "Role")))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s on %s: %v, not %v", c.action, c.secret, got, c.want)
		}
	}
}

// What is deleted can be had back for a week.
func TestDeletingCanBeUndone(t *testing.T) {
	for role, all := range statements(parts()) {
		for _, s := range all {
			if slices.Contains(texts(s["Action"]), "secretsmanager:DeleteSecret") &&
				at(s, "Condition.BoolIfExists.secretsmanager:ForceDeleteWithoutRecovery") != "false" {
				t.Errorf("%s may delete a secret for good", role)
			}
		}
	}
}

// Two houses in one account do not share secrets.
func TestPrefixFollowsTheStack(t *testing.T) {
	p := templateOf(stackOf(t, map[string]string{"stackName": "ebb-test"}))
	for role, all := range statements(p) {
		if may(all, "GetSecretValue", "ebb/connector/con_1/slack-abcdef") {
			t.Errorf("%s of ebb-test reads ebb's tokens", role)
		}
	}
}

func TestNobodyDeletesTheAudit(t *testing.T) {
	for _, f := range Functions {
		found := false
		for _, s := range statements(parts())[title(f.Name)+"Role"] {
			keys, _ := at(s, "Condition.ForAnyValue:StringLike.dynamodb:LeadingKeys").([]any)
			found = found || s["Effect"] == "Deny" && slices.Contains(texts(s["Action"]), "dynamodb:DeleteItem") &&
				slices.Contains(texts(keys), "ev#*") && slices.Contains(texts(keys), "chain")
		}
		if !found {
			t.Errorf("%s may delete events", f.Name)
		}
	}
}

// The heads are written by sweep alone, and deleted by nobody.
func TestHeadsRights(t *testing.T) {
	for role, all := range statements(parts()) {
		for _, s := range all {
			for _, a := range texts(s["Action"]) {
				switch {
				case a == "s3:PutObject" && role == "SweepRole":
				case a == "s3:ListBucketVersions" && (role == "ApiRole" || role == "ConsoleRole"):
				case strings.HasPrefix(a, "s3:"):
					t.Errorf("%s may do %s", role, a)
				}
			}
		}
	}
}

// A key's own policy and roles' trust name who, and from which account.
func TestTrust(t *testing.T) {
	p := parts()
	for _, id := range p.ids("IAM::Role") {
		for _, s := range list(at(p.resources[id], "Properties.AssumeRolePolicyDocument.Statement")) {
			service := text(at(s, "Principal.Service"))
			if service == "" {
				t.Errorf("%s: whose is it? %v", id, s)
			}
			if service != "lambda.amazonaws.com" && text(at(s, "Condition.StringEquals.aws:SourceAccount")) != "${AWS::AccountId}" {
				t.Errorf("%s may be used by %s for other accounts", id, service)
			}
		}
	}
	for _, s := range list(at(p.only(t, "KMS::Key"), "KeyPolicy.Statement")) {
		if at(s, "Principal.AWS") == "*" || at(s, "Principal") == "*" {
			t.Errorf("anybody may use the key: %v", s)
		}
	}
}

// Using the key is bound to DynamoDB.
func TestKeyOnlyThroughTheTable(t *testing.T) {
	for role, all := range statements(parts()) {
		for _, s := range all {
			if strings.HasPrefix(texts(s["Action"])[0], "kms:") && text(at(s, "Condition.StringEquals.kms:ViaService")) != "dynamodb.${AWS::Region}.${AWS::URLSuffix}" {
				t.Errorf("%s may use the key for anything", role)
			}
		}
	}
}
