package dynamo

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
)

// depth is how deep lists and maps may lie in each other: DynamoDB's 32 levels.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const depth = 31

// heaviest is the most bytes of an item, as DynamoDB counts them.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
const heaviest = 400 << 10

// A name of the body keeps its place among the item's attributes; only one
// that is empty (DynamoDB has none such), begins with an underscore, or is the
// table's own gets an underscore in front.
func nameOf(name string, top bool) string {
	own := top && (name == Part || name == Sort || name == Version || name == Expires)
	if own || name == "" || name[0] == '_' {
		return "_" + name
	}
	return name
}

// itemOf writes a row as an item.
func itemOf(row store.Row) (map[string]types.AttributeValue, error) {
	d := json.NewDecoder(bytes.NewReader(row.Body))
	d.UseNumber()
	var body map[string]any
	if err := d.Decode(&body); err != nil {
		return nil, fault.At("", "body", "a body is one JSON object")
	}
	item := keyed(row.Key)
	item[Version] = number(row.Version)
	if row.Expires != 0 {
		item[Expires] = number(row.Expires)
	}
	for name, v := range body {
		value, err := valueOf(v, 1)
		if err != nil {
			return nil, err
		}
		item[nameOf(name, true)] = value
	}
	weight := 0
	for name, value := range item {
		weight += len(name) + weigh(value)
	}
	if weight > heaviest {
		return nil, fault.At("", "body", "%s", tooLarge)
	}
	return item, nil
}

// weigh is how many bytes DynamoDB counts for a value. What it says of numbers
// is approximate: two digits to a byte, and one more.
func weigh(value types.AttributeValue) int {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return (len(v.Value)+1)/2 + 1
	case *types.AttributeValueMemberL:
		size := 3
		for _, of := range v.Value {
			size += 1 + weigh(of)
		}
		return size
	case *types.AttributeValueMemberM:
		size := 3
		for name, of := range v.Value {
			size += 1 + len(name) + weigh(of)
		}
		return size
	default:
		return 1
	}
}

// valueOf writes what JSON knows as DynamoDB knows it.
func valueOf(v any, level int) (types.AttributeValue, error) {
	if level > depth {
		return nil, fault.At("", "body", "a body has at most %d levels", depth)
	}
	switch v := v.(type) {
	case nil:
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}, nil
	case string:
		return &types.AttributeValueMemberS{Value: v}, nil
	case json.Number:
		n, err := numeral(v.String())
		return &types.AttributeValueMemberN{Value: n}, err
	case []any:
		list := make([]types.AttributeValue, len(v))
		for i := range v {
			value, err := valueOf(v[i], level+1)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return &types.AttributeValueMemberL{Value: list}, nil
	case map[string]any:
		m := make(map[string]types.AttributeValue, len(v))
		for name := range v {
			value, err := valueOf(v[name], level+1)
			if err != nil {
				return nil, err
			}
			m[nameOf(name, false)] = value
		}
		return &types.AttributeValueMemberM{Value: m}, nil
	default:
		return nil, fault.New("", fault.Internal, "JSON has no %T", v)
	}
}

// numeral keeps a number's digits as long as DynamoDB keeps them all (38);
// longer ones become the nearest float64, as the port allows. DynamoDB's
// numbers reach from 1E-130 to 9.9E+125, which are narrower than a float64's.
func numeral(s string) (string, error) {
	f, err := strconv.ParseFloat(s, 64)
	if size := math.Abs(f); err != nil || (size != 0 && (size < 1e-129 || size > 9e125)) {
		return "", fault.At("", "body", "DynamoDB holds no number as large or as small as %.40s", s)
	}
	if f == 0 {
		return "0", nil // also what a float64 takes for nothing
	}
	if len(s) > 38 {
		s = strconv.FormatFloat(f, 'e', -1, 64)
	}
	return s, nil
}

// RowOf reads a row from an item: of an answer, or of the table's stream.
func RowOf(item map[string]types.AttributeValue) (store.Row, error) {
	row := store.Row{}
	body := make(map[string]any, len(item))
	for name, value := range item {
		switch name {
		case Part:
			row.Part = text(value)
		case Sort:
			row.Sort = text(value)
		case Version:
			row.Version = whole(value)
		case Expires:
			row.Expires = whole(value)
		default:
			body[strings.TrimPrefix(name, "_")] = anyOf(value)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil || row.Part == "" || row.Sort == "" || row.Version < 1 {
		return store.Row{}, fault.New("", fault.Misconfigured, "item %q / %q is not one of Ebb's: see who else writes this table", row.Part, row.Sort)
	}
	row.Body = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return row, nil
}

func anyOf(value types.AttributeValue) any {
	switch v := value.(type) {
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return json.Number(v.Value)
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i := range v.Value {
			list[i] = anyOf(v.Value[i])
		}
		return list
	case *types.AttributeValueMemberM:
		m := make(map[string]any, len(v.Value))
		for name := range v.Value {
			m[strings.TrimPrefix(name, "_")] = anyOf(v.Value[name])
		}
		return m
	case *types.AttributeValueMemberNULL:
		return nil
	default: // sets and binaries: nothing of Ebb's writes them
		return nil
	}
}

func text(value types.AttributeValue) string {
	s, _ := value.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func whole(value types.AttributeValue) int64 {
	n, _ := value.(*types.AttributeValueMemberN)
	if n == nil {
		return 0
	}
	i, _ := strconv.ParseInt(n.Value, 10, 64) // 0 where it is none: no row of Ebb's
	return i
}
