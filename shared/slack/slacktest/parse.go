package slacktest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const maxBody = 4 << 20 // bytes; more than any call that Ebb makes

// parse reads arguments and token of a Web API call. A JSON body is accepted
// where Slack accepts one, and then the token only from the header. A token in
// the query string is not seen: Slack stopped taking those for apps made after
// February 2021 (Slack's changelog).
func parse(r *http.Request, spec *method) (url.Values, string, error) {
	args := r.URL.Query()
	args.Del("token")
	bearer := bearerToken(r)
	if r.Method != http.MethodPost {
		return args, bearer, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return args, bearer, refuse("request_timeout")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "application/json" && spec.JSONBody:
		return args, bearer, addJSON(args, body)
	case kind == "application/json" && len(bytes.TrimSpace(body)) > 0:
		return args, bearer, refuse("invalid_post_type")
	case kind == "multipart/form-data":
		r.Body = io.NopCloser(bytes.NewReader(body))
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return args, bearer, refuse("invalid_form_data")
		}
		return merge(args, r.MultipartForm.Value, bearer)
	case kind == "" && len(body) > 0:
		return args, bearer, refuse("missing_post_type")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return args, bearer, refuse("invalid_form_data")
	}
	return merge(args, form, bearer)
}

func merge(args, form url.Values, bearer string) (url.Values, string, error) {
	if bearer == "" {
		bearer = form.Get("token")
	}
	form.Del("token")
	for k, v := range form {
		args[k] = v
	}
	return args, bearer, nil
}

func bearerToken(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(token)
}

// addJSON flattens a JSON object into form values: a list of scalars becomes a
// comma-separated one, anything nested stays JSON.
func addJSON(args url.Values, body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return refuse("invalid_json")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return refuse("json_not_object")
	}
	for k, v := range object {
		if k != "token" && v != nil {
			args.Set(k, flatten(v))
		}
	}
	return nil
}

func flatten(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	case json.Number:
		return v.String()
	case []any:
		if parts, ok := scalars(v); ok {
			return strings.Join(parts, ",")
		}
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

func scalars(list []any) ([]string, bool) {
	var parts []string
	for _, v := range list {
		switch v.(type) {
		case map[string]any, []any:
			return nil, false
		}
		parts = append(parts, flatten(v))
	}
	return parts, true
}
