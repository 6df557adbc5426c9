package slacktest

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// methods.json is Slack's own description of its methods, trimmed; its _source
// line says where it comes from.
//
//go:embed methods.json
var methodsJSON []byte

// method is what Slack documents of one Web API method.
type method struct {
	HTTP     string              `json:"http"`
	JSONBody bool                `json:"json_ok"`
	Scope    map[string][]string `json:"scope"` // by kind of token, any of them suffices
	TierDocs string              `json:"tier_docs"`
	TierJava string              `json:"tier_java"`
	Args     map[string]argument `json:"args"`
	Errors   []string            `json:"errors"`
}

type argument struct {
	Required bool     `json:"required"`
	Type     string   `json:"type"`
	Min      *float64 `json:"minimum"`
	Max      *float64 `json:"maximum"`
}

var methods = loadMethods()

func loadMethods() map[string]*method {
	var file struct {
		Methods map[string]*method `json:"methods"`
	}
	if err := json.Unmarshal(methodsJSON, &file); err != nil {
		panic("slacktest: methods.json: " + err.Error())
	}
	return file.Methods
}

// documents tells whether Slack lists code among the errors of this method.
func (m *method) documents(code string) bool { return slices.Contains(m.Errors, code) }

// perMinute is how many calls a minute Slack promises at least, the lower of its
// two published tables; 0 means that no limit is simulated.
func (m *method) perMinute(name string) int {
	if name == "chat.postMessage" {
		return 0 // one per second and channel instead, see tiers.go
	}
	limit := tierLimits[m.TierDocs]
	if java, ok := tierLimits[m.TierJava]; ok && (limit == 0 || java < limit) {
		limit = java
	}
	return limit
}

// tierLimits are calls per minute (docs.slack.dev, rate limits). Special tiers
// publish no number. assumed: 60.
var tierLimits = map[string]int{"Tier1": 1, "Tier2": 20, "Tier3": 50, "Tier4": 100, "Special": 60}
