package flow

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

var alphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// RandomID is House.NewID with 80 random bits: "g_0m3k…".
func RandomID(prefix string) string { return prefix + "_" + random(10) }

// RandomWord is House.NewWord with 256 random bits.
func RandomWord() string { return random(32) }

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // documented never to fail
	return strings.ToLower(alphabet.EncodeToString(b))
}
