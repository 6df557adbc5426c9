package steps_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/steps"
)

// telling is a memory in which every aggregate is asked for, and one breaks.
type telling struct {
	flow.Memory
	asked []string
}

func (m *telling) Telling(_ context.Context, kind, id string) (access.Telling, error) {
	m.asked = append(m.asked, kind+" "+id)
	switch id {
	case "g_panic":
		panic("broken")
	case "g_failing":
		return access.Telling{}, fault.New("store", fault.Backoff, "not now")
	}
	return access.Telling{Kind: kind, ID: id, Owner: "another", Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func record(sequence, image string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","dynamodb":{"SequenceNumber":%q,"NewImage":%s}}`, sequence, image))
}

func row(id string) string {
	return fmt.Sprintf(`{"pk":{"S":"due#tell"},"at":{"S":"2026-11-23T08:00:00.000Z"},"kind":{"S":"grant"},"id":{"S":%q},"connector":{"S":"con_1"},"urgency":{"N":"1"},"seq":{"N":"3"}}`, id)
}

// Every record of a batch is handled, whatever becomes of the others: one that
// cannot be read, one that fails, one that breaks. Only what may go better comes
// again.
func TestEachRecordOfAStream(t *testing.T) {
	m := &telling{}
	h := &flow.House{Now: time.Now, NewID: flow.RandomID, Memory: m}
	answer, err := steps.Stream(h)(t.Context(), steps.StreamEvent{Records: []json.RawMessage{
		json.RawMessage(`"nothing of the kind"`),
		record("1", `{"pk":{"S":"due#tell"}}`),
		record("2", row("g_1")),
		record("3", strings.Replace(row("g_x"), `"3"`, `"three"`, 1)),
		record("4", row("g_failing")),
		record("5", row("g_panic")),
		record("6", row("g_2")),
		json.RawMessage(`{"eventName":"REMOVE","dynamodb":{"SequenceNumber":"7"}}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"grant g_1", "grant g_failing", "grant g_panic", "grant g_2"}; !slices.Equal(m.asked, want) {
		t.Errorf("served %q, want %q", m.asked, want)
	}
	if raw, _ := json.Marshal(answer); string(raw) != `{"batchItemFailures":[{"itemIdentifier":"4"}]}` {
		t.Errorf("answered %s", raw)
	}
	raw, _ := json.Marshal(must(steps.Stream(h)(t.Context(), steps.StreamEvent{})))
	if string(raw) != `{"batchItemFailures":[]}` {
		t.Errorf("an empty batch: %s", raw)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Who is near the end of their time begins nothing: the record comes again.
func TestNoTimeForARecord(t *testing.T) {
	m := &telling{}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	answer := must(steps.Stream(&flow.House{Now: time.Now, NewID: flow.RandomID, Memory: m})(ctx, steps.StreamEvent{Records: []json.RawMessage{record("2", row("g_1"))}}))
	if len(m.asked) > 0 || len(answer.Failures) != 1 {
		t.Errorf("served %q, answered %+v", m.asked, answer)
	}
}
