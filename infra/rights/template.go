package rights

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Place is where a template is taken to be deployed. Named gives the name of
// what the template leaves unnamed, by its kind ("AWS::S3::Bucket").
type Place struct {
	Region, Account string
	Named           map[string]string
}

// Template is a synthesized CloudFormation template.
type Template struct {
	resources map[string]resource
	place     Place
}

type resource struct {
	Type       string
	Properties object
}

type object = map[string]any

// Parse reads a template.
func Parse(raw []byte, place Place) (Template, error) {
	var t struct{ Resources map[string]resource }
	if err := json.Unmarshal(raw, &t); err != nil {
		return Template{}, fmt.Errorf("this is no template: %w", err)
	}
	return Template{t.Resources, place}, nil
}

// Function is what the template says of a function besides its rights.
type Function struct {
	Role   string // its role's logical id
	Memory int    // MiB
}

// Functions are the template's, by name without the stack's.
func (t Template) Functions(stack string) map[string]Function {
	out := map[string]Function{}
	for _, r := range t.resources {
		full, _ := r.Properties["FunctionName"].(string)
		if name, ok := strings.CutPrefix(full, stack+"-"); ok && r.Type == "AWS::Lambda::Function" {
			memory, _ := r.Properties["MemorySize"].(float64)
			role := t.get(r.Properties["Role"], "Fn::GetAtt")
			out[name] = Function{role, int(memory)}
		}
	}
	return out
}

// Roles are all of the template, each with its statements: a function's by the
// name of the function, others by the logical id without CDK's hash.
func (t Template) Roles(stack string) (map[string][]Statement, error) {
	named := map[string]string{}
	for name, f := range t.Functions(stack) {
		named[f.Role] = name
	}
	out := map[string][]Statement{}
	for _, id := range slices.Sorted(maps.Keys(t.resources)) {
		r := t.resources[id]
		switch r.Type {
		case "AWS::IAM::Role":
			if _, managed := r.Properties["ManagedPolicyArns"]; managed {
				return nil, fmt.Errorf("%s has policies that are not in the template", id)
			}
			out[roleName(named, id)] = out[roleName(named, id)] // one without statements is a role, too
			for _, p := range list(r.Properties["Policies"]) {
				t.add(out, named, id, p.(object))
			}
		case "AWS::IAM::Policy":
			for _, role := range list(r.Properties["Roles"]) {
				t.add(out, named, t.get(role, "Ref"), r.Properties)
			}
		}
	}
	return out, nil
}

// roleName is how a role is called here: see Roles.
func roleName(named map[string]string, id string) string {
	if name := named[id]; name != "" {
		return name
	}
	return id[:len(id)-len("1A2B3C4D")] // CDK's hash
}

// add puts a policy's statements to those of a role.
func (t Template) add(out map[string][]Statement, named map[string]string, role string, policy object) {
	name := roleName(named, role)
	document, _ := policy["PolicyDocument"].(object)
	for _, one := range list(document["Statement"]) {
		s := one.(object)
		sid, _ := s["Sid"].(string)
		if sid == "" {
			sid = "made by CDK"
		}
		out[name] = append(out[name], Statement{
			Sid: sid, Allow: s["Effect"] == "Allow", Actions: t.texts(s["Action"]), Resources: t.texts(s["Resource"]),
			Condition: t.conditions(s["Condition"]),
		})
	}
}

func (t Template) conditions(v any) map[string]map[string][]string {
	all, _ := v.(object)
	out := map[string]map[string][]string{}
	for operator, keys := range all {
		out[operator] = map[string][]string{}
		for key, values := range keys.(object) {
			out[operator][key] = t.texts(values)
		}
	}
	return out
}

// get is the logical id that a reference names; "" for what is none.
func (t Template) get(v any, how string) string {
	o, _ := v.(object)
	switch ref := o[how].(type) {
	case string:
		return ref
	case []any:
		id, _ := ref[0].(string)
		return id
	}
	return ""
}

func (t Template) texts(v any) []string {
	var out []string
	for _, one := range list(v) {
		out = append(out, t.text(one))
	}
	return out
}

// text spells a value out as it would stand there after a deploy to the place.
// What cannot be known stays as it is written: ${Id.Arn}.
func (t Template) text(v any) string {
	o, ok := v.(object)
	if !ok {
		s, _ := v.(string)
		return s
	}
	if ref, ok := o["Ref"].(string); ok {
		return t.ref(ref)
	}
	if id := t.get(v, "Fn::GetAtt"); id != "" {
		if arn := t.arn(id); arn != "" {
			return arn
		}
		return "${" + id + ".Arn}"
	}
	var b strings.Builder
	if join, ok := o["Fn::Join"].([]any); ok {
		for _, one := range list(join[1]) {
			b.WriteString(t.text(one))
		}
	}
	return b.String()
}

func (t Template) ref(id string) string {
	pseudo := map[string]string{
		"AWS::Partition": "aws", "AWS::Region": t.place.Region, "AWS::AccountId": t.place.Account, "AWS::URLSuffix": "amazonaws.com",
	}
	if v, ok := pseudo[id]; ok {
		return v
	}
	return "${" + id + "}"
}

// arn is that of a resource that has a name or is given one.
func (t Template) arn(id string) string {
	r := t.resources[id]
	name := t.place.Named[r.Type]
	own := func(service, kind string) string {
		return "arn:aws:" + service + ":" + t.place.Region + ":" + t.place.Account + ":" + kind
	}
	switch r.Type {
	case "AWS::DynamoDB::Table":
		return own("dynamodb", "table/"+name)
	case "AWS::S3::Bucket":
		return "arn:aws:s3:::" + name
	case "AWS::Lambda::Function":
		name, _ := r.Properties["FunctionName"].(string)
		return own("lambda", "function:"+name)
	}
	return ""
}

// list makes a list of what may be one or several.
func list(v any) []any {
	if all, ok := v.([]any); ok {
		return all
	}
	if v == nil {
		return nil
	}
	return []any{v}
}
