package dynamo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

func asks(r *http.Request, action string) bool {
	return strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+action)
}

// canceled refuses a transaction for reasons, as DynamoDB does; other calls pass.
func canceled(reasons ...string) awstest.Mishap {
	return func(r *http.Request, body []byte) (*http.Response, error) {
		if !asks(r, "TransactWriteItems") {
			return awstest.Send(r, body)
		}
		list := make([]map[string]string, len(reasons))
		for i, code := range reasons {
			list[i] = map[string]string{"Code": code, "Message": "told to by the test"}
		}
		text, err := json.Marshal(map[string]any{
			"__type":  "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
			"Message": "Transaction cancelled", "CancellationReasons": list,
		})
		return awstest.Say(r, http.StatusBadRequest, string(text)), err
	}
}

// partly does the first half of a batch, and says so; other calls pass.
func partly(r *http.Request, body []byte) (*http.Response, error) {
	var in struct{ RequestItems map[string][]json.RawMessage }
	if !asks(r, "BatchWriteItem") {
		return awstest.Send(r, body)
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	all := in.RequestItems[name]
	half := len(all) / 2
	if half > 0 {
		in.RequestItems[name] = all[:half]
		first, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		out, err := awstest.Send(r, first)
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, out.Body)
		if err := out.Body.Close(); err != nil || out.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("half a batch: %s, %w", out.Status, err)
		}
	}
	rest, err := json.Marshal(map[string]any{"UnprocessedItems": map[string]any{name: all[half:]}})
	return awstest.Say(r, http.StatusOK, string(rest)), err
}

// TestTableInTrouble: the contract holds on a connection where every tenth
// call goes wrong, in all the ways that AWS's own does.
func TestTableInTrouble(t *testing.T) {
	awstest.Config(t, awstest.DynamoDB, nil)
	porttest.Table(t, func(t *testing.T, now func() time.Time) store.Table {
		return open(t, &awstest.Trouble{Next: awstest.Random(
			0.1, awstest.Throttle, awstest.Coded(400, "ProvisionedThroughputExceededException"), awstest.Break, awstest.BreakDone,
			awstest.Gateway, awstest.Lose, awstest.LoseDone, awstest.CutShort, awstest.Unreachable,
			awstest.Coded(400, "TransactionInProgressException"), canceled("None", "TransactionConflict"),
			canceled("ThrottlingError"), canceled("ProvisionedThroughputExceeded", "None"), partly,
		)}, now)
	})
}

func put(part, sort string, was int64, body string) store.Write {
	return store.Write{Action: store.Put, Row: store.Row{Key: store.Key{Part: part, Sort: sort}, Body: []byte(body)}, Was: was}
}

