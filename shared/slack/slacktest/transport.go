package slacktest

import (
	"bytes"
	"io"
	"net/http"
)

// Client talks to the organization in process, without a socket or a goroutine:
// what deterministic simulation needs. Any host will do, for example
// http://slack.test/api/. A cut connection is io.ErrUnexpectedEOF.
func (o *Org) Client() *http.Client { return &http.Client{Transport: inProcess{o}} }

type inProcess struct{ org *Org }

func (t inProcess) RoundTrip(out *http.Request) (res *http.Response, err error) {
	if err := out.Context().Err(); err != nil {
		return nil, err
	}
	in := out.Clone(out.Context())
	in.RequestURI, in.RemoteAddr = out.URL.RequestURI(), "127.0.0.1:0"
	if in.Host == "" {
		in.Host = out.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() {
		_ = in.Body.Close()
		switch cut := recover(); cut {
		case nil:
		case http.ErrAbortHandler:
			res, err = nil, io.ErrUnexpectedEOF
		default:
			panic(cut)
		}
	}()
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	t.org.ServeHTTP(w, in)
	return w.response(out), nil
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }

func (w *recorder) response(req *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(bytes.NewReader(w.body.Bytes())), ContentLength: int64(w.body.Len()), Request: req,
	}
}
