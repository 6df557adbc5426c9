package rights

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const stack = `{"Resources": {
 "Api1": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "ebb-api", "MemorySize": 1024, "Role": {"Fn::GetAtt": ["ApiRole00000000", "Arn"]}}},
 "Table1": {"Type": "AWS::DynamoDB::Table"},
 "Queue1": {"Type": "AWS::SQS::Queue"},
 "ApiRole00000000": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [
  {"Sid": "Table", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:DeleteItem"], "Resource": {"Fn::GetAtt": ["Table1", "Arn"]}},
  {"Sid": "Audit", "Effect": "Deny", "Action": "dynamodb:DeleteItem", "Resource": {"Fn::GetAtt": ["Table1", "Arn"]},
   "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["ev#*", "chain"]}}},
  {"Sid": "Drop", "Effect": "Allow", "Action": "secretsmanager:DeleteSecret",
   "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":secretsmanager:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":secret:ebb/c/*"]]},
   "Condition": {"BoolIfExists": {"secretsmanager:ForceDeleteWithoutRecovery": "false"}}}]}}]}},
 "ApiRoleDefaultPolicy1": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "ApiRole00000000"}], "PolicyDocument": {"Statement": [
  {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Queue1", "Arn"]}}]}}},
 "OtherRole00000000": {"Type": "AWS::IAM::Role", "Properties": {}}
}}`

const tableARN = "arn:aws:dynamodb:eu-central-1:1:table/t"

