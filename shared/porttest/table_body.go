package porttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"testing"

	"github.com/ebb-access/ebb/shared/store"
)

// testBodies: what a body means comes back, though not its bytes: an engine
// may order attributes anew and write a number in another way.
func testBodies(t *testing.T, b bench) {
	for i, body := range []string{
		`{}`,
		`{"zero":0,"minus":-1,"big":9007199254740992,"small":-9007199254740992}`,
		`{"unix ms":1795467644123,"half":0.5,"tenth":0.1,"pi":3.141592653589793,"tiny":1e-9,"huge":1.5e20,"neg":-2.25}`,
		`{"yes":true,"no":false,"nothing":null,"empty":"","list":[],"object":{}}`,
		`{"list":[1,"a",null,true,[],{},[[1],[2,[3]]],{"deep":{"er":[{"x":""}]}}]}`,
		`{"text":"grüße, 日本語, 🦊, é","quoted":"a\"b\\c/d","lines":"a\nb\tc\r\u0001"}`,
		`{"escaped":"\u00e9\ud83e\udd8a","markup":"<b>&amp;</b>","zero":"a\u0000b"}`,
		`{"mixed":[0.1,9007199254740991,-0.75],"numbers as text":"007","sql":"'; DROP TABLE item; --"}`,
		`{"Version":7,"version":8,"part":"x","sort":"y","body":"z","expires":1,"pk":"a","sk":"b","PK":1,"ttl":2}`,
		`{"ключ":"値","with space":1,"a.b":2,"a[0]":3,"$x":4,"#y":5,":z":6}`,
	} {
		s := fmt.Sprintf("commit %02d", i)
		b.mustCommit(b.put(s, 0, body))
		b.wantRow(s, 1, body)
		b.mustCommit(b.put(s, 1, `{"other":1}`))
		b.wantRow(s, 2, `{"other":1}`) // nothing of the old body stays
		s = fmt.Sprintf("batch %02d", i)
		b.mustBatch(b.put(s, 0, body))
		b.wantRow(s, 1, body)
		rows, _, err := b.table.Query(t.Context(), store.Range{Part: b.part, From: s, Limit: 1})
		if err != nil || len(rows) != 1 || !sameJSON(rows[0].Body, []byte(body)) {
			b.Errorf("query of %s gave %v, error %v", body, rows, err)
		}
	}
}

// testCopies: what goes in and comes out belongs to the caller.
func testCopies(t *testing.T, b bench) {
	w := b.put("a", 0, `{"n":1}`)
	b.mustCommit(w)
	c := b.put("b", 0, `{"n":1}`)
	b.mustBatch(c)
	scribble(w.Row.Body, c.Row.Body)
	for range 2 {
		b.wantRow("a", 1, `{"n":1}`)
		b.wantRow("b", 1, `{"n":1}`)
		row, err := b.table.Get(t.Context(), b.key("a"))
		if err != nil {
			t.Fatal(err)
		}
		scribble(row.Body)
		for _, row := range b.all(store.Range{}) {
			scribble(row.Body)
			_ = append(row.Body, "scribbled"...)
		}
	}
}

func scribble(bodies ...[]byte) {
	for _, body := range bodies {
		for i := range body {
			body[i] = 'x'
		}
	}
}

// sameJSON compares what two bodies mean. Numbers are compared exactly.
func sameJSON(a, b []byte) bool {
	x, err := meaning(a)
	if err != nil {
		return false
	}
	y, err := meaning(b)
	return err == nil && reflect.DeepEqual(x, y)
}

func meaning(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return exact(v), nil
}

// exact replaces every number by its one exact way of writing.
func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		r, ok := new(big.Rat).SetString(v.String())
		if !ok {
			return v
		}
		return "number " + r.RatString()
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = exact(v[k])
		}
	}
	return v
}
