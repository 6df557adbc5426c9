package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// start runs the command and returns its line and a function that ends it.
func start(t *testing.T, args ...string) (map[string]any, func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), in)
		in.CloseWithError(err)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	var ready map[string]any
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatal(err)
	}
	return ready, func() error { cancel(); return <-ended }
}

func get(t *testing.T, address, token string) string {
	t.Helper()
	r, _ := http.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw)
}

func TestTheLineIsAllThatAClientNeeds(t *testing.T) {
	ready, stop := start(t, "-workspaces", "2", "-people", "60", "-groups", "4", "-channels", "8")
	for _, key := range []string{"api_url", "bot_token", "user_token", "signing_secret", "client_id", "client_secret", "authorize_url", "enterprise_id"} {
		if text, _ := ready[key].(string); text == "" {
			t.Error("no", key)
		}
	}
	api, _ := ready["api_url"].(string)
	if !strings.HasSuffix(api, "/api/") || len(ready["team_ids"].([]any)) != 2 {
		t.Error(ready)
	}
	for _, token := range []string{"bot_token", "user_token"} {
		if body := get(t, api+"auth.test", ready[token].(string)); !strings.Contains(body, `"ok":true`) {
			t.Error(body)
		}
	}
	if body := get(t, strings.TrimSuffix(api, "api/")+"_stats", ""); !strings.Contains(body, `"auth.test":{"calls":2`) {
		t.Error(body)
	}
	if page := get(t, ready["window_url"].(string), ""); !strings.Contains(page, "Choose a person") {
		t.Error(page)
	}
	if page := get(t, ready["authorize_url"].(string)+"?client_id="+ready["client_id"].(string)+"&scope=users:read&redirect_uri=http://127.0.0.1/back", ""); !strings.Contains(page, "<form") {
		t.Error(page)
	}
	if err := stop(); err != nil {
		t.Error("a stop is not a failure:", err)
	}
}

func TestItStopsByItself(t *testing.T) {
	began := time.Now()
	if err := run(context.Background(), []string{"-listen", "127.0.0.1:0", "-people", "10", "-for", "50ms"}, io.Discard); err != nil {
		t.Error(err)
	}
	if time.Since(began) > 10*time.Second {
		t.Error("-for was not heard")
	}
}

func TestAnExportIsServed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "users.json"), []byte(`[{"id":"U1ADA","name":"ada","profile":{}}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	ready, stop := start(t, "-export", dir)
	if body := get(t, ready["api_url"].(string)+"users.info?user=U1ADA", ready["bot_token"].(string)); !strings.Contains(body, `"name":"ada"`) {
		t.Error(body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// What happens in the simulated Slack is posted where it was told to.
func TestEventsArePosted(t *testing.T) {
	heard := make(chan string, 10)
	house := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		heard <- r.Header.Get("X-Slack-Signature") + string(raw)
	}))
	defer house.Close()
	ready, stop := start(t, "-people", "20", "-groups", "1", "-events-url", house.URL+"/slack/events")
	get(t, ready["api_url"].(string)+"auth.revoke", ready["user_token"].(string))
	select {
	case got := <-heard:
		if !strings.HasPrefix(got, "v0=") || !strings.Contains(got, "tokens_revoked") {
			t.Error(got)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing was posted")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestBadFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"-tiers", "fast"}, {"-plan", "gold"}, {"-workspaces", "2", "-export", "x.zip"}, {"-export", "nowhere.zip"}, {"extra"}, {"-listen", "nonsense"},
	} {
		if err := run(context.Background(), args, io.Discard); err == nil {
			t.Error(args, "was accepted")
		}
	}
}
