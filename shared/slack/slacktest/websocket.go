package slacktest

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 names it; it secures nothing
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// The server's half of a WebSocket (RFC 6455), as far as Socket Mode needs it:
// text, ping, pong and close, no extension, no subprotocol.

const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xa
)

// Close codes (RFC 6455, 7.4.1).
const (
	closeNormal      = 1000
	closeProtocol    = 1002
	closeUnsupported = 1003
	closeNoUTF8      = 1007
	closeTooBig      = 1009
)

// wsError is what a client did wrong, and the code that it is closed with.
type wsError struct {
	code int
	text string
}

func (e *wsError) Error() string { return fmt.Sprintf("websocket: %s (%d)", e.text, e.code) }

// errClosed is the client's close frame.
var errClosed = errors.New("websocket: closed by the client")

// frame is one frame, unmasked.
type frame struct {
	final   bool
	op      byte
	payload []byte
}

// readFrame reads a client's frame of at most limit bytes.
func readFrame(r io.Reader, limit uint64) (frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	f := frame{final: head[0]&0x80 != 0, op: head[0] & 0x0f}
	length := uint64(head[1] & 0x7f)
	control := f.op >= opClose
	switch {
	case head[0]&0x70 != 0:
		return f, &wsError{closeProtocol, "a reserved bit without an extension"}
	case head[1]&0x80 == 0:
		return f, &wsError{closeProtocol, "a client's frame that is not masked"}
	case f.op > opBinary && f.op < opClose || f.op > opPong:
		return f, &wsError{closeProtocol, "an unknown opcode"}
	case control && (!f.final || length > 125):
		return f, &wsError{closeProtocol, "a control frame that is long or in parts"}
	}
	length, err := readLength(r, length)
	if err != nil {
		return f, err
	}
	if length > limit {
		return f, &wsError{closeTooBig, "too long"}
	}
	var mask [4]byte
	if _, err := io.ReadFull(r, mask[:]); err != nil {
		return f, inFrame(err)
	}
	f.payload = make([]byte, length)
	if _, err := io.ReadFull(r, f.payload); err != nil {
		return f, inFrame(err)
	}
	for i := range f.payload {
		f.payload[i] ^= mask[i%4]
	}
	return f, nil
}

// readLength reads the longer lengths, which must be needed.
func readLength(r io.Reader, short uint64) (uint64, error) {
	var raw [8]byte
	switch short {
	case 126:
		if _, err := io.ReadFull(r, raw[6:]); err != nil {
			return 0, inFrame(err)
		}
	case 127:
		if _, err := io.ReadFull(r, raw[:]); err != nil {
			return 0, inFrame(err)
		}
	default:
		return short, nil
	}
	n := binary.BigEndian.Uint64(raw[:])
	if n>>63 != 0 || short == 126 && n < 126 || short == 127 && n < 1<<16 {
		return 0, &wsError{closeProtocol, "a length that is written longer than it is"}
	}
	return n, nil
}

// inFrame makes of an end within a frame what it is.
func inFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendFrame is a server's frame, which is not masked.
func appendFrame(b []byte, op byte, payload []byte) []byte {
	b = append(b, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

// wsConn is one open WebSocket. One goroutine reads; any may write.
type wsConn struct {
	net net.Conn
	in  *bufio.Reader
	mu  sync.Mutex // writing
}

const (
	wsMost     = 1 << 20          // bytes of a message
	wsPatience = 10 * time.Second // for a client that does not read
)

// upgrade answers the handshake (RFC 6455, 4.2) and takes the connection over.
// What is no handshake it answers itself.
func upgrade(w http.ResponseWriter, r *http.Request) (*wsConn, bool) {
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	switch {
	case r.Method != http.MethodGet || !hasWord(r.Header, "Connection", "upgrade") || !hasWord(r.Header, "Upgrade", "websocket") || err != nil || len(key) != 16:
		http.Error(w, "this is no WebSocket handshake", http.StatusBadRequest)
		return nil, false
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		w.Header().Set("Sec-WebSocket-Version", "13")
		http.Error(w, "version 13", http.StatusUpgradeRequired)
		return nil, false
	}
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "a WebSocket needs a connection of its own", http.StatusNotImplemented)
		return nil, false
	}
	c := &wsConn{net: conn, in: buf.Reader}
	_ = conn.SetDeadline(time.Time{})
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		acceptKey(r.Header.Get("Sec-WebSocket-Key"))+"\r\n\r\n")
	if err != nil {
		_ = conn.Close()
		return nil, false
	}
	return c, true
}

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
	return base64.StdEncoding.EncodeToString(sum[:])
}

func hasWord(h http.Header, name, word string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), word) {
				return true
			}
		}
	}
	return false
}

// read is the next text message. It answers pings, and a close; whatever is
// wrong closes the connection with its code.
func (c *wsConn) read() ([]byte, error) {
	text, err := readMessage(c.in, func(ping []byte) { _ = c.write(opPong, ping) })
	if err == nil {
		return text, nil
	}
	var wrong *wsError
	switch {
	case errors.As(err, &wrong):
		c.close(wrong.code)
	case errors.Is(err, errClosed):
		c.close(closeNormal)
	}
	return nil, err
}

// readMessage puts the parts of a message together; control frames may lie
// between them.
func readMessage(r io.Reader, pinged func([]byte)) ([]byte, error) {
	var text []byte
	begun := false
	for {
		f, err := readFrame(r, wsMost-uint64(len(text)))
		if err != nil {
			return nil, err
		}
		switch f.op {
		case opPing:
			pinged(f.payload)
			continue
		case opPong:
			continue
		case opClose:
			return nil, closeOf(f.payload)
		case opBinary:
			return nil, &wsError{closeUnsupported, "binary"}
		}
		if (f.op == opContinue) != begun {
			return nil, &wsError{closeProtocol, "a part out of turn"}
		}
		begun, text = true, append(text, f.payload...)
		if !f.final {
			continue
		}
		if !utf8.Valid(text) {
			return nil, &wsError{closeNoUTF8, "text that is no UTF-8"}
		}
		return text, nil
	}
}

// closeOf judges a close frame.
func closeOf(payload []byte) error {
	if len(payload) == 0 {
		return errClosed
	}
	if len(payload) == 1 || !utf8.Valid(payload[2:]) {
		return &wsError{closeProtocol, "a close frame that says nothing"}
	}
	code := binary.BigEndian.Uint16(payload)
	if code < 1000 || code == 1004 || code == 1005 || code == 1006 || code > 1014 && code < 3000 || code > 4999 {
		return &wsError{closeProtocol, "a close code that may not be sent"}
	}
	return errClosed
}

func (c *wsConn) write(op byte, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.net.SetWriteDeadline(time.Now().Add(wsPatience))
	_, err := c.net.Write(appendFrame(nil, op, payload))
	return err
}

// close says why and closes; a second time it does nothing more.
func (c *wsConn) close(code int) {
	_ = c.write(opClose, binary.BigEndian.AppendUint16(nil, uint16(code)))
	_ = c.net.Close()
}
