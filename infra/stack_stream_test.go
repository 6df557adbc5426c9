package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/ebb-access/ebb/shared/config/names"
)

// The stream wakes notify for rows of the lane "tell" that were put, and for
// nothing else; one record that fails holds back nobody for long.
func TestTheStreamWakesNotify(t *testing.T) {
	p := parts()
	expect(t, "mapping", p.only(t, "Lambda::EventSourceMapping"), map[string]any{
		"StartingPosition": "LATEST", "FunctionResponseTypes.0": "ReportBatchItemFailures", "BisectBatchOnFunctionError": true,
		"MaximumRetryAttempts": 2.0, "MaximumRecordAgeInSeconds": 60.0,
	})
	m := p.only(t, "Lambda::EventSourceMapping")
	var pattern struct {
		EventName []string `json:"eventName"`
		DynamoDB  struct {
			Keys map[string]map[string][]string
		} `json:"dynamodb"`
	}
	if err := json.Unmarshal([]byte(text(at(m, "FilterCriteria.Filters.0.Pattern"))), &pattern); err != nil {
		t.Fatal(err)
	}
	if got := pattern.DynamoDB.Keys[partAttribute]["S"]; len(got) != 1 || got[0] != "due#tell" || len(pattern.EventName) != 1 || pattern.EventName[0] != "INSERT" {
		t.Errorf("the filter lets through %+v", pattern)
	}
	if at(m, "DestinationConfig.OnFailure.Destination") == nil {
		t.Error("what fails is put nowhere")
	}
	for role, all := range statements(p) {
		reads := slices.ContainsFunc(all, func(s object) bool { return slices.Contains(texts(s["Action"]), "dynamodb:GetRecords") })
		if reads != (role == title(names.Notify)+"Role") {
			t.Errorf("%s reads the stream: %v", role, reads)
		}
	}
}
