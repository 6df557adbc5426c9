package slacktest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// masked is a client's frame.
func masked(head byte, payload []byte) []byte {
	b := appendFrame(nil, 0, nil)[:0]
	b = append(b, appendFrame(nil, head&0x0f, payload)...)
	b[0], b[1] = head, b[1]|0x80
	at, key := len(b)-len(payload), []byte{1, 2, 3, 4}
	out := append(append(append([]byte{}, b[:at]...), key...), payload...)
	for i := range payload {
		out[at+4+i] ^= key[i%4]
	}
	return out
}

// The example of RFC 6455, 1.3.
func TestAcceptKey(t *testing.T) {
	if got := acceptKey("dGhlIHNhbXBsZSBub25jZQ=="); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Error(got)
	}
}

func TestMessages(t *testing.T) {
	long := strings.Repeat("ö", 40000)
	code := func(n uint16, text string) []byte { return append(binary.BigEndian.AppendUint16(nil, n), text...) }
	for name, c := range map[string]struct {
		bytes []byte
		text  string
		code  int // 0: none
		err   error
	}{
		"text":        {bytes: masked(0x81, []byte("hi")), text: "hi"},
		"RFC 6455":    {bytes: []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}, text: "Hello"},
		"126 bytes":   {bytes: masked(0x81, bytes.Repeat([]byte("a"), 126)), text: strings.Repeat("a", 126)},
		"long":        {bytes: masked(0x81, []byte(long)), text: long},
		"empty":       {bytes: masked(0x81, nil)},
		"in parts":    {bytes: append(append(masked(0x01, []byte("a\xc3")), masked(0x89, []byte("p"))...), masked(0x80, []byte("\xb6b"))...), text: "aöb"},
		"no UTF-8":    {bytes: masked(0x81, []byte("\xff")), code: closeNoUTF8},
		"not masked":  {bytes: []byte{0x81, 0x01, 'a'}, code: closeProtocol},
		"reserved":    {bytes: masked(0xc1, []byte("a")), code: closeProtocol},
		"opcode":      {bytes: masked(0x83, []byte("a")), code: closeProtocol},
		"binary":      {bytes: masked(0x82, []byte("a")), code: closeUnsupported},
		"a part":      {bytes: masked(0x80, []byte("a")), code: closeProtocol},
		"text twice":  {bytes: append(masked(0x01, []byte("a")), masked(0x81, []byte("b"))...), code: closeProtocol},
		"long ping":   {bytes: masked(0x89, bytes.Repeat([]byte("a"), 126)), code: closeProtocol},
		"ping parts":  {bytes: masked(0x09, []byte("a")), code: closeProtocol},
		"too long":    {bytes: []byte{0x81, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 1, 2, 3, 4}, code: closeTooBig},
		"padded":      {bytes: []byte{0x81, 0xfe, 0, 1, 1, 2, 3, 4, 'a'}, code: closeProtocol},
		"close":       {bytes: masked(0x88, code(1000, "bye")), err: errClosed},
		"close, mute": {bytes: masked(0x88, nil), err: errClosed},
		"close, half": {bytes: masked(0x88, []byte{3}), code: closeProtocol},
		"close, 1005": {bytes: masked(0x88, code(1005, "")), code: closeProtocol},
		"nothing":     {err: io.EOF},
		"cut":         {bytes: masked(0x81, []byte("hi"))[:7], err: io.ErrUnexpectedEOF},
		"cut length":  {bytes: []byte{0x81, 0xfe, 1}, err: io.ErrUnexpectedEOF},
	} {
		text, err := readMessage(bytes.NewReader(c.bytes), func([]byte) {})
		var wrong *wsError
		errors.As(err, &wrong)
		switch {
		case c.code != 0 && (wrong == nil || wrong.code != c.code), c.err != nil && !errors.Is(err, c.err):
			t.Errorf("%s: %v", name, err)
		case c.code == 0 && c.err == nil && (err != nil || string(text) != c.text):
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
}

// What is no handshake is answered as HTTP; a ping is answered, a close too.
func TestHandshakePingClose(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := upgrade(w, r); ok {
			for {
				if _, err := c.read(); err != nil {
					return
				}
			}
		}
	}))
	defer srv.Close()
	shake := func(version string) (net.Conn, *http.Response) {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: "+version+"\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		return conn, res
	}
	if res, err := http.Get(srv.URL); err != nil || res.StatusCode != http.StatusBadRequest {
		t.Error(res.Status, err)
	}
	if _, res := shake("8"); res.StatusCode != http.StatusUpgradeRequired || res.Header.Get("Sec-WebSocket-Version") != "13" {
		t.Error(res.Status)
	}
	conn, res := shake("13")
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(res.Status)
	}
	_, _ = conn.Write(append(masked(0x89, []byte("hi")), masked(0x88, nil)...))
	got, _ := io.ReadAll(conn)
	if want := append(appendFrame(nil, opPong, []byte("hi")), appendFrame(nil, opClose, []byte{3, 0xe8})...); !bytes.Equal(got, want) {
		t.Errorf("% x", got)
	}
}

// FuzzWebSocket: whatever a client sends, reading ends, takes no more than it
// may, and a message that was read is text that reads the same once more.
func FuzzWebSocket(f *testing.F) {
	f.Add(masked(0x81, []byte("hi")))
	f.Add(append(masked(0x01, []byte("a")), masked(0x80, []byte("b"))...))
	f.Add([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := bytes.NewReader(raw)
		for {
			text, err := readMessage(r, func(p []byte) {
				if len(p) > 125 {
					t.Errorf("a ping of %d bytes", len(p))
				}
			})
			if err != nil {
				return
			}
			again, err := readMessage(bytes.NewReader(masked(0x81, text)), nil)
			if err != nil || !bytes.Equal(again, text) {
				t.Fatalf("%q, again %q: %v", text, again, err)
			}
		}
	})
}