// TestOutcomes: what Commit answers when something goes wrong a number of
// times, and whether the row is there afterwards.
func TestOutcomes(t *testing.T) {
	plain := open(t, nil, nil)
	const ever = 99
	for what, c := range map[string]struct {
		times  int
		mishap awstest.Mishap
		kind   fault.Kind
		done   bool
	}{
		"throttled":             {4, awstest.Throttle, "", true},
		"throttled for long":    {ever, awstest.Throttle, fault.Backoff, false},
		"no capacity for long":  {ever, canceled("ProvisionedThroughputExceeded"), fault.Backoff, false},
		"races":                 {4, canceled("TransactionConflict"), "", true},
		"races for long":        {ever, canceled("None", "TransactionConflict"), fault.Backoff, false},
		"race and late":         {1, canceled("TransactionConflict", "ConditionalCheckFailed"), fault.Conflict, false},
		"late and too large":    {1, canceled("ConditionalCheckFailed", "ValidationError"), fault.Invalid, false},
		"no right for a line":   {1, canceled("AccessDenied", "ConditionalCheckFailed"), fault.Misconfigured, false},
		"lost":                  {4, awstest.Lose, "", true},
		"lost for long":         {ever, awstest.Lose, fault.Unclear, false},
		"answer lost":           {4, awstest.LoseDone, "", true},
		"answers lost for long": {ever, awstest.LoseDone, fault.Unclear, true},
		"answer cut off":        {1, awstest.CutShort, "", true},
		"500":                   {4, awstest.Break, "", true},
		"500 for long":          {ever, awstest.Break, fault.Unclear, false},
		"500 to what was done":  {4, awstest.BreakDone, "", true},
		"502 for long":          {ever, awstest.Gateway, fault.Unclear, false},
		"still at work":         {ever, awstest.Coded(400, "TransactionInProgressException"), fault.Unclear, false},
		"unreachable":           {4, awstest.Unreachable, "", true},
		"unreachable for long":  {ever, awstest.Unreachable, fault.Backoff, false},
		"no right":              {1, awstest.Coded(400, "AccessDeniedException"), fault.Misconfigured, false},
		"no table":              {1, awstest.Coded(400, "ResourceNotFoundException"), fault.Misconfigured, false},
		"no credentials":        {1, awstest.Coded(400, "UnrecognizedClientException"), fault.Misconfigured, false},
		"our mistake":           {1, awstest.Coded(400, "ValidationException"), fault.Internal, false},
	} {
		w := put(t.Name()+time.Now().String(), what, 0, `{"n":1}`)
		table := open(t, &awstest.Trouble{Next: awstest.First(c.times, c.mishap)}, nil)
		err := table.Commit(t.Context(), []store.Write{w})
		if fault.KindOf(err) != c.kind || (err != nil && c.kind != fault.Internal && fault.TextOf(err) == "") {
			t.Errorf("%s: %v, want kind %q and what to do", what, err, c.kind)
		}
		if _, err := plain.Get(t.Context(), w.Row.Key); (err == nil) != c.done {
			t.Errorf("%s: done is not %t: %v", what, c.done, err)
		}
	}
}

// TestLateAnswers: what a second try meets after a first without an answer.
func TestLateAnswers(t *testing.T) {
	plain := open(t, nil, nil)
	part := t.Name() + time.Now().String()
	// Somebody else writes while our first try is lost: a plain conflict.
	table := open(t, &awstest.Trouble{Next: awstest.First(1, func(r *http.Request, body []byte) (*http.Response, error) {
		if err := plain.Commit(r.Context(), []store.Write{put(part, "a", 0, `{"by":"other"}`)}); err != nil {
			t.Error(err)
		}
		return awstest.Lose(r, body)
	})}, nil)
	if err := table.Commit(t.Context(), []store.Write{put(part, "a", 0, `{}`)}); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody was faster: %v, want conflict", err)
	}
	// Ours is done, and its answer lost; then somebody builds on it. The
	// repetition must not conflict with its own work.
	table = open(t, &awstest.Trouble{Next: awstest.First(1, func(r *http.Request, body []byte) (*http.Response, error) {
		out, err := awstest.LoseDone(r, body)
		if err := plain.Commit(r.Context(), []store.Write{put(part, "b", 1, `{"by":"other"}`)}); err != nil {
			t.Error(err)
		}
		return out, err
	})}, nil)
	if err := table.Commit(t.Context(), []store.Write{put(part, "b", 0, `{}`)}); err != nil {
		t.Errorf("ours happened: %v", err)
	}
	// First no answer, then no right: nobody knows about the first.
	first := awstest.First(1, awstest.LoseDone)
	table = open(t, &awstest.Trouble{Next: func(r *http.Request, body []byte) awstest.Mishap {
		if m := first(r, body); m != nil {
			return m
		}
		return awstest.Coded(400, "AccessDeniedException")
	}}, nil)
	if err := table.Commit(t.Context(), []store.Write{put(part, "c", 0, `{}`)}); !fault.Is(err, fault.Unclear) {
		t.Errorf("lost, then refused: %v, want unclear", err)
	}
}

