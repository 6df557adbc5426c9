package headsaws

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

const (
	folder = "heads/"
	// stamp is a time to the nanosecond, without the colons that some tools
	// stumble on in names.
	stamp = "20060102T150405.000000000Z"
)

// keyOf names the object of a head: heads/<seal, 19 digits>/<time>/<hash>/<signature>,
// so that the order of names is the order of the chain.
func keyOf(h audit.Head) (string, error) {
	key := fmt.Sprintf("%s%019d/%s/%s/%s", folder, h.N, h.At.UTC().Format(stamp), h.Hash, h.Signature)
	if back, ok := headOf(key); !ok || back.Hash != h.Hash || back.Signature != h.Signature || !back.At.Equal(h.At) || back.N != h.N {
		return "", fault.New("", fault.Internal, "this is no head: seal %d", h.N)
	}
	return key, nil
}

// headOf reads a head from its object's name.
func headOf(key string) (h audit.Head, ok bool) {
	parts := strings.Split(strings.TrimPrefix(key, folder), "/")
	if len(parts) != 4 || len(parts[0]) != 19 {
		return h, false
	}
	n, wrong := strconv.ParseInt(parts[0], 10, 64)
	at, late := time.Parse(stamp, parts[1])
	if wrong != nil || late != nil || n < 1 || !isHex(parts[2]) || !isHex(parts[3]) {
		return h, false
	}
	return audit.Head{N: n, At: at, Hash: parts[2], Signature: parts[3]}, true
}

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && s != ""
}
