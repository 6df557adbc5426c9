package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// destroy runs the script of `make destroy` with stand-ins that write down how
// they were called. live has one exit code for each time it is asked.
func destroy(t *testing.T, live string, env ...string) (calls, out string, err error) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "calls")
	stand := func(name, then string) string {
		path := filepath.Join(dir, name)
		text := "#!/bin/sh\necho " + name + " \"$@\" >>" + log + "\n" + then + "\n"
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The n-th word of live is the n-th answer.
	answer := "n=$(grep -c ^live " + log + "); set -- " + live + "; shift $((n-1)); exit $1"
	script, err := filepath.Abs("../../.tools/cdk/destroy")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(script, "ebb", "syncEvery=5m")
	cmd.Env = append(os.Environ(), "LIVE="+stand("live", answer), "CDK="+stand("cdk", ""), "SYNTH="+stand("synth", ""))
	cmd.Env = append(cmd.Env, env...)
	raw, err := cmd.CombinedOutput()
	said, _ := os.ReadFile(log)
	return string(said), string(raw), err
}

func TestDestroyRefusesWhileGrantsLive(t *testing.T) {
	for _, code := range []string{"1", "2"} {
		calls, out, err := destroy(t, code, "SURE=ebb")
		if err == nil || strings.Contains(calls, "cdk") || !strings.Contains(out, "Nothing was destroyed") {
			t.Errorf("%v\n%s%s", err, calls, out)
		}
	}
	// Approved while the protection was taken away: seen by the second look.
	calls, _, err := destroy(t, "0 1", "SURE=ebb")
	if err == nil || strings.Contains(calls, "cdk destroy") {
		t.Errorf("%v\n%s", err, calls)
	}
}

func TestDestroyAsksForTheName(t *testing.T) {
	calls, out, err := destroy(t, "0")
	if err == nil || strings.Contains(calls, "cdk") || !strings.Contains(out, "Nothing was destroyed") {
		t.Errorf("%v\n%s%s", err, calls, out)
	}
}

func TestDestroyKeepsData(t *testing.T) {
	calls, out, err := destroy(t, "0 0", "SURE=ebb", "DATA=")
	if err != nil {
		t.Fatal(err, out)
	}
	want := "live --table ebb\nsynth syncEvery=5m protection=off\ncdk deploy --app .build/cdk.out --require-approval never ebb\n" +
		"live --table ebb\ncdk destroy --app .build/cdk.out --force ebb\n"
	if calls != want {
		t.Errorf("called:\n%s", calls)
	}
	calls, out, err = destroy(t, "0 0", "SURE=ebb", "DATA=delete")
	if err != nil || !strings.Contains(calls, "protection=off removalPolicy=destroy") || !strings.Contains(out, "EVERYTHING GOES") {
		t.Errorf("%v\n%s%s", err, calls, out)
	}
	if _, _, err = destroy(t, "0", "SURE=ebb", "DATA=all"); err == nil {
		t.Error("DATA=all is taken for something")
	}
}
