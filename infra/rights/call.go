package rights

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Request is one on its way to AWS.
type Request struct {
	Service, Region, Account string // as it is signed
	HTTP                     *http.Request
	Body                     []byte
}

// Calls are the actions and resources by which AWS authorizes a request. A
// transaction of DynamoDB is authorized by what it is made of
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
func Calls(r Request) ([]Call, error) {
	if r.Service == "s3" {
		return s3Calls(r)
	}
	_, action, ok := strings.Cut(r.HTTP.Header.Get("X-Amz-Target"), ".")
	if !ok {
		return nil, fmt.Errorf("%s: a request without an action", r.Service)
	}
	switch r.Service {
	case "dynamodb":
		return r.dynamo(action)
	case "secretsmanager":
		return r.secret(action)
	case "states":
		var in struct{ StateMachineArn string }
		err := json.Unmarshal(r.Body, &in)
		return []Call{{Action: "states:" + action, Resource: in.StateMachineArn}}, err
	}
	return nil, fmt.Errorf("the service %s is not known here: teach package rights how its calls are authorized", r.Service)
}

// item is one row of a request to DynamoDB; attributes are {"S": "…"}.
type item = map[string]struct{ S string }

// operation is any part of a request to DynamoDB that names a table.
type operation struct {
	TableName                 string
	Key, Item                 item
	ExpressionAttributeValues item
}

func (r Request) dynamo(action string) ([]Call, error) {
	switch action {
	case "TransactWriteItems":
		var in struct{ TransactItems []map[string]operation }
		err := json.Unmarshal(r.Body, &in)
		var out []Call
		for _, one := range in.TransactItems {
			for verb, o := range one {
				name := map[string]string{"Put": "PutItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[verb]
				out = append(out, r.row(name, o))
			}
		}
		return merged(out), err
	case "BatchWriteItem":
		var in struct {
			RequestItems map[string][]map[string]operation
		}
		err := json.Unmarshal(r.Body, &in)
		var out []Call
		for table, rows := range in.RequestItems {
			for _, row := range rows {
				for _, o := range row {
					o.TableName = table
					out = append(out, r.row("BatchWriteItem", o))
				}
			}
		}
		return merged(out), err
	}
	var o operation
	err := json.Unmarshal(r.Body, &o)
	return []Call{r.row(action, o)}, err
}

// row is an action on a table with the key of the partition that it concerns.
func (r Request) row(action string, o operation) Call {
	var keys []string
	for _, part := range []string{o.Key["pk"].S, o.Item["pk"].S, o.ExpressionAttributeValues[":pk"].S} {
		if part != "" {
			keys = append(keys, part)
		}
	}
	return Call{"dynamodb:" + action, r.arn("table/" + o.TableName), map[string][]string{"dynamodb:LeadingKeys": keys}}
}

// merged makes one call of those with one action and resource.
func merged(all []Call) (out []Call) {
	for _, c := range all {
		i := slices.IndexFunc(out, func(o Call) bool { return o.Action == c.Action && o.Resource == c.Resource })
		if i < 0 {
			out = append(out, c)
			continue
		}
		for key, values := range c.Context {
			out[i].Context[key] = append(out[i].Context[key], values...)
		}
	}
	return out
}

// secret is a call of Secrets Manager, which adds six characters to names.
func (r Request) secret(action string) ([]Call, error) {
	var in struct {
		SecretID string `json:"SecretId"`
		Name     string
		Force    bool `json:"ForceDeleteWithoutRecovery"`
	}
	err := json.Unmarshal(r.Body, &in)
	c := Call{Action: "secretsmanager:" + action, Resource: r.arn("secret:" + in.SecretID + in.Name + "-Ab1cD2")}
	if action == "DeleteSecret" {
		c.Context = map[string][]string{"secretsmanager:ForceDeleteWithoutRecovery": {fmt.Sprint(in.Force)}}
	}
	return []Call{c}, err
}

// s3Calls knows the two that the house makes, with the bucket in the path.
func s3Calls(r Request) ([]Call, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.HTTP.URL.Path, "/"), "/")
	switch query := r.HTTP.URL.Query(); {
	case r.HTTP.Method == http.MethodPut && key != "" && (len(query) == 0 || query.Get("x-id") == "PutObject" && len(query) == 1):
		return []Call{{Action: "s3:PutObject", Resource: "arn:aws:s3:::" + bucket + "/" + key}}, nil
	case r.HTTP.Method == http.MethodGet && key == "" && query.Has("versions"):
		return []Call{{Action: "s3:ListBucketVersions", Resource: "arn:aws:s3:::" + bucket}}, nil
	}
	return nil, fmt.Errorf("s3: %s %s is not known here: teach package rights how it is authorized", r.HTTP.Method, r.HTTP.URL)
}

func (r Request) arn(resource string) string {
	return "arn:aws:" + r.Service + ":" + r.Region + ":" + r.Account + ":" + resource
}
