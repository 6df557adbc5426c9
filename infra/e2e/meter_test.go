package e2e

import (
	"bytes"
	"encoding/json"
	"io"
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
type capacity struct {
	CapacityUnits, ReadCapacityUnits, WriteCapacityUnits float64
}

// answer counts one answer, and leaves it as it is.
func (m *meter) answer(who, service string, r *http.Request, out *http.Response) error {
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
		m.total.add(r.Header.Get("X-Amz-Target"), body)
	}
	return nil
}

// add counts units. An answer speaks of one table, or of a list of tables.
func (c *counts) add(target string, body []byte) {
	var one struct{ ConsumedCapacity capacity }
	var many struct{ ConsumedCapacity []capacity }
	all := []capacity{}
	if json.Unmarshal(body, &one) == nil {
		all = append(all, one.ConsumedCapacity)
	} else if json.Unmarshal(body, &many) == nil {
		all = many.ConsumedCapacity
	}
	for _, units := range all {
		switch {
		case strings.HasSuffix(target, ".GetItem"), strings.HasSuffix(target, ".Query"):
			c.readUnits += units.CapacityUnits
		default:
			c.writeUnits += units.CapacityUnits
		}
	}
}

// now is what was counted so far.
func (m *meter) now() counts {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.total
}

func (c counts) since(was counts) counts {
	return counts{c.readUnits - was.readUnits, c.writeUnits - was.writeUnits, c.secretCalls - was.secretCalls, c.s3Calls - was.s3Calls}
}
