package slacktest

import (
	"encoding/json"
	"slices"
	"testing"
)

// FuzzBlocks: whatever an app sends as blocks is judged, and what was taken is
// taken again as it came back, with the same ids.
func FuzzBlocks(f *testing.F) {
	for _, blocks := range []string{
		buttons, `[]`, `[null]`, `[{"type":"section","text":5,"fields":[null],"accessory":[]}]`, `[{"type":"context","elements":[{"type":"image"},"x"]}]`,
		`[{"type":"input","label":{"type":"plain_text","text":"x"},"element":{"type":"static_select","option_groups":[null,{"options":[7]}]}}]`,
		`[{"type":"actions","block_id":7,"elements":[{"type":"checkboxes","options":{}}]}]`, `[{"type":"image","title":{}}]`, `{"a":1}`,
	} {
		f.Add([]byte(blocks))
	}
	o := NewEmpty(Options{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, surface := range []string{onMessage, onModal, onHome} {
			out, _, problems := o.judged(surface, "/blocks", json.RawMessage(raw))
			if len(problems) > 0 {
				continue
			}
			again, _, problems := o.judged(surface, "/blocks", out)
			if len(problems) > 0 || !slices.Equal(out, again) {
				t.Errorf("%s was taken as %s, and then %v %s", raw, out, problems, again)
			}
			initialState(out)
		}
	})
}
