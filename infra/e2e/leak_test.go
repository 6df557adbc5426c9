package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/ebb-access/ebb/shared/config/names"
)

// executions keeps what Step Functions recorded, before it is killed: an
// execution per grant so far, whose input is the grant's id and nothing else.
func (s *story) executions(ctx context.Context) error {
	client := sfn.NewFromConfig(s.engines.sdk())
	list, err := client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &s.machine})
	if err != nil {
		return err
	}
	inputs := ""
	for _, e := range list.Executions {
		d, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn})
		if err != nil {
			return err
		}
		history, err := client.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: e.ExecutionArn, MaxResults: 1000})
		if err != nil {
			return err
		}
		raw, err := json.Marshal(history.Events)
		if err != nil {
			return err
		}
		inputs += aws.ToString(d.Input)
		fmt.Fprintf(&s.recorded, "%s %s %s %s\n%s\n", *d.Name, aws.ToString(d.Input), aws.ToString(d.Output), aws.ToString(d.Cause), raw)
		s.tell("execution %s: %s, %d events", *d.Name, d.Status, len(history.Events))
	}
	if !strings.Contains(inputs, s.grants[0]) {
		return fmt.Errorf("no execution is about grant %s: %s", s.grants[0], inputs)
	}
	return nil
}

// silence searches every secret of the run in everything that the run left.
func (s *story) silence(ctx context.Context) error {
	s.say("Is a secret anywhere that it should not be?")
	if err := s.plant(ctx); err != nil {
		return err
	}
	planted := s.secrets
	rows, count, err := s.rows(ctx)
	if err != nil {
		return err
	}
	heads, err := s.heads(ctx)
	if err != nil {
		return err
	}
	places := map[string]string{
		"the table": rows, "heads of the audit": heads, "executions": s.recorded.String(), "answers of the API": s.fleet.told.String(), "failures of functions": s.fleet.fails.String(),
	}
	for _, name := range names.Functions {
		places["the log of "+name] = s.fleet.logs[name].String()
	}
	// What has to be there shows that the search would find a thing.
	for _, x := range [][2]string{
		{"the table", s.conn},
		{"the table", "request.approved"},
		{"heads of the audit", "signature"},
		{"executions", s.grants[0]},
		{"answers of the API", s.grants[0]},
		{"the log of sweep", names.MetricDueLag},
		{"failures of functions", "Runtime.ExitError"},
	} {
		if !strings.Contains(places[x[0]], x[1]) {
			return fmt.Errorf("%s lacks %q: it is not searched rightly", x[0], x[1])
		}
	}
	bytes := 0
	for place, text := range places {
		bytes += len(text)
		for what, value := range planted {
			if strings.Contains(text, value) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(value))) {
				return fmt.Errorf("%s is in %s", what, place)
			}
		}
	}
	s.tell("%d secrets, in none of %d rows (events are among them), %d logs, heads, executions, failures and answers (%d kB)", len(planted), count, len(names.Functions), bytes/1024)
	return nil
}

// plant notes every secret that the run has now: API keys, and each word in
// Secrets Manager. The connector's tokens have to be among those of the run.
func (s *story) plant(ctx context.Context) error {
	s.secrets["the administrator's key"], s.secrets["Ada's key"], s.secrets["Lin's key"] = s.admin.key, s.adaKey.key, s.linKey.key
	client := secretsmanager.NewFromConfig(s.engines.sdk())
	list, err := client.ListSecrets(ctx, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(100)})
	if err != nil {
		return err
	}
	for _, e := range list.SecretList {
		v, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: e.Name})
		if err != nil {
			return err
		}
		for what, word := range words(*e.Name, string(v.SecretBinary)+aws.ToString(v.SecretString)) {
			s.secrets[fmt.Sprintf("%s (%s)", what, *v.VersionId)] = word
		}
	}
	tokens := 0
	for _, word := range s.secrets {
		if strings.HasPrefix(word, "xox") {
			tokens++
		}
	}
	if tokens < 2 {
		return fmt.Errorf("Secrets Manager held %d tokens of Slack: it is not searched for the right thing", tokens)
	}
	return nil
}

// words are the values of a secret of JSON, or the whole of another. A client
// id is no secret, and neither is the tombstone of what was deleted.
func words(name, value string) map[string]string {
	var fields map[string]any
	if json.Unmarshal([]byte(value), &fields) != nil {
		if value == "deleted" {
			return nil
		}
		return map[string]string{"secret " + name: value}
	}
	out := map[string]string{}
	for k, v := range fields {
		if word, ok := v.(string); ok && len(word) >= 12 && !slices.Contains([]string{"clientId"}, k) {
			out["secret "+name+" "+k] = word
		}
	}
	return out
}

// heads is all text in the bucket.
func (s *story) heads(ctx context.Context) (string, error) {
	client := s3.NewFromConfig(s.engines.sdk(), func(o *s3.Options) { o.UsePathStyle = true })
	list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.table})
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, o := range list.Contents {
		got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.table, Key: o.Key})
		if err != nil {
			return "", err
		}
		out.WriteString(*o.Key + "\n")
		_, err = io.Copy(&out, got.Body)
		_ = got.Body.Close() // it was read to its end
		if err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// rows is all text in the table.
func (s *story) rows(ctx context.Context) (string, int, error) {
	var out strings.Builder
	count := 0
	pages := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(s.engines.sdk()), &dynamodb.ScanInput{TableName: &s.table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", 0, err
		}
		for _, item := range page.Items {
			count++
			write(&out, &types.AttributeValueMemberM{Value: item})
		}
	}
	return out.String(), count, nil
}

func write(out *strings.Builder, v types.AttributeValue) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		out.WriteString(v.Value + "\n")
	case *types.AttributeValueMemberB:
		out.WriteString(string(v.Value) + "\n")
	case *types.AttributeValueMemberL:
		for _, x := range v.Value {
			write(out, x)
		}
	case *types.AttributeValueMemberM:
		for k, x := range v.Value {
			out.WriteString(k + "=")
			write(out, x)
		}
	}
}
