package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/ebb-access/ebb/functions/internal/gateway"
)

// event is an HTTP API's event in payload format 2.0, as AWS documents it.
func event(method, path, query, more string) string {
	return fmt.Sprintf(`{"version":"2.0","routeKey":"$default","rawPath":%q,"rawQueryString":%q,
		"requestContext":{"accountId":"123456789012","domainName":"ebb.example.com","requestId":"r1","stage":"$default",
		"http":{"method":%q,"path":%q,"protocol":"HTTP/1.1","sourceIp":"192.0.2.7","userAgent":"x"}}%s}`, path, query, method, path, more)
}

func serve(t *testing.T, h http.HandlerFunc, event string) (events.APIGatewayV2HTTPResponse, error) {
	t.Helper()
	raw, err := lambda.NewHandler(gateway.Serve(h)).Invoke(t.Context(), []byte(event))
	var out events.APIGatewayV2HTTPResponse
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}

func TestRequest(t *testing.T) {
	var seen *http.Request
	var body []byte
	h := func(w http.ResponseWriter, r *http.Request) {
		seen = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	}
	more := `,"headers":{"host":"ebb.example.com","authorization":"Bearer k","x-many":"a,b"},"cookies":["a=1","ebb_install=w"],"body":"aGVsbG8=","isBase64Encoded":true`
	out, err := serve(t, h, event("POST", "/v1/requests", "a=1&a=2&b=%2Fx", more))
	if err != nil || out.StatusCode != 204 || out.Body != "" || out.Headers["Content-Type"] != "" {
		t.Fatalf("%+v, %v", out, err)
	}
	cookie, err := seen.Cookie("ebb_install")
	if err != nil || cookie.Value != "w" || seen.Host != "ebb.example.com" || seen.RemoteAddr != "192.0.2.7:0" || string(body) != "hello" {
		t.Errorf("%v %q %q %q", err, seen.Host, seen.RemoteAddr, body)
	}
	if q := seen.URL.Query(); !slices.Equal(q["a"], []string{"1", "2"}) || q.Get("b") != "/x" || seen.Header.Get("Authorization") != "Bearer k" || seen.ContentLength != 5 {
		t.Errorf("%v %v %d", q, seen.Header, seen.ContentLength)
	}
}

// A path means the same whether API Gateway decoded it or not, and never twice.
func TestPaths(t *testing.T) {
	var word string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /connect/{word}", func(_ http.ResponseWriter, r *http.Request) { word = r.PathValue("word") })
	for path, want := range map[string]string{
		"/connect/abc": "abc", "/connect/a%2Fb": "a/b", "/connect/a b": "a b", "/connect/a%20b": "a b",
		"/connect/a%252Fb": "a%2Fb", "/connect/100%": "100%", "/connect/ü": "ü",
	} {
		word = ""
		if out, err := serve(t, mux.ServeHTTP, event("GET", path, "", "")); err != nil || out.StatusCode != 200 || word != want {
			t.Errorf("%s: %q, want %q (%d, %v)", path, word, want, out.StatusCode, err)
		}
	}
}

func TestAnswer(t *testing.T) {
	out, err := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Add("X-Many", "1")
		w.Header().Add("X-Many", "2")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-Late", "1")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "<html>ü</html>")
	}, event("GET", "/", "", ""))
	if err != nil || out.StatusCode != http.StatusTeapot || !slices.Equal(out.Cookies, []string{"a=1", "b=2"}) {
		t.Fatalf("%+v, %v", out, err)
	}
	h := out.Headers
	if h["X-Many"] != "1, 2" || h["X-Late"] != "" || h["Set-Cookie"] != "" || !strings.HasPrefix(h["Content-Type"], "text/html") || out.Body != "<html>ü</html>" || out.IsBase64Encoded {
		t.Errorf("%+v", out)
	}
	out, err = serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0xff, 0xfe}) }, event("GET", "/", "", ""))
	if err != nil || !out.IsBase64Encoded || out.Body != "//4=" {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestNoEvent(t *testing.T) {
	h := func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }
	for _, e := range []string{`{}`, `{"path":"/","httpMethod":"GET"}`, event("GET", "/", "", `,"body":"%","isBase64Encoded":true`), event("BAD METHOD", "/", "", "")} {
		if out, err := serve(t, h, e); err == nil {
			t.Errorf("%s: %+v", e, out)
		}
	}
}
