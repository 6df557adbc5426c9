package window

import (
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// Face stands for somebody's picture: initials on a colour of their own. The
// simulated people have no pictures, and pages load nothing from elsewhere.
type Face struct {
	Initials string
	Hue      int // one of hues in style.css
}

const hues = 8

func face(id, name string) Face {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return Face{initials(name), int(h.Sum32() % hues)}
}

// initials are the first letters of the first and the last word.
func initials(name string) string {
	words := strings.Fields(name)
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	}
	return first(words[0]) + first(words[len(words)-1])
}

func first(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return strings.ToUpper(string(r))
}
