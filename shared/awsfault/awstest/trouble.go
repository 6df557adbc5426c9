package awstest

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
)

// Trouble is a connection on which things go wrong as Next says, which is
// asked before each request; nil lets it through. Calls counts requests.
type Trouble struct {
	Next func(r *http.Request, body []byte) Mishap

	mu    sync.Mutex
	calls int
}

// Mishap answers a request instead of the engine, or spoils its answer.
type Mishap func(r *http.Request, body []byte) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (t *Trouble) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.calls++
	t.mu.Unlock()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close() // it was read to its end
	}
	if m := t.Next(r, body); m != nil {
		return m(r, body)
	}
	return Send(r, body)
}

// Calls is how many requests there were.
func (t *Trouble) Calls() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// Send lets a request through.
func Send(r *http.Request, body []byte) (*http.Response, error) {
	again := r.Clone(r.Context())
	again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return http.DefaultTransport.RoundTrip(again)
}

// Answer makes an error of AWS, in the way of speaking of the service asked.
func Answer(r *http.Request, status int, code string) *http.Response {
	body := fmt.Sprintf(`{"__type":"com.amazonaws#%s","message":"told to by the test"}`, code)
	if r.Header.Get("X-Amz-Target") == "" {
		body = fmt.Sprintf(`<Error><Code>%s</Code><Message>told to by the test</Message></Error>`, code)
	}
	return Say(r, status, body)
}

// Say makes an answer of a body.
func Say(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r,
		Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
	}
}

// Coded refuses with an error of AWS; nothing happened.
func Coded(status int, code string) Mishap {
	return func(r *http.Request, _ []byte) (*http.Response, error) { return Answer(r, status, code), nil }
}

// Throttle refuses a request for there being too many; nothing happened.
func Throttle(r *http.Request, _ []byte) (*http.Response, error) {
	return Answer(r, http.StatusBadRequest, "ThrottlingException"), nil
}

// Break answers 500, and nothing happened.
func Break(r *http.Request, _ []byte) (*http.Response, error) {
	return Answer(r, http.StatusInternalServerError, "InternalServerError"), nil
}

// BreakDone answers 500 to what was done.
func BreakDone(r *http.Request, body []byte) (*http.Response, error) {
	if err := done(r, body); err != nil {
		return nil, err
	}
	return Break(r, body)
}

// Gateway answers 502 in HTML, as something between us and AWS does.
func Gateway(r *http.Request, _ []byte) (*http.Response, error) {
	return Say(r, http.StatusBadGateway, "<html>Bad Gateway</html>"), nil
}

// Lose times out, and nothing happened.
func Lose(*http.Request, []byte) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
}

// LoseDone does it and loses the answer.
func LoseDone(r *http.Request, body []byte) (*http.Response, error) {
	if err := done(r, body); err != nil {
		return nil, err
	}
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// CutShort does it and cuts its answer off.
func CutShort(r *http.Request, body []byte) (*http.Response, error) {
	out, err := Send(r, body)
	if err != nil {
		return nil, err
	}
	defer out.Body.Close()
	out.Body, out.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader([]byte(`{"`)), broken{})), -1
	out.Header.Del("X-Amz-Crc32")
	return out, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Unreachable fails before anything is sent.
func Unreachable(*http.Request, []byte) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// done sends a request and throws its answer away.
func done(r *http.Request, body []byte) error {
	out, err := Send(r, body)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, out.Body)
	_ = out.Body.Close() // it was read to its end
	return err
}

// Random lets one of some happen to a share of the requests, at most twice in
// a row to what is repeated, so that whoever tries a third time gets through.
func Random(share float64, some ...Mishap) func(*http.Request, []byte) Mishap {
	var mu sync.Mutex
	suffered := map[uint64]int{}
	seed := maphash.MakeSeed()
	return func(_ *http.Request, body []byte) Mishap {
		if rand.Float64() > share {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		key := maphash.Bytes(seed, body)
		if suffered[key]++; suffered[key] > 2 {
			return nil
		}
		return some[rand.IntN(len(some))]
	}
}

// First lets a mishap happen to the first n requests.
func First(n int, m Mishap) func(*http.Request, []byte) Mishap {
	var mu sync.Mutex
	return func(*http.Request, []byte) Mishap {
		mu.Lock()
		defer mu.Unlock()
		if n--; n < 0 {
			return nil
		}
		return m
	}
}
