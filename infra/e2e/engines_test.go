package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
)

const (
	region  = "eu-central-1"
	account = "123456789012" // moto's
)

// engines is AWS as the functions reach it: one address that sends each service
// to what stands in for it, and notes what each function asked for.
type engines struct {
	dynamo, rest, states *url.URL
	server               *served
	moto                 *exec.Cmd // the engine of state machines

	spoiled atomic.Pointer[awstest.Trouble] // what goes wrong on the way; nil: nothing
	seen
	meter
}

// served is a server with its address.
type served struct {
	url  string
	stop func()
}

// listen serves on a free port of this machine.
func listen(t *testing.T, h http.Handler) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.Serve(l) }()
	return &served{"http://" + l.Addr().String(), func() { _ = s.Close() }}
}

// startEngines takes the engines of .tools/aws/with, and starts one more for
// state machines, whose tasks call Lambda at the address given.
func startEngines(t *testing.T, lambda string) *engines {
	t.Helper()
	e := &engines{seen: newSeen()}
	e.dynamo, e.rest = engine(t, "EBB_DYNAMODB_URL", "DynamoDB Local"), engine(t, "EBB_AWS_URL", "moto")
	e.states = e.startStates(t, lambda)
	e.server = listen(t, e)
	t.Cleanup(e.server.stop)
	return e
}

func engine(t *testing.T, env, name string) *url.URL {
	t.Helper()
	u, err := url.Parse(os.Getenv(env))
	if err != nil || u.Host == "" {
		t.Skipf("SKIP: there is no %s here (%s is not set); `make e2e` starts it where it can", name, env)
	}
	return u
}

// startStates starts moto for Step Functions alone: it is killed in the story.
func (e *engines) startStates(t *testing.T, lambda string) *url.URL {
	t.Helper()
	dir, err := filepath.Abs("../../.tools/aws")
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(dir, "venv/bin/python")
	if _, err := os.Stat(python); err != nil {
		python = "python3"
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	port, lambdaPort := addr[strings.LastIndex(addr, ":")+1:], lambda[strings.LastIndex(lambda, ":")+1:]
	e.moto = exec.Command(python, filepath.Join(dir, "launch_moto.py"), port, lambdaPort)
	e.moto.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	if err := e.moto.Start(); err != nil {
		t.Skipf("SKIP: moto does not start here: %v", err)
	}
	t.Cleanup(e.stopStates)
	for range 300 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return &url.URL{Scheme: "http", Host: addr}
}

// stopStates kills the engine of state machines, by its own id.
func (e *engines) stopStates() {
	if e.moto != nil {
		_ = e.moto.Process.Kill()
		_ = e.moto.Wait()
		e.moto = nil
	}
}

// sdk is how the test itself speaks to the engines.
func (e *engines) sdk() aws.Config {
	return aws.Config{Region: region, BaseEndpoint: &e.server.url, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

func (s *story) say(format string, args ...any) {
	fmt.Printf("\n"+s.voice+"== "+format+"\n", args...)
}

func (s *story) tell(format string, args ...any) { fmt.Printf(s.voice+"   "+format+"\n", args...) }

// until asks again and again until f says yes.
func until(ctx context.Context, most time.Duration, f func() (bool, error)) error {
	end := time.Now().Add(most)
	for {
		ok, err := f()
		if err != nil || ok {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited %s in vain", most)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