// TestBatchOutcomes: a batch of which a part is written says so.
func TestBatchOutcomes(t *testing.T) {
	for what, c := range map[string]struct {
		mishap awstest.Mishap
		after  int // calls that go well first
		kind   fault.Kind
	}{
		"halves":             {partly, 0, ""},
		"throttled at once":  {awstest.Throttle, 0, fault.Backoff},
		"throttled half-way": {awstest.Throttle, 2, fault.Unclear},
		"lost":               {awstest.LoseDone, 0, fault.Unclear},
		"no right":           {awstest.Coded(400, "AccessDeniedException"), 0, fault.Misconfigured},
	} {
		var writes []store.Write
		part := t.Name() + time.Now().String()
		for i := range 110 {
			writes = append(writes, put(part, fmt.Sprintf("%03d", i), 0, `{"n":1}`))
		}
		well := awstest.First(c.after, awstest.Send)
		trouble := &awstest.Trouble{Next: func(r *http.Request, body []byte) awstest.Mishap {
			if m := well(r, body); m != nil {
				return m
			}
			return c.mishap
		}}
		if what == "halves" {
			trouble.Next = awstest.First(12, partly)
		}
		err := open(t, trouble, nil).Batch(t.Context(), writes)
		if fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", what, err, c.kind)
		}
		if rows, _, _ := open(t, nil, nil).Query(t.Context(), store.Range{Part: part}); err == nil && len(rows) != len(writes) {
			t.Errorf("%s: %d rows of %d", what, len(rows), len(writes))
		}
	}
}

// TestMissingTable: a wrong name is a setting to change, and says which.
func TestMissingTable(t *testing.T) {
	table := dynamo.Open(dynamodb.NewFromConfig(awstest.Config(t, awstest.DynamoDB, nil)), "none", dynamo.Options{})
	_, _, err := table.Query(t.Context(), store.Range{Part: "a"})
	if !fault.Is(err, fault.Misconfigured) || !strings.Contains(fault.TextOf(err), "EBB_TABLE") {
		t.Errorf("query: %v", err)
	}
	for _, err := range []error{
		table.Commit(t.Context(), []store.Write{put("a", "b", 0, `{}`)}),
		table.Batch(t.Context(), []store.Write{put("a", "b", 0, `{}`)}),
	} {
		if !fault.Is(err, fault.Misconfigured) {
			t.Errorf("write: %v, want misconfigured", err)
		}
	}
}

// TestReadsInTrouble: a read is never unclear, and asks for little.
func TestReadsInTrouble(t *testing.T) {
	for _, m := range []awstest.Mishap{awstest.Lose, awstest.Break, awstest.Gateway, awstest.CutShort, awstest.Throttle} {
		table := open(t, &awstest.Trouble{Next: func(*http.Request, []byte) awstest.Mishap { return m }}, nil)
		if _, err := table.Get(t.Context(), store.Key{Part: "a", Sort: "b"}); !fault.Is(err, fault.Backoff) {
			t.Errorf("get: %v, want back off", err)
		}
		if _, _, err := table.Query(t.Context(), store.Range{Part: "a"}); !fault.Is(err, fault.Backoff) {
			t.Errorf("query: %v, want back off", err)
		}
	}
}

// TestPagesByWeight: DynamoDB ends a page at 1 MB; finding out whether there
// is more after it must not read another.
func TestPagesByWeight(t *testing.T) {
	part := t.Name() + time.Now().String()
	plain := open(t, nil, nil)
	for i := range 9 {
		body := fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 300<<10))
		if err := plain.Commit(t.Context(), []store.Write{put(part, fmt.Sprint(i), 0, body)}); err != nil {
			t.Fatal(err)
		}
	}
	read := 0
	table := open(t, &awstest.Trouble{Next: func(r *http.Request, _ []byte) awstest.Mishap {
		if !asks(r, "Query") {
			return nil
		}
		return func(r *http.Request, body []byte) (*http.Response, error) {
			out, err := awstest.Send(r, body)
			if err != nil {
				return nil, err
			}
			text, err := io.ReadAll(out.Body)
			read += len(text)
			out.Body = io.NopCloser(bytes.NewReader(text))
			return out, err
		}
	}}, nil)
	seen := 0
	for r := (store.Range{Part: part}); ; {
		rows, more, err := table.Query(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(rows)
		if !more {
			break
		}
		r.After = rows[len(rows)-1].Sort
	}
	if most := 15 * 300 << 10; seen != 9 || read > most {
		t.Errorf("%d rows of 9, and %d bytes read; want at most %d", seen, read, most)
	}
}
