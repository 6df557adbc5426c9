package policyfile

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
)

// units in falling order; a time may name each once, 1d12h.
var units = []struct {
	letter byte
	length time.Duration
}{
	{'w', 7 * 24 * time.Hour},
	{'d', 24 * time.Hour},
	{'h', time.Hour},
	{'m', time.Minute},
	{'s', time.Second},
}

// span reads a time of more than nothing and at most most.
func (r *reader) span(n *yaml.Node, path string, most time.Duration) time.Duration {
	const want = "a time such as 30m, 8h, 2d or 1w"
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		r.wrong(n, path, want)
		return 0
	}
	d, ok := parseSpan(n.Value)
	switch {
	case !ok:
		r.wrong(n, path, want)
	case d <= 0:
		r.at(n, path, "has to be more than nothing; write %s", want)
	case d > most:
		r.at(n, path, "is at most %s; found %q", access.Span(most), clip(n.Value))
	default:
		return d
	}
	return 0
}

// parseSpan reads whole numbers with a unit, "1d12h". What would not fit into
// a year of 360 days is cut to a little more than that, so nothing overflows.
func parseSpan(s string) (time.Duration, bool) {
	var total time.Duration
	next := 0
	for s != "" {
		digits := 0
		for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits == len(s) {
			return 0, false
		}
		for next < len(units) && units[next].letter != s[digits] {
			next++
		}
		if next == len(units) {
			return 0, false
		}
		count, err := strconv.ParseInt(s[:digits], 10, 64)
		if err != nil || count > int64(access.Longest/units[next].length) {
			count = int64(access.Longest/units[next].length) + 1
		}
		total += time.Duration(count) * units[next].length
		s, next = s[digits+1:], next+1
	}
	return total, total > 0 || next > 0
}
