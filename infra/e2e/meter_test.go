package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
)

// meter counts what DynamoDB says that calls cost, and calls of the others.
type meter struct {
	lock  sync.Mutex
	total counts
}

// counts is what was asked of AWS.
type counts struct {
	readUnits, writeUnits float64
	secretCalls, s3Calls  float64
}

// weighed has DynamoDB say what a request costs. No function reads that.
func weighed(body []byte) []byte {
	if rest, ok := bytes.CutPrefix(body, []byte("{")); ok && len(rest) > 1 {
		return append([]byte(`{"ReturnConsumedCapacity":"TOTAL",`), rest...)
	}
	return body
}

// capacity is of one table, in one answer.
type capacity struct{ CapacityUnits float64 }

// answer counts one answer, and leaves it as it is.
func (m *meter) answer(who, service string, r *http.Request, asked []byte, out *http.Response) error {
	if who == "test" || who == "operator" {
		return nil
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	switch service {
	case "secretsmanager":
		m.total.secretCalls++
	case "s3":
		m.total.s3Calls++
	case "dynamodb":
		body, err := io.ReadAll(out.Body)
		if err != nil {
			return err
		}
		out.Body = io.NopCloser(bytes.NewReader(body))
		m.total.add(r.Header.Get("X-Amz-Target"), asked, body)
	}
	return nil
}

// add counts units: those that DynamoDB Local says, where it counts as AWS
// does. A consistent read that finds nothing counts one there and none here; a
// transaction counts two here, whatever it holds.
func (c *counts) add(target string, asked, body []byte) {
	switch _, action, _ := strings.Cut(target, "."); action {
	case "GetItem", "Query":
		c.readUnits += max(1, said(body))
	case "TransactWriteItems":
		c.writeUnits += transaction(asked)
	default:
		c.writeUnits += said(body)
	}
}

// said are the units that an answer speaks of: of one table, or of several.
func said(body []byte) (sum float64) {
	var one struct{ ConsumedCapacity capacity }
	var many struct{ ConsumedCapacity []capacity }
	if json.Unmarshal(body, &one) == nil {
		return one.ConsumedCapacity.CapacityUnits
	}
	if json.Unmarshal(body, &many) == nil {
		for _, table := range many.ConsumedCapacity {
			sum += table.CapacityUnits
		}
	}
	return sum
}

// transaction counts two units for each line and each KB that it writes, one to
// prepare it and one to commit it. What a line deletes or checks is taken for a KB.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling
func transaction(asked []byte) (sum float64) {
	var in struct {
		TransactItems []map[string]struct{ Item map[string]any }
	}
	if json.Unmarshal(asked, &in) != nil {
		return 0
	}
	for _, line := range in.TransactItems {
		for _, o := range line {
			sum += 2 * max(1, math.Ceil(float64(weight(o.Item))/1024))
		}
	}
	return sum
}

// weight is the size of an item or a part of it as DynamoDB bills it: names and
// texts by their bytes, numbers by half their digits, and a little for lists.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func weight(v any) (n int) {
	switch v := v.(type) {
	case string:
		return len(v)
	case map[string]any:
		for name, x := range v {
			if number, ok := x.(string); ok && name == "N" && len(v) == 1 {
				return len(number)/2 + 2
			}
			if n += weight(x); !kinds[name] {
				n += len(name)
			}
		}
	case []any:
		n = 3
		for _, x := range v {
			n += 1 + weight(x)
		}
	case bool:
		return 1
	}
	return n
}

// kinds are the names that say of which type a value is; they are not stored.
var kinds = map[string]bool{"S": true, "N": true, "B": true, "BOOL": true, "NULL": true, "M": true, "L": true, "SS": true, "NS": true}

// now is what was counted so far.
func (m *meter) now() counts {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.total
}

func (c counts) since(was counts) counts {
	return counts{c.readUnits - was.readUnits, c.writeUnits - was.writeUnits, c.secretCalls - was.secretCalls, c.s3Calls - was.s3Calls}
}
