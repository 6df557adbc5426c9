package secret

import (
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
)

const (
	// MaxName is the most characters of a name.
	MaxName = 200
	// MaxValue is the most bytes of a value.
	MaxValue = 64 << 10

	letters = "abcdefghijklmnopqrstuvwxyz0123456789_/-"
)

// CheckName reports what the port forbids about a name, as fault.Invalid.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName || strings.Trim(name, letters) != "" {
		return fault.At("", "name", "the name of a secret is 1 to %d of the characters a-z 0-9 _ / -", MaxName)
	}
	return nil
}

// CheckValue reports what the port forbids about a value, as fault.Invalid:
// none at all, or more than MaxValue bytes.
func CheckValue(value []byte) error {
	if len(value) == 0 || len(value) > MaxValue {
		return fault.At("", "value", "a secret has 1 to %d bytes, this one has %d", MaxValue, len(value))
	}
	return nil
}