func policy(t *testing.T) map[string][]Statement {
	t.Helper()
	tt, err := Parse([]byte(stack), Place{"eu-central-1", "1", map[string]string{"AWS::DynamoDB::Table": "t"}})
	if err != nil {
		t.Fatal(err)
	}
	if f := tt.Functions("ebb")["api"]; f != (Function{"ApiRole00000000", 1024}) {
		t.Errorf("%+v", f)
	}
	all, err := tt.Roles("ebb")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func calls(t *testing.T, service, target, body string) []Call {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("X-Amz-Target", "Service."+target)
	out, err := Calls(Request{service, "eu-central-1", "1", r, []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var queue = Kept{Sid: "made by CDK", Action: "sqs:SendMessage", Why: "Lambda itself puts there what failed"}

// What fits is silent, and each way not to fit is said.
func TestCompare(t *testing.T) {
	get := calls(t, "dynamodb", "GetItem", `{"TableName": "t", "Key": {"pk": {"S": "user#1"}, "sk": {"S": "user"}}}`)
	del := calls(t, "dynamodb", "TransactWriteItems", `{"TransactItems": [{"Delete": {"TableName": "t", "Key": {"pk": {"S": "live"}}}}]}`)
	drop := calls(t, "secretsmanager", "DeleteSecret", `{"SecretId": "ebb/c/1", "RecoveryWindowInDays": 7}`)
	fits := append(append(get, del...), drop...)
	for what, c := range map[string]struct {
		did  map[string][]Call
		kept []Kept
		want string // "": nothing is wrong
	}{
		"fits": {map[string][]Call{"api": fits}, []Kept{queue}, ""},
		"audit deleted": {
			map[string][]Call{"api": append(calls(t, "dynamodb", "TransactWriteItems",
				`{"TransactItems": [{"Delete": {"TableName": "t", "Key": {"pk": {"S": "live"}}}}, {"Delete": {"TableName": "t", "Key": {"pk": {"S": "ev#g_1"}}}}]}`), fits...)},
			[]Kept{queue},
			"api called dynamodb:DeleteItem on " + tableARN + ", which statement Audit denies",
		},
		"other table": {
			map[string][]Call{"api": append(calls(t, "dynamodb", "GetItem", `{"TableName": "other"}`), fits...)},
			[]Kept{queue},
			"table/other, which its policy does not allow",
		},
		"other action": {
			map[string][]Call{"api": append(calls(t, "dynamodb", "Scan", `{"TableName": "t"}`), fits...)},
			[]Kept{queue},
			"api called dynamodb:Scan on " + tableARN + ", which its policy does not allow",
		},
		"other secret": {
			map[string][]Call{"api": append(calls(t, "secretsmanager", "DeleteSecret", `{"SecretId": "ebb/d/1"}`), fits...)},
			[]Kept{queue},
			"ebb/d/1-Ab1cD2, which its policy does not allow",
		},
		"deleted for good": {
			map[string][]Call{"api": append(calls(t, "secretsmanager", "DeleteSecret", `{"SecretId": "ebb/c/1", "ForceDeleteWithoutRecovery": true}`), fits...)},
			[]Kept{queue},
			"which its policy does not allow",
		},
		"unused":          {map[string][]Call{"api": append(get, del...)}, []Kept{queue}, "secret:ebb/c/* (statement Drop), and nothing did"},
		"unknown role":    {map[string][]Call{"api": fits, "new": get}, []Kept{queue}, "new called AWS and has no role"},
		"kept and used":   {map[string][]Call{"api": fits}, []Kept{queue, {Sid: "Table", Action: "dynamodb:GetItem", Why: "x"}}, "(Table, dynamodb:GetItem) names what api used after all"},
		"kept by chance":  {map[string][]Call{"api": fits}, []Kept{queue, {Sid: "Table", Action: "dynamodb:GetItem", Sometimes: true, Why: "x"}}, ""},
		"kept and absent": {map[string][]Call{"api": fits}, []Kept{queue, {Sid: "Table", Action: "dynamodb:Scan", Why: "x"}}, "(Table, dynamodb:Scan) names what no role has"},
		"kept for another": {
			map[string][]Call{"api": fits},
			[]Kept{{Roles: []string{"api", "Other"}, Sid: queue.Sid, Action: queue.Action, Why: "x"}},
			"names Other, which do not have it",
		},
		"no reason": {map[string][]Call{"api": fits}, []Kept{{Sid: queue.Sid, Action: queue.Action}}, "gives no reason"},
	} {
		got := strings.Join(Compare(policy(t), c.did, c.kept), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q, want %q alone", what, got, c.want)
		}
	}
}

func TestBatches(t *testing.T) {
	got := calls(t, "dynamodb", "BatchWriteItem",
		`{"RequestItems": {"t": [{"PutRequest": {"Item": {"pk": {"S": "a"}, "n": {"N": "1"}}}}, {"DeleteRequest": {"Key": {"pk": {"S": "b"}}}}]}}`)
	if len(got) != 1 || got[0].Action != "dynamodb:BatchWriteItem" || strings.Join(got[0].Context["dynamodb:LeadingKeys"], ",") != "a,b" {
		t.Errorf("%+v", got)
	}
}

func TestBuckets(t *testing.T) {
	for address, want := range map[string]string{
		"PUT /b/heads/1?x-id=PutObject": "s3:PutObject arn:aws:s3:::b/heads/1",
		"GET /b?prefix=h&versions=":     "s3:ListBucketVersions arn:aws:s3:::b",
		"PUT /b/heads/1?retention=":     "",
		"GET /b/heads/1":                "",
		"DELETE /b/heads/1":             "",
	} {
		method, path, _ := strings.Cut(address, " ")
		out, err := Calls(Request{Service: "s3", HTTP: httptest.NewRequest(method, path, nil)})
		if (err != nil) != (want == "") || err == nil && out[0].Action+" "+out[0].Resource != want {
			t.Errorf("%s: %+v, %v", address, out, err)
		}
	}
}

// What is not known is no yes.
func TestUnknown(t *testing.T) {
	s := Statement{Sid: "A", Allow: true, Actions: []string{"x:Y"}, Resources: []string{"*"}, Condition: map[string]map[string][]string{"NumericLessThan": {"k": {"1"}}}}
	if got := Compare(map[string][]Statement{"r": {s}}, map[string][]Call{"r": {{Action: "x:Y"}}}, []Kept{{Sid: "A", Action: "x:Y", Why: "w"}}); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if _, err := Calls(Request{Service: "sns", HTTP: httptest.NewRequest(http.MethodPost, "/", nil)}); err == nil {
		t.Error("a request of a service that is not known has calls")
	}
}

func TestLike(t *testing.T) {
	for pattern, texts := range map[string][2]string{
		"a*":     {"a/b", "b"},
		"a??":    {"abc", "ab"},
		"*b*":    {"abc", "ac"},
		"a":      {"a", "aa"},
		"${X}/*": {"${X}/y", "x/y"},
	} {
		if !like(pattern, texts[0]) || like(pattern, texts[1]) {
			t.Errorf("%s", pattern)
		}
	}
}
